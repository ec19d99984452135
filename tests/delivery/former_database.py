"""Fills a database as the first version left it, brings it up to date, and tells what is in it.

TWTW_STATE=… python -m tests.delivery.former_database
"""

import json
import sys
from datetime import date, datetime, timedelta

import django

django.setup()

from django.db import connection  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402
from django.utils import timezone  # noqa: E402

FORMER = [
    ("delivery", "0002_initial"),
    ("issues", "0003_first_publications"),
    ("subscribers", "0001_initial"),
]
NOW = timezone.now()
AN_HOUR_AGO = NOW - timedelta(hours=1)
NOBODY_LEFT = "Nobody was left in it: every recipient was withdrawn before the call."
# What the rows of a chunk's recipients said: the state, and why.
WAITS, TAKEN, REFUSED, DOUBTED = (
    ("pending", ""),
    ("accepted", ""),
    ("rejected", ""),
    ("in doubt", ""),
)
LEFT = ("withdrawn", "Unsubscribed since the freeze.")
BOUNCED = ("withdrawn", "Suppressed since the freeze: bounced.")
ERASED = ("withdrawn", "The reader was erased since the freeze.")
CHUNKS = [
    ("accepted", {"answered_at": AN_HOUR_AGO, "provider_id": "abc"}, [TAKEN, TAKEN, TAKEN, LEFT]),
    ("pending", {}, [WAITS, WAITS]),
    ("sending", {"worker": "gone", "lease_until": AN_HOUR_AGO}, [WAITS, WAITS, ERASED]),
    ("in doubt", {"answered_at": AN_HOUR_AGO, "answer": "silence"}, [DOUBTED, DOUBTED, BOUNCED]),
    ("rejected", {"answered_at": AN_HOUR_AGO, "answer": "no"}, [REFUSED, REFUSED]),
    ("pending", {"answered_at": AN_HOUR_AGO, "answer": NOBODY_LEFT}, [LEFT, ERASED]),
    ("pending", {"answered_at": AN_HOUR_AGO, "answer": "no route"}, [WAITS, BOUNCED]),
]
EXCLUDED = ["suppressed", "unconfirmed"]


def fill(apps):
    """Two mailings to the same readers: one in the middle, and one that is finished."""

    def model(room, name):
        return apps.get_model(room, name).objects

    publication = model("issues", "Publication").get(slug="twtw")
    volume = model("issues", "Volume").get(publication=publication, number=7)
    subscriptions = []
    for number in range(30):
        address = f"reader{number:02}@example.org"
        reader = model("subscribers", "Reader").create(address=address, key=address)
        subscriptions.append(
            model("subscribers", "Subscription").create(
                reader=reader, publication=publication, state="confirmed", confirmed_at=NOW
            )
        )

    def mailing(day, chunks, excluded, **fields):
        issue = model("issues", "Issue").create(
            publication=publication, volume=volume, date=day, published_at=NOW
        )
        edition = model("issues", "Edition").create(
            publication=publication, issue=issue, subject="S", html="H", text="T", content={}
        )
        begun = model("delivery", "Mailing").create(
            edition=edition, transport="pigeon", chunk_size=4, **fields
        )
        left = iter(subscriptions)

        def recipient(detail="", **said):
            subscription = next(left)
            reader = subscription.reader
            model("delivery", "Recipient").create(
                mailing=begun,
                subscription=None if "erased" in detail else subscription,
                address=reader.address,
                key=reader.key,
                detail=detail,
                **said,
            )

        for number, (state, said, people) in enumerate(chunks, start=1):
            model("delivery", "Chunk").create(mailing=begun, number=number, state=state, **said)
            for own_state, detail in people:
                recipient(detail, state=own_state, chunk_number=number)
        for exclusion in excluded:
            recipient(state="excluded", exclusion=exclusion)

    mailing(date(2025, 6, 29), CHUNKS, EXCLUDED)
    mailing(date(2025, 7, 6), CHUNKS[:1], [], finished_at=AN_HOUR_AGO)


def told(mailings):
    """What the present version says of them."""
    from delivery.counting import counts
    from tests.delivery.fates import agree

    return [
        {
            "key": mailing.key,
            "finished": mailing.finished_at is not None,
            "counts": counts(mailing).sentence(),
            "agree": agree(mailing, counts(mailing)),
            "chunks": list(
                mailing.chunks.order_by("number").values_list("state", "size", "withdrawn")
            ),
            "left_at": list(mailing.chunks.order_by("number").values_list("left_at", flat=True)),
            "withdrawals": list(
                mailing.recipients.exclude(withdrawal="")
                .order_by("pk")
                .values_list("chunk_number", "withdrawal")
            ),
        }
        for mailing in mailings
    ]


def main():
    executor = MigrationExecutor(connection)
    executor.migrate(FORMER)
    fill(executor.loader.project_state(FORMER).apps)
    newest = MigrationExecutor(connection)
    rooms = {"delivery", "issues", "subscribers"}
    newest.migrate([leaf for leaf in newest.loader.graph.leaf_nodes() if leaf[0] in rooms])

    from delivery.claiming import claim_next_chunk
    from delivery.ledger import recover_lost_chunks
    from delivery.models import Mailing, Pace
    from tests.delivery.conftest import Pigeon

    mailings = list(Mailing.objects.order_by("pk"))
    found = {"migrated": told(mailings), "paces": Pace.objects.count()}
    recover_lost_chunks(mailings[0], Pigeon())
    found["recovered"] = told(mailings)
    claims = [claim_next_chunk(mailings[0], "w", timedelta(minutes=1)) for _ in range(3)]
    found["claimed"] = [
        claim and [claim.number, [address for _, _, address, *_ in claim.recipients]]
        for claim in claims
    ]
    found["at the end"] = told(mailings)
    json.dump(found, sys.stdout, default=datetime.isoformat)


if __name__ == "__main__":
    main()
