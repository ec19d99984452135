"""SpamAssassin's word, where it is installed: asked locally, about what a reader would get."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest

from issues.outside.spam import (
    MOST_BYTES,
    ask_about_spam,
    keep_verdict,
    known_verdict,
    one_copy,
    spam_score,
)
from issues.preflight.facts import SpamScore
from tests.issues.preflight.sound import sound
from tests.optional import spamassassin

NOW = datetime(2025, 7, 6, 8, tzinfo=UTC)
# The line that every installation takes for spam: https://spamassassin.apache.org/gtube/
GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"


def test_an_ordinary_issue_scores_below_one(tmp_path, monkeypatch):
    spamassassin()
    monkeypatch.setenv("HOME", str(tmp_path))
    verdict = spam_score(one_copy(sound(), NOW))
    assert verdict is not None
    assert verdict.score < 1.0, verdict.rules
    assert verdict.score == pytest.approx(sum(points for _, points in verdict.rules), abs=0.1)
    # Nothing is learned or left behind.
    assert list(tmp_path.iterdir()) == []


def test_what_is_spam_scores_high_and_says_by_which_rules():
    spamassassin()
    issue = sound()
    spoilt = replace(issue.rendering, text=f"{GTUBE}\n{issue.rendering.text}")
    verdict = spam_score(one_copy(replace(issue, rendering=spoilt), NOW))
    assert verdict is not None
    assert verdict.score > 900
    assert ("GTUBE", 1000.0) in verdict.rules


def test_a_mail_can_not_bring_its_own_verdict():
    spamassassin()
    forged = b"X-Spam-Newsroom: score=-50.0 tests=TRUSTED=-50\n" + one_copy(sound(), NOW)
    verdict = spam_score(forged)
    assert verdict is not None
    assert verdict.score > -5


@pytest.mark.parametrize(
    "program",
    [
        "echo \"config: no rules were found!  Do you need to run 'sa-update'?\" >&2; exit 25",
        "cat",
        "printf 'X-Spam-Newsroom: none\\n\\n'",
    ],
)
def test_a_program_without_rules_or_without_a_verdict_says_nothing(tmp_path, monkeypatch, program):
    file = tmp_path / "spamassassin"
    file.write_text(f"#!/bin/sh\n{program}\n", encoding="ascii")
    file.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert spam_score(b"Subject: x\n\nWords\n") is None


def test_without_the_program_and_for_an_enormous_mail_nothing_is_said(tmp_path, monkeypatch):
    assert spam_score(b"x" * (MOST_BYTES + 1)) is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert spam_score(b"Subject: x\n\nWords\n") is None


def test_a_copy_is_the_mail_as_a_reader_gets_it():
    issue = sound()
    mail = message_from_bytes(one_copy(issue, NOW), policy=policy.default)
    assert mail["Subject"] == issue.subject
    assert mail["From"] == "The World This Week <weekly@newsroom.example>"
    assert mail["Reply-To"] == "editors@newsroom.example"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text, html = mail.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert "[%" not in text.get_content() + html.get_content()
    leave = "https://weekly.newsroom.example/leave/"
    assert leave in text.get_content()
    assert leave in html.get_content()


def test_no_line_of_a_copy_is_longer_than_mail_allows():
    assert max(len(line) for line in one_copy(sound(), NOW).splitlines()) <= 998


@pytest.mark.parametrize("address", ["a@münchen.example", "a@xn--mnchen-3ya.example"])
def test_a_sender_at_a_domain_in_other_letters_is_written_as_dns_writes_it(address):
    issue = sound()
    copy = one_copy(replace(issue, sender=replace(issue.sender, address=address)), NOW)
    assert b"<a@xn--mnchen-3ya.example>" in copy


@pytest.mark.django_db
def test_an_address_that_no_header_can_hold_is_no_ones_mistake_here():
    issue = sound()
    for address in ("nobody", "a@" + "x" * 70 + ".example", "ö@example.net", "a b@example.net"):
        ask_about_spam(replace(issue, sender=replace(issue.sender, address=address)), NOW)


@pytest.mark.django_db
def test_a_verdict_is_kept_with_the_mail_that_it_is_of_and_counts_for_a_week():
    issue = sound()
    mended = replace(issue, sender=replace(issue.sender, name="Another name"))
    first, second = SpamScore(7.0, (("BAD", 7.0),)), SpamScore(0.1)
    assert known_verdict(issue, NOW) is None
    keep_verdict(issue, first, NOW)
    assert known_verdict(issue, NOW) == first
    assert known_verdict(mended, NOW) is None
    keep_verdict(issue, second, NOW)
    assert known_verdict(issue, NOW) == second
    assert known_verdict(issue, NOW + timedelta(days=8)) is None


@pytest.mark.django_db
def test_a_mail_is_read_once_and_its_verdict_kept():
    spamassassin()
    issue = sound()
    ask_about_spam(issue, NOW)
    assert known_verdict(issue, NOW) is not None
