"""Asking for a run from a page: a Prefect that is away, or broken, is a sentence and no error."""

import socket

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.starting import (
    NOT_REACHED,
    start,
    start_alert,
    start_preparing,
    start_publishing,
)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: start_preparing("twtw", reopen=False, key="once"),
        lambda: start_publishing("twtw", "once"),
        lambda: start_alert("gp-alerts", 1, "once"),
    ],
)
def test_without_a_server_it_says_so(ask):
    assert ask() == NOT_REACHED
    assert ask().why == "The schedule does not run at this moment."


def test_an_address_at_which_nobody_listens_is_a_server_that_does_not_run():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with temporary_settings({PREFECT_API_URL: f"http://127.0.0.1:{port}/api"}):
        assert start("publish/publish-twtw", {}, "once") == NOT_REACHED
