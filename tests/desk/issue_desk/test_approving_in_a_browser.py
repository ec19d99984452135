"""Approving in a real browser: by keyboard on a phone, behind a link without JavaScript."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect, sync_playwright

from issues.approval import approval_in_force, approve_issue
from issues.approval_links import make_link
from newsroom.gallery.shots import CHROMIUM_OPTIONS
from tests.archive.test_in_a_browser import faults as public_faults
from tests.desk.issue_desk.pages import at, gather
from tests.desk.test_mailings_in_a_browser import elsewhere, faults
from tests.optional import chromium

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = {"viewport": {"width": 360, "height": 740}}


@pytest.fixture
def browser(live_server):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def opened_by(browser, live_server):
    """Opens a page of Chromium; signed in, if a person is given."""

    def open_page(person=None, **options):
        context = browser.new_context(base_url=live_server.url, **options)
        if person:
            session = person.client.cookies["sessionid"].value
            cookie = {"name": "sessionid", "value": session, "url": live_server.url}
            context.add_cookies([cookie])
        return context.new_page()

    return open_page


@pytest.fixture
def link(publisher, issue):
    """The path behind a link that was made for the director."""
    _, token = make_link(issue, "The Director", "director@example.net", publisher.user)
    return reverse("approval:page", args=[token])


@pytest.fixture
def alert(alerts, write_note, subscribe):
    """A note that can be mailed as an alert."""
    subscribe(alerts, "alerted@example.org")
    return write_note("Alert", "A coup", publication=alerts)


@pytest.fixture
def many(issue):
    """So many readers that their number has to be typed."""
    gather(issue.publication, 1200)


def own(found):
    """What axe found, but for a frame that it can't look into: the mail has its own tests."""
    return [fault for fault in found if not fault[-1].startswith("frame-tested:")]


def test_it_is_approved_by_the_keyboard_on_a_phone_and_an_edit_by_the_form_voids_it(
    publisher, editor, issue, maildir, opened_by
):
    page = opened_by(publisher, **PHONE)
    page.goto(at("approve"))
    page.get_by_label("Day").focus()
    button = page.get_by_role("button", name="Approve #317")
    for _ in range(20):
        if button.evaluate("button => button === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("is approved.").first).to_be_visible()
    note = elsewhere(lambda: issue.entries.first().note_id)
    form = opened_by(editor)
    form.goto(reverse("wagtailsnippets_notes_note:edit", args=[note]))
    form.locator("[name=claim]").fill("Corrected at the last moment")
    form.get_by_role("button", name="Save draft").first.click()
    expect(form.get_by_text("Corrected at the last moment").first).to_be_visible()
    form.wait_for_load_state("networkidle")
    page.goto(at("issue"))
    expect(page.get_by_text("was edited and is not approved again").first).to_be_visible()
    assert elsewhere(approval_in_force, issue) is None
    assert len(maildir(publisher.user.email)) == 1


def test_a_link_is_used_without_javascript_and_its_mail_runs_nothing(link, issue, opened_by):
    page = opened_by(java_script_enabled=False, **PHONE)
    page.goto(link)
    expect(page.frame_locator("iframe").get_by_text("Something happened.").first).to_be_visible()
    page.get_by_text("As plain text").click()
    expect(page.locator("pre")).to_contain_text("Something happened.")
    page.get_by_role("button", name="Approve #317").press("Enter")
    expect(page.get_by_role("heading", name="is approved")).to_be_visible()
    assert elsewhere(approval_in_force, issue).approved_by == "The Director"
    page.goto(link)
    expect(page.get_by_text("This link was used")).to_be_visible()


def test_every_page_is_accessible_and_fits_by_day_and_by_night(
    publisher, issue, many, link, alert, maildir, opened_by
):
    page, found = opened_by(publisher), []

    def look_at(*addresses):
        for address in addresses:
            page.goto(address)
            found.extend((address, *fault) for fault in faults(page))

    look_at(
        *(at(name) for name in ("approve", "links", "trial", "prepare")),
        at("alerts", publication="gp-alerts"),
        at("alert", alert.pk, publication="gp-alerts"),
    )
    public = opened_by()
    public.goto(link)
    found.extend((link, *fault) for fault in public_faults(public))
    elsewhere(approve_issue, issue, "Paul")
    look_at(*(at(name) for name in ("approve", "send-now", "reschedule", "take-back")))
    assert own(found) == []
