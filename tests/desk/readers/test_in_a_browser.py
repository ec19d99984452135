"""The readers' pages in a real browser: accessible, fitting, and worked without JavaScript."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from subscribers.api.keys import Scope, make_key
from subscribers.changes import note_change
from subscribers.confirming import confirm
from subscribers.models import Brake, Reader, ReaderChange, SignUpForm, Suppression
from subscribers.signing_up import sign_up
from subscribers.suppressing import suppress
from tests.archive.test_in_a_browser import RULES, WIDTHS
from tests.desk.test_mailings_in_a_browser import AT_ONCE, at_the_desk, elsewhere  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)

# Wagtail draws the arrow of a select by a gradient, on which axe can't tell a contrast; and nothing
# runs in the preview of a form, also not axe.
RUN_AXE = """
rules => axe.run("main", {
  resultTypes: ["violations", "incomplete"], ...(rules && {runOnly: rules})
}).then(({violations, incomplete}) =>
  [...violations, ...incomplete].flatMap(({id, nodes}) => nodes
    .filter(({any}) => id !== "frame-tested" &&
      !any.some(({data}) => data?.messageKey === "bgGradient"))
    .map(({html}) => `${id}: ${html}`)))
"""


def faults(page):
    page.evaluate(Axe().axe_script)
    page.add_style_tag(content=AT_ONCE)
    for scheme, rules in RULES.items():
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            for finding in page.evaluate(RUN_AXE, rules):
                yield scheme, width, finding
            if page.evaluate("document.documentElement.scrollWidth") > width:
                yield scheme, width, "scrolls sideways"


@pytest.fixture
def addresses(mailing, alerts, twtw):
    """Of a page of each kind, with something to show; the others are made of the same parts."""
    asked = sign_up(
        "ann.with-a-long-name@subdomain.example.org",
        [twtw, alerts],
        form="institute",
        source="the institute's foot",
        name="Ann of the Institute of Long Names and Titles",
        wording="One mail a week.\n\nI agree.",
        network="a1" * 32,
    )
    confirm(asked.pk, "b2" * 32)
    reader, subscription = asked.reader, asked.subscriptions.first()
    note_change(reader, ReaderChange.Kind.PREFERENCES, "Alerts come with the weekly.")
    suppress("reader1@example.org", Suppression.Reason.COMPLAINED, "event: spamreport")
    suppressed = Suppression.objects.get()
    Reader.objects.filter(pk=reader.pk).update(paused_until=timezone.now() + timedelta(days=9))
    Brake.objects.create(began_at=timezone.now(), why="More than 300 sign-ups in an hour.")
    form = SignUpForm.objects.create(slug="foot", name="The institute's foot")
    form.publications.set([twtw, alerts])
    make_key("The institute's own site, for the form in its foot", list(Scope), [twtw, alerts])
    return [
        f"{reverse('readers:index')}?state=confirmed",
        reverse("readers:reader", args=[reader.pk]),
        reverse("readers:end", args=[reader.pk, subscription.pk]),
        reverse("readers:suppressed", args=[suppressed.pk]),
        reverse("readers:form", args=[form.pk]),
        reverse("readers:add"),
        reverse("api_keys:index"),
    ]


def test_the_pages_are_accessible_and_fit_by_day_and_by_night(addresses, at_the_desk):  # noqa: F811
    page, found = at_the_desk(), []
    for address in addresses:
        page.goto(address)
        found += [(address, *fault) for fault in faults(page)]
    assert found == []


def test_a_reader_is_added_found_and_erased_by_the_keyboard_without_javascript(
    mailing,
    at_the_desk,  # noqa: F811
):
    page = at_the_desk(java_script_enabled=False)
    page.goto(reverse("readers:index"))
    page.get_by_role("link", name="Add a reader").press("Enter")
    page.get_by_label("Address").fill("zoe@example.net")
    page.get_by_label("The World This Week").press("Space")
    page.get_by_label("The person agreed").press("Space")
    page.get_by_label("Where that is written down").fill("A signed list")
    page.get_by_role("button", name="Add the reader").press("Enter")
    expect(page.get_by_text("From now on they get The World This Week.")).to_be_visible()
    expect(page.get_by_role("cell", name="Agreed to get The World This Week")).to_be_visible()
    story = page.url

    page.goto(reverse("readers:index"))
    page.get_by_label("Address or name").fill("zo")
    page.get_by_label("Address or name").press("Enter")
    page.get_by_role("link", name="zoe@example.net").press("Enter")
    assert page.url == story
    page.go_back()
    expect(page.get_by_label("Address or name")).to_have_value("zo")
    expect(page.get_by_role("row")).to_have_count(2)

    page.goto(story)
    page.get_by_role("link", name="Erase…").press("Enter")
    page.get_by_role("button", name="Yes, erase this reader").press("Enter")
    expect(page.get_by_text("is erased.")).to_be_visible()
    assert not elsewhere(Reader.objects.filter(key="zoe@example.net").exists)
