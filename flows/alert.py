"""An alert: one approved note to the readers of an alerts' publication, by the same ledger."""

from __future__ import annotations

from delivery.freezing import start_alert_mailing
from delivery.models import Mailing
from delivery.transports.opening import open_transport
from flows.due import publication_named
from flows.reports import MailingReport
from flows.sending import send
from flows.steps import step, story
from issues import editions
from issues.errors import IssueError
from issues.models import Edition
from notes.models import Note


@step(retries=2)
def render_once(note: int, publication: str) -> Edition:
    """Render the note the first time, and ever after take what was rendered."""
    found = Note.objects.filter(pk=note).first()
    if found is None:
        raise IssueError(f"There is no note with the number {note}; `twtw notes list` shows them.")
    return editions.make_alert(publication_named(publication), found)


@step(retries=2)
def freeze_audience(edition: Edition) -> Mailing:
    """Write down who gets the alert."""
    return start_alert_mailing(edition, open_transport())


def _name_of_alert(note: int, **_: object) -> str:
    found = Note.objects.filter(pk=note).first()
    return f"alert {found.slug if found else note}"


@story(run_name=_name_of_alert)
def send_alert(note: int, publication: str = "gp-alerts") -> MailingReport:
    """Mail one approved note on its own. Sending it twice leaves one copy.

    Args:
        note: the note's number, as `twtw notes list` shows it.
        publication: the slug of the publication whose readers get it.
    """
    edition = render_once(note, publication)
    mailing = freeze_audience(edition)
    return send(mailing)
