"""What looks like a slip in a note that is being written, and how exactly it is mended."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notes.findings import KINDS, findings
from notes.known_names import KnownNames, known_names
from notes.mending import mend
from notes.models import Note, NoteAuthor, NoteSource, Person, PersonAlias
from notes.texts import texts
from notes.typography import _IN_TITLES, _RULES

KNOWN = KnownNames((("Ayan Datta", "Ayan Dutta"),), ("Philippines", "Côte d’Ivoire", "Mali"))


def note(**fields):
    """A note in memory with one text."""
    text = fields.pop("text", "<p>Sound.</p>")
    parts = fields.pop("parts", [("text", text)])
    return Note(
        **{"subject": "Mali", "claim": "A claim", "date": date(2025, 6, 29), **fields},
        body=[("section", {"heading": "What happened?", "parts": parts})],
    )


def found(written, known=KNOWN):
    return [(one.code, one.was, one.becomes) for one in findings(written, known)]


def source(written):
    return written.body[0].value["parts"][0].value.source


TABLE = {"data": [["Second,Mali", None], ["x", "y"]], "table_caption": "Gold.."}


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"subject": "Second,Mali"}, "headline"),
        ({"claim": "Second,Mali"}, "headline"),
        ({"photo_source": "Second,Mali"}, "picture"),
        ({"text": "<p>Second,Mali</p>"}, "What happened?"),
        ({"text": "<ul><li>Gold</li><li>Second,Mali</li></ul>"}, "What happened?"),
        ({"parts": [("quote", {"text": "Gold.\nSecond,Mali", "attribution": ""})]}, None),
        ({"parts": [("quote", {"text": "Gold.", "attribution": "Second,Mali"})]}, None),
        ({"parts": [("figure", {"picture": None, "caption": "Second,Mali"})]}, None),
        ({"parts": [("table", TABLE | {"table_caption": ""})]}, None),
        ({"parts": [("takeaways", [{"lead": "Second,Mali", "text": ""}])]}, None),
        ({"parts": [("takeaways", [{"lead": "x", "text": "<p>Second,Mali</p>"}])]}, None),
    ],
)
def test_every_text_of_a_note_is_looked_at_and_mended_where_it_stands(fields, place):
    written = note(**fields)
    (slip,) = findings(written, KNOWN)
    assert (slip.was, slip.becomes) == ("Second,Mali", "Second, Mali")
    assert slip.text.place == (place or "What happened?")
    assert mend(written, [slip.mark], KNOWN).sentence == "“Second,Mali” is now “Second, Mali”."
    assert findings(written, KNOWN) == []


def test_authors_and_sources_are_looked_at_too_and_sources_only_for_what_nobody_prints():
    written = note()
    person = Person(name="Ayan Datta", pk=1)
    written.authors = [NoteAuthor(person=person, affiliation="Desk..", biography="He  writes.")]
    written.sources = [NoteSource(outlet="Sahel Post", title="Second,Mali  again")]
    assert [(one.code, one.text.place) for one in findings(written, KNOWN)] == [
        ("doubled-stop", "Ayan Datta"),
        ("doubled-space", "Ayan Datta"),
        ("doubled-space", "sources"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("They met Ayan Dutta’s men.", ("name-not-as-registered", "Ayan Dutta", "Ayan Datta")),
        ("In the Phillipines.", ("name-not-as-registered", "Phillipines", "Philippines")),
        ("In Cote d’Ivoire.", ("name-not-as-registered", "Cote", "Côte")),
        ("Goïta and Goïta met Goita.", ("name-two-spellings", "Goita", "Goïta")),
        ('“Gold” and "iron"', ("mixed-quotes", '"iron"', '“iron"')),
    ],
)
def test_names_and_marks_are_compared_within_the_note_and_with_what_is_known(text, expected):
    code, was, becomes = expected
    first = findings(note(text=f"<p>{text}</p>"), KNOWN)[0]
    assert (first.code, first.odd in was, first.suggestion in becomes) == (code, True, True)
    written = note(text=f"<p>{text}</p>")
    mend(written, [one.mark for one in findings(written, KNOWN)], KNOWN)
    assert found(written) == []


def test_a_note_that_is_sound_has_no_findings():
    assert found(note(text="<p>Goïta met Ayan Datta in Mali, Côte d’Ivoire and Niger.</p>")) == []


def test_only_what_was_pointed_at_is_mended():
    written = note(text="<p>gold,iron and gold,iron</p>")
    _, second = findings(written, KNOWN)
    mend(written, [second.mark], KNOWN)
    assert source(written) == "<p>gold,iron and gold, iron</p>"


def test_what_has_changed_since_it_was_shown_is_left_alone_and_said():
    shown = findings(note(text="<p>gold,iron</p>"), KNOWN)[0].mark
    written = note(text="<p>Much gold,iron</p>")
    done = mend(written, [shown], KNOWN)
    assert source(written) == "<p>Much gold,iron</p>"
    assert "changed since it was shown" in done.sentence


def test_all_of_a_kind_are_mended_at_once_with_the_markup_as_it_was():
    text = '<p>a  b <a href="https://x.example/?a=1&amp;b=2">c  d</a></p><p><b>e</b>  f</p>'
    written = note(text=text)
    marks = [one.mark for one in findings(written, KNOWN)]
    assert mend(written, marks, KNOWN).sentence == "3 places are mended."
    assert source(written) == text.replace("  ", " ")


def test_what_only_the_author_knows_is_told_and_not_mended():
    written = note(text="<p>They signed (or so</p>")
    (slip,) = findings(written, KNOWN)
    assert slip.suggestion is None
    assert mend(written, [slip.mark], KNOWN).done == []


def test_each_kind_has_its_words():
    assert {*_RULES, *_IN_TITLES} < set(KINDS)


@pytest.mark.django_db
def test_the_registry_and_the_countries_are_what_a_note_is_compared_with():
    person = Person.objects.create(name="Ayan Datta")
    PersonAlias.objects.create(person=person, name="Ayan Dutta")
    known = known_names()
    assert known.people == (("Ayan Datta", "Ayan Dutta"),)
    assert "Mali" in known.countries


ODD = st.text(st.sampled_from("ab ,.;\"'“”’()-\u00a0\u200b\u0308éÂÃ¯<&>IT"), max_size=30)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.one_of(ODD, st.text(max_size=20)), min_size=1, max_size=3), st.data())
def test_mending_changes_exactly_one_occurrence_and_nothing_else(paragraphs, data):
    import html

    written = note(text="".join(f"<p>{html.escape(one, quote=False)}</p>" for one in paragraphs))
    can_be_mended = [one for one in findings(written, KNOWN) if one.suggestion is not None]
    if not can_be_mended:
        return
    slip = data.draw(st.sampled_from(can_be_mended))
    before = {text.key: text.words for text in texts(written)}
    assert len(mend(written, [slip.mark], KNOWN).done) == 1
    after = {text.key: text.words for text in texts(written)}
    words = before[slip.text.key]
    mended = words[: slip.start] + slip.suggestion + words[slip.end :]
    others = {key: words for key, words in before.items() if key != slip.text.key}
    if mended.strip():
        assert after == others | {slip.text.key: mended}
    else:
        assert sorted(after.values()) == sorted(others.values())
