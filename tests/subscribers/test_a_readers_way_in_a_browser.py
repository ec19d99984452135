"""A reader's whole way, by what they see and what lies in their mailbox, and by nothing else."""

import re
from datetime import date, timedelta
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from delivery.delivering import deliver
from delivery.freezing import start_issue_mailing
from delivery.service_mails import send_due
from delivery.transports.opening import open_transport
from issues.approval import approve_issue
from issues.assembling import assemble
from tests.archive.test_in_a_browser import browser_page
from tests.subscribers.test_sign_up_in_a_browser import in_a_thread, take_time

pytestmark = pytest.mark.django_db(transaction=True)

SUNDAY = date(2025, 6, 29)
ADDRESS, LATER = "ann@example.org", "ann.newly@example.org"


class Mailbox:
    """What has come to an address, the latest last."""

    def __init__(self, outbox, site):
        self._outbox, self._site = Path(outbox), site

    def mails(self, address):
        found = [BytesParser(policy=policy.default).parsebytes(file.read_bytes())
                 for file in self._outbox.glob("new/*")]  # fmt: skip
        return sorted(
            (mail for mail in found if address in mail["To"]),
            key=lambda mail: mail["Date"].datetime,
        )

    def subjects(self, address):
        return sorted(mail["Subject"] for mail in self.mails(address))

    def link(self, address, subject, kind):
        """The path behind a link of the mail with this in its subject."""
        (mail,) = [mail for mail in self.mails(address) if subject in mail["Subject"]]
        text = mail.get_body(("plain",)).get_content()
        (path,) = set(re.findall(rf"{re.escape(self._site)}(/{kind}/\S+)", text))
        return path


@pytest.fixture
def mailbox(settings, live_server, tmp_path):
    settings.SITE_URL = live_server.url
    settings.OUTBOX = tmp_path / "outbox"
    return Mailbox(settings.OUTBOX, live_server.url)


def post():
    in_a_thread(send_due, timezone.now())


def mail_an_issue(publication, write_note, day):
    def send():
        write_note(f"Note of {day}", day=day)
        issue = assemble(publication, day).issue
        approve_issue(issue, "An Editor")
        transport = open_transport()
        mailing = start_issue_mailing(issue, transport)
        deliver(mailing, transport, threads=1)
        transport.close()

    in_a_thread(send)


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (360, False)])
def test_from_a_wish_to_a_mailbox_and_out_again(
    live_server, twtw, alerts, write_note, mailbox, subscribe, width, scripts
):
    in_a_thread(subscribe, twtw, "another@example.org")
    options = {"viewport": {"width": width, "height": 800}, "java_script_enabled": scripts}
    with browser_page(base_url=live_server.url, **options) as (page, complaints):
        heading = page.get_by_role("heading", level=1)

        # Subscribe, and confirm by the mail.
        page.goto("/")
        page.get_by_role("link", name="Subscribe").first.click()
        page.get_by_label("GP Alerts").check()
        page.get_by_label("The World This Week").check()
        page.get_by_label("Your mail address").fill(ADDRESS)
        page.get_by_label("Your name").fill("Ann")
        take_time(page)
        page.get_by_role("button", name="Subscribe").click()
        post()
        assert len(mailbox.mails(ADDRESS)) == 1
        page.goto(mailbox.link(ADDRESS, "confirm", "confirm"))
        page.get_by_role("button", name="Yes, I want this").click()
        expect(heading).to_have_text("You are subscribed")
        post()
        assert any("Welcome" in subject for subject in mailbox.subjects(ADDRESS))

        # The issue comes once, and from it leads a link to what Ann gets.
        mail_an_issue(twtw, write_note, SUNDAY)
        (issue,) = [mail for mail in mailbox.mails(ADDRESS) if mail["List-Id"]]
        preferences = mailbox.link(ADDRESS, issue["Subject"], "preferences")
        page.goto(preferences)
        page.get_by_label("Africa").check()
        page.get_by_label("With the weekly, which names them").check()
        page.get_by_role("button", name="Save the choice of alerts").click()
        expect(page.get_by_role("status")).to_be_visible()
        expect(page.get_by_label("Africa")).to_be_checked()

        # Another address: asked there, and from then on mailed there.
        page.get_by_label("Where your mail shall go").fill(LATER)
        page.get_by_role("button", name="Change the address").click()
        post()
        page.goto(mailbox.link(LATER, "", "new-address"))
        page.get_by_role("button").first.click()
        post()
        mail_an_issue(twtw, write_note, SUNDAY + timedelta(days=7))
        assert sum(bool(mail["List-Id"]) for mail in mailbox.mails(ADDRESS)) == 1
        (later,) = [mail for mail in mailbox.mails(LATER) if mail["List-Id"]]

        # The former link has ended; the one to leave has not.
        page.goto(preferences)
        expect(page.get_by_role("button", name="Leave The World This Week")).to_have_count(0)
        page.goto(mailbox.link(ADDRESS, issue["Subject"], "unsubscribe"))
        page.get_by_role("button", name="Unsubscribe").click()
        expect(heading).to_have_text("You have left The World This Week")
        mail_an_issue(twtw, write_note, SUNDAY + timedelta(days=14))
        assert sum(bool(mail["List-Id"]) for mail in mailbox.mails(LATER)) == 1

        # And at last nothing is left of Ann.
        page.goto(mailbox.link(LATER, later["Subject"], "preferences"))
        page.get_by_role("link", name="Erase all of it").click()
        page.get_by_role("button", name=re.compile("Erase")).click()
        post()
        assert "erased" in mailbox.mails(LATER)[-1].get_body(("plain",)).get_content()
        page.goto(mailbox.link(LATER, later["Subject"], "preferences"))
        expect(page.get_by_text(ADDRESS)).to_have_count(0)
        # Chromium complains of the one link that has ended, and of nothing else.
        assert [one for one in complaints if "410" not in one] == []
