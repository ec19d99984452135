"""`twtw doctor`: plain answers about the sending domain and the brake, with an exit status."""

import json

import pytest
from django.utils import timezone

from subscribers.models import Brake
from subscribers.signing_up import sign_up
from tests.standins.dns import KEY, NameServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(twtw):
    """A server of names that knows the weekly's domain, but for DMARC."""
    twtw.sender_address = "weekly@newsroom.example"
    twtw.save()
    with NameServer() as names:
        add = names.zone.add
        add("newsroom.example", "TXT", "v=spf1 include:sendgrid.net ~all")
        add("newsroom.example", "MX", "10 mx.newsroom.example.")
        add("mx.newsroom.example", "A", "11.22.33.44")
        add("sendgrid.net", "TXT", "v=spf1 ip4:11.0.0.0/8 ~all")
        for selector in ("s1", "s2"):
            add(f"{selector}._domainkey.newsroom.example", "TXT", f"v=DKIM1; p={KEY}")
        yield names


@pytest.fixture
def doctor(server, twtw_command):
    return lambda *arguments: twtw_command(
        "doctor", "dns", "--nameserver", server.place, *arguments
    )


def test_what_is_missing_is_said_with_the_record_to_make(doctor):
    done = doctor()
    assert done.status == 1
    lines = done.out.splitlines()
    assert lines[0] == (
        "The World This Week from newsroom.example, sent by SendGrid, once TWTW_TRANSPORT is no "
        "longer outbox:"
    )
    assert lines[1].startswith("✓ SPF          newsroom.example has “v=spf1 include:sendgrid.net")
    (place,) = (place for place, line in enumerate(lines) if line.startswith("✗"))
    assert lines[place] == (
        "✗ DMARC        newsroom.example has no DMARC record, and neither has a domain above it."
    )
    assert "Make a TXT record _dmarc.newsroom.example: v=DMARC1; p=none" in lines[place + 1]


def test_what_is_only_unsure_is_no_failure(server, doctor):
    server.zone.add(
        "_dmarc.newsroom.example", "TXT", "v=DMARC1; p=none; rua=mailto:d@newsroom.example"
    )
    done = doctor()
    assert (done.status, done.err.strip()) == (0, "")
    assert [line[0] for line in done.out.splitlines() if line[0] in "✓✗?"] == [*"✓✓✓✓✓✓?✓"]


def test_a_script_gets_the_same_as_json(doctor):
    done = doctor("--json")
    said = json.loads(done.out)
    assert done.status == 1
    assert (said["publication"], said["domain"], said["ready"]) == (
        "twtw",
        "newsroom.example",
        False,
    )
    states = {verdict["subject"]: verdict["state"] for verdict in said["verdicts"]}
    assert states["DMARC"] == "wrong"
    assert states["DKIM s1"] == "good"


def test_a_relay_is_looked_at_by_the_settings_and_what_is_said_of_it(server, doctor, settings):
    settings.DELIVERY_TRANSPORT = "smtp"
    settings.SMTP_HOST = "127.0.0.1"
    settings.SMTP_RETURN_PATH = "bounces@newsroom.example"
    server.zone.add("44.33.22.11.in-addr.arpa", "PTR", "mx.newsroom.example.")
    server.zone.add("_dmarc.newsroom.example", "TXT", "v=DMARC1; p=none")
    done = doctor("--selector", "s1", "--sends-from", "11.22.33.44")
    assert done.status == 0, done.out
    assert "sent by the relay 127.0.0.1:" in done.out
    assert "the relay 11.22.33.44 may send" in done.out
    assert "11.22.33.44 is mx.newsroom.example" in done.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--publication", "nobody"], "There is no publication 'nobody'"),
        (["--nameserver", "dns.example"], "'dns.example' is no IP address"),
        (["--nameserver", "127.0.0.1:0"], "no port between 1 and 65535"),
        (["--nameserver", "127.0.0.1:99999"], "no port between 1 and 65535"),
        (["--nameserver", "[::1"], "'[::1' is no IP address"),
        (["--selector", "a b"], "'a b' is no selector"),
        (["--return-path", "em1"], "'em1' is no host"),
        (["--sends-from", "11.22.33.44"], "--sends-from is for a relay"),
    ],
)
def test_a_wrong_call_is_one_sentence_and_nothing_is_asked(doctor, server, arguments, said):
    done = doctor(*arguments)
    assert (done.status, said in done.err) == (2, True), done.err
    assert server.zone.asked == []


@pytest.mark.parametrize(
    ("host", "arguments", "said"),
    [
        ("", [], "TWTW_SMTP_HOST is empty"),
        ("relay.example", ["--return-path", "em1.example.org"], "set by TWTW_SMTP_RETURN_PATH"),
        ("relay.example", ["--sends-from", "relay"], "'relay' is no IP address"),
    ],
)
def test_a_wrong_call_with_a_relay_is_one_sentence(doctor, settings, host, arguments, said):
    settings.DELIVERY_TRANSPORT = "smtp"
    settings.SMTP_HOST = host
    done = doctor(*arguments)
    assert (done.status, said in done.err) == (2, True), done.err


def test_servers_of_names_that_can_not_say_are_one_sentence(server, doctor):
    server.zone.fails.add("newsroom.example")
    done = doctor()
    assert done.status == 2
    assert done.err.startswith("twtw: The DNS servers can't say what newsroom.example has (TXT)")
    assert done.out == ""


def test_the_brake_is_told_with_how_many_wait(twtw, twtw_command):
    assert twtw_command("doctor", "brake").status == 0
    sign_up("ann@example.org", [twtw], form="page", source="the subscribe page")
    brake = Brake.objects.create(began_at=timezone.now(), why="More than 2 sign-ups in an hour.")
    done = twtw_command("doctor", "brake")
    assert done.status == 1
    assert "More than 2 sign-ups in an hour. 1 mail waits." in done.out
    told = json.loads(twtw_command("doctor", "brake", "--json").out)
    assert (told["on"], told["waiting"], told["why"]) == (True, 1, brake.why)
