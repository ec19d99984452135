"""Asking Hunspell: what is asked, what comes back, and what happens without it."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from issues.preflight.spelling import candidates, unknown_words
from rendering.content import Author
from tests.issues.preflight.sound import saying, sound
from tests.optional import need
from tests.rendering.samples import RIVER


@pytest.fixture
def hunspell():
    need(
        shutil.which("hunspell") and Path("/usr/share/hunspell/en_GB.dic").exists(),
        "Hunspell with its dictionary en_GB",
    )


@pytest.mark.usefixtures("hunspell")
class TestAsking:
    def test_what_the_dictionary_does_not_know_comes_back(self):
        words = ["goverment", "government", "organise", "agrement", "isn’t", "sluices"]
        assert unknown_words(words, "en_GB", ()) == {"goverment", "agrement"}

    def test_names_of_people_and_places_are_known_in_each_of_their_words(self):
        known = ["Bah N’daw", "Côte d’Ivoire", "qwertzland"]
        assert unknown_words(["qwertzland", "goverment"], "en_GB", known) == {"goverment"}

    def test_numbers_capitals_accents_addresses_and_other_scripts_are_not_asked_about(self):
        words = ["M23x", "ECOWASX", "qwértz", "desk@qwertz.example", "Qwertzстан", "सरकार"]
        assert unknown_words(words, "en_GB", ()) == frozenset()

    def test_a_possessive_is_the_word_itself(self):
        assert unknown_words(["goverment’s"], "en_GB", ()) == {"goverment"}

    def test_a_capitalised_word_is_told_only_where_it_is_nearly_a_known_one(self):
        words = ["Pakstan", "Minsitry", "Ministry", "Bukavu", "Natanz"]
        assert unknown_words(words, "en_GB", ["Pakistan"]) == {"Pakstan", "Minsitry"}

    def test_nothing_comes_back_where_the_dictionary_is_not_installed(self):
        assert unknown_words(["goverment"], "xx_XX", ()) == frozenset()

    @pytest.mark.parametrize("dictionary", ["", "/etc/passwd", "en_GB,de", "-a"])
    def test_what_is_no_dictionarys_name_is_never_given_to_a_program(self, dictionary):
        assert unknown_words(["goverment"], dictionary, ()) == frozenset()

    @settings(max_examples=10, deadline=None)
    @given(st.lists(st.text(max_size=60), max_size=20))
    def test_any_words_at_all_get_an_answer_that_is_among_them(self, words):
        joined = " ".join(words).replace("’", "'")
        assert all(word in joined for word in unknown_words(words, "en_GB", ()))


def test_nothing_comes_back_where_hunspell_is_not_installed(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert unknown_words(["goverment"], "en_GB", ()) == frozenset()


class TestWhatIsWorthAsking:
    def test_words_of_the_text_are_and_addresses_numbers_and_compounds_are_not(self):
        issue = sound(saying("<p>A goverment: goverment.example/x, M23, semi-goverment’s.</p>"))
        asked = candidates(issue)
        assert "goverment" in asked
        assert not {"example", "M", "semi", "x"} & asked

    def test_a_name_within_a_sentence_is_not_where_it_stands_twice_or_beside_another(self):
        html = "<p>In Bukavu and near Bukavu they met Phumtham Wechayachai. Natanz, in Fordow.</p>"
        asked = candidates(sound(saying(html)))
        assert not {"Bukavu", "Phumtham", "Wechayachai"} & asked
        assert {"Natanz", "Fordow"} <= asked

    def test_an_authors_name_is_not(self):
        note = saying("<p>Wechaya wrote it.</p>")
        author = Author("Phum Wechaya", "", "")
        assert "Wechaya" in candidates(sound(note))
        assert "Wechaya" not in candidates(sound(replace(note, authors=(*RIVER.authors, author))))
