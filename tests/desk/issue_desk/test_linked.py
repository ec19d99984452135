"""What an approval link opens, for whom it is made, and how it ends."""

import logging
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from delivery.freezing import start_issue_mailing
from delivery.transports.opening import open_transport
from issues.approval import approval_in_force, approve_issue
from issues.approval_links import make_link
from issues.models import Approval, ApprovalLink
from newsroom.log_lines import WithoutKeys
from tests.desk.issue_desk.pages import at, fields_of, press, text_of, told

pytestmark = pytest.mark.django_db

ADDRESS = "director@example.net"


@pytest.fixture
def page(publisher, issue):
    """The address of the page behind a link that was made for the director."""
    _, token = make_link(issue, "The Director", ADDRESS, publisher.user)
    return reverse("approval:page", args=[token])


@pytest.fixture
def anybody():
    """A browser that is signed in nowhere and checks what Django's client skips in tests."""
    return Client(enforce_csrf_checks=True)


def the_link():
    return ApprovalLink.objects.get()


def test_a_publisher_mails_a_link_which_opens_the_issue(publisher, issue, maildir, anybody):
    done = press(publisher.client, at("links"), name="The Director", address=ADDRESS)
    assert "The link was mailed to The Director." in told(publisher.client, done)
    (mail,) = maildir(ADDRESS)
    text = mail.get_body("plain").get_content()
    assert "Paul asks you, The Director, to approve" in " ".join(text.split())
    assert "named as an editor" not in text
    assert "/desk/" not in text
    assert ADDRESS not in text
    (path,) = re.findall(r"http://127\.0\.0\.1:8000(/approve/\S+)", text)
    assert "Approve #317" in text_of(anybody.get(path))
    listed = text_of(publisher.client.get(at("links")))
    assert "The Director , director@example.net: open until" in listed
    assert ModelLogEntry.objects.get(action="issues.make_link").user == publisher.user


def test_a_mail_that_is_not_taken_leaves_no_link_that_opens(publisher, issue, settings, tmp_path):
    (tmp_path / "outbox").write_text("no folder")
    settings.OUTBOX, settings.EMAIL_BACKEND = (
        tmp_path / "outbox",
        "delivery.desk_mail.EmailBackend",
    )
    done = press(publisher.client, at("links"), name="The Director", address=ADDRESS)
    assert "was not taken, so the link is withdrawn" in told(publisher.client, done)
    assert the_link().withdrawn_at


def test_the_page_shows_all_that_the_word_is_for(anybody, page, issue):
    said = text_of(anybody.get(page))
    for shown in (
        "The Director, the newsroom asks for your word",
        "The World This Week #317 Vol 7, No 26, 29 June 2025",
        "TWTW #317: Mali claims",
        "The World This Week <weekly@example.org>",
        "2 readers get it; 1 does not: 1 not confirmed.",
        "which is past: at once when it is approved",
        "has no postal address",
        "Something happened.",
    ):
        assert shown in said
    mail = anybody.get(f"{page}mail/")
    assert "Something happened." in mail.content.decode()
    assert mail["Content-Security-Policy"].startswith("sandbox")
    assert mail["X-Frame-Options"] == "SAMEORIGIN"


def test_nothing_of_it_is_kept_or_told_to_anybody(anybody, page, issue):
    for address in (page, f"{page}mail/", page.replace("approve/", "approve/x")):
        answer = anybody.get(address)
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Robots-Tag"] == "noindex"
    assert "sessionid" not in anybody.cookies


def test_looking_changes_nothing_however_often(anybody, page, issue):
    for ask in (anybody.get, anybody.head, anybody.options):
        ask(page)
        ask(f"{page}mail/")
    assert the_link().used_at is None
    assert approval_in_force(issue) is None


def test_the_button_approves_once_in_the_persons_name(anybody, page, issue):
    done = press(anybody, page)
    assert "is approved" in text_of(done)
    assert "Thank you, The Director." in text_of(done)
    approval = approval_in_force(issue)
    assert (approval.approved_by, approval.approver) == ("The Director", None)
    assert (approval.approver_address, approval.readers) == (ADDRESS, 2)
    for ask in (anybody.get, anybody.post):
        answer = ask(page)
        assert answer.status_code == 410
        assert "This link was used" in text_of(answer)
    assert Approval.objects.count() == 1


def test_a_form_of_another_page_or_of_none_approves_nothing(anybody, page, publisher, issue):
    _, other = make_link(issue, "Another", "another@example.net", publisher.user)
    foreign = fields_of(anybody.get(reverse("approval:page", args=[other])))
    for fields in ({}, {"seen": "made-up"}, foreign):
        answer = anybody.post(page, fields)
        assert answer.status_code == 400
        assert "it is not known what you looked at" in text_of(answer)
    assert approval_in_force(issue) is None


def test_what_changed_since_it_was_seen_is_shown_again(anybody, page, issue):
    fields = fields_of(anybody.get(page))
    issue.subject_line = "Another one"
    issue.save()
    answer = anybody.post(page, fields)
    assert answer.status_code == 409
    assert "its subject line is “Another one”" in text_of(answer)
    assert the_link().used_at is None
    assert anybody.post(page, fields_of(answer)).status_code == 200
    assert approval_in_force(issue)


@pytest.mark.parametrize(
    ("end", "status", "said"),
    [
        ("expire", 410, "This link has run out"),
        ("withdraw", 410, "This link was taken back"),
        ("publish", 410, "was published, so there is nothing to approve"),
        ("break", 404, "This link is not complete"),
    ],
)
def test_a_link_that_opens_nothing_says_why(anybody, publisher, page, issue, end, status, said):
    fields = fields_of(anybody.get(page))
    if end == "expire":
        ApprovalLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif end == "withdraw":
        address = at("withdraw-link", the_link().pk)
        assert publisher.client.get(address).status_code == 405
        publisher.client.post(address, {"issue": issue.pk})
        assert ModelLogEntry.objects.filter(action="issues.withdraw_link").exists()
    elif end == "publish":
        approve_issue(issue, "somebody")
        start_issue_mailing(issue, open_transport())
    else:
        page = f"{page[:-3]}/"
    before = Approval.objects.count()
    for answer in (anybody.get(page), anybody.post(page, fields), anybody.get(f"{page}mail/")):
        assert answer.status_code == status
        assert said in text_of(answer)
    assert Approval.objects.count() == before


def test_what_somebody_else_approved_before_leaves_nothing_to_do(anybody, page, issue):
    fields = fields_of(anybody.get(page))
    first = approve_issue(issue, "Paul", timezone.now() + timedelta(days=2))
    page_now = anybody.get(page)
    assert "Paul approved it already; it leaves on" in text_of(page_now)
    assert "seen" not in fields_of(page_now)
    assert "Paul approved it before you" in text_of(anybody.post(page, fields))
    assert approval_in_force(issue) == first


def test_by_a_link_no_blocker_is_overruled(anybody, page, issue, write_note, twtw):
    from issues.assembling import assemble

    fields = fields_of(anybody.get(page))
    write_note("Togo", text="<p>They call it TK.</p>")
    assemble(twtw, issue.date)
    said = anybody.get(page)
    assert "It can’t be approved as it is" in text_of(said)
    assert "seen" not in fields_of(said)
    anybody.post(page, {**fields, "overrule": "placeholder"})
    assert approval_in_force(issue) is None


@pytest.mark.django_db(transaction=True)
def test_an_edit_is_told_to_the_address_without_a_way_to_the_desk(anybody, page, issue, maildir):
    press(anybody, page)
    note = issue.entries.first().note
    note.claim = "Corrected"
    note.save_revision()
    assert approval_in_force(issue) is None
    (mail,) = maildir(ADDRESS)
    text = " ".join(mail.get_body("plain").get_content().split())
    assert "Your approval is void now" in text
    assert "/desk/" not in text


def test_the_log_names_no_link(anybody, page, issue, caplog):
    caplog.handler.addFilter(WithoutKeys())
    with caplog.at_level(logging.INFO):
        anybody.get(f"{page[:-3]}/")
        anybody.post(page)
        anybody.put(page)
    assert "/approve/…/" in caplog.text
    token = page.split("/")[2]
    assert token not in caplog.text
    assert token[:-3] not in caplog.text


def test_the_sites_own_log_is_cleaned_and_requests_are_not_logged():
    from django.conf import settings

    from newsroom.configuration import configuration
    from newsroom.serving import _site

    assert "without_keys" in settings.LOGGING["handlers"]["stderr"]["filters"]
    assert "--access-logfile" not in _site(configuration()).command
