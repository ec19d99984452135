"""A correction from the keyboard in a real browser: written, looked at, recorded, mailed, read."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from delivery.models import Mailing
from issues.models import Correction
from tests.desk.test_mailings_in_a_browser import at_the_desk, elsewhere, faults

__all__ = ["at_the_desk"]
pytestmark = pytest.mark.django_db(transaction=True)

# axe can't look into a frame in which nothing runs; what Draftail's field says of its placeholder
# is Wagtail's own.
KNOWN = ("frame-tested: ", 'aria-valid-attr-value: <div aria-describedby="placeholder-')


def test_every_page_of_it_is_accessible_and_fits_by_day_and_by_night(
    ended, correction, at_the_desk
):
    addresses = [
        *(reverse(f"mailings:{name}", args=[ended.pk]) for name in ("report", "sent")),
        reverse("corrections:index"),
        reverse("corrections:choose"),
        reverse("corrections:record", args=[ended.edition_id]),
        *(reverse(f"corrections:{name}", args=[correction.pk]) for name in ("correction", "mail")),
    ]
    page, found = at_the_desk(), []
    for address in addresses:
        page.goto(address)
        found += [(address, *fault) for fault in faults(page) if not fault[2].startswith(KNOWN)]
    assert found == []


def test_a_correction_is_written_recorded_and_mailed_by_the_keyboard(
    ended, settings, tmp_path, at_the_desk
):
    settings.OUTBOX = tmp_path / "outbox"
    page = at_the_desk()
    page.goto(reverse("mailings:mailing", args=[ended.pk]))
    page.get_by_role("link", name="Record a correction…").press("Enter")
    page.get_by_role("textbox", name="Text", exact=True).press_sequentially("It is 640, not 460.")
    # Draftail takes a moment to put it into the form.
    expect(page.locator("[name=text]")).to_have_value(re.compile("not 460"))
    page.get_by_role("textbox", name="Reason").fill("A slip")
    page.get_by_role("button", name="Look at it").press("Enter")
    expect(page.get_by_text("As readers will see it")).to_be_visible()
    assert elsewhere(Correction.objects.count) == 0
    page.get_by_role("button", name="Record it: readers see it at once").press("Enter")
    expect(page.get_by_text("is recorded, and readers see it")).to_be_visible()

    page.get_by_role("link", name="Mail it…").press("Enter")
    frame = page.frame_locator("iframe[title='The mail']")
    expect(frame.get_by_text("It is 640, not 460.").last).to_be_visible()
    page.get_by_role("button", name="Mail this correction").press("Enter")
    expect(page.get_by_text("is on its way.")).to_be_visible()
    assert elsewhere(Mailing.objects.filter(edition__correction__isnull=False).count) == 1

    page.goto("/issues/twtw/317/")
    expect(page.get_by_role("region", name="Correction,")).to_contain_text("It is 640, not 460.")


def test_what_was_sent_is_seen_with_its_pictures_and_a_report_is_printed_in_full(
    ended, at_the_desk
):
    page = at_the_desk()
    page.goto(reverse("mailings:sent", args=[ended.pk]))
    frame = page.frame_locator("iframe[title='The mail as it was sent']")
    expect(frame.get_by_text("A growing presence").first).to_be_visible()
    page.goto(reverse("mailings:report", args=[ended.pk]))
    page.set_viewport_size({"width": 800, "height": 300})
    page.emulate_media(media="print")
    # Nothing is cut off at the end of the window.
    assert page.evaluate("document.documentElement.scrollHeight") > 600
    expect(page.locator(".report-links")).to_be_hidden()
