"""Delivery, issues and flows once more, on PostgreSQL: a server that lives for this test alone."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.optional import postgresql_tools

# This file itself, and what never touches a database.
LEFT_OUT = ("test_on_postgresql", "test_outbox", "test_sendgrid", "test_states")


@pytest.fixture
def server():
    """The address of an empty database."""
    tools = postgresql_tools()
    # PostgreSQL refuses to run as root.
    user = _unprivileged() if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="twtw-postgresql-"))
    if user is not None:
        shutil.chown(folder, user)

    def run(tool, *arguments):
        done = subprocess.run(
            [tools / tool, "-D", folder / "data", *arguments],
            user=user,
            cwd=folder,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "HOME": str(folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
        )
        assert done.returncode == 0, done.stdout

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
        # It is thrown away afterwards, so it need not survive anything.
        " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    )
    try:
        run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        run("pg_ctl", "start", "-w", "-l", str(folder / "log"), "-o", options)
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "stop", "-w", "-m", "immediate")
    finally:
        shutil.rmtree(folder)


def _unprivileged():
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


@pytest.mark.skipif(
    bool(os.environ.get("TWTW_TEST_DATABASE_URL")), reason="this is the run on PostgreSQL already"
)
def test_the_ledger_the_issues_and_the_flows_are_the_same_on_postgresql(server):
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "tests/delivery", "tests/issues"),
            "tests/flows",
            *("-q", "-p", "no:cacheprovider"),
            *(f"--ignore=tests/delivery/{name}.py" for name in LEFT_OUT),
        ],
        cwd=ROOT,
        env=os.environ | {"TWTW_TEST_DATABASE_URL": server},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-6000:]
