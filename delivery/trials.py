"""Test mails: an issue as it would leave now, to colleagues, outside of every ledger.

Never counted and never to the list: the subject says `[Test]`, nothing in it can unsubscribe
anybody, and it has none of a mailing's headers.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace

from delivery.errors import DeliveryError
from delivery.notices import notice_of
from delivery.transports import Taken
from delivery.transports.opening import open_transport
from issues.models import Publication
from rendering.content import Rendering
from rendering.marks import shown_to_nobody

MARK = "[Test]"


def send_trial(publication: Publication, rendering: Rendering, addresses: Sequence[str]) -> None:
    """Mail a rendering to colleagues, one mail an address.

    Args:
        addresses: of people of the newsroom.

    Raises:
        DeliveryError: with what the transport said, if it did not take it.
    """
    notice = replace(
        notice_of(publication, rendering),
        subject=f"{MARK} {rendering.subject}",
        html=shown_to_nobody(rendering.html),
        text=shown_to_nobody(rendering.text),
    )
    with closing(open_transport()) as transport:
        answer = transport.tell(notice, addresses)
    if not isinstance(answer, Taken):
        raise DeliveryError(f"The test mail was not taken: {answer.reason}")
