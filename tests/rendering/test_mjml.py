"""A broken template is found before the compiler sees it, and the message says where."""

from dataclasses import replace

import pytest

from rendering.content import NoteContent
from rendering.errors import RenderingError
from rendering.mjml import DEEPEST, LONGEST, compile_mjml
from tests.rendering import samples

OPENING = "<mjml><mj-body><mj-section><mj-column><mj-text>"
CLOSING = "</mj-text></mj-column></mj-section></mj-body></mjml>"


RIVER, STRIKE = (
    replace(samples.RIVER, subject="River", claim="Treaty"),
    replace(samples.PORTS, subject="Ports", claim="Strike"),
)


def compiled(inside: str, *notes: NoteContent) -> str:
    return compile_mjml(OPENING + inside + CLOSING, "email/x/body.mjml", notes)


def test_sound_mjml_becomes_html():
    assert "<p>a<br />b</p>" in compiled("<p>a<br>b</p>")


@pytest.mark.parametrize(
    ("inside", "complaint"),
    [
        (
            "\n<mj-foo>a</mj-foo>",
            "line 2 .*: <mj-foo> is not an element that the templates may use",
        ),
        ("\n\n<p>a</b>", "line 3 .*: </b> stands where </p> is due"),
        ("<p>", "line 1 .*: </mj-text> stands where </p> is due"),
        ("a < b", "line 1 .*: a “<” begins no tag here; write it &lt;"),
        ("<p>" * DEEPEST, f"nested more than {DEEPEST} deep"),
    ],
)
def test_a_complaint_names_the_template_and_the_line(inside, complaint):
    with pytest.raises(
        RenderingError, match=f"email/x/body.mjml, {complaint}|{complaint}"
    ) as caught:
        compiled(inside)
    assert str(caught.value).startswith("email/x/body.mjml, line ")


def test_a_complaint_names_the_note_in_which_the_fault_is():
    inside = "<!--note 1--><p>a</p><!--note --><!--note 2--><p>b<!--note -->"
    with pytest.raises(
        RenderingError, match="in the note “Ports: Strike”: </mj-text> stands where"
    ):
        compiled(inside.replace("<!--note -->", "", 2), RIVER, STRIKE)


def test_a_complaint_names_the_section_in_which_the_fault_is():
    inside = "<!--note 1--><!--section 1--><p>a</p><!--section 2--><p>b<!--section --><!--note -->"
    with pytest.raises(
        RenderingError,
        match=r"in the note “River: Treaty”, under “What is the background\?”: <mj-foo>",
    ):
        compiled(inside.replace("<p>b", "<mj-foo />"), RIVER)


def test_a_fault_after_the_last_note_is_not_blamed_on_it():
    with pytest.raises(RenderingError, match=r"of the composed mail: <mj-foo>"):
        compiled("<!--note 1--><p>a</p><!--note --><mj-foo />", RIVER)


def test_the_markers_of_notes_do_not_reach_the_mail():
    assert "note 1" not in compiled("<!--note 1-->a<!--note -->", RIVER)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (
            "<mjml>\n<mj-head><mj-title>ł</mj-title><mj-body></mj-body></mj-head></mjml>",
            "email/x/body.mjml, line 2 of the composed mail: the MJML compiler says: ",
        ),
        ("<mjml></mjml>\n<p></p>", "email/x/body.mjml: the MJML compiler says: "),
    ],
)
def test_what_only_the_compiler_finds_names_the_template_too(document, message):
    with pytest.raises(RenderingError) as caught:
        compile_mjml(document, "email/x/body.mjml")
    assert str(caught.value).startswith(message)


def test_nesting_that_would_kill_the_compiler_is_refused():
    with pytest.raises(RenderingError, match="nested"):
        compiled("<b>" * 20_000 + "</b>" * 20_000)


def test_a_document_beyond_all_measure_is_refused():
    with pytest.raises(RenderingError, match="Take notes out"):
        compiled("a" * LONGEST)


def test_windows_line_ends_and_control_characters_do_no_harm():
    head = (
        "<mjml><mj-head><mj-style>a {}\r\nb {}</mj-style></mj-head><mj-body></mj-body>\x00</mjml>"
    )
    assert "a {}\nb {}" in compile_mjml(head, "email/x/body.mjml")


def test_a_document_without_mjml_is_refused():
    with pytest.raises(RenderingError, match="has no <mjml> element"):
        compile_mjml("words", "email/x/body.mjml")
