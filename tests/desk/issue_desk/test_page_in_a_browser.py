"""The issue desk in a real browser: arranged by keyboard, mouse and finger, and looked at."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect, sync_playwright

from issues.approval import approve_issue
from issues.arranging import arrange
from issues.assembling import assemble
from newsroom.gallery.shots import CHROMIUM_OPTIONS
from tests.archive.test_in_a_browser import RULES, WIDTHS
from tests.desk.issue_desk.pages import at
from tests.desk.test_mailings_in_a_browser import AT_ONCE, elsewhere
from tests.optional import chromium

pytestmark = pytest.mark.django_db(transaction=True)

# What is in the frame is the mail, which has its own tests.
RUN_AXE = """
rules => axe.run({include: ["main"], exclude: ["iframe"]}, {
  resultTypes: ["violations", "incomplete"], ...(rules && {runOnly: rules})
}).then(({violations, incomplete}) =>
  [...violations, ...incomplete].flatMap(({id, nodes}) => nodes
    .filter(({any}) => !any.some(({data}) => data?.messageKey === "shortTextContent"))
    .map(({html}) => `${id}: ${html}`)))
"""
CLAIMS = ".issue-notes .issue-note__claim"


@pytest.fixture
def browse(editor, issue, live_server, settings):
    """Opens the issue's page in Chromium, in which an editor is signed in."""
    settings.SITE_URL = live_server.url
    cookie = editor.client.cookies["sessionid"].value
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_OPTIONS)

        def open_page(address=None, **options):
            context = browser.new_context(base_url=live_server.url, **options)
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
            page = context.new_page()
            page.goto(address or at("issue"))
            return page

        yield open_page
        browser.close()


def order_of(issue):
    return [entry.note.subject for entry in issue.entries.select_related("note")]


def shows(page, *subjects):
    expect(page.locator(CLAIMS)).to_have_text([f"{subject} claims" for subject in subjects])


def test_a_note_is_moved_by_the_keyboard_keeps_the_focus_and_is_told_of(browse, issue, three_notes):
    page = browse()
    said = page.locator("#issue-said")
    down = page.locator(f"#down-{three_notes[0].pk}")
    down.press("Enter")
    shows(page, "Nile", "Mali", "Oslo")
    expect(said).to_have_text("“Mali: Mali claims” is now 2 of 3.")
    expect(down).to_be_focused()
    down.press("Alt+ArrowDown")
    expect(said).to_have_text("“Mali: Mali claims” is now 3 of 3.")
    # Its way down ends here, so the focus is on the note itself.
    expect(page.locator(f"#note-{three_notes[0].pk}")).to_be_focused()
    assert elsewhere(order_of, issue) == ["Nile", "Oslo", "Mali"]
    for _ in range(2):
        page.keyboard.press("Alt+ArrowUp")
    shows(page, "Mali", "Nile", "Oslo")
    expect(said).to_have_text("“Mali: Mali claims” is now 1 of 3.")
    assert elsewhere(order_of, issue) == ["Mali", "Nile", "Oslo"]


def test_everything_works_without_javascript(browse, issue, three_notes):
    page = browse(java_script_enabled=False)
    page.locator(f"#down-{three_notes[0].pk}").press("Enter")
    shows(page, "Nile", "Mali", "Oslo")
    expect(page.get_by_text("“Mali: Mali claims” is now 2 of 3.")).to_be_visible()
    page.get_by_role("button", name="Leave out “Nile claims”").press("Enter")
    shows(page, "Mali", "Oslo")
    page.get_by_role("button", name="Put back “Nile claims”").press("Enter")
    shows(page, "Mali", "Oslo", "Nile")
    page.get_by_role("link", name="Phone").press("Enter")
    mail = page.frame_locator("#issue-preview")
    expect(mail.get_by_role("heading", name="The World This Week")).to_be_visible()
    assert page.locator("#issue-preview").bounding_box()["width"] == 360


@pytest.mark.parametrize("by", ["mouse", "finger"])
def test_a_note_is_dragged_to_its_place(browse, issue, three_notes, by):
    page = browse(has_touch=by == "finger", viewport={"width": 1280, "height": 1400})
    grip = page.locator(f"#note-{three_notes[2].pk} .issue-grip").bounding_box()
    first = page.locator(f"#note-{three_notes[0].pk}").bounding_box()
    x, start, end = grip["x"] + 8, grip["y"] + 8, first["y"] + 4
    if by == "mouse":
        page.mouse.move(x, start)
        page.mouse.down()
        page.mouse.move(x, (start + end) / 2, steps=5)
        page.mouse.move(x, end, steps=5)
        page.mouse.up()
    else:
        touch(page, x, [start, start - 20, (start + end) / 2, end + 10, end])
    shows(page, "Oslo", "Mali", "Nile")
    expect(page.locator("#issue-said")).to_have_text("“Oslo: Oslo claims” is now 1 of 3.")
    assert elsewhere(order_of, issue) == ["Oslo", "Mali", "Nile"]


def touch(page, x, places):
    """Put a finger down, move it from place to place, and lift it."""
    devtools = page.context.new_cdp_session(page)

    def finger(kind, *points):
        event = {"type": kind, "touchPoints": [{"x": x, "y": y} for y in points]}
        devtools.send("Input.dispatchTouchEvent", event)

    finger("touchStart", places[0])
    for place in places[1:]:
        finger("touchMove", place)
    finger("touchEnd")


def test_who_arranges_what_somebody_else_has_arranged_is_told_and_sees_how_it_is_now(
    browse, issue, three_notes
):
    page = browse()
    keys = [note.pk for note in three_notes]
    elsewhere(arrange, issue, list(reversed(keys)), keys)
    page.locator(f"#down-{keys[0]}").press("Enter")
    expect(page.get_by_text("Somebody else arranged this issue")).to_be_visible()
    shows(page, "Oslo", "Nile", "Mali")
    page.locator(f"#up-{keys[0]}").press("Enter")
    shows(page, "Oslo", "Mali", "Nile")
    expect(page.get_by_text("Somebody else arranged this issue")).to_have_count(0)


def test_what_was_started_is_seen_when_it_is_done_without_loading_the_page(
    browse, issue, three_notes, write_note
):
    page = browse(f"{at('issue')}?awaited")
    shows(page, "Mali", "Nile", "Oslo")
    elsewhere(lambda: write_note("Peru", "Peru claims", day=issue.date))
    elsewhere(lambda: assemble(issue.publication, issue.date))
    shows(page, "Mali", "Nile", "Oslo", "Peru")
    assert "awaited" not in page.url


def test_what_the_server_does_not_answer_is_not_shown_as_saved(browse, issue, three_notes):
    page = browse()
    page.route("**/arrange/", lambda route: route.abort())
    page.locator(f"#down-{three_notes[0].pk}").press("Enter")
    expect(page.get_by_text("Nothing was saved")).to_be_visible()
    shows(page, "Mali", "Nile", "Oslo")


def test_a_note_left_out_goes_to_its_list_and_comes_back(browse, issue):
    page = browse()
    page.get_by_role("button", name="Leave out “Nile claims”").press("Enter")
    shows(page, "Mali", "Oslo")
    expect(page.locator("#left-out .issue-note")).to_be_focused()
    page.get_by_role("button", name="Put back “Nile claims”").press("Enter")
    shows(page, "Mali", "Oslo", "Nile")


def test_every_mode_is_shown_in_place_and_none_runs_or_fetches_anything_foreign(
    browse, issue, live_server
):
    page = browse(color_scheme="dark")
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    mail = page.frame_locator("#issue-preview")
    backgrounds = {}
    for mode in ("Phone", "Dark", "Plain text", "Web page", "Desktop"):
        page.get_by_role("link", name=mode, exact=True).press("Enter")
        expect(mail.get_by_text("#317 Vol 7, No 26").first).to_be_visible()
        expect(page.locator(".issue-modes [aria-current]")).to_have_text(mode)
        backgrounds[mode] = mail.locator("body").evaluate(
            "body => getComputedStyle(body).backgroundColor"
        )
    # Whatever the person's own browser is set to.
    assert backgrounds["Desktop"] == backgrounds["Phone"] != backgrounds["Dark"]
    assert complaints == []
    assert all(url.startswith((live_server.url, "data:")) for url in asked)


def test_it_is_accessible_and_fits_by_day_and_by_night(browse, issue, write_note):
    def fill():
        write_note("Peru", "Approved since")
        asked = write_note("Suva", approved=False)
        asked.get_workflow().start(asked, None)

    elsewhere(fill)
    page, found = browse(), []
    write = reverse("wagtailsnippets_issues_issue:edit", args=[issue.pk])
    found += [("open", *fault) for fault in faults(page)]
    elsewhere(approve_issue, issue, "Paul Publisher")
    for address in (at("issue"), f"{at('issue')}?change=1"):
        page.goto(address)
        found += [(address, *fault) for fault in faults(page)]
    page.goto(write)
    expect(page.get_by_text("takes the approval of Paul Publisher back")).to_be_visible()
    assert found == []


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
