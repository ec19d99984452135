"""When two spellings name one person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notes.names import name_key


@pytest.mark.parametrize(
    ("one", "other"),
    [("Santhiya. M", "Santhiya M"), ("Goïta", "Goita"), ("  R  Preetha ", "r preetha")],
)
def test_points_accents_case_and_spaces_make_no_other_person(one, other):
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), [("Anandhan", "Anandan"), ("R Preetha", "Preetha R")])
def test_other_letters_or_another_order_do(one, other):
    assert name_key(one) != name_key(other)


@given(st.text(max_size=40))
def test_a_key_is_its_own_key(name):
    assert name_key(name_key(name)) == name_key(name)
