"""Whatever somebody may write into a note, for tests that try it all."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from rendering.content import (
    Author,
    Figure,
    NoteContent,
    Picture,
    Quote,
    Section,
    Source,
    Table,
    Takeaway,
    Takeaways,
    Text,
)
from rendering.marks import Mark

# fmt: off
NASTY = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}", "[%", "%]",
    "<!--note 2-->", "<!--section 9-->", "</mj-text>",
    "مرحبا", "中文", "नमस्ते", "<mj-include />", "]]>", "\ufdd0", "&amp;", "\r\n", "\\",
]
# fmt: on
WORDS = st.one_of(
    st.text(max_size=20), st.sampled_from(NASTY), st.sampled_from([mark.value for mark in Mark])
)
HTML = st.lists(
    st.one_of(
        WORDS, st.sampled_from(["<p>", "</p>", "<ul>", "<li>", "<ol>", "<b>", "<a href='[%'>"])
    ),
    max_size=8,
).map("".join)
PICTURES = st.builds(
    Picture,
    url=WORDS, url_2x=WORDS, width=st.integers(1, 4000), height=st.integers(1, 4000),
    alt=WORDS, credit=WORDS, ai_generated=st.booleans(),
)  # fmt: skip
PARTS = st.one_of(
    st.builds(Text, HTML),
    st.builds(Quote, WORDS, WORDS),
    st.builds(Figure, PICTURES, WORDS),
    st.builds(
        Takeaways, st.lists(st.builds(Takeaway, WORDS, HTML), min_size=1, max_size=3).map(tuple)
    ),
    st.builds(
        Table,
        header=st.lists(WORDS, max_size=3).map(tuple),
        rows=st.lists(st.lists(WORDS, max_size=4).map(tuple), max_size=3).map(tuple),
        caption=WORDS,
        first_column_is_header=st.booleans(),
    ),
)
NOTES = st.builds(
    NoteContent,
    subject=WORDS,
    claim=WORDS,
    authors=st.lists(st.builds(Author, WORDS, WORDS, WORDS), max_size=2).map(tuple),
    date=st.dates(date(1970, 1, 1)),
    sections=st.lists(
        st.builds(Section, WORDS, st.lists(PARTS, max_size=3).map(tuple)), max_size=2
    ).map(tuple),
    photo=st.none() | PICTURES,
    photo_source=WORDS,
    sources=st.lists(
        st.builds(Source, WORDS, WORDS, WORDS, st.none() | st.dates()), max_size=2
    ).map(tuple),
    countries=st.just(()),
    slug=WORDS,
    url=WORDS,
)

# fmt: off
ENTITIES = st.lists(
    st.sampled_from([
        "&#64976;", "&#xfdd1;", "&amp;#64976;", "&#91;", "&#x5b;", "&lsqb;", "[", "&#37;",
        "&percnt;", "%", "unsubscribe_url", "%]", "&#0;", "&#8;", "&#xd800;", "&amp;", "<b>",
    ]),
    max_size=8,
).map("".join)
# fmt: on
