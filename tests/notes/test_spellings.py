"""When two words in a text look like one name, and when they do not."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notes.spellings import names_in, sound, two_spellings, with_initials


def pairs(*texts):
    return list(two_spellings(name for text in texts for name in names_in(text)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Goïta", "Goita"),
        ("Bogotá", "Bogota"),
        ("Anandhan", "Anandan"),
        ("Madhusudan", "Madhusudhan"),
        ("Kandeepan", "Kandipan"),
    ],
)
def test_names_that_differ_in_accents_or_between_scripts_are_told(one, other):
    assert pairs(f"They met {one} there.", f"Then {other}’s men left.") == [(one, other)]


@pytest.mark.parametrize(
    "text",
    [
        "They met José Peña and Jose Ramos there.",
        "They met Mohammed bin Salman and Mohamed bin Zayed there.",
        "They met Maliki in Mali, near the Malian border.",
        "Coop went. They met Cop there.",
        "They met Pillaai there, and Pilai.",
        "The exposé by the exposed Expos of Résumé and resume.",
    ],
)
def test_other_words_are_not(text):
    assert pairs(text) == []


def test_a_word_that_merely_begins_a_sentence_is_no_name_to_be_compared_by_its_sound():
    assert pairs("Hopping helps.", "The Hoping helps.") == []
    assert pairs("The Hopping helps.", "The Hoping helps.") == [("Hopping", "Hoping")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Santhiya M", "Santhiya. M"),
        ("M.K. Stalin", "MK Stalin"),
        ("M. K. Stalin", "M.K. Stalin"),
    ],
)
def test_names_with_initials_share_a_key_whatever_their_points_and_spaces(one, other):
    ((first, key),) = with_initials(f"They met {one} there.")
    ((second, same),) = with_initials(f"They met {other} there.")
    assert (first, second, key) == (one, other, same)


@pytest.mark.parametrize(
    "text",
    [
        "said Narendra. A year later",
        "the US President and the U.S. President",
        "Did Narendra? I doubt it",
    ],
)
def test_a_sentence_that_ends_and_a_country_are_no_initials(text):
    assert [key for _, key in with_initials(text) if key.startswith(("narendra", "us "))] == []


@given(st.text())
def test_any_text_has_names_or_none(text):
    assert all(name.word in text or name.word for name in names_in(text))
    list(two_spellings(names_in(text)))
    list(with_initials(text))


@example("Aaabhh")
@given(st.from_regex(r"[A-Z][a-z]{5,12}", fullmatch=True))
def test_a_name_sounds_like_itself_in_any_case(name):
    assert sound(name) == sound(name.upper()) == sound(sound(name))
