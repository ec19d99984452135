"""Sessions in the database, looked for only by what can be a key of one.

A cookie may have a NUL in it, which PostgreSQL can't look for.
"""

from __future__ import annotations

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """As Django's, whose keys are letters and digits."""

    def _validate_session_key(self, key: str | None) -> bool:
        own = super()._validate_session_key(key)  # type: ignore[misc]
        return bool(own) and str(key).isalnum()
