"""Readers of two publications, of whom some are in Africa."""

import pytest

from tests.desk.issue_desk.conftest import (  # noqa: F401 - fixtures
    editor,
    issue,
    maildir,
    publisher,
    somebody,
    three_notes,
)


@pytest.fixture
def readers(twtw, alerts, subscribe):
    """Three get the weekly, one of them is interested in Africa; one gets the alerts."""
    subscribe(twtw, "anna@example.org").reader.regions.create(region="africa")
    for name in ("ben", "carl"):
        subscribe(twtw, f"{name}@example.org")
    subscribe(alerts, "dora@example.org")


@pytest.fixture
def administrator(somebody):  # noqa: F811 - as pytest has it
    return somebody("ada", groups=["Administrators"])
