"""A correction: mailed to those who got what it corrects, by the same ledger.

A person's word has frozen its audience already (`delivery.freezing`), so this only hands over.
"""

from __future__ import annotations

from delivery.models import Mailing
from flows.reports import MailingReport
from flows.sending import send
from flows.steps import step, story
from issues.errors import NotApproved
from issues.models import Correction


@step(retries=2)
def find_mailing(correction: int) -> Mailing:
    """Find the mailing that a person has begun by approving it."""
    found = Mailing.objects.filter(edition__correction=correction).first()
    if found is None:
        raise NotApproved(
            f"Correction {correction} is not to be mailed yet: somebody who may approve an issue "
            f"does so at the desk, or with `twtw correction send {correction}`."
        )
    return found


def _name_of_correction(correction: int, **_: object) -> str:
    found = Correction.objects.filter(pk=correction).select_related("note").first()
    return f"correction {correction} {found.note.slug if found else ''}".rstrip()


@story(run_name=_name_of_correction)
def send_correction(correction: int) -> MailingReport:
    """Hand over the mailing of a correction. Doing it twice leaves one copy.

    Args:
        correction: its number, as `twtw correction list` shows it.
    """
    return send(find_mailing(correction))
