"""What mailbox providers and the law want to see in a mail and its sender."""

from dataclasses import replace

import pytest

from issues.preflight import Level
from issues.preflight.facts import Sender
from issues.preflight.headers import CHECKS
from rendering.mail import render_alert
from rendering.marks import Mark
from tests.issues.preflight.sound import codes, sound
from tests.rendering.samples import ALERT, RIVER, WEEKLY


def found(issue):
    return [finding for check in CHECKS for finding in check(issue)]


def from_address(address, reply_to="", name="The World This Week", **changes):
    return found(sound(sender=Sender(name, address, reply_to), **changes))


def without(issue, words, *parts):
    spoilt = {part: getattr(issue.rendering, part).replace(words, "") for part in parts}
    return replace(issue, rendering=replace(issue.rendering, **spoilt))


def test_a_sound_issue_has_a_sound_head():
    assert found(sound()) == []


def test_a_finding_leads_to_the_publications_settings():
    (finding,) = found(sound(publication=replace(WEEKLY, postal_address=" ")))
    assert (finding.place, finding.fix) == ("publication", "/desk/publication/")


@pytest.mark.parametrize(("really_sent", "level"), [(True, Level.BLOCKER), (False, Level.WARNING)])
def test_what_is_not_set_up_yet_stops_only_what_is_really_sent(really_sent, level):
    issue = sound(
        publication=replace(WEEKLY, postal_address=""),
        sender=Sender("The World This Week", "weekly@example.org"),
        really_sent=really_sent,
    )
    by_code = {finding.code: finding.level for finding in found(issue)}
    by_code.pop("sender-domain-differs")
    assert by_code == {"no-postal-address": level, "example-sender": level}


@pytest.mark.parametrize("domain", ["example.org", "mail.example.com", "EXAMPLE.net", "news.test"])
def test_an_example_address_can_not_send(domain):
    assert "example-sender" in codes(from_address(f"weekly@{domain}"))


def test_an_address_that_only_ends_alike_can_send():
    assert "example-sender" not in codes(from_address("weekly@myexample.org"))


@pytest.mark.parametrize(
    "site", ["http://weekly.newsroom.example", "https://127.0.0.1:8000", "https://localhost"]
)
def test_readers_need_a_public_site_over_https(site):
    (finding,) = found(sound(site_url=site))
    assert (finding.code, finding.level, finding.place) == (
        "site-not-public",
        Level.BLOCKER,
        "TWTW_SITE_URL",
    )
    assert found(sound(site_url=site, really_sent=False)) == []


@pytest.mark.parametrize("domain", ["gmail.com", "Yahoo.com", "outlook.com", "yahoo.co.in"])
def test_a_mailbox_that_anybody_can_have_can_not_send_to_many(domain):
    (finding,) = from_address(f"weekly@{domain}")
    assert (finding.code, finding.level) == ("free-mail-sender", Level.BLOCKER)
    assert from_address(f"weekly@{domain}", really_sent=False)[0].level is Level.WARNING
    assert from_address("weekly@newsroom.example", f"weekly@{domain}") == []


@pytest.mark.parametrize(
    "local", ["noreply", "no-reply", "No.Reply", "donotreply", "do-not-reply", "dontreply"]
)
def test_a_sender_that_takes_no_answers_is_named(local):
    (finding,) = from_address(f"{local}@newsroom.example")
    assert (finding.code, finding.level) == ("no-reply-sender", Level.WARNING)
    assert from_address(f"{local}@newsroom.example", "editors@newsroom.example") == []
    assert codes(from_address("a@newsroom.example", f"{local}@newsroom.example")) == [
        "no-reply-sender"
    ]


@pytest.mark.parametrize("local", ["reply", "noreplymans", "replies", "nora"])
def test_a_sender_that_takes_answers_is_not(local):
    assert from_address(f"{local}@newsroom.example") == []


@pytest.mark.parametrize("name", ["", "  ", "weekly@newsroom.example", "Weekly <w@news.example>"])
def test_a_sender_needs_a_name_that_is_none_of_an_address(name):
    (finding,) = from_address("weekly@newsroom.example", name=name)
    assert (finding.code, finding.level) == ("sender-name", Level.WARNING)


@pytest.mark.parametrize(
    ("parts", "named"),
    [(["html"], "HTML"), (["text"], "plain text"), (["html", "text"], "HTML and plain text")],
)
def test_a_mail_that_nobody_can_leave_stops(parts, named):
    (finding,) = found(without(sound(), Mark.UNSUBSCRIBE_URL, *parts))
    assert (finding.code, finding.level) == ("no-unsubscribe-link", Level.BLOCKER)
    assert f"The mail's {named} has no link" in finding.sentence


def test_a_mail_has_a_link_to_its_own_page():
    issue = sound()
    (finding,) = found(without(issue, issue.view_url, "html"))
    assert (finding.code, finding.level) == ("no-view-link", Level.HINT)


def test_an_alert_has_the_same_head_as_an_issue():
    issue = sound(RIVER, numbering=None, rendering=render_alert(ALERT), view_url=ALERT.url)
    assert found(issue) == []


@pytest.mark.parametrize(
    ("sender", "site", "expected"),
    [
        ("news@mail.newsroom.example", "https://weekly.newsroom.example", []),
        ("news@institute.ac.in", "https://weekly.institute.ac.in", []),
        ("news@institute.ac.in", "https://other.ac.in", ["sender-domain-differs"]),
        ("news@sender.example", "https://newsroom.example", ["sender-domain-differs"]),
    ],
)
def test_the_sender_and_the_links_should_be_of_one_domain(sender, site, expected):
    issue = from_address(sender, site_url=site)
    assert codes(issue) == expected
    assert all(finding.level is Level.HINT for finding in issue)
