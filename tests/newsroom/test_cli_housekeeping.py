"""`twtw housekeeping`: what the schedule does every night, and what came of it."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import ModelLogEntry

from subscribers.models import Tally

pytestmark = pytest.mark.django_db


@pytest.fixture
def old_count():
    Tally.objects.create(kind="x", subject="x", begins_at=timezone.now() - timedelta(days=3))


def test_it_says_what_was_done_and_keeps_it_in_the_record(twtw_command, old_count):
    done = twtw_command("housekeeping")
    assert done.status == 0, done.err
    assert done.out.splitlines() == [
        "1 count against abuse forgotten",
        "0 readers suppressed that bounced thrice",
    ]
    entry = ModelLogEntry.objects.get(action="subscribers.housekeeping")
    assert entry.data["sentence"] == "1 row was forgotten."
    assert entry.data["by"]


def test_it_says_the_same_for_a_script(twtw_command, old_count):
    found = json.loads(twtw_command("housekeeping", "--json").out)
    assert found["forgotten"]["counts against abuse"] == 1
    assert found["suppressed"] == 0


def test_the_record_shows_it_at_the_desk(twtw_command, admin_client):
    twtw_command("housekeeping")
    page = admin_client.get("/desk/record/", follow=True).content.decode()
    assert "Forget what is old about readers" in page
    assert "/desk/readers/0/" not in page
