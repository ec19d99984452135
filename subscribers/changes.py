"""Writing down what was done about a reader, for the reader's story."""

from __future__ import annotations

from django.utils import timezone

from subscribers.models import Reader, ReaderChange


def note_change(
    reader: Reader,
    kind: ReaderChange.Kind,
    sentence: str = "",
    *,
    by: str = "",
    network: str = "",
) -> None:
    """Keep that something was changed; if the reader did it, also that they were heard from.

    Args:
        reader: about whom.
        kind: what was done.
        sentence: what exactly, without any address.
        by: who of the newsroom did it; empty for the reader.
        network: keyed hash of the network the reader did it from (`subscribers.networks`).
    """
    now = timezone.now()
    ReaderChange.objects.create(
        reader=reader, kind=kind, at=now, sentence=sentence[:500], by=by, network=network
    )
    if not by:
        Reader.objects.filter(pk=reader.pk).update(heard_from_at=now)
