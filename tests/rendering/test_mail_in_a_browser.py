"""The mail as it is seen: on a phone, in the dark, and by those who do not see it."""

import io
import re
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import sync_playwright

from docs.take_pictures import CHROMIUM_OPTIONS, LARGEST, SHOTS, smaller, take
from rendering.content import Section, Table
from rendering.mail import render_alert, render_issue, render_notice
from tests.optional import chromium
from tests.rendering.samples import ALERT, ISSUE, PORTS, RIVER
from tests.rendering.test_mail import issue_of

WIDE = Table(
    ("Country", "Representation", "Interpretation", "Implementation", "Administration"),
    (("Kalwe", "proportional", "constitutional", "intergovernmental", "decentralised"),),
    "More than fits on a phone",
)


@pytest.fixture(scope="module")
def browser():
    executable = chromium()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_OPTIONS)
        yield opened
        opened.close()


def shown(browser, html: str, scheme: str, width: int):
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.route(re.compile("^https?:"), lambda route: route.abort())
    page.set_content(html, wait_until="load")
    return page


def violations(page) -> list[tuple[str, str]]:
    """What axe-core finds, and where."""
    # A mail is shown inside another page, which has the landmarks.
    elsewhere = {"region", "landmark-one-main"}
    return [
        (violation["id"], node["html"])
        for violation in Axe().run(page).response["violations"]
        if violation["id"] not in elsewhere
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_issue_is_accessible_and_never_scrolls_sideways_on_a_phone(browser, scheme):
    wide = replace(PORTS, sections=(*PORTS.sections, Section("In figures", (WIDE,))))
    page = shown(browser, render_issue(issue_of(RIVER, wide)).html, scheme, 360)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert violations(page) == []


@pytest.mark.parametrize(
    "rendering",
    [
        pytest.param(render_alert(ALERT), id="alert"),
        pytest.param(
            render_notice("A subject", ["Words."], [("A link", "https://example.org/")]),
            id="notice",
        ),
    ],
)
def test_other_mails_are_accessible_in_the_dark(browser, rendering):
    assert violations(shown(browser, rendering.html, "dark", 800)) == []


def test_in_the_dark_no_surface_stays_white(browser):
    page = shown(browser, render_issue(ISSUE).html, "dark", 800)
    bright = page.evaluate(
        """[...document.querySelectorAll('*')]
            .map(element => getComputedStyle(element).backgroundColor)
            .filter(colour => /^rgb\\(2\\d\\d, 2/.test(colour))"""
    )
    assert bright == []


def test_the_pictures_for_the_readme_are_small_and_of_the_sizes_they_say(browser, tmp_path):
    preview = tmp_path / "issue.html"
    without_pictures = replace(RIVER, photo=None)
    preview.write_text(render_issue(issue_of(without_pictures, without_pictures)).html)
    sizes = {}
    for shot in SHOTS:
        picture = smaller(take(browser, shot, preview))
        assert len(picture) < LARGEST
        sizes[shot.name] = Image.open(io.BytesIO(picture)).size
    assert sizes == {
        "mail-desktop": (800, 1600),
        "mail-phone": (720, 2000),
        "mail-dark": (800, 1600),
    }
