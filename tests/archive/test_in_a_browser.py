"""Every public page in a real browser: on a phone and a desk, by day and by night."""

from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from newsroom.gallery.shots import CHROMIUM_OPTIONS
from tests.optional import chromium

pytestmark = pytest.mark.django_db(transaction=True)

WIDTHS = (1280, 360)
# By night nothing but the colours differs.
RULES = {"light": None, "dark": ["color-contrast", "link-in-text-block"]}
# Where axe can't tell a contrast it says "incomplete", and then a person would have to look. It
# can't for cells that are scrolled out of a wide table's sight, and for single characters.
RUN_AXE = """
rules => axe.run({
  resultTypes: ["violations", "incomplete"], ...(rules && {runOnly: rules})
}).then(({violations, incomplete}) =>
  [...violations, ...incomplete].flatMap(({id, nodes}) => nodes
    .filter(({any}) => !any.some(({data}) =>
      ["elmPartiallyObscured", "shortTextContent"].includes(data?.messageKey)))
    .map(({html}) => `${id}: ${html}`)))
"""


@contextmanager
def browser_page(**options):
    """A page of Chromium, and everything that it complains of."""
    complaints = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_OPTIONS)
        page = browser.new_page(**options)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda request: complaints.append(request.url))
        yield page, complaints
        browser.close()


def faults(page):
    """What axe finds at every width, by day and by night, and whether the page scrolls sideways."""
    page.evaluate(Axe().axe_script)
    for scheme, rules in RULES.items():
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            for finding in page.evaluate(RUN_AXE, rules):
                yield scheme, width, finding
            if page.evaluate("document.documentElement.scrollWidth") > width:
                yield scheme, width, "scrolls sideways"


def test_every_public_page_is_accessible_and_fits_and_asks_for_nothing_from_elsewhere(
    live_server, world
):
    _, pages = world
    found, asked = [], []
    with browser_page() as (page, complaints):
        page.on("request", lambda request: asked.append(request.url))
        for name, path in pages.items():
            page.goto(live_server.url + path)
            found += [(name, *fault) for fault in faults(page)]
        page.goto(live_server.url + pages["unsubscribe"])
        page.get_by_role("button", name="Unsubscribe").click()
        assert (
            page.get_by_role("heading", level=1).inner_text() == "You have left The World This Week"
        )
        found += [("unsubscribed", *fault) for fault in faults(page)]
        cookies = page.context.cookies()
    assert found == []
    assert cookies == []
    # The damaged link is a 404, and the browser says so.
    assert len(complaints) == 1
    assert "404" in complaints[0]
    assert all(url.startswith(live_server.url) for url in asked)


def test_the_keyboard_reaches_the_content_first_and_a_reader_can_leave_by_it(live_server, world):
    reader, pages = world
    with browser_page(java_script_enabled=False) as (page, _):
        page.goto(live_server.url + pages["preferences"])
        page.keyboard.press("Tab")
        assert page.locator(":focus").inner_text() == "Skip to the content"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_text("You have left GP Alerts.").wait_for()
    states = dict(reader.subscriptions.values_list("publication__slug", "state"))
    assert states == {"gp-alerts": "ended", "twtw": "confirmed"}
