"""An outsider's word: Prism, with the provider's own specifications, reads along.

It stands between us and the stand-in, and finds what in our requests, or in the stand-in's
answers, is not as the provider published it.
"""

import copy
import json
import re
import subprocess
import threading
from datetime import UTC, datetime

import pytest

from delivery.transports import Addressee, Message, Notice, Taken
from delivery.transports.sendgrid import SendGrid
from rendering.marks import Mark
from tests.optional import prism, shared
from tests.standins.conftest import BODY, ask
from tests.standins.sendgrid import KEY, StandIn

MESSAGE = Message(
    mailing_id=12,
    mailing_key="key",
    subject="TWTW #317: Malí – what next?",
    html=f'<!doctype html><p>Words.</p><a href="{Mark.UNSUBSCRIBE_URL}">Unsubscribe</a>\n',
    text=f"Words.\n\nUnsubscribe: {Mark.UNSUBSCRIBE_URL}\n",
    sender_name="The World This Week",
    sender_address="weekly@example.org",
    reply_to="editors@example.org",
    list_id="The World This Week <twtw.example.org>",
    feedback_id="12:twtw:example",
    date=datetime(2025, 6, 29, 8, tzinfo=UTC),
    category="twtw",
)
NOTICE = Notice("The Weekly", "weekly@example.org", "Ready", "<p>Look</p>", "Look\n", MESSAGE.date)


def addressee(number, name="Anna Müller"):
    address, url = f"reader{number}@example.org", f"https://example.org/{number}/"
    return Addressee(number, 3, address, name, f"{url}leave/", f"{url}preferences/")


@pytest.fixture(scope="module")
def behind():
    with StandIn() as standin:
        yield standin


@pytest.fixture(scope="module")
def url(behind, tmp_path_factory):
    """Where Prism listens, with all of the specifications."""
    specification = tmp_path_factory.mktemp("prism") / "specification.json"
    specification.write_text(json.dumps(all_in_one("mail", "logs", "suppressions")))
    process = subprocess.Popen(
        [*prism(), "proxy", "-h", "127.0.0.1", "-p", "0", specification, behind.url],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield where_it_listens(process)
    finally:
        process.terminate()
        process.wait()


def all_in_one(*names):
    """One specification of several, each with its components under its own name.

    Three processes take three times as long to start.
    """
    whole = {"components": {}, "paths": {}}
    for name in names:
        file = shared(f"specs/sendgrid/tsg_{name}_v3.json")
        text = re.sub(r'("#/components/\w+/)', rf"\g<1>{name}-", file.read_text(encoding="utf-8"))
        one = json.loads(text)
        for kind, parts in one.pop("components").items():
            # The way to sign in is the same for all, and named without a reference.
            prefix = "" if kind == "securitySchemes" else f"{name}-"
            mine = whole["components"].setdefault(kind, {})
            mine |= {f"{prefix}{key}": part for key, part in parts.items()}
        whole["paths"] |= one.pop("paths")
        whole |= one
    return whole


def where_it_listens(process):
    log = []
    for line in process.stdout:
        log.append(line)
        if found := re.search(r"listening on (\S+)", line):
            # Else it stops when the pipe is full.
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return found[1]
    raise AssertionError("".join(log))


def violations(reply, side):
    """What Prism found wrong in the request, or in the response."""
    found = json.loads(reply.headers.get("sl-violations", "[]"))
    return [one["message"] for one in found if one["location"][0] == side]


@pytest.fixture
def ask_mail(url):
    return lambda body, **headers: ask(url, "POST", "/v3/mail/send", body, **headers)


@pytest.mark.parametrize(
    "addressees",
    [
        [addressee(1), addressee(2, name=""), addressee(3, name='B, "C"; D')],
        [addressee(number) for number in range(1000)],
    ],
    ids=["three", "a thousand"],
)
def test_nothing_is_wrong_with_our_chunks(behind, url, ask_mail, monkeypatch, addressees):
    monkeypatch.setenv("no_proxy", "*")
    before = len(behind.accepted)
    transport = SendGrid(api_key=KEY, url=url, timeout=60)
    answer = transport.hand_over(MESSAGE, addressees)
    transport.close()
    assert isinstance(answer, Taken), answer
    taken = behind.accepted[before:]
    assert len(taken) == len(addressees)
    assert {copy["message_id"] for copy in taken} == {answer.provider_id}
    # The same bytes once more, to read what Prism says of them.
    assert violations(ask_mail(taken[0]["body"]), "request") == []


def test_nothing_is_wrong_with_our_notices(behind, url, ask_mail, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    transport = SendGrid(api_key=KEY, url=url, timeout=60)
    assert isinstance(transport.tell(NOTICE, ["desk@example.org"]), Taken)
    transport.close()
    assert violations(ask_mail(behind.accepted[-1]["body"]), "request") == []


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (["from", "email"], "nobody", "from.email must match format"),
        (["personalizations", 1, "to", 0, "email"], "nobody", "personalizations.1.to.0.email must"),
        (["personalizations", 0, "to"], "reader@example.org", "personalizations.0.to must be arr"),
        (["personalizations", 0, "substitutions"], {"[%a%]": 1}, "substitutions.[%a%] must be st"),
        (["categories"], ["a", "a"], "categories must NOT have duplicate items"),
        (["subject"], "", "subject must NOT have fewer than 1 characters"),
    ],
)
def test_what_is_wrong_is_found_by_prism_and_by_the_stand_in(ask_mail, path, value, message):
    body = copy.deepcopy(BODY)
    place = body
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    reply = ask_mail(body)
    assert message in " ".join(violations(reply, "request"))
    assert violations(reply, "response") == []
    assert reply.status == 400


def test_a_missing_key_is_found_too(ask_mail):
    reply = ask_mail(BODY, Authorization="")
    assert violations(reply, "request") == ["Invalid security scheme used"]
    assert reply.status == 401


def test_the_stand_in_answers_for_its_logs_as_published(behind, url, ask_mail):
    ask_mail(BODY)
    message = behind.accepted[-1]["sg_message_id"]
    behind.events("processed", "deferred", "delivered", to=[behind.accepted[-1]["to"]])
    replies = [
        ask(url, "POST", "/v3/logs", {"query": "categories IN ('weekly')"}),
        ask(url, "POST", "/v3/logs", {"query": "categories = 'weekly'"}),
        ask(url, "GET", f"/v3/logs/{message}"),
        ask(url, "GET", "/v3/logs/another"),
    ]
    behind.misbehave("forbidden", "too_many", of="logs")
    replies += [ask(url, "POST", "/v3/logs", {}) for _ in range(2)]
    assert [reply.status for reply in replies] == [200, 400, 200, 404, 403, 429]
    assert [violations(reply, side) for reply in replies for side in ("request", "response")] == (
        [[]] * 12
    )


def test_the_stand_in_answers_for_its_lists_as_published(behind, url):
    replies = [
        ask(url, "POST", "/v3/asm/suppressions/global", {"recipient_emails": ["a@example.org"]}),
        ask(url, "GET", "/v3/asm/suppressions/global/a@example.org"),
        ask(url, "GET", "/v3/suppression/unsubscribes?limit=500&offset=0"),
    ]
    for name in ("bounces", "blocks", "spam_reports", "invalid_emails"):
        behind.suppress(name, "b@example.org")
        replies += [
            ask(url, "GET", f"/v3/suppression/{name}?start_time=1&end_time=9999999999"),
            ask(url, "GET", f"/v3/suppression/{name}/b@example.org"),
            ask(url, "DELETE", f"/v3/suppression/{name}/b@example.org"),
        ]
    assert [reply.status for reply in replies] == [201, 200, 200] + [200, 200, 204] * 4
    assert [violations(reply, side) for reply in replies for side in ("request", "response")] == (
        [[]] * 30
    )
    too_many = ask(url, "GET", "/v3/suppression/bounces?limit=501")
    assert "limit must be <= 500" in violations(too_many, "request")[0]
