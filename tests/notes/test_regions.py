"""Every country is in one part of the world, and the parts are those that readers choose from."""

from collections import Counter

from django_countries import countries

from notes.regions import COUNTRIES, regions_of
from subscribers.models import WorldRegion


def test_every_country_is_in_exactly_one_region():
    named = Counter(code for codes in COUNTRIES.values() for code in codes.split())
    assert set(named) == {code for code, _ in countries}
    assert set(named.values()) == {1}


def test_the_regions_are_those_that_readers_choose_from():
    assert set(COUNTRIES) == set(WorldRegion.values)


def test_the_regions_of_a_note_are_those_of_its_countries():
    assert regions_of(["ML", "RU"]) == {"africa", "europe"}
    assert regions_of(["KE", "ML", "XX"]) == {"africa"}
    assert regions_of([]) == frozenset()
