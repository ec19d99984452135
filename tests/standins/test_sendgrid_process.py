"""The stand-in as a process of its own: told and asked by HTTP; and the cheap one, that counts."""

import http.client
import json
from urllib.parse import urlsplit

from tests.standins.conftest import BODY, READERS, ask
from tests.standins.sendgrid.process import running


def test_it_is_told_and_asked_from_another_process():
    with running() as url:
        assert ask(url, "POST", "/control/misbehave", {"faults": ["error_after"]}).status == 200
        assert ask(url, "POST", "/v3/mail/send", BODY).status == 500
        assert ask(url, "POST", "/v3/mail/send", BODY).status == 202
        ask(url, "POST", "/control/refuse", {"addresses": ["reader1@example.org"]})
        assert ask(url, "POST", "/v3/mail/send", BODY).status == 400
        ask(url, "POST", "/control/misbehave-at-random", {"seed": 1, "share": 1.0})
        ask(url, "POST", "/control/behave")
        ask(url, "POST", "/control/set", {"most_bytes": 1})
        assert ask(url, "POST", "/v3/mail/send", BODY).status == 413
        assert ask(url, "GET", "/control/copies").content == dict.fromkeys(READERS, 2)
        first = ask(url, "GET", "/control/accepted").content[0]
        assert first["custom_args"] == {"mailing": "12.key", "recipient": "1"}
        assert ask(url, "GET", "/control/requests").content == ["POST /v3/mail/send"] * 4
        assert ask(url, "GET", "/control/another").status == 404


def test_the_cheap_one_counts_recipients_calls_and_bytes_in_whatever_pieces_they_come():
    large = BODY | {"personalizations": BODY["personalizations"] * 500}
    large["subject"] = 'He wrote "to": them. ' * 100_000
    raw = [json.dumps(large).encode(), json.dumps(BODY, separators=(",", ":")).encode()]
    assert len(raw[0]) > 1 << 21
    with running("--cheap", "--latency-ms", "1") as url:
        assert ask(url, "GET", "/control/count").content["first_at"] is None
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        ids = set()
        for body in (*raw, iter([raw[1][:7], raw[1][7:]])):
            connection.request("POST", "/v3/mail/send", body, encode_chunked=True)
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (202, b"")
            ids.add(answer.getheader("X-Message-Id"))
        connection.close()
        assert len(ids) == 3
        counted = ask(url, "GET", "/control/count").content
        assert (counted["calls"], counted["recipients"]) == (3, 1004)
        assert counted["bytes"] == len(raw[0]) + 2 * len(raw[1])
        assert counted["first_at"] < counted["last_at"]
        assert counted["first_monotonic"] < counted["last_monotonic"]
        assert ask(url, "POST", "/control/reset").content["calls"] == 0
