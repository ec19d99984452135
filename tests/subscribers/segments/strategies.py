"""Rules as people could write them."""

from datetime import date

from hypothesis import strategies as st

from subscribers.models import WorldRegion
from subscribers.segments.conditions import CLAUSES
from subscribers.segments.naming import NONE
from subscribers.segments.periods import UNITS, YEARS, Before, In, InTheLast, Since, Span, This
from subscribers.segments.rule import Part, Rule

BY_OPENING = {clause.opening: clause for clause in CLAUSES}

spans = st.builds(Span, st.integers(1, 999), st.sampled_from(UNITS))
days = st.dates(date(YEARS.start, 1, 1), date(YEARS.stop - 1, 12, 31))
years = st.integers(YEARS.start, YEARS.stop - 1)
lately = st.one_of(
    st.builds(InTheLast, spans),
    st.builds(This, st.sampled_from(["year", "month"])),
    days.map(Since),
)
periods = st.one_of(
    lately, days.map(Before), st.builds(In, years), st.builds(In, years, st.integers(1, 12))
)
regions = st.sets(st.sampled_from([*WorldRegion.values, NONE]), min_size=1).map(
    lambda chosen: tuple(slug for slug in (*WorldRegion.values, NONE) if slug in chosen)
)
texts = (
    st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters='"“”„@'), min_size=1)
    .filter(str.isprintable)
    .map(lambda text: text[:60])
)

VALUES = {
    "region": regions,
    "joined": periods,
    "heard from": lately,
    "silent for": spans,
    "bounced": st.none(),
    "source": texts,
}


def parts(**more):
    """Parts of all kinds; `gets` of the publications that are given."""
    of_each = {**VALUES, **more}
    return st.one_of(
        [
            st.builds(Part, st.just(BY_OPENING[opening]), values, st.booleans())
            for opening, values in of_each.items()
        ]
    )


def rules(**more):
    """Rules of up to three parts, each of which is said once."""
    return st.lists(parts(**more), max_size=3, unique=True).map(lambda made: Rule(tuple(made)))
