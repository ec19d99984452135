"""Test mails: marked, with nothing in them that could unsubscribe anybody."""

from datetime import date
from email import message_from_bytes, policy

import pytest

from delivery.errors import DeliveryError
from delivery.trials import send_trial
from issues.assembling import assemble
from issues.editions import render_issue

pytestmark = pytest.mark.django_db


@pytest.fixture
def issue(twtw, write_note, settings, tmp_path):
    settings.OUTBOX = tmp_path / "outbox"
    write_note("Mali")
    return assemble(twtw, date(2025, 6, 29)).issue


def test_it_is_the_mail_itself_once_for_each_with_its_mark(issue, settings):
    rendering = render_issue(issue)
    send_trial(issue.publication, rendering, ["ann@example.org", "bob@example.org"])
    files = list(settings.OUTBOX.glob("new/*"))
    mails = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
    assert {mail["To"] for mail in mails} == {"ann@example.org", "bob@example.org"}
    for mail in mails:
        assert mail["Subject"] == f"[Test] {rendering.subject}"
        assert "[%" not in mail.as_string()
        assert not [name for name in mail if name.startswith(("List-", "Feedback-"))]


def test_what_the_transport_says_is_raised(issue, settings):
    settings.OUTBOX.write_text("no folder")
    with pytest.raises(DeliveryError, match=r"was not taken: The outbox .* can't be written"):
        send_trial(issue.publication, render_issue(issue), ["ann@example.org"])
