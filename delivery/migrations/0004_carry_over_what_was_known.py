"""Tells chunks what their recipients' rows said so far, and recipients what is their own."""

import secrets

from django.db import migrations
from django.db.models import Count, F, Q

NOBODY_LEFT = "Nobody was left in it: every recipient was withdrawn before the call."


def carry_over(apps, schema_editor):
    Mailing = apps.get_model("delivery", "Mailing")
    Recipient = apps.get_model("delivery", "Recipient")
    Chunk = apps.get_model("delivery", "Chunk")
    Pace = apps.get_model("delivery", "Pace")
    Publication = apps.get_model("issues", "Publication")

    for publication in Publication.objects.all():
        Pace.objects.get_or_create(publication=publication)
    for mailing in Mailing.objects.all():
        # Adding the column gave all of them one and the same.
        mailing.key = secrets.token_hex(6)
        mailing.save(update_fields=["key"])

    withdrawn = Recipient.objects.filter(state="withdrawn")
    withdrawn.update(withdrawal="unsubscribed")
    withdrawn.filter(detail__startswith="Suppressed").update(withdrawal="suppressed")
    withdrawn.filter(detail__contains="erased").update(withdrawal="erased")

    sizes = (
        Recipient.objects.filter(chunk_number__isnull=False)
        .order_by()
        .values_list("mailing", "chunk_number")
        .annotate(size=Count("pk"), gone=Count("pk", Q(state="withdrawn")))
    )
    for mailing, number, size, gone in sizes:
        Chunk.objects.filter(mailing=mailing, number=number).update(size=size, withdrawn=gone)
    Chunk.objects.filter(state="pending", answer=NOBODY_LEFT).update(state="withdrawn")
    # A call whose beginning was not noted may have left.
    Chunk.objects.filter(state="sending").update(left_at=F("lease_until"))
    Chunk.objects.filter(state__in=["accepted", "rejected", "in doubt"]).update(
        left_at=F("answered_at")
    )


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0003_chunks_count_their_recipients"),
    ]

    operations = [
        migrations.RunPython(carry_over, migrations.RunPython.noop),
    ]
