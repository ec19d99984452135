"""The desk's pages on mailings in a real browser: seen, followed, and worked by the keyboard."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from django.urls import reverse
from playwright.sync_api import expect, sync_playwright

from delivery.counting import counts
from delivery.models import Mailing
from delivery.transports import Taken
from newsroom.gallery.shots import CHROMIUM_OPTIONS
from tests.archive.test_in_a_browser import RULES, WIDTHS
from tests.optional import chromium

pytestmark = pytest.mark.django_db(transaction=True)

# What is around these pages is Wagtail's own.
RUN_AXE = """
rules => axe.run("main", {
  resultTypes: ["violations", "incomplete"], ...(rules && {runOnly: rules})
}).then(({violations, incomplete}) =>
  [...violations, ...incomplete].flatMap(({id, nodes}) => nodes.map(({html}) => `${id}: ${html}`)))
"""

# Of a heading that stands alone: Wagtail's buttons beside one leave it what room there is.
CUT = """
[...document.querySelectorAll(".w-breadcrumbs:last-child")].some((own) =>
  own.scrollWidth > own.clientWidth)
"""

# Wagtail's buttons change their colours slowly, and axe would look in between.
AT_ONCE = "* { transition: none !important }"


@pytest.fixture
def at_the_desk(live_server, ann):
    """Opens a page of Chromium that is signed in at the desk."""
    cookie = {"name": "sessionid", "value": ann.cookies["sessionid"].value, "url": live_server.url}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_OPTIONS)

        def open_page(**options):
            context = browser.new_context(base_url=live_server.url, **options)
            context.add_cookies([cookie])
            return context.new_page()

        yield open_page
        browser.close()


def elsewhere(function, *arguments):
    """Call what asks the database: Django keeps it from the thread in which a browser is driven."""

    def call():
        try:
            return function(*arguments)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result()


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
            if page.evaluate(CUT):
                yield scheme, width, "cuts off its heading"


def test_every_page_is_accessible_and_fits_by_day_and_by_night(mailing, at_the_desk):
    addresses = [
        reverse("mailings:index"),
        *(
            reverse(f"mailings:{name}", args=[mailing.pk])
            for name in ("mailing", "pause", "cancel", "settle")
        ),
        reverse("wagtailsnippets_delivery_pace:list"),
    ]
    page, found = at_the_desk(), []
    for address in addresses:
        page.goto(address)
        found += [(address, *fault) for fault in faults(page)]
    assert found == []


def test_the_page_follows_a_mailing_without_being_loaded_again_until_nothing_is_pending(
    mailing, at_the_desk, hand_over
):
    page, asked = at_the_desk(), []
    page.clock.install()
    page.goto(reverse("mailings:mailing", args=[mailing.pk]))
    page.on("request", lambda request: asked.append(request.url))
    expect(page.get_by_text("2 of 5 pending.")).to_be_visible()
    page.locator("#pause").focus()
    for left in (1, 0):
        elsewhere(hand_over, mailing, Taken())
        page.clock.run_for(2000)
        expect(page.get_by_text(f"{left} of 5 pending")).to_be_visible()
        if left:
            expect(page.locator("#pause")).to_be_focused()
    expect(page.locator("#pause")).to_have_count(0)
    page.clock.run_for(60_000)
    assert [url.endswith("/now/") for url in asked if "/static/" not in url] == [True, True]


def test_a_mailing_is_paused_and_resumed_by_the_keyboard_without_javascript(mailing, at_the_desk):
    page = at_the_desk(java_script_enabled=False)
    page.goto(reverse("mailings:mailing", args=[mailing.pk]))
    page.locator("#pause").press("Enter")
    page.get_by_label("Reason").fill("A typo in the second note")
    page.get_by_label("Reason").press("Enter")
    expect(page.get_by_text("Ann paused it: A typo in the second note").first).to_be_visible()
    assert elsewhere(Mailing.objects.get).paused_at is not None
    page.locator("#resume").press("Enter")
    page.get_by_role("button", name="Resume it").press("Enter")
    expect(page.get_by_text("is resumed.")).to_be_visible()
    page.get_by_role("link", name="Look again").press("Enter")
    expect(page.get_by_text("2 of 5 pending.")).to_be_visible()
    assert elsewhere(Mailing.objects.get).paused_at is None


def test_a_doubt_is_settled_by_the_keyboard(mailing, at_the_desk):
    page = at_the_desk()
    page.goto(reverse("mailings:mailing", args=[mailing.pk]))
    page.get_by_role("link", name="Settle chunk 2").press("Enter")
    page.get_by_role("button", name="Count 1 as sent").press("Enter")
    expect(page.get_by_text("The copies of 1 reader count as sent.")).to_be_visible()
    assert elsewhere(lambda: counts(mailing).in_doubt) == 0
