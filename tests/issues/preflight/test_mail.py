"""The mail as it would arrive: each fault in a rendering that is sound but for it."""

from dataclasses import replace

import pytest

from issues.preflight import Level, mail
from issues.preflight.facts import SpamScore
from tests.issues.preflight.sound import codes, saying, sound
from tests.rendering.samples import RIVER


def findings(issue):
    return [finding for check in mail.CHECKS for finding in check(issue)]


def rendered_as(issue, html):
    return replace(issue, rendering=replace(issue.rendering, html=html))


def spoilt(old, new, count=-1):
    """Findings of a sound issue in whose HTML something was replaced."""
    issue = sound()
    assert old in issue.rendering.html
    return findings(rendered_as(issue, issue.rendering.html.replace(old, new, count)))


def added(html):
    """Findings of a sound issue with more HTML at its very beginning."""
    issue = sound()
    head, body, rest = issue.rendering.html.partition("<body")
    opening, close, rest = rest.partition(">")
    return findings(rendered_as(issue, f"{head}{body}{opening}{close}{html}{rest}"))


def test_a_sound_issue_gives_no_finding():
    assert findings(sound()) == []


def test_a_mail_that_gmail_would_clip_names_the_notes_that_are_cut():
    long = saying(f"<p>{'Water flows. ' * 2_000}</p>")
    notes = [replace(long, subject=f"River {number}") for number in range(1, 7)]
    (found,) = findings(sound(*notes))
    assert found.code == "clipped"
    assert f"part of “River 3: {RIVER.claim}”, all of “River 4: {RIVER.claim}”" in found.sentence
    assert f"“River 6: {RIVER.claim}” and the link to unsubscribe" in found.sentence
    assert "River 2" not in found.sentence


def test_a_mail_just_short_enough_is_not_clipped():
    issue = sound()
    size = len(issue.rendering.html.encode())
    padding = "é" * ((mail.CLIPPED_AT_BYTES - size - len("<!---->")) // 2)
    html = issue.rendering.html.replace("<body", f"<!--{padding}--><body")
    assert findings(rendered_as(issue, html)) == []
    assert codes(findings(rendered_as(issue, f"{html}<!---->"))) == ["clipped"]


def test_pictures_are_weighed_in_the_size_that_is_fetched():
    small, large = RIVER.photo.url, RIVER.photo.url_2x
    assert findings(sound(RIVER, weights={small: 90_000, large: 200_000})) == []
    (found,) = findings(sound(RIVER, weights={small: 90_000, large: 200_001}))
    assert (found.code, found.level) == ("heavy-picture", Level.WARNING)
    assert RIVER.photo.alt in found.sentence


def test_all_pictures_together_are_weighed():
    notes = [
        replace(RIVER, photo=replace(RIVER.photo, url=f"https://m.example/{at}.png", url_2x=""))
        for at in range(8)
    ]
    weights = {note.photo.url: 190_000 for note in notes}
    assert codes(findings(sound(*notes, weights=weights))) == ["heavy-mail"]
    assert findings(sound(*notes[1:], weights=weights)) == []


@pytest.mark.parametrize(
    ("html", "code"),
    [
        ("<h1>Another one</h1>", "headings"),
        ("<h1 style='display:none'>Unseen</h1>", None),
        ("<table><tr><td>a</td></tr></table>", "layout-table"),
        ("<table role='none'><tr><td>a</td></tr></table>", None),
        ("<table><tr><th>a</th></tr></table>", None),
        ("<table role='table'><tr><td>a</td></tr></table>", None),
        ("<img src='a.png' alt='' width='10'>", "picture-without-size"),
        ("<img src='a.png' alt='' width='10' height='auto'>", "picture-without-size"),
        ("<img src='a.png' alt='' width='10' height='20'>", None),
        ("<p style='color:#aaa;background:#fff'>faint</p>", "contrast"),
        ("<p style='position:absolute'>far off</p>", "unsupported-css"),
    ],
)
def test_what_a_template_may_do_wrong_is_named(html, code):
    found = added(html)
    # What is added has colours for the day only, so the night is not judged by it.
    found = [one for one in found if one.place != "mail › dark"]
    assert codes(found) == ([code] if code else [])


def test_a_mail_without_its_first_heading_is_named():
    assert codes(spoilt("h1", "div")) == ["headings"]


def test_a_level_of_headings_that_is_skipped_is_named():
    found = spoilt("h3", "h4")
    assert codes(found) == ["heading-skipped"]
    assert "“What happened?” is of level 4 after one of level 2" in found[0].sentence


def test_the_frame_says_language_direction_and_title():
    assert codes(spoilt('<html lang="en"', "<html", 1)) == ["no-language"]
    assert codes(spoilt("<title>", "<title></title><meta title='", 1)) == ["no-title"]
    without = sound().rendering.html.replace('dir="', 'data-dir="', 1)
    assert codes(findings(rendered_as(sound(), without))) == ["no-direction"]


def test_faint_words_are_named_with_their_contrast():
    found, _ = added("<p style='color:#777;background:#fff'>Faint words</p>")
    assert found.place == "mail › light"
    assert "“Faint words”" in found.sentence
    assert "4.47" in found.sentence


@pytest.mark.parametrize(
    ("subject", "codes_expected"),
    [
        ("TWTW #318: Two neighbours agree on their sluices", []),
        ("A week of dates", []),
        (f"TWTW #318: {'Two neighbours agree on it ' * 3}".strip(), ["long-subject"]),
        ("The World This Week #318 Vol 7, No 27: Two neighbours agree", ["subject-cut"]),
        ("The World This Week #318 Vol 7, No 27:", []),
        ("Two neighbours and the question of who opens: the sluices of the dam", []),
    ],
)
def test_a_subject_is_looked_at_as_a_phone_shows_it(subject, codes_expected):
    assert codes(findings(sound(subject_line=subject))) == codes_expected


@pytest.mark.parametrize(
    ("preview", "codes_expected"),
    [
        ("", ["no-preview-text"]),
        ("word " * 40, ["long-preview-text"]),
        (
            "Two neighbours agree on who may open the sluices – and when",
            ["preview-repeats-subject"],
        ),
        ("Two neighbours agree", []),
    ],
)
def test_the_preview_text_says_something_more(preview, codes_expected):
    assert codes(findings(sound(preview_text=preview))) == codes_expected


@pytest.mark.parametrize(
    ("score", "level"), [(2.9, None), (3.0, Level.WARNING), (5.0, Level.BLOCKER)]
)
def test_a_spam_score_is_judged_and_its_costly_rules_are_named(score, level):
    rules = (("HTML_MESSAGE", 0.0), ("SMALL", 0.4), ("URI_SHORTENED", score - 0.4), ("GOOD", -1.0))
    found = findings(sound(spam=SpamScore(score, rules)))
    assert [(one.code, one.level) for one in found] == ([("spam-score", level)] if level else [])
    if found:
        assert f"URI_SHORTENED ({score - 0.4:.1f}), SMALL (0.4)" in found[0].sentence
        assert "HTML_MESSAGE" not in found[0].sentence
