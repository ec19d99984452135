"""The readers' room once more, on PostgreSQL: there two really do something at the same moment."""

from tests.delivery.test_on_postgresql import ONLY_FROM_SQLITE, run_there, server

__all__ = ["server"]

# This file itself, and what never touches a database, or only through a browser.
LEFT_OUT = (
    *("subscribers/test_readers_on_postgresql", "subscribers/*_in_a_browser"),
    *("subscribers/test_mailboxes", "subscribers/test_typos", "subscribers/inbound/test_reading"),
)
# What people do at the desk in the same moment, and what only a database of this kind fails at.
AT_THE_DESK = (
    "tests/desk/readers/test_pressed_twice.py",
    "tests/desk/test_odd_queries.py",
    "tests/desk/accounts/test_signing_in.py",
)


@ONLY_FROM_SQLITE
def test_the_readers_room_is_the_same_on_postgresql(server):
    assert run_there(server, "tests/subscribers", *AT_THE_DESK, without=LEFT_OUT) == ""
