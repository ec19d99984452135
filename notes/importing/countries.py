"""Countries by name or code, as ISO 3166 alpha-2 codes; the names are those of django-countries."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache

from django_countries import countries

# How news text calls some countries, where ISO and django-countries say otherwise.
_CALLED = {
    "US": "US",
    "USA": "US",
    "United States": "US",
    "UK": "GB",
    "Britain": "GB",
    "UAE": "AE",
    "DRC": "CD",
    "DR Congo": "CD",
    "Republic of the Congo": "CG",
    "Turkey": "TR",
    "Czech Republic": "CZ",
    "Ivory Coast": "CI",
    "Burma": "MM",
}


def country_code(name_or_code: str) -> str | None:
    """`Mali`, `mali`, `ML` and `ml` are all `ML`; None for what is no country."""
    wanted = name_or_code.strip()
    if len(wanted) == 2 and wanted.upper() in countries:
        return wanted.upper()
    return _codes().get(wanted.casefold())


def nearest_country(name: str) -> str | None:
    """The country whose name is most like what was typed; None if none is."""
    by_key = {known.casefold(): known for known in _names()}
    close = get_close_matches(name.strip().casefold(), by_key, n=1, cutoff=0.6)
    return by_key[close[0]] if close else None


def countries_named_in(text: str) -> tuple[str, ...]:
    """The codes of the countries that a headline names, in the order in which it does.

    By name only: `IN`, `IT` or `NO` in a headline set in capitals are words.
    """
    return tuple(dict.fromkeys(_names()[found[0]] for found in _named().finditer(text)))


def country_name(code: str) -> str:
    """`Mali` for `ML`."""
    return str(countries.name(code))


@cache
def _names() -> dict[str, str]:
    return {str(name): code for code, name in countries} | _CALLED


@cache
def _codes() -> dict[str, str]:
    return {name.casefold(): code for name, code in _names().items()}


@cache
def _named() -> re.Pattern[str]:
    # The longest name first: `Republic of the Congo` before `Congo`.
    names = sorted(_names(), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(name) for name in names) + r")(?!\w)")
