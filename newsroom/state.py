"""Makes the state folder and its database on first use, and Django ready to work with them."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

# A disk in trouble is no wrong setting.
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EIO}

# Imported inside of the functions: reading the configuration costs a tenth of a second, which
# `twtw --help` has no use for.


def make_ready() -> None:
    """Set Django up and bring the database to the newest schema, if it is not there yet.

    Prefect, imported after this, keeps to the state folder and finds the server of `twtw up`.

    Raises:
        ConfigurationError: if the state folder can't be written or the database not reached.
        OSError, OperationalError: if the disk is full or broken.
    """
    from newsroom.configuration import ConfigurationError, configuration
    from newsroom.prefect_environment import prefect_environment

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    for name, value in prefect_environment(configuration()).items():
        os.environ.setdefault(name, value)
    state = configuration().state
    try:
        # Whitenoise wants its folder to be there, even if nothing was collected into it.
        (state / "static").mkdir(parents=True, exist_ok=True)
        import django

        django.setup()
        with _alone(state / ".migrating"):
            _migrate(stamp_of(state))
    except OSError as error:
        if error.errno in NO_ROOM:
            raise
        raise ConfigurationError(
            f"The state folder {state} can't be used ({error.strerror}); "
            "set TWTW_STATE to a folder that can be written."
        ) from None


def _migrate(stamp: Path) -> None:
    from django.db import OperationalError

    newest = schema_version()
    if stamp.exists() and stamp.read_bytes() == newest.encode() and _database_exists():
        return
    from django.core.management import call_command
    from rich.console import Console

    from newsroom.configuration import ConfigurationError, configuration

    try:
        with Console(stderr=True).status("Making the database ready …"):
            call_command("migrate", verbosity=0, interactive=False)
    except OperationalError as error:
        if not configuration().database_url:
            raise
        raise ConfigurationError(
            f"The database can't be used: {str(error).strip().splitlines()[0]}. "
            "Check TWTW_DATABASE_URL and that the server runs."
        ) from None
    stamp.write_text(newest, encoding="ascii")


def stamp_of(state: Path) -> Path:
    """The file in a state folder that says which schema its database has."""
    return state / ".schema"


def copy_database(source: Path, target: Path) -> None:
    """Copy a SQLite database as it is now, whatever is still in its write-ahead log."""
    with closing(sqlite3.connect(source)) as reader, closing(sqlite3.connect(target)) as writer:
        reader.backup(writer)


def schema_version() -> str:
    """What the database was made by: it changes with our migrations, Wagtail, and its address."""
    import wagtail
    from django.conf import settings

    from newsroom.configuration import ROOT, configuration

    made_by = f"{wagtail.__version__} {settings.INSTALLED_APPS} {configuration().database_url}"
    digest = hashlib.sha256(made_by.encode())
    for file in sorted(ROOT.glob("*/migrations/*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _database_exists() -> bool:
    from newsroom.configuration import configuration

    ours = configuration()
    return bool(ours.database_url) or ours.database_file.exists()


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Two first starts at once: the second waits for the first one's migration."""
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
