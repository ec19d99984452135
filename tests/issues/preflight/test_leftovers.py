"""Placeholders and marks that nobody put anything in place of."""

from dataclasses import replace

import pytest

from issues.preflight import Level, leftovers
from rendering.content import Author
from tests.issues.preflight.sound import codes, saying, sound


def findings(issue):
    return [finding for check in leftovers.CHECKS for finding in check(issue)]


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
        "The date is TBC.",
        "The place: TBD",
        "[insert quotation here]",
        "Who knows???",
        "On ____ June.",
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
