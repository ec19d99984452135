"""Placeholders and marks that nobody put anything in place of."""

from dataclasses import replace

import pytest

from issues.preflight import Level, leftovers
from rendering.content import Author, Quote
from tests.issues.preflight.sound import codes, saying, sound
from tests.rendering.samples import RIVER


def findings(issue):
    return [finding for check in leftovers.CHECKS for finding in check(issue)]


def quoting(words):
    first, *others = RIVER.sections
    quoted = replace(first, parts=(*first.parts, Quote(words, "A minister")))
    return replace(RIVER, sections=(quoted, *others))


def test_a_sound_issue_gives_no_finding():
    assert findings(sound()) == []


@pytest.mark.parametrize(
    "words",
    [
        "The minister, TK, said so.",
        "A source TKTK.",
        "It has xxx members.",
        "It grew by XX per cent.",
        "Lorem ipsum dolor sit amet.",
        "[insert quotation here]",
        "The minister said: “[insert quotation]”.",
        "The minister said: “[to come]”.",
        "The vote of the upper house [to come].",
        "It was [To be confirmed] on Friday.",
        "‘No,’ he said. [To be added]",
        "They ‘don’t’ know [add figure here].",
    ],
)
def test_a_placeholder_stops_the_issue(words):
    (found,) = findings(sound(saying(f"<p>{words}</p>")))
    assert (found.code, found.level) == ("placeholder", Level.BLOCKER)
    assert found.place.endswith("› What happened?")


@pytest.mark.parametrize(
    "words",
    [
        "TBC Bank lent the money.",
        "TK Elevator built it.",
        "Louis XXX never reigned; Article XXX did.",
        "The catkin and the Atkins diet.",
        "“[The minister] insists”, he said.",
        "Is that so? Nobody knows.",
    ],
)
def test_what_only_looks_like_one_is_a_word(words):
    assert findings(sound(saying(f"<p>{words}</p>"))) == []


@pytest.mark.parametrize(
    "words",
    [
        "The date is TBC.",
        "The place: TBD",
        "The speakers (TBA)",
        "It grew by ??? per cent.",
        "On ____ June.",
        "Dear ${name}, hello.",
    ],
)
def test_what_may_be_a_placeholder_is_named_and_does_not_stop(words):
    (found,) = findings(sound(saying(f"<p>{words}</p>")))
    assert (found.code, found.level) == ("maybe-placeholder", Level.WARNING)
    assert found.place.endswith("› What happened?")


def test_initials_are_names_where_the_note_says_what_they_stand_for():
    words = "<p>It was the TK. The chairman is TBA.</p>"
    assert codes(findings(sound(saying(words)))) == ["placeholder", "maybe-placeholder"]
    told = "<p>TBA (Tanzania Buildings Agency) and the Tamil Kazhagam (TK) agreed.</p>"
    assert findings(sound(saying(told + words))) == []


def test_a_quotation_that_is_still_to_come_stops_and_one_with_a_bracket_does_not():
    assert codes(findings(sound(quoting("[to come]")))) == ["placeholder"]
    assert findings(sound(quoting("We ask all of them [to come] home."))) == []


@pytest.mark.parametrize("title", ["Who won???", "Rebels ask civilians [to come] home", "On TK"])
def test_the_title_of_somebody_elses_piece_is_printed_as_they_print_it(title):
    source = replace(RIVER.sources[0], title=title)
    assert findings(sound(replace(RIVER, sources=(source,)))) == []


def test_initials_of_a_known_person_are_no_placeholder():
    words = "<p>It was Arun TK who said so.</p>"
    assert codes(findings(sound(saying(words)))) == ["placeholder"]
    assert findings(sound(saying(words), names=(("Arun TK",),))) == []
    author = replace(saying(words), authors=(Author("Arun TK", "", "Arun TK writes."),))
    assert findings(sound(author)) == []


@pytest.mark.parametrize(
    "mark",
    [
        "[%first_name%]",
        "{{ name }}",
        "{% if x %}",
        "*|FNAME|*",
        "%recipient.name%",
        "&lt;%= name %&gt;",
        "{{name",
        "[%first_name]",
        "[% name %]",
        "{%- endif",
        "&lt;% name %&gt;",
    ],
)
def test_a_mark_in_the_words_stops_the_issue_and_is_named_once(mark):
    (found,) = findings(sound(saying(f"<p>Dear {mark}, hello.</p>")))
    assert (found.code, found.level) == ("unresolved-mark", Level.BLOCKER)
    assert found.fix == "/desk/notes/1/"


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("html", "In this issue", "In {{ issue }}"),
        ("html", 'href="https://example.org/talks', 'href="https://example.org/*|LIST|*'),
        ("html", "https://example.org/talks", "https://example.org/%7B%7Btalks%7D%7D"),
        ("text", "View in browser", "View in *|BROWSER|*"),
        ("text", "[%unsubscribe_url%]", "[%unsubscribe_link%]"),
        ("subject", "TWTW", "{{ name }}"),
    ],
)
def test_a_mark_that_a_template_left_stops_the_issue(part, old, new):
    issue = sound()
    rendered = getattr(issue.rendering, part).replace(old, new)
    (found,) = findings(replace(issue, rendering=replace(issue.rendering, **{part: rendered})))
    assert (found.code, found.fix) == ("unresolved-mark", "/desk/issue/")
