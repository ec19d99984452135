"""Looking for numbers that no row can have finds nothing.

Django sees to that for `=` and `<`, and not for `IN`, which is how choices of several are checked:
at more than 64 bits SQLite's driver raises an OverflowError.
"""

from __future__ import annotations

from typing import Any

from django.db.models import IntegerField
from django.db.models.lookups import In


@IntegerField.register_lookup
class IntegerFieldIn(In):
    """As Django's, of what the column can hold."""

    def process_rhs(self, compiler: Any, connection: Any) -> Any:
        if self.rhs_is_direct_value():
            kind = self.lhs.output_field.get_internal_type()
            lowest, highest = connection.ops.integer_field_range(kind)
            self.rhs = [
                value
                for value in self.rhs
                if not isinstance(value, int) or lowest <= value <= highest
            ]
        return super().process_rhs(compiler, connection)
