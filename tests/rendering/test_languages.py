"""Words in other scripts are known for what they are, and everything else is left alone."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rendering.languages import passages, tongue_of, tongued
from rendering.richtext import blocks, inline_html, tongue


@pytest.mark.parametrize(
    ("words", "lang", "direction"),
    [
        ("مجلس التعاون", "ar", "rtl"),
        ("وزارت خارجه گفت", "fa", "rtl"),
        ("پاکستان میں انتخابات ہوئے", "ur", "rtl"),
        ("שלום עליכם", "he", "rtl"),
        ("नमस्ते दुनिया", "hi", "ltr"),
        ("一带一路倡议", "zh", "ltr"),
        ("東京の会談", "ja", "ltr"),
        ("남북 정상회담", "ko", "ltr"),
        ("தமிழ்நாடு", "ta", "ltr"),
        ("Верховная Рада", "ru", "ltr"),
        ("Верховна Рада України", "uk", "ltr"),
        ("Βουλή των Ελλήνων", "el", "ltr"),
    ],
)
def test_a_text_in_another_script_is_known_by_it(words, lang, direction):
    found = tongue_of(words)
    assert (found.lang, found.direction) == (lang, direction)
    assert tongued(words) == f'<span lang="{lang}" dir="{direction}">{words}</span>'


def test_a_passage_keeps_its_own_stops_and_leaves_those_of_the_sentence():
    text = "The slogan (قال: نعم) was heard; so was 一带一路."
    assert [(piece, known.lang) for piece, known in passages(text) if known] == [
        ("قال: نعم", "ar"),
        ("一带一路", "zh"),
    ]


@pytest.mark.parametrize("words", ["Goïta, Łódź, Đặng", "640 m³ a second", "Δt and µm", "“–…” ✓"])
def test_letters_of_our_own_script_and_signs_are_marked_by_nothing(words):
    assert tongue_of(words) is None
    assert "<span" not in tongued(words)


@pytest.mark.parametrize(
    "words",
    [
        "قال المتحدث باسم الحكومة (John Smith) إن 25% من السكان سيستفيدون.",
        "NATO: الحلف يوسع عملياته",
    ],
)
def test_a_paragraph_from_the_right_is_one_whatever_latin_name_is_in_it(words):
    assert tongue_of(words).direction == "rtl"
    (paragraph,) = blocks(f"<p>{words}</p>")
    assert tongue(paragraph.runs) == ' lang="ar" dir="rtl"'


def test_an_english_sentence_with_an_arabic_word_stays_english():
    assert tongue_of("The word اتفاقية stands in the agreement.") is None


def test_a_text_in_two_scripts_has_no_language_of_its_own():
    assert tongue_of("मुंबई 北京") is None
    assert tongue_of("Mumbai मुंबई") is None


def test_a_whole_paragraph_says_its_language_whatever_is_bold_in_it():
    (paragraph,) = blocks("<p>قال <b>الوزير</b> نعم</p>")
    assert tongue(paragraph.runs) == ' lang="ar" dir="rtl"'
    assert tongue("plain words") == ""
    assert '<strong><span lang="ar" dir="rtl">الوزير</span></strong>' in inline_html(paragraph.runs)


@given(st.text() | st.text(alphabet="aא ب‌ِ中。и'"))
def test_no_character_is_lost_and_none_is_left_unescaped(text):
    assert "".join(piece for piece, _ in passages(text)) == text
    inside = re.sub(r"</?span[^<>]*>", "", tongued(text))
    assert "<" not in inside
    assert ">" not in inside


def test_a_megabyte_of_marks_that_belong_to_nothing_is_read_at_once():
    text = "ا" + " ́" * 250_000 + "\u0300" * 500_000
    assert "".join(piece for piece, _ in passages(text)) == text
