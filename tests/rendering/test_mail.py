"""A whole mail: subject, HTML and text with the same words, the same bytes every time."""

import hashlib
import re
import subprocess
import sys
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rendering.content import (
    Author,
    NoteContent,
    Section,
    Source,
    Text,
)
from rendering.errors import RenderingError
from rendering.mail import render_alert, render_issue, render_notice
from rendering.marks import OPENING, Mark, name_values, personalise
from rendering.plaintext import COLUMNS
from rendering.richtext import rich_text
from tests.rendering.reading import NO_WORDS, Page, plain_words
from tests.rendering.samples import ALERT, ISSUE, PORTS, RIVER, WEEKLY, picture
from tests.rendering.strategies import ENTITIES, NOTES, WORDS

JOINER = "\u2060"


def with_text(html: str, note: NoteContent = PORTS) -> NoteContent:
    return replace(note, sections=(Section("What happened?", (Text(html),)),))


def issue_of(*notes: NoteContent):
    return replace(ISSUE, notes=notes)


def html_texts(note: NoteContent) -> list[str]:
    return [
        part.html for section in note.sections for part in section.parts if isinstance(part, Text)
    ]


def test_the_subject_is_the_subject_line():
    assert render_issue(ISSUE).subject == ISSUE.subject_line
    assert render_alert(ALERT).subject == ALERT.subject_line


def test_the_issue_line_stands_in_both_parts_exactly():
    rendering = render_issue(ISSUE)
    assert "#318 Vol 7, No 27, 6 July 2025" in Page(rendering.html).text
    assert "\n#318 Vol 7, No 27, 6 July 2025\n" in rendering.text


def test_every_word_of_every_part_is_in_the_html_and_in_the_text():
    rendering = render_issue(ISSUE)
    words = plain_words(ISSUE, without=NO_WORDS)
    for note in ISSUE.notes:
        words += [
            word for html in html_texts(note) for word in Page(str(rich_text(html))).text.split()
        ]
    read, text = Page(rendering.html).text, re.sub(r" \[\d+\]", "", rendering.text)
    assert [word for word in words if word not in read] == []
    assert [word for word in words if word not in text] == []


def test_the_words_of_a_paragraph_follow_each_other_in_both_parts():
    sentence = "Both parliaments have to ratify it before October."
    rendering = render_issue(ISSUE)
    assert sentence in " ".join(Page(rendering.html).text.split())
    assert sentence in " ".join(rendering.text.split())


def test_headings_are_in_order_and_there_is_one_of_the_first_level():
    headings = Page(render_issue(ISSUE).html).headings
    assert [text for level, text in headings if level == 1] == ["The World This Week"]
    assert headings == [
        (1, "The World This Week"),
        (2, "In this issue"),
        (2, f"{RIVER.subject} {RIVER.claim}"),
        (3, "What happened?"),
        (3, "What is the background?"),
        (3, "What does it mean?"),
        (3, "Sources"),
        (3, "About the authors"),
        (2, f"{PORTS.subject} {PORTS.claim}"),
        (3, "Three takeaways"),
        (3, "About the author"),
    ]


def test_an_alert_carries_its_publications_name_and_no_list_of_contents():
    rendering = render_alert(ALERT)
    assert [text for level, text in Page(rendering.html).headings if level < 3] == [
        "GP Alerts",
        f"{RIVER.subject} {RIVER.claim}",
    ]
    assert rendering.text.startswith("GP Alerts\n=========\n")


def test_the_list_of_contents_leads_to_every_note():
    tags = Page(render_issue(ISSUE).html).tags
    targets = {attributes.get("id") for _, attributes in tags}
    links = [a["href"] for tag, a in tags if tag == "a" and (a.get("href") or "").startswith("#")]
    assert links == ["#note-1", "#note-2"]
    assert {link[1:] for link in links} <= targets


def test_the_mail_says_its_language_title_preview_and_colour_schemes():
    html = render_issue(ISSUE).html
    assert '<html lang="en"' in html
    assert f"<title>{ISSUE.subject_line}</title>" in html
    assert ISSUE.preview_text in Page(html).text
    assert '<meta name="color-scheme" content="light dark"' in html
    assert "prefers-color-scheme: dark" in html
    assert "[data-ogsc]" in html


@pytest.mark.parametrize("subject", ["दिल्ली और क्या", 'C:\\new "and" <b>', "👩\u200d🚀 القاهرةّ"])
def test_a_screen_reader_is_told_the_subject_as_it_is_written(subject):
    read = Page(render_issue(replace(ISSUE, subject_line=subject)).html)
    (label,) = [a["aria-label"] for _, a in read.tags if a.get("aria-roledescription") == "email"]
    assert label == subject


def test_tables_for_layout_say_so_and_tables_of_data_have_headers():
    tags = Page(render_issue(ISSUE).html).tags
    assert {attributes.get("role") for tag, attributes in tags if tag == "table"} == {
        "presentation",
        "table",
    }
    scopes = [attributes["scope"] for tag, attributes in tags if tag == "th"]
    assert scopes == ["col"] * 4 + ["row"] * 3


def test_every_picture_has_its_alternative_text_and_its_dense_version():
    pictures = [a for tag, a in Page(render_issue(ISSUE).html).tags if tag == "img"]
    assert [a["alt"] for a in pictures] == [
        RIVER.photo.alt,
        PORTS.sections[0].parts[1].picture.alt,
    ]
    assert all(a["srcset"].endswith("harbour-2x.png 2x") for a in pictures)


def test_readers_are_told_of_credits_sources_and_generated_images():
    note = replace(RIVER, photo=picture(ai_generated=True), photo_source="The Archive")
    rendering = render_issue(issue_of(note))
    for part in (Page(rendering.html).text, rendering.text):
        assert "Credit: Harbour Pictures" in part
        assert "Photo source: The Archive" in part
        assert "AI-generated image" in part


def test_a_photos_source_is_printed_even_without_the_photo():
    rendering = render_issue(issue_of(PORTS))
    assert PORTS.photo is None
    assert "Photo source: Agence du Nord/Łódź Press" in Page(rendering.html).text
    assert "\nPhoto source: Agence du Nord/Łódź Press\n" in rendering.text


def test_a_picture_wider_than_the_column_is_shown_as_wide_as_the_column():
    note = replace(RIVER, photo=picture(width=1200))
    (shown,) = [a for tag, a in Page(render_issue(issue_of(note)).html).tags if tag == "img"]
    assert shown["width"] == "560"


def test_the_foot_says_why_and_how_to_leave():
    rendering = render_issue(ISSUE)
    names = name_values("Noor Example")
    for part in (Page(rendering.html).text, rendering.text):
        words = personalise(" ".join(part.split()), names)
        assert (
            "This mail goes to Noor Example because of a subscription to The World This Week."
            in words
        )
        assert WEEKLY.postal_address in words
    copy = personalise(
        rendering.html,
        {Mark.UNSUBSCRIBE_URL: "https://a.example/u", Mark.PREFERENCES_URL: "https://a.example/p"},
    )
    links = {a.get("href") for tag, a in Page(copy).tags if tag == "a"}
    assert {"https://a.example/u", "https://a.example/p", ISSUE.url} <= links


def test_the_text_has_72_columns_but_for_addresses():
    long = [line for line in render_issue(ISSUE).text.split("\n") if len(line) > COLUMNS]
    assert long == []
    address = "https://example.org/" + "x" * 90
    note = with_text(f'<p>Words <a href="{address}">and more</a></p>')
    long = [line for line in render_issue(issue_of(note)).text.split("\n") if len(line) > COLUMNS]
    assert long == [f"[1] {address}"]


def test_links_are_numbered_from_one_in_each_note():
    note = with_text('<p><a href="https://example.org/">a</a></p>')
    assert render_issue(issue_of(note, note)).text.count("\n[1] https://example.org/\n") == 2


def test_the_checksum_is_that_of_the_three_parts():
    rendering = render_issue(ISSUE)
    parts = f"{rendering.subject}\0{rendering.html}\0{rendering.text}\0"
    assert rendering.sha256 == hashlib.sha256(parts.encode()).hexdigest()


def test_the_same_content_gives_the_same_bytes_in_another_process():
    program = (
        "import tests.isolation, django; django.setup();"
        "from rendering.mail import render_issue; from tests.rendering.samples import ISSUE;"
        "print(render_issue(ISSUE).sha256)"
    )
    other = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"DJANGO_SETTINGS_MODULE": "newsroom.settings", "PYTHONHASHSEED": "7"},
    )
    assert other.stdout.strip() == render_issue(ISSUE).sha256


def test_another_word_gives_another_checksum():
    assert render_issue(replace(ISSUE, introduction="Else.")).sha256 != render_issue(ISSUE).sha256


def test_twelve_notes_stay_well_below_what_mail_programs_cut_off():
    # Gmail cuts a mail at 102 KB and hides the rest, with the unsubscribe link in it.
    assert len(render_issue(issue_of(*[RIVER, PORTS] * 6)).html.encode()) < 90_000


def test_a_subject_is_one_line():
    rendering = render_issue(replace(ISSUE, subject_line="One\r\nBcc: two\u2028three"))
    assert rendering.subject == "One Bcc: two three"


def test_an_empty_or_endless_subject_is_refused():
    with pytest.raises(RenderingError, match="no subject line"):
        render_issue(replace(ISSUE, subject_line=" \n"))
    with pytest.raises(RenderingError, match="has 201 characters; shorten it to 200"):
        render_issue(replace(ISSUE, subject_line="a" * 201))


def test_a_text_that_is_too_long_is_refused_with_the_notes_headline():
    with pytest.raises(RenderingError, match=f"{PORTS.subject}: .*under “What happened.”"):
        render_issue(issue_of(RIVER, with_text("x" * 50_001)))


def test_a_colour_that_is_none_is_refused():
    with pytest.raises(RenderingError, match="not written like"):
        render_issue(replace(ISSUE, publication=replace(WEEKLY, colour="red;}")))


def marks_stand_once(rendering):
    links = [Mark.UNSUBSCRIBE_URL, Mark.PREFERENCES_URL]
    for part, name in (
        (rendering.html, Mark.READER_NAME_IN_HTML),
        (rendering.text, Mark.READER_NAME),
    ):
        assert part.count(OPENING) == 3
        assert all(part.count(each) == 1 for each in [*links, name])


@pytest.mark.parametrize("mark", [*Mark, "[%anything%]", "[%%]"])
def test_no_content_can_write_a_mark(mark):
    sneaky = replace(
        with_text(
            f'<p>{mark} [<b>%</b> &#91;&#37;x <a href="https://example.org/{mark}">a</a></p>'
        ),
        subject=f"Share {mark}",
        claim=mark,
        authors=(Author(mark, mark, mark),),
        url=f"https://example.org/{mark}",
    )
    rendering = render_issue(replace(issue_of(sneaky), subject_line=mark, preview_text=mark))
    assert OPENING not in rendering.subject
    marks_stand_once(rendering)
    assert f"Share {mark}" in Page(rendering.html).text
    assert f"Share {mark}" in rendering.text.replace(JOINER, "")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example("&#64976;")
@example("&amp;#64976;")
@example("&#91;&#37;unsubscribe_url%]")
@given(ENTITIES)
def test_no_content_can_write_a_mark_by_character_references(words):
    address = f"https://example.org/{words}"
    note = replace(
        with_text(f'<p>{words} <a href="{address}">{words}</a></p>'),
        subject=words,
        claim=words,
        authors=(Author(words, words, words),),
        photo=picture(url=address, alt=words, credit=words),
        photo_source=words,
        sources=(Source(words, words, address, None),),
        url=address,
    )
    publication = replace(WEEKLY, tagline=words, postal_address=words)
    rendering = render_issue(
        replace(
            issue_of(note),
            publication=publication,
            subject_line=f"Subject {words}",
            preview_text=words,
            introduction=words,
        )
    )
    assert OPENING not in rendering.subject
    marks_stand_once(rendering)


def test_what_reads_like_a_character_reference_is_read_as_it_is_written():
    rendering = render_issue(issue_of(replace(PORTS, claim="On &#64976;")))
    assert "On &#64976;" in Page(rendering.html).text
    assert "On &#64976;" in rendering.text


def test_many_thousand_nested_elements_come_through_with_their_words():
    rendering = render_issue(issue_of(with_text("<b><i>" * 8_000 + "deep")))
    assert "deep" in rendering.text
    assert Page(rendering.html).deepest < 40


def test_accents_of_all_kinds_arrive():
    words = "Goïta Łódź Đặng Thị Ngọc Thịnh İstanbul Αθήνα Київ القاهرة 東京 São Tomé"
    rendering = render_issue(issue_of(with_text(f"<p>{words}</p>")))
    assert words in Page(rendering.html).text
    assert words in rendering.text


def test_the_mail_fits_into_a_standards_clean_message():
    rendering = render_issue(ISSUE)
    message = EmailMessage(SMTP)
    message["Subject"] = rendering.subject
    message.set_content(rendering.text)
    message.add_alternative(rendering.html, subtype="html")
    assert max(map(len, message.as_bytes().split(b"\r\n"))) <= 998


def test_a_notice_to_editors_has_its_paragraphs_and_links_and_no_marks():
    rendering = render_notice(
        "Issue #318 waits for your approval",
        ["It was prepared at 08:00.", "Nothing is sent before <somebody> approves it."],
        [("Look at the issue", "https://desk.example.org/issues/318/")],
    )
    read = Page(rendering.html)
    assert read.headings == [(1, "Issue #318 waits for your approval")]
    assert "Nothing is sent before <somebody> approves it." in read.text
    assert "https://desk.example.org/issues/318/" in {a.get("href") for _, a in read.tags}
    assert "Look at the issue:\nhttps://desk.example.org/issues/318/\n" in rendering.text
    assert OPENING not in rendering.html + rendering.text


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(NOTES, min_size=1, max_size=2), WORDS, WORDS)
def test_whatever_is_written_arrives_as_words_and_nothing_else(notes, introduction, preview_text):
    content = replace(issue_of(*notes), introduction=introduction, preview_text=preview_text)
    rendering = render_issue(content)
    page = Page(rendering.html)
    marks_stand_once(rendering)
    assert {tag for tag, _ in page.tags} & {
        "script",
        "iframe",
        "form",
        "mj-include",
        "svg",
    } == set()
    names = {name for _, attributes in page.tags for name in attributes}
    assert [name for name in names if name.startswith("on")] == []
    hrefs = [attributes["href"] or "" for tag, attributes in page.tags if "href" in attributes]
    assert [href for href in hrefs if href.startswith("javascript")] == []
    text = rendering.text.replace(JOINER, "")
    for word in plain_words((introduction, tuple(notes)), without=NO_WORDS):
        assert word.replace(JOINER, "") in page.text.replace(JOINER, "")
        assert word.replace(JOINER, "") in text
