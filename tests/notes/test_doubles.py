"""Who in the registry may be there twice."""

import pytest

from notes.doubles import likely_doubles
from notes.models import Person


def pairs(*names):
    people = [Person(pk=number, name=name) for number, name in enumerate(names)]
    return [(one.name, other.name) for one, other in likely_doubles(people)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ayan Datta", "Ayan Dattta"),
        ("Ayan Datta", "Ayan Dutta"),
        ("Madhusudan Rao", "Madhusudhan Rao"),
        ("Datta Ayan", "Ayan Datta"),
        ("M. K. Stalin", "MK Stalin"),
    ],
)
def test_one_slip_another_order_or_initials_written_otherwise_look_like_one_person(one, other):
    assert pairs(one, other) == [tuple(sorted((one, other)))]


@pytest.mark.parametrize(
    ("one", "other"), [("Li Na", "Li An"), ("Ayan Datta", "Ayan Mitra"), ("Jo Li", "Jo Lim")]
)
def test_other_people_do_not(one, other):
    assert pairs(one, other) == []


def test_each_pair_is_told_once():
    assert len(pairs("Ayan Datta", "Ayan Dattta", "Someone Else", "Ayan Daata")) == 3
