"""What the database was asked, whomever it was about."""

import re

# Several rows at once are another writing of one statement on PostgreSQL.
_VALUES = re.compile(r"VALUES|SELECT \* FROM UNNEST|WHERE|SET|\"s\d")


def without_values(sql):
    """A statement up to its first value."""
    return _VALUES.split(sql)[0]
