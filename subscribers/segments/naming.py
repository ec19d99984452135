"""The names in a sentence: regions and publications, found as people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any

from django.apps import apps
from django.utils.translation import override

from subscribers.errors import SegmentError
from subscribers.models import WorldRegion

# Who has chosen no region; it stands among the slugs of regions.
NONE = ""
QUOTES = '"“”„'


@dataclass(frozen=True, slots=True)
class Named:
    """A publication in a rule: its key, and how the rule's sentence names it."""

    key: int
    words: str

    def __str__(self) -> str:
        return self.words


@cache
def region_names() -> dict[str, str]:
    """The regions' names by their slugs, in English whatever language the readers' pages have."""
    with override(None):
        return {region.value: str(region.label) for region in WorldRegion}


def regions_named(words: str) -> tuple[str, ...]:
    """The slugs of the regions in `Africa or Middle East`, in the order of all regions.

    Raises:
        SegmentError: naming the regions there are.
    """
    names = {_same(name): slug for slug, name in region_names().items()}
    # People leave out what comes after the first name.
    names |= {key.partition(" and ")[0]: slug for key, slug in names.items()} | {"none": NONE}
    found = set()
    for asked in re.split(r"\s+or\s+", words.strip('" '), flags=re.IGNORECASE):
        key = _same(asked.strip('" '))
        if key not in names:
            raise SegmentError(_no_region(asked, get_close_matches(key, names, n=1)))
        found.add(names[key])
    return tuple(slug for slug in (*region_names(), NONE) if slug in found)


def region_in(words: str) -> str:
    """The name of the region that these words are, or begin to be; empty if of none."""
    keys = {_same(name): name for name in region_names().values()}
    found = get_close_matches(_same(words), keys, n=1, cutoff=0.8)
    return keys[found[0]] if found else ""


def regions_written(slugs: tuple[str, ...]) -> str:
    """`Africa or Middle East`"""
    return " or ".join(region_names().get(slug, "none") for slug in slugs)


def publication_named(words: str) -> Named:
    """The publication with this slug, or else with this name, quoted or not.

    Raises:
        SegmentError: naming the publications there are.
    """
    known = _publications()
    asked = words.strip('" ')
    found = _resolve(asked, known)
    if len(found) == 1:
        return Named(found[0].pk, _written(found[0], known))
    slugs = [one.slug for one in (found or known)]
    if found:
        raise SegmentError(
            f"“{asked}” is the name of {len(found)} publications; write one of "
            f"{', '.join(slugs)} instead."
        )
    keys = {
        **{_same(one.slug): one.slug for one in known},
        **{_same(one.name): one.name for one in known},
    }
    close = get_close_matches(_same(asked), keys, n=1)
    raise SegmentError(
        (f"There is no publication “{asked}”" if asked else "Write after “gets” which publication")
        + (f"; perhaps {keys[close[0]]} is meant" if close else "")
        + f"; there are: {', '.join(one.name for one in known)}."
    )


def publication_in(words: str) -> str:
    """How a sentence names the publication that these words are; empty if they are none."""
    known = _publications()
    found = _resolve(words.strip('" '), known)
    return _written(found[0], known) if len(found) == 1 else ""


def _publications() -> list[Any]:
    # By its name: who publishes what is another room's business.
    return list(apps.get_model("issues", "Publication").objects.order_by("name", "slug"))


def _resolve(words: str, known: list[Any]) -> list[Any]:
    by_slug = [one for one in known if one.slug == words.lower()]
    return by_slug or [one for one in known if _same(one.name) == _same(words)]


def _written(publication: Any, known: list[Any]) -> str:
    """The name if it finds the publication again, quoted if it has to be; else the slug."""
    name = " ".join(publication.name.split())
    plain = name.isprintable() and not any(sign in name for sign in f"{QUOTES}@")
    if not plain or _resolve(name, known) != [publication]:
        return str(publication.slug)
    return f'"{name}"' if "," in name else name


def _same(name: str) -> str:
    """What two writings of one name share."""
    joined = re.sub(r"[-\s]+", " ", name.casefold().replace("&", " and ")).strip()
    return joined.removeprefix("the ")


def _no_region(asked: str, close: list[str]) -> str:
    names = region_names()
    hint = ""
    if close:
        meant = next((name for name in names.values() if _same(name).startswith(close[0])), "none")
        hint = f"; perhaps {meant} is meant"
    told = f"There is no region “{asked}”" if asked else "Write after “region” which region"
    return f"{told}{hint}; there are: {', '.join(names.values())}."
