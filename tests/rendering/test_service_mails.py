"""Mails to single readers: the same words in both parts, and nobody's advertisement in them."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroom.gallery.material import WEEKLY
from newsroom.gallery.service import SERVICE_MAILS, context_of
from rendering.greeting import LONGEST_GREETED, greeting_name
from rendering.mail import LONGEST_SUBJECT, render_service_mail
from rendering.plaintext import COLUMNS
from subscribers.models import ServiceMail
from tests.rendering.reading import Page

KINDS = sorted(SERVICE_MAILS)


def rendered(kind, **changes):
    return render_service_mail(kind, WEEKLY, context_of(kind) | changes)


def words(text):
    return " ".join(re.sub(r"https?://\S+|[-=]{3,}|[^\w\s]", " ", text).split())


def test_there_is_a_mail_for_every_kind_that_the_queue_knows():
    assert set(KINDS) == set(ServiceMail.Kind.values)


@pytest.mark.parametrize("kind", KINDS)
def test_both_parts_say_the_same_and_the_text_fits_a_terminal(kind):
    rendering = rendered(kind)
    in_html = words(Page(rendering.html).text)
    for paragraph in rendering.text.split("\n\n"):
        assert words(paragraph) in in_html
    assert all(len(line) <= COLUMNS or "://" in line for line in rendering.text.split("\n"))
    assert rendering.subject in rendering.text


@pytest.mark.parametrize("kind", KINDS)
def test_every_link_of_the_html_part_is_in_the_text_part(kind):
    rendering = rendered(kind)
    links = {attributes["href"] for tag, attributes in Page(rendering.html).tags if tag == "a"}
    assert links == set(re.findall(r"https?://\S+", rendering.text))


@pytest.mark.parametrize(
    "name",
    ["Noor", "José Peña", "J.R. Smith", "Anne-Marie O’Neill", "Łukasz Ż", "نور", "नूर", "李小龙"],
)
def test_a_name_is_greeted_as_it_is_written(name):
    assert greeting_name(f" {name} ") == name
    assert f"Hello {name}," in rendered("left", name=greeting_name(name)).text


@pytest.mark.parametrize(
    "name",
    [
        "http://evil.example",
        "evil.example",
        "Win at evil.example now",
        "www evil example",
        "a@evil.example",
        "<b>Noor</b>",
        "Noor\u202egnp.exe",
        "Noor\u200f",
        "You won 5000 dollars",
        "Noor/evil",
        "N" * (LONGEST_GREETED + 1),
        "one two three four five six seven",
        "Noor\x00",
        "[%unsubscribe_url%]",
        "…",
        "",
        "\n\n",
    ],
)
def test_what_is_no_name_is_not_printed(name):
    assert greeting_name(name) == ""
    assert "Hello" not in rendered("confirm", name=greeting_name(name)).text


def test_a_line_break_in_a_name_is_a_space():
    assert greeting_name("Noor\r\nExample") == "Noor Example"


@given(st.text(max_size=90))
def test_whatever_is_typed_for_a_name_is_one_line_without_signs(text):
    name = greeting_name(text)
    assert len(name) <= LONGEST_GREETED
    assert not re.search(r"[\x00-\x1f<>&@:/\\%\[\]\u202a-\u202e\u2066-\u2069]", name)
    assert not re.search(r"\w\w\.\w\w", name)


def test_publications_with_hostile_names_break_nothing():
    hostile = "<i>A</i> & [%unsubscribe_url%]\r\nBcc: x@example.org"
    names = (hostile, "W" * 100, "ع" * 100)
    publication = replace(WEEKLY, name=hostile, postal_address=hostile)
    for kind in KINDS:
        context = context_of(kind) | {"names": names}
        rendering = render_service_mail(kind, publication, context)
        assert "\n" not in rendering.subject
        assert len(rendering.subject) <= LONGEST_SUBJECT
        assert "[%" not in rendering.subject + rendering.html + rendering.text
        assert "<i>" not in rendering.html


@pytest.mark.parametrize("kind", KINDS)
def test_where_readers_write_from_the_right_the_mail_is_set_from_the_right(settings, kind):
    settings.READERS_LANGUAGE = "ar"
    html = rendered(kind).html
    assert re.search(r'<html[^>]* lang="ar" dir="rtl"', html)
    assert "text-align:right" in html
    assert not re.search(r"padding:0 0 0 \d", html)
    if kind == "still_wanted":
        assert "31 أغسطس 2025" in html
