"""Importing in a real browser: by dropping and by the keyboard, with and without a script."""

import base64

import pytest
from playwright.sync_api import expect

from notes.models import Note
from tests.desk.test_mailings_in_a_browser import (  # noqa: F401 - a fixture
    at_the_desk,
    elsewhere,
    faults,
)
from tests.notes.word_files import ABOUT, SECTIONS, document, p

pytestmark = pytest.mark.django_db(transaction=True)

FORM = "/desk/note-import/"
DROP = """
([zone, files]) => {
  const data = new DataTransfer();
  for (const [name, content] of files) {
    const bytes = Uint8Array.from(atob(content), (char) => char.charCodeAt(0));
    data.items.add(new File([bytes], name));
  }
  for (const type of ["dragover", "drop"]) {
    const event = new DragEvent(type, {bubbles: true, cancelable: true, dataTransfer: data});
    document.querySelector(zone).dispatchEvent(event);
  }
}
"""


@pytest.fixture
def files(twtw):
    """A document with something to look at, and a PDF that calls itself one."""
    good = document(p("A road across the desert", style="Title") + SECTIONS + ABOUT)
    return {"Chad and Niger.docx": good, "renamed.docx": b"%PDF-1.7"}


@pytest.mark.parametrize("width", [1280, 360])
def test_two_files_are_dropped_and_their_drafts_opened(files, at_the_desk, width):  # noqa: F811
    page = at_the_desk(viewport={"width": width, "height": 800})
    page.goto(FORM)
    sent = [[name, base64.b64encode(content).decode()] for name, content in files.items()]
    page.evaluate(DROP, [".import-zone", sent])
    expect(page.locator("#files-chosen li")).to_have_text(list(files))
    page.get_by_role("button", name="Import").press("Enter")
    expect(page.get_by_text("1 draft, 1 refused.")).to_be_visible()
    expect(page.get_by_text("Not imported: this is a PDF and no Word document")).to_be_visible()
    expect(page.get_by_text("The headline has one part")).to_be_visible()
    page.get_by_role("link", name="A road across the desert").press("Enter")
    expect(page.get_by_label("Subject")).to_have_value("A road across the desert")
    assert elsewhere(Note.objects.count) == 1


def test_by_the_keyboard_without_javascript(files, at_the_desk):  # noqa: F811
    page = at_the_desk(java_script_enabled=False)
    page.goto(FORM)
    sent = [
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        for name, content in files.items()
    ]
    page.get_by_label("Files with notes").set_input_files(sent)
    page.get_by_role("button", name="Import").press("Enter")
    expect(page.get_by_text("1 draft, 1 refused.")).to_be_visible()
    page.reload()
    assert elsewhere(Note.objects.count) == 1


def test_too_many_files_are_said_before_they_leave(twtw, at_the_desk):  # noqa: F811
    page = at_the_desk()
    page.goto(FORM)
    page.evaluate(DROP, [".import-zone", [[f"{number}.docx", ""] for number in range(31)]])
    expect(page.get_by_text("Choose at most 30 files.")).to_be_visible()
    page.get_by_role("button", name="Import").press("Enter")
    expect(page).to_have_url(f"{page.url.split('/desk')[0]}{FORM}")
    assert elsewhere(Note.objects.count) == 0


def test_both_pages_are_accessible_and_fit_by_day_and_by_night(files, at_the_desk):  # noqa: F811
    page = at_the_desk()
    page.goto(FORM)
    found = [("form", *fault) for fault in faults(page)]
    page.get_by_label("Files with notes").set_input_files(
        [
            {"name": name, "mimeType": "application/octet-stream", "buffer": content}
            for name, content in {**files, f"{'a' * 90}.docx": b""}.items()
        ]
    )
    page.get_by_role("button", name="Import").press("Enter")
    expect(page.get_by_text("1 draft, 2 refused.")).to_be_visible()
    found += [("result", *fault) for fault in faults(page)]
    assert "\n".join(map(str, found)) == ""
