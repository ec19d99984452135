"""What a run shows of itself in Prefect's pages: the issue with its counts, and a progress bar.

Nothing here can stop the work: the database is the truth, and Prefect's server may die at
any moment. Outside of a Prefect run nothing is shown.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import cast
from uuid import UUID

from django.conf import settings
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    update_progress_artifact,
)

from delivery.counting import Counts
from flows.reports import PreparationReport
from flows.steps import is_recorded
from issues.preflight import Finding

logger = logging.getLogger(__name__)

# An update costs 9 ms of the delivery's time; people look once a second at most.
SECONDS_BETWEEN_UPDATES = 1.0


def show_preparation(key: str, report: PreparationReport) -> None:
    """Show a prepared issue: its notes in order, those left out, and what preflight found."""
    _show(key, report.line, preparation_page(report))


def preparation_page(report: PreparationReport) -> list[str]:
    """The lines of a prepared issue in Markdown."""
    contents = [f"{position}. {_cell(note)}" for position, note in enumerate(report.notes, start=1)]
    remarks = [line for remark in report.remarks for line in ("", remark)]
    table = ["| level | place | finding |", "| --- | --- | --- |"] + [
        f"| {finding.level} | {_place(finding)} | {_cell(finding.sentence)} |"
        for finding in report.findings
    ]
    found = table if report.findings else ["Preflight found nothing."]
    return [f"## {report.line}", "", *contents, *remarks, "", *found]


def show_counts(key: str, line: str, counts: Counts) -> None:
    """Show a mailing: the issue's line (or the alert's subject) and a table of its counts."""
    rows: list[tuple[str, int]] = [
        ("candidates", counts.candidates),
        *((f"excluded: {reason.label}", number) for reason, number in counts.excluded.items()),
        ("frozen", counts.frozen),
        ("accepted", counts.accepted),
        ("rejected", counts.rejected),
        ("withdrawn", counts.withdrawn),
        ("in doubt", counts.in_doubt),
        ("pending", counts.pending),
    ]
    table = ["| readers | |", "| --- | ---: |"] + [f"| {name} | {n:,} |" for name, n in rows]
    _show(key, line, [f"## {line}", "", *table])


class DeliveryProgress:
    """A delivery as one progress artifact: made once, then updated at most once a second.

    Args:
        key: the artifact's key; lower-case letters, digits and dashes.
        line: what is delivered.
        watcher: who else wants to be told of the counts.
    """

    def __init__(self, key: str, line: str, watcher: Callable[[Counts], None] | None) -> None:
        self._watcher = watcher
        self._next = 0.0
        self._shown: UUID | None = None
        if is_recorded():
            try:
                made = create_progress_artifact(0.0, key=key, description=line)
                self._shown = cast("UUID", made)
            except Exception as error:  # noqa: BLE001 - see the module's promise
                _not_shown(error)

    def __call__(self, counts: Counts) -> None:
        """Take in the counts as they are now."""
        if self._watcher is not None:
            self._watcher(counts)
        ended = not counts.pending
        if self._shown is None or (time.monotonic() < self._next and not ended):
            return
        done = 1.0 if ended else (counts.frozen - counts.pending) / counts.frozen
        try:
            update_progress_artifact(self._shown, round(100 * done, 1))
        except Exception as error:  # noqa: BLE001 - see the module's promise
            # A dead server costs Prefect's client many seconds of retries: not a second time.
            self._shown = None
            _not_shown(error)
        self._next = time.monotonic() + SECONDS_BETWEEN_UPDATES


def _show(key: str, line: str, lines: Sequence[str]) -> None:
    if not is_recorded():
        return
    try:
        create_markdown_artifact("\n".join(lines), key=key, description=line)
    except Exception as error:  # noqa: BLE001 - see the module's promise
        _not_shown(error)


def _not_shown(error: Exception) -> None:
    logger.warning("Prefect's pages do not show this (%s); the work goes on.", type(error).__name__)


def _place(finding: Finding) -> str:
    """Where it was found; a link to the desk's page that mends it, if there is one."""
    place = _cell(finding.place)
    if not finding.fix:
        return place
    words = place.replace("[", r"\[").replace("]", r"\]")
    return f"[{words}]({settings.SITE_URL}{finding.fix})"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
