"""The mails as they are seen: on a phone, in the dark, and by those who do not see them."""

import io
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

from docs.take_pictures import LARGEST, SHOTS
from newsroom.gallery.forms import FORMS, html_beside
from newsroom.gallery.shots import Shot, chromium, seen, smaller, take
from rendering.mail import render_issue
from tests.optional import chromium as need_chromium
from tests.rendering.samples import RIVER
from tests.rendering.test_mail import issue_of

LIGHT = Shot("light", 360, 800)
DARK = replace(LIGHT, scheme="dark")
DESKTOP = Shot("desktop", 700, 800)
BY_NAME = {form.name: form for form in FORMS}
# A mail is shown inside another page, which has the landmarks.
ELSEWHERE = {"region", "landmark-one-main"}
# What is fine needs no report.
ALL = {"resultTypes": ["violations"]}
# By night nothing else is different.
OF_COLOURS = ALL | {"runOnly": ["color-contrast", "link-in-text-block"]}


@pytest.fixture(scope="module")
def browser():
    need_chromium()
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def show(browser):
    """Shows a form; one page for each way of looking, its pictures drawn here."""
    drawn = io.BytesIO()
    Image.linear_gradient("L").save(drawn, "PNG")
    opened = []
    pages = {}

    def page_of(shot):
        if shot not in pages:
            context = seen(browser, shot)
            opened.append(context)
            pages[shot] = context.__enter__()
            pages[shot].route(
                "**/drawn/*",
                lambda route: route.fulfill(body=drawn.getvalue(), content_type="image/png"),
            )
        return pages[shot]

    def shown(form, shot):
        page = page_of(shot)
        page.set_content(
            html_beside(form, form.render(), "https://pictures.invalid/drawn"), wait_until="load"
        )
        return page

    yield shown
    for context in opened:
        context.__exit__(None, None, None)


def violations(page, options=ALL):
    """What axe-core finds, and where."""
    return [
        (violation["id"], node["html"])
        for violation in Axe().run(page, options=options).response["violations"]
        if violation["id"] not in ELSEWHERE
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_every_form_is_accessible_and_never_scrolls_sideways_on_a_phone(show, form):
    page = show(form, LIGHT)
    assert page.evaluate("document.documentElement.scrollWidth") == LIGHT.width
    assert violations(page) == []


@pytest.mark.parametrize(
    "form", [form for form in FORMS if form.style_sheets], ids=lambda form: form.name
)
def test_in_the_dark_every_form_can_be_read_and_no_surface_stays_bright(show, form):
    page = show(form, DARK)
    assert violations(page, OF_COLOURS) == []
    bright = page.evaluate(
        """[...document.querySelectorAll('*')]
            .map(element => getComputedStyle(element).backgroundColor)
            .filter(colour => /^rgb\\(2\\d\\d, 2/.test(colour))"""
    )
    assert bright == []


def test_outlook_is_told_the_same_dark_colours_as_the_others(show):
    colours = """() => [...document.querySelectorAll('.page, .page *')].filter(
        element => getComputedStyle(element).display !== 'none').map(element => {
        const style = getComputedStyle(element);
        const says = [...element.childNodes].some(child => child.nodeType === 3 &&
            child.data.trim());
        const sides = ['Top', 'Bottom', 'Left'].filter(
            side => style[`border${side}Width`] !== '0px' && element.className);
        return [element.tagName, element.className, style.backgroundColor,
            says ? style.color : '', sides.map(side => style[`border${side}Color`]).join()];
    })"""
    expected = show(BY_NAME["lead"], DARK).evaluate(colours)
    page = show(BY_NAME["lead"], LIGHT)
    by_day = page.evaluate(colours)
    # Outlook marks what holds the colours that it has changed.
    page.evaluate("document.documentElement.setAttribute('data-ogsc', '')")
    page.evaluate("document.documentElement.setAttribute('data-ogsb', '')")
    assert page.evaluate(colours) == expected != by_day


@pytest.mark.parametrize("shot", [LIGHT, DESKTOP], ids=lambda shot: shot.name)
@pytest.mark.parametrize("name", ["lead", "portrait", "no-style-sheet"])
def test_pictures_keep_their_proportions_and_stay_inside_the_column(show, name, shot):
    shown = show(BY_NAME[name], shot).evaluate(
        """[...document.images].map(image => [
            image.width, image.height, image.naturalWidth / image.naturalHeight,
            image.getBoundingClientRect().right])"""
    )
    assert len(shown) >= 2
    for width, height, proportion, right in shown:
        assert width / height == pytest.approx(proportion, rel=0.01)
        assert width <= 560
        assert right <= shot.width - 20


def test_a_table_too_wide_for_a_phone_scrolls_by_itself_and_the_keyboard_reaches_it(show):
    page = show(BY_NAME["wide-table"], LIGHT)
    table = page.get_by_role("group", name="More than fits on a phone")
    assert table.evaluate("element => element.scrollWidth > element.clientWidth")
    table.focus()
    assert table.evaluate("element => element === document.activeElement")


def test_a_passage_in_arabic_is_set_from_the_right(show):
    page = show(BY_NAME["scripts"], DESKTOP)
    aligned = page.evaluate(
        """[...document.querySelectorAll('p[dir=rtl], li[dir=rtl]')]
            .map(element => getComputedStyle(element).textAlign)"""
    )
    assert len(aligned) >= 3
    assert set(aligned) == {"right"}


def test_the_pictures_for_the_readme_are_small_and_of_the_sizes_they_say(browser, tmp_path):
    preview = tmp_path / "issue.html"
    without_pictures = replace(RIVER, photo=None)
    preview.write_text(render_issue(issue_of(without_pictures, without_pictures)).html)
    sizes = {}
    for shot in SHOTS:
        with seen(browser, shot) as page:
            picture = smaller(take(page, shot, preview), LARGEST)
        assert len(picture) < LARGEST
        sizes[shot.name] = Image.open(io.BytesIO(picture)).size
    assert sizes == {
        "mail-desktop": (800, 1600),
        "mail-phone": (720, 2000),
        "mail-dark": (800, 1600),
    }
