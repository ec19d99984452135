"""A database of the first version: what it knew of every reader is known in the newest one."""

import json
import os
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from tests.conftest import ROOT


@pytest.fixture
def newsroom_of_its_own(tmp_path):
    """The environment of a newsroom whose database is empty, of the kind that this run is on."""
    own = os.environ | {"DJANGO_SETTINGS_MODULE": "newsroom.settings", "TWTW_STATE": str(tmp_path)}
    server = os.environ.get("TWTW_TEST_DATABASE_URL")
    if not server:
        yield own
        return
    import psycopg

    name = "twtw_former"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield own | {"TWTW_DATABASE_URL": urlsplit(server)._replace(path=f"/{name}").geturl()}
        connection.execute(f"DROP DATABASE {name}")


def test_a_database_of_the_first_version_says_the_same_in_the_newest(newsroom_of_its_own):
    done = subprocess.run(
        [sys.executable, "-m", "tests.delivery.former_database"],
        cwd=ROOT,
        env=newsroom_of_its_own,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    found = json.loads(done.stdout)
    one, other = found["migrated"]
    assert one["chunks"] == [
        ["accepted", 4, 1],
        ["pending", 2, 0],
        ["sending", 3, 1],
        ["in doubt", 3, 1],
        ["rejected", 2, 0],
        ["withdrawn", 2, 2],
        ["pending", 2, 1],
    ]
    # What may have left has a time at which it did, and nothing else has one.
    assert [left_at is not None for left_at in one["left_at"]] == [
        *(True, False, True, True, True),
        *(False, False),
    ]
    assert one["withdrawals"] == [
        [1, "unsubscribed"],
        [3, "erased"],
        [4, "suppressed"],
        [6, "unsubscribed"],
        [6, "erased"],
        [7, "suppressed"],
    ]
    assert one["counts"] == (
        "20 candidates, 2 excluded (1 suppressed, 1 not confirmed), 3 accepted, 2 rejected, "
        "6 withdrawn, 2 in doubt, 5 pending"
    )
    assert other["counts"] == "4 candidates, 3 accepted, 1 withdrawn"
    assert (one["finished"], other["finished"]) == (False, True)
    assert len(one["key"]) == len(other["key"]) == 12
    assert one["key"] != other["key"]
    assert found["paces"] == 2, "one a publication"

    one, _ = found["recovered"]
    assert [state for state, *_ in one["chunks"]][2] == "in doubt", "its call may have left"
    assert found["claimed"] == [
        [2, ["reader04@example.org", "reader05@example.org"]],
        [7, ["reader16@example.org"]],
        None,
    ]
    stages = [found[stage] for stage in ("migrated", "recovered", "at the end")]
    assert all(mailing["agree"] for stage in stages for mailing in stage)
