"""A relay that drops connections, says no, or talks nonsense at any moment, from a seed.

Whatever it does, nobody gets two copies, nobody whom the ledger calls accepted has none, and
nobody whom it calls rejected or pending has one.
"""

import os
import random
import signal
import subprocess
import sys
from collections import Counter

import pytest

from delivery import holding
from delivery.delivering import deliver
from delivery.freezing import start_alert_mailing
from delivery.models import Chunk, Mailing
from delivery.transports.smtp import SMTP
from delivery.transports.smtp_relay import Relay
from tests.conftest import ROOT
from tests.delivery.fates import agree, fates
from tests.standins.certificates import self_signed
from tests.standins.smtp import Sink

pytestmark = pytest.mark.django_db(transaction=True)

READERS = 6
# Which seeds with how many threads: those of one process wait for each other (SQLite).
CAMPAIGN = {1: range(20), 2: range(20, 32), 3: range(32, 40)}
AT_ONCE = (0, 0, 0)


def transport_to(sink, security="none"):
    return SMTP(
        Relay(
            host="127.0.0.1",
            port=sink.port,
            security=security,
            user="",
            password="",
            timeout=20,
        ),
        return_path="bounces@example.org",
    )


def deliver_again_and_again(mailing, sink, threads, security="none"):
    """Until nothing is pending; a person lets the mailing go on whenever it has paused itself."""
    for _ in range(20):
        holding.resume(mailing)
        counts = deliver(mailing, transport_to(sink, security), threads=threads, pauses=AT_ONCE)
        if not counts.pending:
            break
    return counts


def check(mailing, counts, sink):
    """What has to be true at any time."""
    copies = sink.copies()
    fate = fates(mailing)
    assert set(copies.values()) <= {1}, "somebody has two copies"
    assert set(copies) <= set(fate), "somebody has a copy who should have none"
    for address, state in fate.items():
        if state == "accepted":
            assert copies[address] == 1, "an accepted copy is not there"
        elif state != "in doubt":
            assert copies[address] == 0, f"a copy is there that is {state}"
    assert agree(mailing, counts)
    assert not sink.complaints


@pytest.mark.parametrize("threads", CAMPAIGN)
def test_under_any_faults_every_reader_ends_in_one_honest_state(
    alert, readers, threads, tmp_path, monkeypatch
):
    readers(READERS)
    certificate = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    met = Counter()
    for seed in CAMPAIGN[threads]:
        # Else each run would need a note of its own, whose making takes longer than the run.
        Mailing.objects.all().delete()
        chance = random.Random(seed)
        security = chance.choice(["none", "none", "starttls"])
        with Sink(certificate=certificate, close_after=chance.choice([0, 0, 1, 3])) as sink:
            mailing = start_alert_mailing(*alert, transport_to(sink, security))
            try:
                sink.orders.at_random(seed, chance.choice([0.03, 0.1, 0.3]))
                for _ in range(2):
                    holding.resume(mailing)
                    transport = transport_to(sink, security)
                    counts = deliver(mailing, transport, threads=threads, pauses=AT_ONCE)
                    check(mailing, counts, sink)
                doubtful = counts.in_doubt
                sink.orders.at_random(seed, 0)
                counts = deliver_again_and_again(mailing, sink, threads, security)
                check(mailing, counts, sink)
                assert counts.pending == 0
                assert counts.in_doubt == doubtful, "a doubt was sent again, or a new one made"
            except AssertionError as error:
                error.add_note(f"seed {seed}, {threads} threads")
                raise
        met.update(fates(mailing).values())
    # Else these runs would show little.
    assert met["accepted"] > READERS
    assert met["in doubt"]
    assert met["rejected"]


@pytest.mark.parametrize("stage", ["MAIL", "the dot", "kept"])
def test_a_kill_leaves_at_most_one_doubt_a_connection_and_nobody_with_two(alert, readers, stage):
    readers(12)
    with Sink() as sink:
        mailing = start_alert_mailing(*alert, transport_to(sink))
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.delivery.delivering_by_smtp", str(mailing.pk), "2"],
            cwd=ROOT,
            env=os.environ
            | {"DJANGO_SETTINGS_MODULE": "newsroom.settings", "TWTW_TRANSPORT": "smtp"}
            | {"TWTW_SMTP_HOST": "127.0.0.1", "TWTW_SMTP_PORT": str(sink.port)}
            | {"TWTW_SMTP_SECURITY": "none"},
        )

        def kill():
            process.send_signal(signal.SIGKILL)
            process.wait()

        sink.orders.give(stage, "", "", "", kill)
        assert process.wait(timeout=60) == -signal.SIGKILL
        # The leases of the dead run out.
        lost = Chunk.objects.filter(state="sending").update(lease_until="2020-01-01T00:00Z")
        mailing = Mailing.objects.get(pk=mailing.pk)

        counts = deliver_again_and_again(mailing, sink, threads=2)

        assert lost <= 2
        assert counts.in_doubt <= lost
        assert counts.accepted == 12 - counts.in_doubt
        check(mailing, counts, sink)
