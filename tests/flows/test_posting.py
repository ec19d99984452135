"""The loop that lets mails to single readers leave, whatever is away meanwhile."""

import threading

from delivery.errors import DeliveryError
from flows.posting import AT_ONCE, Posting


def failing(*errors):
    """A way to send that raises these, one after the other, and then sends one mail a time."""
    left = list(errors)

    def send(now, limit):
        if left:
            raise left.pop(0)
        return 1

    return send


def test_a_trouble_is_told_when_it_begins_and_when_it_ends(caplog):
    away = DeliveryError("The relay can't be reached.")
    posting = Posting(failing(away, away, away))
    assert [posting.post() for _ in range(5)] == [0, 0, 0, 1, 1]
    assert [record.message for record in caplog.records] == [
        "Mails to single readers wait: The relay can't be reached.",
        "Mails to single readers leave again.",
    ]


def test_whatever_is_raised_ends_nothing_and_no_word_of_it_is_logged(caplog):
    posting = Posting(failing(ValueError("noor@example.org"), LookupError("noor@example.org")))
    assert [posting.post() for _ in range(3)] == [0, 0, 1]
    assert "ValueError in " in caplog.text
    assert "LookupError in " in caplog.text
    assert "noor" not in caplog.text


def test_it_looks_again_at_once_while_there_is_more_and_stops_when_told():
    calls = []

    def send(now, limit):
        calls.append(limit)
        if len(calls) == 3:
            posting.stop()
        return limit

    posting = Posting(send)
    thread = threading.Thread(target=posting.look_on)
    thread.start()
    thread.join(timeout=60)
    assert not thread.is_alive()
    assert calls == [AT_ONCE] * 3
