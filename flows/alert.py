"""An alert: one approved note to the readers of an alerts' publication, by the same ledger."""

from __future__ import annotations

from django.utils import timezone

from delivery.freezing import start_alert_mailing
from delivery.models import Mailing
from delivery.transports.opening import open_transport
from flows.reports import MailingReport
from flows.sending import send
from flows.steps import step, story
from issues.errors import IssueError
from issues.models import Publication
from issues.outside import ask_outside
from issues.preflight.gathering import facts_of_alert
from notes.models import Note


@step(retries=2)
def freeze_audience(note: int, publication: str, segment: str) -> Mailing:
    """Render the note and write down who gets it; ever after, take what was frozen."""
    found = Note.objects.filter(pk=note).first()
    if found is None:
        raise IssueError(f"There is no note with the number {note}; `twtw notes list` shows them.")
    target = Publication.objects.named(publication)
    return start_alert_mailing(target, found, open_transport(), segment)


@step(retries=2)
def ask_others(note: int, publication: str) -> None:
    """Have the sites behind its links asked, and SpamAssassin, before its first copy leaves."""
    found = Note.objects.filter(pk=note).first()
    target = Publication.objects.named(publication)
    if found is not None and not Mailing.objects.filter(
        edition__publication=target, edition__note=found
    ):
        facts = facts_of_alert(target, found, spelling=False)
        ask_outside(facts, spam=facts.really_sent)


def _name_of_alert(note: int, **_: object) -> str:
    found = Note.objects.filter(pk=note).first()
    return f"alert {found.slug if found else note}"


@story(run_name=_name_of_alert)
def send_alert(note: int, publication: str = "gp-alerts", segment: str = "") -> MailingReport:
    """Mail one approved note on its own. Sending it twice leaves one copy.

    The segment is frozen with the audience, so whatever goes on with a mailing that was begun need
    not know it.

    Args:
        note: the note's number, as `twtw notes list` shows it.
        publication: the slug of the publication whose readers get it.
        segment: the sentence that chooses a part of them; empty for all.
    """
    begun = timezone.now()
    ask_others(note, publication)
    mailing = freeze_audience(note, publication, segment)
    return send(mailing, is_new=mailing.frozen_at >= begun)
