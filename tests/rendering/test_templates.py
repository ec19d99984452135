"""The templates themselves, and what is said of a broken one."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from newsroom.gallery.service import SERVICE_MAILS
from rendering import mail
from rendering.content import Section, Takeaway, Takeaways
from rendering.errors import RenderingError
from rendering.mail import render_issue
from rendering.mjml import KNOWN
from tests.rendering.reading import Page
from tests.rendering.samples import ISSUE, PORTS, RIVER
from tests.rendering.test_mail import issue_of

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates"


@pytest.fixture
def copied_templates(tmp_path, settings):
    """A copy of the mails' templates, for a test to break."""
    shutil.copytree(TEMPLATES / "email", tmp_path / "templates" / "email")
    settings.BASE_DIR = tmp_path
    return tmp_path / "templates" / "email"


def broken(file: Path, old: str, new: str) -> None:
    source = file.read_text()
    assert old in source
    file.write_text(source.replace(old, new, 1))


@pytest.mark.parametrize(
    "file",
    sorted(TEMPLATES.glob("email/**/*.mjml")),
    ids=lambda file: f"{file.parent.name}/{file.name}",
)
def test_templates_use_elements_that_the_compiler_knows(file):
    assert set(re.findall(r"<(mj[\w-]*)", file.read_text())) <= KNOWN


@pytest.mark.parametrize("mail", ["issue", "alert", "correction", "notice", *SERVICE_MAILS])
def test_every_mail_has_its_three_templates(mail):
    names = {file.name for file in (TEMPLATES / "email" / mail).iterdir()}
    assert names == {"subject.txt", "body.mjml", "body.txt"}


def test_every_partial_is_used_and_every_file_of_a_set_stands_for_one_of_all_sets():
    shared = {
        file.relative_to(TEMPLATES).as_posix(): file.read_text()
        for file in TEMPLATES.glob("email/**/*")
        if file.is_file() and "sets" not in file.parts
    }
    named = set(re.findall(r'"(email/partials/[^"]+)"', "".join(shared.values())))
    assert {name for name in shared if name.startswith("email/partials/")} == named
    of_sets = {
        file.relative_to(folder)
        for folder in TEMPLATES.glob("email/sets/*")
        for file in folder.glob("**/*")
        if file.is_file()
    }
    assert of_sets
    assert {f"email/{file.as_posix()}" for file in of_sets} <= shared.keys()


def test_a_digest_has_how_each_note_begins_and_where_to_read_on_and_no_more():
    digest = replace(ISSUE.publication, template_set="digest")
    takeaways = Takeaways((Takeaway("It waits.", "<p>So long.</p>"), Takeaway("It goes.", "")))
    second = replace(PORTS, sections=(Section("Three takeaways", (takeaways,)),))
    rendering = render_issue(replace(issue_of(RIVER, second), publication=digest))
    page = Page(rendering.html)
    for part in (page.text, rendering.text):
        words = " ".join(part.split())
        assert "On 2 July, the governments of Kalwe and Narun signed" in words
        assert "Both parliaments have to" not in words
        assert "It waits." in words
        assert "It goes." in words
        assert "So long." not in words
        assert words.count("Read the note") == 2
    assert {RIVER.url, second.url} <= {attributes.get("href") for _, attributes in page.tags}
    assert {level for level, _ in page.headings} == {1, 2}


def test_a_name_that_is_not_defined_is_told_with_template_and_line(copied_templates):
    broken(copied_templates / "partials" / "headline.mjml", "note.claim", "note.clam")
    with pytest.raises(
        RenderingError, match=r"^templates/email/partials/headline.mjml, line \d+: .*'clam'"
    ) as caught:
        render_issue(ISSUE)
    line = int(re.findall(r"line (\d+)", str(caught.value))[0])
    source = (copied_templates / "partials" / "headline.mjml").read_text().split("\n")
    assert "note.clam" in source[line - 1]


def test_a_template_that_can_not_be_read_is_told_with_its_line(copied_templates):
    broken(copied_templates / "issue" / "body.txt", "{% endfor %}", "{% endfro %}")
    with pytest.raises(
        RenderingError, match=r"^templates/email/issue/body.txt, line \d+: .*endfro"
    ):
        render_issue(ISSUE)


def test_a_template_that_is_not_there_is_told_by_name(copied_templates):
    (copied_templates / "partials" / "quotation.mjml").unlink()
    with pytest.raises(RenderingError, match=r"email/partials/quotation.mjml"):
        render_issue(ISSUE)


def test_a_tag_left_open_in_a_note_is_told_with_the_notes_headline(copied_templates):
    broken(copied_templates / "partials" / "quotation.mjml", "</blockquote>", "")
    with pytest.raises(
        RenderingError,
        match=f"^email/issue/body.mjml, line \\d+ of the .* mail, in the note “{RIVER.subject}: ",
    ):
        render_issue(issue_of(PORTS, RIVER))


def test_what_stands_beside_the_pictures_is_in_plain_ascii_for_the_compiler():
    # It writes a no-break space as `\u{a0}`, and a backslash twice, if it finds them there.
    alt = "Go\u0308ta\u00a0älv, C:\\maps\nand “more”"
    picture = PORTS.sections[0].parts[1].picture
    note = replace(PORTS, photo=replace(picture, alt=alt))
    shown = [a["alt"] for tag, a in Page(render_issue(issue_of(note)).html).tags if tag == "img"]
    assert shown[0] == alt


def test_the_backgrounds_that_colours_are_made_readable_on_are_those_of_the_templates():
    assert f'page = "{mail._LIGHT}"' in (TEMPLATES / "email/partials/look.mjml").read_text()
    assert (
        f".box {{ background: {mail._DARK}"
        in (TEMPLATES / "email/partials/layout.mjml").read_text()
    )
