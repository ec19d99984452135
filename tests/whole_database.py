"""The database as the migrations made it, put back after each test that commits what it does.

Django would empty every table, then make the migrations' own rows anew, one by one.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from newsroom.configuration import ROOT
from newsroom.state import copy_database

# Here PostgreSQL keeps copies of the tables that have rows.
KEPT = "kept"


def make() -> None:
    """Make the database of this run. A fresh `migrate` takes seconds, so SQLite's is kept."""
    from django.core.management import call_command
    from django.db import connection

    if connection.vendor == "sqlite":
        # The whole run's state folder is temporary (see tests/isolation.py), so the newsroom's
        # own database file there is the test database.
        target, kept = Path(connection.settings_dict["NAME"]), _kept_file()
        target.parent.mkdir(parents=True, exist_ok=True)
        if kept.exists():
            copy_database(kept, target)
        else:
            call_command("migrate", verbosity=0)
            connection.close()
            aside = kept.with_suffix(f".{os.getpid()}")
            copy_database(target, aside)
            aside.rename(kept)
    else:
        call_command("migrate", verbosity=0)
        _keep_tables()
    connection.close()


def put_back(_test_case: object = None) -> None:
    """Let the database be as it was made."""
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.close()
        copy_database(_kept_file(), Path(connection.settings_dict["NAME"]))
    else:
        _put_tables_back()


def _kept_file() -> Path:
    return Path(tempfile.gettempdir()) / f"twtw-migrated-{os.getuid()}-{_migrations_hash()}"


def _migrations_hash() -> str:
    import django
    import wagtail
    from django.conf import settings

    made_by = f"{django.__version__} {wagtail.__version__} {settings.INSTALLED_APPS}"
    digest = hashlib.sha256(made_by.encode())
    for file in sorted(ROOT.glob("*/migrations/*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _keep_tables() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {KEPT}")
        for table in _with_rows(connection.introspection.table_names(cursor)):
            cursor.execute(f'CREATE TABLE {KEPT}."{table}" AS TABLE "{table}"')


def _put_tables_back() -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [KEPT])
        kept = [table for (table,) in cursor.fetchall()]
        # No foreign key is looked at: what was consistent is so again.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in _with_rows(connection.introspection.table_names(cursor)):
            cursor.execute(f'DELETE FROM "{table}"')
        for table in kept:
            cursor.execute(f'INSERT INTO "{table}" SELECT * FROM {KEPT}."{table}"')


def _with_rows(tables: list[str]) -> list[str]:
    from django.db import connection

    asked = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")" for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return [table for (table,) in cursor.fetchall()]
