"""Writing a note in a real browser: headings, autosave, two at once, Word's clipboard, slips."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from notes.models import Note, Person
from tests.archive.test_in_a_browser import WIDTHS
from tests.desk.notes.forms import address
from tests.desk.test_mailings_in_a_browser import AT_ONCE

pytestmark = pytest.mark.django_db(transaction=True)

# As Word 365 puts it on the clipboard, with what else a document has.
WORD = (Path(__file__).parent / "from_word.html").read_text(encoding="utf-8")
PASTE = """
html => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  data.setData("text/plain", "not this");
  document.activeElement.dispatchEvent(
    new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}
"""


@pytest.fixture
def ann(somebody):
    return somebody("ann")


def open_note(page, where):
    """Go to a note's page, and wait until Wagtail watches for changes: two seconds after it."""
    page.add_init_script(
        "addEventListener('w-unsaved:watch-edits', () => { document.body.dataset.watched = 1 })"
    )
    page.goto(where)
    page.locator("body[data-watched]").wait_for()


def headings(page):
    shown = page.locator("input[name$=value-heading]:visible")
    return [shown.nth(number).input_value() for number in range(shown.count())]


def editor(page, number=0):
    return page.locator(".public-DraftEditor-content:visible").nth(number)


def saved(page):
    expect(page.locator(".w-autosave-indicator__state--saved")).to_be_visible()


def latest(note=None):
    notes = Note.objects.all() if note is None else Note.objects.filter(pk=note.pk)
    return notes.get().get_latest_revision_as_object()


def test_another_schema_changes_headings_under_which_nothing_is_written(twtw, ann, at_the_desk):
    page = at_the_desk(ann)
    page.goto(address("add"))
    three = ["What happened?", "What is the background?", "What does it mean?"]
    expect(editor(page, 2)).to_be_visible()
    assert headings(page) == three
    schema = page.locator("select[name=schema]")
    schema.select_option(label="Free form")
    expect(editor(page, 1)).to_be_hidden()
    assert headings(page) == [""]
    schema.select_option(label="Three questions")
    expect(editor(page, 2)).to_be_visible()
    assert headings(page) == three
    editor(page, 1).click()
    page.keyboard.type("Written.")
    # At once, before the editor has put it into the form.
    schema.select_option(label="Free form")
    expect(editor(page, 2)).to_be_hidden()
    assert headings(page) == ["What is the background?", ""]
    schema.select_option(label="Three questions")
    expect(editor(page, 2)).to_be_visible()
    assert headings(page) == three
    expect(editor(page, 1)).to_have_text("Written.")


def test_a_note_saves_itself_and_shows_its_preview_and_its_slips(twtw, ann, at_the_desk, elsewhere):
    page = at_the_desk(ann)
    open_note(page, address("add"))
    page.get_by_role("button", name="Toggle preview").click()
    page.get_by_label("Subject").fill("Mali")
    page.wait_for_url(re.compile("/edit/"))
    editor(page).click()
    page.keyboard.type("Second,Mali.")
    preview = page.frame_locator("#w-preview-iframe")
    expect(preview.get_by_text("Second,Mali.").first).to_be_visible()
    page.get_by_label("Preview mode").select_option("phone")
    on_a_phone = preview.frame_locator("iframe")
    expect(on_a_phone.get_by_text("Second,Mali.").first).to_be_visible()
    assert preview.locator("iframe").evaluate("frame => frame.clientWidth") == 360
    mend = page.get_by_role("button", name="Mend “Second,Mali.”")
    expect(mend).to_be_visible()
    page.get_by_label("Claim").fill("Typed")
    page.get_by_label("Claim").press("Enter")
    expect(page.get_by_text("Note 'Mali: Typed' updated.")).to_be_visible()
    expect(editor(page)).to_have_text("Second,Mali.")
    page.get_by_label("Claim").fill("Typed last")
    mend.click()
    expect(page.get_by_text("“Second,Mali.” is now “Second, Mali.”")).to_be_visible()
    expect(editor(page)).to_have_text("Second, Mali.")
    note = elsewhere(latest)
    assert (note.subject, note.claim) == ("Mali", "Typed last")
    assert "Second, Mali." in note.body[0].value["parts"][0].value.source


def test_of_two_who_write_at_once_the_second_is_warned_and_nothing_is_lost(
    write_note, somebody, at_the_desk, elsewhere
):
    note = write_note(approved=False)
    first, second = somebody("ann"), somebody("bea")
    one, other = at_the_desk(first), at_the_desk(second)
    for page in (one, other):
        open_note(page, address("edit", note.pk))
    one.get_by_label("Claim").fill("By the first")
    saved(one)
    other.get_by_label("Claim").fill("By the second")
    expect(other.get_by_text("newer version").first).to_be_visible()
    expect(other.get_by_label("Claim")).to_have_value("By the second")
    assert elsewhere(latest, note).claim == "By the first"


def test_a_note_that_somebody_locked_says_so_and_takes_no_word(
    write_note, somebody, at_the_desk, elsewhere
):
    note, first, second = write_note(approved=False), somebody("ann"), somebody("bea")
    first.post(address("lock", note.pk))
    page = at_the_desk(second)
    page.goto(address("edit", note.pk))
    expect(page.get_by_text("locked by ann").first).to_be_visible()
    assert elsewhere(latest, note).claim == "A growing presence"


def test_from_words_clipboard_come_paragraphs_bold_italic_links_and_lists_and_nothing_else(
    twtw, ann, at_the_desk, elsewhere
):
    page = at_the_desk(ann)
    open_note(page, address("add"))
    page.get_by_label("Subject").fill("Mali")
    editor(page).click()
    page.evaluate(PASTE, WORD)
    expect(editor(page)).to_contain_text("struck words.")
    expect(page.locator("[name=body-0-value-parts-0-value]")).to_have_value(re.compile("struck"))
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Note 'Mali'").first).to_be_visible()
    source = elsewhere(latest).body[0].value["parts"][0].value.source
    assert re.sub(r' data-block-key="\w*"', "", source) == (
        "<p>A heading</p>"
        '<p><b>Bold</b>, <i>italic</i> and <a href="https://news.example/a?b=1&amp;c=2">a link</a>.'
        "</p><p>A note[1] and a file and a trap.</p><p>After a picture.</p>"
        "<ul><li>First point</li><li>Second point</li></ul>"
        "<p>Cell one</p><p>Cell two</p><p>Coloured struck words.</p>"
    )


def test_countries_are_found_by_typing_and_chosen_by_the_keyboard(
    twtw, ann, at_the_desk, elsewhere
):
    page = at_the_desk(ann, viewport={"width": 360, "height": 800})
    open_note(page, address("add"))
    page.locator("#panel-countries-section [data-panel-toggle]").click()
    find = page.get_by_label("Find a country")
    for typed in ("cote d", "maldiv"):
        find.fill(typed)
        find.press("Enter")
    expect(page.get_by_text("Chosen: Côte d'Ivoire, Maldives")).to_be_visible()
    page.wait_for_url(re.compile("/edit/"))
    saved(page)
    assert [one.code for one in elsewhere(latest).countries] == ["CI", "MV"]


# Wagtail gives each block a landmark, and all sections the same name.
FIND_FAULTS = """
() => axe.run("main", {resultTypes: ["violations"], rules: {"landmark-unique": {enabled: false}}})
  .then(({violations}) => violations.flatMap(({id, nodes}) => nodes.map(one => id + one.html)))
"""


def test_the_editor_and_merging_are_accessible_and_fit(write_note, somebody, at_the_desk):
    note = write_note(text="<p>Second,Mali (or so</p>", approved=False)
    twin = Person.objects.create(name="A. Authora")
    merging = reverse("wagtailsnippets_notes_person:merge", args=[twin.pk])
    person = Person.objects.get(name="A. Author")
    page, found = at_the_desk(somebody("ann")), []
    for where in (
        reverse("wagtailsnippets_notes_person:list"),
        f"{merging}?into={person.pk}",
        address("edit", note.pk),
    ):
        page.goto(where)
        page.evaluate(Axe().axe_script)
        page.add_style_tag(content=AT_ONCE)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 800})
                found += [(where, scheme, width, one) for one in page.evaluate(FIND_FAULTS)]
                if page.evaluate("document.documentElement.scrollWidth") > width:
                    found.append((where, scheme, width, "scrolls sideways"))
    assert found == []
