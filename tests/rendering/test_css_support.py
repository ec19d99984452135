"""An outsider's word: caniemail's data on what the main mail programs do with our CSS."""

import json
import re
from html import unescape

import pytest

from issues.preflight.css import ENHANCEMENTS, SUPPORTED
from newsroom.gallery.forms import FORMS
from tests.optional import caniemail

MAIN = {
    "gmail": ("desktop-webmail", "ios", "android"),
    "outlook": ("windows", "outlook-com", "macos", "ios", "android"),
    "apple-mail": ("macos", "ios"),
    "yahoo": ("desktop-webmail", "ios", "android"),
}
# Its pages on what has parts tell of the parts too.
PAGES = {"margin": "margin", "padding": "padding", "border": "border", "overflow-x": "overflow"}
# As old as CSS, so that it has no page on them.
EVERYWHERE = {"color", "font-family", "font-style"}
# What else of CSS our mails use though one of the main programs does not know it.
HARMLESS = {
    "css-at-media": "without it, the measures of a computer hold, and fit a phone",
    "css-at-media-prefers-color-scheme": "the program shows the mail by day, or darkens it itself",
    "css-selector-attribute": "only tells the dark colours to Outlook",
    "css-selector-child": "only paints the sheet by night and on paper",
}
# Written as in a style sheet, with caniemail's name for it.
SELECTORS = (
    (re.compile(r"\["), lambda _: "css-selector-attribute"),
    (re.compile(r">"), lambda _: "css-selector-child"),
    (re.compile(r"\+"), lambda _: "css-selector-adjacent-sibling"),
    (re.compile(r"~(?!=)"), lambda _: "css-selector-general-sibling"),
    (re.compile(r"\*(?!=)"), lambda _: "css-selector-universal"),
    (re.compile(r"(?<!:):([\w-]+)"), lambda found: f"css-pseudo-class-{found[1]}"),
    (re.compile(r"::([\w-]+)"), lambda found: f"css-pseudo-element-{found[1]}"),
)
# Says of the whole page what each element says again: `:root` is the page itself.
OURS = {"css-pseudo-class-root"}


@pytest.fixture(scope="module")
def drops():
    """Tells for one of caniemail's names which of the main programs drop that altogether."""
    features = json.loads(caniemail().read_text(encoding="utf-8"))["data"]
    by_name = {feature["slug"]: feature["stats"] for feature in features}

    def programs(name):
        stats = by_name[name]
        return {
            f"{family}.{platform}"
            for family, platforms in MAIN.items()
            for platform in platforms
            # The newest version comes last; "n #1" has a remark.
            if list(stats.get(family, {}).get(platform, {"": "y"}).values())[-1].startswith("n")
        }

    programs.names = frozenset(by_name)
    return programs


def page_of(name, names):
    """Caniemail's name for a property, or None where it has no page on it."""
    whole = next((page for start, page in PAGES.items() if name.startswith(start)), name)
    return next((f"css-{one}" for one in (name, whole) if f"css-{one}" in names), None)


@pytest.fixture(scope="module")
def written():
    """The CSS of all our mails but what only Outlook on Windows reads: rules, and properties."""
    preludes, properties = set(), set()
    for form in FORMS:
        html = re.sub(r"<!--.*?-->", "", form.render().html, flags=re.DOTALL)
        css = " ".join(re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL))
        blocks = re.findall(r"([^{}]*)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", css))
        preludes.update(re.findall(r"(@[^{;]+)\{", css))
        preludes.update(
            prelude for prelude, _ in blocks if prelude.strip() and not prelude.startswith("@")
        )
        styles = [block for _, block in blocks] + re.findall(r' style="([^"]*)"', html)
        properties.update(
            declaration.partition(":")[0].strip()
            for style in styles
            for declaration in unescape(style).split(";")
            if declaration.strip()
        )
    assert {"@media", "font-size"} <= {*properties, *(one.split()[0] for one in preludes)}
    return preludes, properties


def test_no_main_mail_program_drops_what_we_call_supported(drops):
    pages = {name: page_of(name, drops.names) for name in SUPPORTED}
    assert {name for name, page in pages.items() if page is None} <= EVERYWHERE
    assert {name: drops(page) for name, page in pages.items() if page and drops(page)} == {}


def test_what_we_call_an_enhancement_is_dropped_by_one_of_them(drops):
    pages = {name: page_of(name, drops.names) for name in ENHANCEMENTS}
    assert [name for name, page in pages.items() if page and not drops(page)] == []


def test_our_mails_use_no_property_but_these(written):
    _, properties = written
    for_one_program = {name for name in properties if name.startswith(("mso-", "-"))}
    assert properties - for_one_program - SUPPORTED - ENHANCEMENTS.keys() == set()


def test_our_mails_use_no_rule_or_selector_that_is_dropped_to_their_harm(written, drops):
    preludes, _ = written
    used = set()
    for prelude in preludes:
        if prelude.startswith("@"):
            used.add("css-at-" + prelude[1:].split()[0])
            used.update(
                f"css-at-media-{feature}"
                for feature in re.findall(r"\(([\w-]+)", prelude)
                if f"css-at-media-{feature}" in drops.names
            )
        else:
            used.update(name(found) for like, name in SELECTORS for found in like.finditer(prelude))
    used -= OURS
    assert used <= drops.names
    assert {name for name in used if drops(name)} == HARMLESS.keys()
