"""A sentence is counted as it is typed; by the button without JavaScript; for everybody."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from issues.assembling import assemble
from issues.models import Issue
from subscribers.models import Segment
from tests.desk.test_mailings_in_a_browser import (  # noqa: F401 - a fixture
    at_the_desk,
    elsewhere,
    faults,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pages(readers, twtw, write_note, alerts):
    """The addresses on which a sentence is typed; an issue is open, a note waits to be an alert."""
    segment = Segment.objects.create(name="African readers", sentence="region Africa")
    assemble(twtw, write_note().date)
    alert = write_note("Mali", "A coup", publication=alerts)
    return {
        "index": reverse("segments:index"),
        "add": reverse("segments:add"),
        "change": reverse("segments:change", args=[segment.pk]),
        "issue": reverse("issue_desk:audience", args=["twtw"]),
        "alert": reverse("issue_desk:alert", args=["gp-alerts", alert.pk]),
    }


def test_every_page_is_accessible_and_fits_by_day_and_by_night(
    pages,
    at_the_desk,  # noqa: F811 - as pytest has it
):
    page, found = at_the_desk(), []
    for address in pages.values():
        page.goto(address)
        page.evaluate(
            "document.querySelectorAll('.segment-help').forEach(one => { one.open = true })"
        )
        # The mail in a frame, into which axe can't look, has its own tests.
        found += [(address, *one) for one in faults(page) if not one[2].startswith("frame-tested")]
    assert found == []


def test_it_is_counted_as_it_is_typed_and_said(
    pages,
    at_the_desk,  # noqa: F811
):
    page, asked = at_the_desk(), []
    page.clock.install()
    page.goto(pages["issue"])
    page.route("**/count/", lambda route: asked.append(route.request.url) or route.continue_())
    said = page.get_by_role("status").filter(has_text="Understood as")
    expect(said).to_contain_text("3 of 3 readers")
    field = page.get_by_label("Who gets it", exact=True)
    for words in ("reg", "regoin Afr", "region Africa"):
        field.fill(words)
        page.clock.run_for(100)
    assert asked == []
    page.clock.run_for(400)
    expect(said).to_contain_text("1 of 3 readers")
    expect(said).to_contain_text("Understood as: region Africa")
    assert len(asked) == 1
    field.fill("regoin Africa")
    field.press("Enter")
    expect(page.locator(".segment-trouble")).to_contain_text("perhaps “region Africa” is meant")
    assert page.url.endswith("/audience/")
    field.fill("region Africa")
    page.get_by_role("button", name="Have it go to these readers").press("Enter")
    expect(page.get_by_text("The World This Week: region Africa.").first).to_be_visible()
    assert elsewhere(Issue.objects.get).segment == "region Africa"


def test_without_javascript_a_button_counts(
    pages,
    at_the_desk,  # noqa: F811
):
    page = at_the_desk(java_script_enabled=False)
    page.goto(pages["add"])
    page.get_by_label("Name").fill("Readers in Africa")
    page.get_by_label("Sentence", exact=True).fill("region africa")
    page.get_by_label("GP Alerts").uncheck()
    page.get_by_role("button", name="Count").press("Enter")
    expect(page.locator(".segment-said")).to_contain_text("1 of 3 readers")
    expect(page.get_by_label("GP Alerts")).not_to_be_checked()
    page.get_by_role("button", name="Save the segment").press("Enter")
    expect(page.get_by_text("“Readers in Africa” is saved.")).to_be_visible()
    assert elsewhere(Segment.objects.filter(name="Readers in Africa").exists)
