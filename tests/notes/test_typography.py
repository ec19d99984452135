"""Slips of the keyboard: which are seen, what is suggested, and what is left alone."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notes.typography import mended, slips
from notes.typography.quotation import mixtures


def codes(text, **how):
    return [slip.code for slip in slips(text, **how)]


# The words as typed, the code, and the words as they were meant.
SLIPS = [
    ("It was built by Russia..", "doubled-stop", "It was built by Russia."),
    ("gold,, uranium", "doubled-stop", "gold, uranium"),
    ("Second,Mali gains", "missing-space", "Second, Mali gains"),
    ("the security of Mali.coup. Then", "missing-space", "the security of Mali. coup. Then"),
    ("It ended in 2021.The army", "missing-space", "It ended in 2021. The army"),
    ("on 29 June,2025", "missing-space", "on 29 June, 2025"),
    ("she said.“We go”", "missing-space", "she said. “We go”"),
    ("What happened?The army", "missing-space", "What happened? The army"),
    ("gold;iron", "missing-space", "gold; iron"),
    ("Dr.Singh", "missing-space", "Dr. Singh"),
    ("Russia  and Mali", "doubled-space", "Russia and Mali"),
    ("Russia \u00a0 \u00a0and Mali", "doubled-space", "Russia and Mali"),
    ("gold , iron", "space-before-stop", "gold, iron"),
    ("gold ,iron", "space-before-stop", "gold, iron"),
    ("It ended .", "space-before-stop", "It ended."),
    ("(as it was )", "space-before-stop", "(as it was)"),
    ("in the the north", "doubled-word", "in the north"),
    ("The the north", "doubled-word", "The north"),
    ("The social mediaÂ", "mojibake", "The social media"),
    ("President GoÃ¯ta", "mojibake", "President Goïta"),
    ("It donâ€™t work", "mojibake", "It don’t work"),
    ("an â€œopenâ€\u009d door", "mojibake", "an “open” door"),
    ("President GoÃƒÂ¯ta", "mojibake", "President Goïta"),
    ("20 â‚¬ a month", "mojibake", "20 € a month"),
    ("Å‚adny", "mojibake", "ładny"),
    ("He went - or so they say", "hyphen-for-dash", "He went – or so they say"),
    ("Ma\u200bli", "invisible-character", "Mali"),
    ("\u202eMali", "invisible-character", "Mali"),
    ("Goi\u0308ta", "uncomposed", "Goïta"),
    ("They signed (or so", "unbalanced", None),
    ("They signed) or so", "unbalanced", None),
    ("They said “yes and left", "unbalanced", None),
    ('They said "yes and left', "unbalanced", None),
    ("It is \ufffd here", "mojibake", None),
]


@pytest.mark.parametrize(("text", "code", "meant"), SLIPS)
def test_a_slip_is_seen_and_mended(text, code, meant):
    found = list(slips(text))
    assert {slip.code for slip in found} == {code}
    if meant is None:
        assert found[0].suggestion is None
        assert mended(text, found[0]) == text
        return
    for slip in reversed(found):
        text = mended(text, slip)
    assert text == meant
    assert codes(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "It ended ... and began… again. 7.1 and 1,020 at 9.30",
        "M.K.Stalin, Ph.D., of the U.S. and the U.S.S.R., e.g. at 5 p.m., i.e. late",
        "See https://news.example/a,b or www.news.example.Then/x, news.example.in and Booking.com",
        "Write to desk@news.example,please@news.example",
        "the file report.pdf, thewire.in/politics and nias.res.in’s pages",
        "N,N-dimethyl",
        "“We go,” he said. (“We stay,” she did.)",
        "“Not closed in this paragraph, for it goes on in the next",
        "a) gold, b) iron, 1) uranium :)",
        "Gul Hassan Hassan had had what that that",
        "Twitter/X and and/or are fine; and/or or so; what she does does matter",
        "It went 3 - 2; the Franco-Malian treaty – long – went — on",
        "A house of 5\" by 6'",
        "„Ja“, sagte er; ”ja”, sade hon",
        "“CAFÉ” and “his ‘fiancé’” «CAFÉ» JOÃO São",
        "می\u200cخواهم \u200eABC",
        "क़लम क्\u200dष",
        "Łódź, Tóbi Àpẹẹrẹ, Ørsted, Åse’s",
        "What I saw: 1 000 000 people?!",
        "The path ../shared/data, .NET and .5",
        "中文,没有空格。好 , शब्द ?",
    ],
)
def test_sound_words_are_left_alone(text):
    assert codes(text) == []


@pytest.mark.parametrize(
    ("title", "meant"),
    [
        ("Nepal I Floods and politics", "Nepal | Floods and politics"),
        ("Photo l Harbour Pictures", "Photo | Harbour Pictures"),
        ("Maya Østergaard I 29 June 2025", "Maya Østergaard | 29 June 2025"),
    ],
)
def test_a_letter_for_a_bar_is_seen_in_a_title_and_nowhere_else(title, meant):
    (slip,) = slips(title, is_title=True)
    assert slip.code == "letter-for-bar"
    assert mended(title, slip) == meant
    assert codes(title) == []


@pytest.mark.parametrize(
    "title", ["What I Saw in Gaza", "World War I Memorials", "Elizabeth I Returns", "Where I live"]
)
def test_a_pronoun_and_a_numeral_are_no_bar(title):
    assert codes(title, is_title=True) == []


def test_a_slip_shows_the_words_around_it_as_they_are_and_as_they_were_meant():
    (slip,) = slips("In short: Second,Mali’s gains grow.")
    assert (slip.excerpt, slip.mended) == ("Second,Mali’s", "Second, Mali’s")
    assert slip.saying == "no space after a comma"


class TestTwoKindsOfMarks:
    def test_straight_and_curly_quotation_marks_in_one_text_are_named_with_examples(self):
        (mixed,) = mixtures(['He said "no," she', "said “yes”."])
        assert (mixed.marks, mixed.straight, mixed.curly) == (
            "quotation marks",
            '"no,"',
            "“yes”.",
        )

    def test_straight_and_curly_apostrophes_are_named_apart_from_quotation_marks(self):
        (mixed,) = mixtures(["Mali's gold", "Russia’s “gold”"])
        assert (mixed.marks, mixed.straight, mixed.curly) == ("apostrophes", "Mali's", "Russia’s")

    def test_one_kind_of_each_is_no_mixture_and_inches_are_no_marks(self):
        assert list(mixtures(["Mali's “gold”, 5' 6\" deep", "their “iron”"])) == []


ODD = st.text(
    st.sampled_from("aiIl T.,;:!?()[]“”\"'’-–/@1 \u00a0\u200b\u0308éÃÂ¯â€™\u009dÅक़\n"),
    max_size=60,
)


@given(st.one_of(ODD, st.text()), st.booleans())
def test_slips_lie_in_order_within_the_text_and_never_overlap(text, is_title):
    end = 0
    for slip in slips(text, is_title=is_title):
        assert end <= slip.start <= slip.end <= len(text)
        assert slip.start < slip.end
        assert text[slip.start : slip.end] == slip.odd
        assert slip.excerpt in text
        assert len(slip.excerpt) <= slip.end - slip.start + 80
        end = slip.end


@given(st.one_of(ODD, st.text()), st.booleans())
def test_a_suggestion_changes_the_text_and_mending_comes_to_an_end(text, is_title):
    for _ in range(2 * len(text) + 4):
        slip = next(
            (slip for slip in slips(text, is_title=is_title) if slip.suggestion is not None), None
        )
        if slip is None:
            return
        better = mended(text, slip)
        assert better != text
        assert not any(
            (again.code, again.start, again.odd, again.before, again.after)
            == (slip.code, slip.start, slip.odd, slip.before, slip.after)
            for again in slips(better, is_title=is_title)
        )
        text = better
    raise AssertionError(f"never mended: {text!r}")


@given(st.text())
def test_text_in_normal_form_without_odd_characters_is_never_called_uncomposed(text):
    assert "uncomposed" not in codes(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    "unit", [*"a .,'\"(I“-Ã\u00a0\u200b1é\u0308", "a ", "a.", " I", "Ã¯", "a  "]
)
def test_a_hundred_thousand_of_one_character_are_read_as_fast_as_they_are_long(unit):
    # A time that grows with the square of the length would not come back within minutes.
    text = (unit * 100_000)[:100_000]
    assert all(slip.end <= len(text) for slip in slips(text, is_title=True))
