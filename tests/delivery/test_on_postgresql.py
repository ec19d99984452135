"""Delivery, issues and flows once more, on PostgreSQL: a server that lives for this test alone."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.optional import postgresql_tools
from tests.standins.postgresql import throw_away_server

# This file itself, and what never touches a database.
LEFT_OUT = (
    *("delivery/test_on_postgresql", "delivery/test_on_postfix", "delivery/test_migrations"),
    *("delivery/test_outbox", "delivery/test_sendgrid", "delivery/test_sendgrid_calls"),
    *("delivery/test_smtp", "delivery/test_smtp_campaign", "delivery/test_return_path"),
    *("delivery/test_wording", "delivery/test_sending_domain"),
    *("issues/outside/test_reachability", "issues/preflight/test_[!g]*"),
)


@pytest.fixture
def server():
    """The address of an empty database."""
    with throw_away_server(postgresql_tools()) as url:
        yield url


ONLY_FROM_SQLITE = pytest.mark.skipif(
    bool(os.environ.get("TWTW_TEST_DATABASE_URL")), reason="this is the run on PostgreSQL already"
)


def run_there(server, *paths, without=()):
    """Run some tests again on a server; what they say where one fails, else nothing."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", *paths),
            *("-q", "-p", "no:cacheprovider"),
            *(f"--ignore-glob=tests/{name}.py" for name in without),
        ],
        cwd=ROOT,
        env=os.environ | {"TWTW_TEST_DATABASE_URL": server, "CAMPAIGN_RUNS": "40"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.stdout[-6000:] if done.returncode else ""


@ONLY_FROM_SQLITE
def test_the_ledger_the_issues_and_the_flows_are_the_same_on_postgresql(server):
    assert (
        run_there(server, "tests/delivery", "tests/issues", "tests/flows", without=LEFT_OUT) == ""
    )
