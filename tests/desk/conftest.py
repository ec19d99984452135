"""A mailing that has begun, and somebody at the desk."""

from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from delivery.claiming import claim_next_chunk, depart
from delivery.freezing import start_issue_mailing
from delivery.ledger import record_answer
from delivery.models import Pace
from delivery.pace import pace_of
from delivery.transports import Refused, Taken, Unanswered
from delivery.transports.outbox import Outbox
from issues.approval import approve_issue
from issues.assembling import assemble
from issues.correcting import record_correction


@pytest.fixture
def hand_over():
    """Hands over a mailing's next chunks, to which a transport gives these answers."""

    def hand(mailing, *answers):
        for answer in answers:
            claimed = claim_next_chunk(mailing, "a worker", timedelta(minutes=1))
            assert depart(claimed)
            record_answer(claimed, answer)

    return hand


@pytest.fixture
def mailing(twtw, write_note, subscribe, tmp_path, hand_over):
    """Five readers in five chunks, a sixth who has not confirmed: one has it, two are open."""
    write_note()
    for number in range(5):
        subscribe(twtw, f"reader{number}@example.org")
    subscribe(twtw, "late@example.org", state="pending")
    issue = assemble(twtw, date(2025, 6, 29)).issue
    approve_issue(issue, "An Editor")
    pace = pace_of(twtw)
    pace.per_minute = 1
    pace.save()
    begun = start_issue_mailing(issue, Outbox(tmp_path))
    Pace.objects.update(per_minute=None)
    hand_over(begun, Taken(), Unanswered("No answer came."), Refused("The sender is unknown."))
    return begun


@pytest.fixture
def ended(mailing, hand_over):
    """The mailing with nothing pending: of five copies three are accepted, one is in doubt."""
    hand_over(mailing, Taken(), Taken())
    return mailing


@pytest.fixture
def note(mailing):
    """The note that was mailed."""
    return mailing.edition.issue.entries.get().note


@pytest.fixture
def correction(ended, note):
    """A correction to it, not mailed yet."""
    today = timezone.now().astimezone(ended.edition.publication.zone).date()
    text = "<p>It is <b>640</b>, not 460.</p>"
    return record_correction(ended.edition, note, text, "A slip", today, "Ann")


@pytest.fixture
def ann(client):
    """A superuser at the desk."""
    ann = get_user_model().objects.create_superuser("ann", "ann@example.org", "x", first_name="Ann")
    client.force_login(ann)
    return client
