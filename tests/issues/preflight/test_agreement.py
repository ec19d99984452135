"""Whether HTML and text have the same words."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings

from issues.preflight import agreement
from rendering.content import Region, Section, Table, Takeaway, Takeaways
from rendering.mail import render_issue
from tests.issues.preflight.sound import codes, saying, sound
from tests.rendering.samples import ISSUE, PORTS, RIVER
from tests.rendering.strategies import NOTES


def findings(issue):
    return [finding for check in agreement.CHECKS for finding in check(issue)]


def changed(issue, **parts):
    return replace(issue, rendering=replace(issue.rendering, **parts))


WIDE = Table(
    ("A first column with many words", "A second column with many words", "And a third column"),
    (("one long cell that takes its room", "another one of that kind", "and one more of them"),),
    "A table too wide for seventy-two columns",
)
EVERYTHING = (
    saying(
        '<p>See <a href="https://example.org/a-page">a page</a> and https://example.org/b [2].'
        "</p><ol><li>It was in<br>2019. Then H<sub>2</sub>O — and “so on”.</li></ol>"
        "<p>यह एक वाक्य है, और ﬁnally ½ of it.</p>"
    ),
    replace(RIVER, sections=(Section("A table", (WIDE,)),)),
    replace(
        PORTS,
        sections=(
            Section("", (Takeaways((Takeaway("First.", "<p>So.</p>"), Takeaway("Then.", ""))),)),
        ),
    ),
)


def test_a_sound_issue_with_all_that_notes_can_hold_agrees():
    regions = (Region("Africa", ("<p>It <b>rained</b>.</p>", "<ul><li>It snowed.</li></ul>")),)
    assert findings(sound(*EVERYTHING, regions=regions)) == []


@settings(max_examples=30, deadline=None)
@given(NOTES)
def test_whatever_is_written_our_own_templates_agree(note):
    assert findings(sound(note)) == []


def test_an_address_in_the_middle_of_words_is_no_difference():
    words = (
        "See https://example.org/a—the report—for more about the long story of the banks, and of "
        "those who had to pay for it when it ended."
    )
    linked = '<a href="https://example.org/b">https://example.org/b</a>, which tells of the same'
    assert findings(sound(saying(f"<p>{words}</p>"))) == []
    assert findings(sound(saying(f"<p>{words} Or {linked} {words}</p>"))) == []


def test_a_mail_without_a_text_part_is_named_and_not_compared():
    assert codes(findings(changed(sound(), text="\n"))) == ["no-text-part"]


def test_words_that_only_the_html_has_are_named_with_their_note():
    issue = sound()
    text = issue.rendering.text.replace("Both parliaments have to ratify", "Both will ratify")
    (found,) = findings(changed(issue, text=text))
    assert found.code == "text-differs"
    assert found.place == issue.notes[0].headline
    assert "“parliaments have to ratify it before October. Narun’s …”" in found.sentence


def test_words_that_only_the_text_has_are_named_with_their_note():
    issue = sound()
    html = issue.rendering.html.replace("Nobody calls it a victory.", "")
    (found,) = findings(changed(issue, html=html))
    assert (found.code, found.place) == ("text-differs", issue.notes[1].headline)


def test_words_that_neither_part_has_are_named():
    issue = sound()
    html = issue.rendering.html.replace("That was one container in eight.", "")
    text = issue.rendering.text.replace("That was one container in eight.", "")
    (found,) = findings(changed(issue, html=html, text=text))
    assert found.code == "words-missing"
    assert "“That was one container in eight.”" in found.sentence


ADDED = "These are quite a lot of words that nobody has written in any of the notes."


@pytest.mark.parametrize("part", ["html", "text"])
def test_more_words_in_one_part_are_named(part):
    issue = sound()
    if part == "html":
        rendered = re.sub(r"(<h3)", rf"<p>{ADDED}</p>\1", issue.rendering.html, count=1)
    else:
        rendered = issue.rendering.text.replace("Sources\n", f"{ADDED}\n\nSources\n", 1)
    (found,) = findings(changed(issue, **{part: rendered}))
    assert found.code == "text-differs"
    assert "“These are quite a lot of words that …”" in found.sentence


def test_what_a_template_says_around_the_notes_may_differ():
    issue = sound()
    text = f"{ADDED}\n\n{issue.rendering.text}\n\n{ADDED}"
    assert findings(changed(issue, text=text)) == []


def test_a_digest_leaves_words_out_and_its_two_parts_leave_out_the_same():
    digest = replace(ISSUE.publication, template_set="digest")
    rendering = render_issue(replace(ISSUE, publication=digest, notes=EVERYTHING))
    issue = replace(sound(*EVERYTHING), publication=digest, rendering=rendering)
    assert findings(issue) == []
    text = rendering.text.replace(PORTS.claim, "Another claim")
    assert codes(findings(changed(issue, text=text))) == ["text-differs"]
