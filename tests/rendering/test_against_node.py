"""Another compiler's word: what MJML's own makes of our mails looks the same, dot for dot.

Ours (mrml, in Rust) follows MJML 4; `mjml` for Node.js, version 5, is what the language is today.
Both are given the very same documents, and Chromium shows what they made of them by day. By night
they differ: MJML 5 puts the class of `mj-body` at another element, and our dark colours follow it.
"""

import io
import re

import pytest
from django.conf import settings
from PIL import Image, ImageChops
from playwright.sync_api import sync_playwright

import rendering.mjml
from newsroom.gallery.forms import FORMS
from newsroom.gallery.service import SERVICE_MAILS
from newsroom.gallery.shots import CHROMIUM_OPTIONS
from tests.optional import answered_by_node, chromium

# Every template, every kind of part, and the scripts that are set otherwise. The other forms are
# more of the same.
COMPARED = (
    *("lead", "takeaways", "scripts", "wide-table", "digest", "alert", "correction", "notice"),
    "welcome",
)
WIDTHS = (700, 360)
# A channel of a dot, of 255, that nobody sees a difference in; and the share of dots that may
# differ by more. Measured: not one dot differs at all.
SEEN = 4
LARGEST_SHARE = 1 / 20_000


@pytest.fixture(scope="module")
def compiled():
    """The HTML of our compiler and of the other one, for each form."""
    sources, ours = [], []
    compile_mjml = rendering.mjml.mjml2html

    def kept(source):
        sources.append(source)
        ours.append(compile_mjml(source))
        return ours[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rendering.mjml, "mjml2html", kept)
        forms = {form.name: form for form in FORMS}
        for name in COMPARED:
            forms[name].render()
    theirs = answered_by_node("compile_mjml.mjs", "mjml", sources)
    return dict(zip(COMPARED, zip(ours, theirs, strict=True), strict=True))


@pytest.fixture(scope="module")
def show():
    """Shows HTML and gives the picture of all of it."""
    executable = chromium()
    drawn = io.BytesIO()
    Image.linear_gradient("L").save(drawn, "PNG")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_OPTIONS)
        page = browser.new_page()
        page.route(
            re.compile("^https?:"),
            lambda route: route.fulfill(body=drawn.getvalue(), content_type="image/png"),
        )

        def shown(html, width):
            page.set_viewport_size({"width": width, "height": 800})
            page.set_content(html, wait_until="load")
            return Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")

        yield shown
        browser.close()


def differences(one, other):
    """A mask of the dots that differ to the eye."""
    bands = ImageChops.difference(one, other).split()
    largest = ImageChops.lighter(ImageChops.lighter(*bands[:2]), bands[2])
    return largest.point(lambda value: 255 if value > SEEN else 0)


def share(mask):
    """How much of a mask is set: 0 to 1."""
    return mask.histogram()[255] / (mask.width * mask.height)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", COMPARED)
def test_both_compilers_make_the_same_mail(compiled, show, tmp_path, name, width):
    pictures = [show(html, width) for html in compiled[name]]
    sizes = {picture.size for picture in pictures}
    mask = differences(*pictures)
    if len(sizes) > 1 or share(mask) > LARGEST_SHARE:
        for part, picture in zip(("ours", "theirs", "difference"), (*pictures, mask), strict=True):
            picture.save(tmp_path / f"{part}.png")
        pytest.fail(
            f"The sizes are {sizes}, and {share(mask):.2%} of the dots differ; look at {tmp_path}"
        )


def test_no_kind_of_mail_is_left_out():
    templates = settings.BASE_DIR / "templates" / "email"
    kinds = {folder.name for folder in templates.iterdir()} - {"partials", "sets"}
    sets = {folder.name for folder in (templates / "sets").iterdir()}
    # The form “lead” is an issue with all that one can have, “welcome” a mail to one reader.
    assert (kinds - {"issue", *SERVICE_MAILS}) | sets <= {*COMPARED}
    assert "welcome" in SERVICE_MAILS.keys() & COMPARED


def test_a_line_that_is_lower_by_one_dot_would_be_seen(compiled, show):
    html, _ = compiled["notice"]
    moved = html.replace("</h1>", "</h1><p style='height:1px;margin:0'></p>")
    assert share(differences(show(html, 360), show(moved, 360))) > LARGEST_SHARE
