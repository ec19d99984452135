"""The report of a mailing: all that is to be said of it, on a page, as a file, as a table.

Everything is counted by the database over chunks and by index, so it takes no longer for a
million readers. No reader is named in it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, F, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from wagtail.log_actions import registry
from wagtail.models import ModelLogEntry

from delivery.counting import outcomes
from delivery.describing import sum_of
from delivery.models import Mailing
from delivery.speed import Course, course_of
from delivery.standing import line_of, local
from delivery.states import ChunkState
from desk.mailings import LOOKERS, OneMailing, how_it_stands
from issues.models import Approval
from issues.seen import audience_rule
from rendering.dates import printed_date
from subscribers.exporting import as_cell

# So many ways in which doubts were settled, and acts of people, are told one by one.
SHOWN = 50
# The chart's own units; it is as wide as its place.
WIDTH, HEIGHT = 640, 159


class Fact(NamedTuple):
    """Something that is known of a mailing, and what it is."""

    label: str
    value: str


class Settled(NamedTuple):
    """How chunks came to count as accepted that had been in doubt."""

    how: str
    chunks: int
    readers: int


class Act(NamedTuple):
    """What somebody did about a mailing, as the record has it."""

    moment: str
    who: str
    what: str


class Bar(NamedTuple):
    """A stretch of time in the chart and in its table; lengths in the chart's units."""

    when: str
    copies: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """The pace of a mailing in bars; `unit` says how long each of them is."""

    unit: str
    bars: tuple[Bar, ...]

    @property
    def description(self) -> str:
        """What it shows, in a sentence."""
        peak = max(self.bars, key=lambda bar: bar.copies)
        return (
            f"From {self.bars[0].when} to {self.bars[-1].when}; the most were {peak.copies:,}, "
            f"from {peak.when}."
        )


def facts_of(mailing: Mailing) -> list[Fact]:
    """What a mailing is, who approved it, and when it went."""
    edition = mailing.edition
    answers = mailing.reply_to or mailing.sender_address
    found = [
        Fact(_kind(mailing), line_of(mailing)),
        Fact("Publication", str(edition.publication)),
        Fact("Subject", edition.subject),
        Fact("From", f"{mailing.sender_name} <{mailing.sender_address}>"),
        Fact("Answers to", answers),
        *_approval_of(mailing),
        Fact("Transport", f"{mailing.transport}, {mailing.chunk_size:,} to a chunk"),
        Fact("Begun", local(mailing, mailing.frozen_at)),
    ]
    if mailing.finished_at is not None:
        found.append(Fact("Finished", local(mailing, mailing.finished_at)))
    if mailing.cancelled_at is not None:
        said = f"{local(mailing, mailing.cancelled_at)}, by {mailing.cancelled_by}"
        found.append(Fact("Cancelled", said))
    return [*found, Fact("SHA-256 of the mail", edition.sha256)]


def let_pass(mailing: Mailing) -> list[str]:
    """What preflight had found, and the approver let pass."""
    approval = _approval(mailing)
    found = approval.findings if approval is not None else []
    return [f"{one['level'].capitalize()}, {one['place']}: {one['sentence']}" for one in found]


def settled_doubts(mailing: Mailing) -> list[Settled]:
    """How what was in doubt came to count as accepted, by evidence or by a person's word."""
    rows = (
        mailing.chunks.filter(state=ChunkState.ACCEPTED)
        .exclude(answer="")
        .order_by("answer")
        .values_list("answer")
        .annotate(chunks=Count("pk"), readers=Sum(F("size") - F("withdrawn")))
    )
    # What the transport had said before may name anything; the counts are what matters here.
    return [
        Settled(answer.partition(" Before: ")[0], chunks, readers)
        for answer, chunks, readers in rows[:SHOWN]
    ]


def acts_on(mailing: Mailing) -> list[Act]:
    """Who began, paused, resumed, cancelled or settled it, the first act first."""
    entries = registry.get_logs_for_instance(mailing).order_by("timestamp", "pk")
    return [
        Act(
            local(mailing, entry.timestamp),
            _who(entry),
            str(entry.data.get("sentence") or entry.message),
        )
        for entry in entries.select_related("user")[:SHOWN]
    ]


def chart_of(mailing: Mailing) -> Chart | None:
    """Its accepted copies over time; None if there are none."""
    course = course_of(mailing)
    if not course.stretches:
        return None
    most = max(one.copies for one in course.stretches)
    room = WIDTH / len(course.stretches)
    zone = mailing.edition.publication.zone
    moments = [one.begins.astimezone(zone) for one in course.stretches]
    one_day = moments[0].date() == moments[-1].date()
    bars = []
    for place, (one, moment) in enumerate(zip(course.stretches, moments, strict=True)):
        height = HEIGHT * one.copies / most
        bars.append(
            Bar(
                when=_clock(moment, with_day=not one_day),
                copies=one.copies,
                x=round(place * room + room * 0.1, 2),
                y=round(HEIGHT - height, 2),
                width=round(min(room * 0.8, 48), 2),
                height=round(height, 2),
            )
        )
    return Chart(_unit(course), tuple(bars))


def report_on(mailing: Mailing) -> dict[str, Any]:
    """Everything that the report's page, its file and its table show."""
    stands = how_it_stands(mailing)
    return {
        **stands,
        "mailing": mailing,
        "line": line_of(mailing),
        "facts": facts_of(mailing),
        "let_pass": let_pass(mailing),
        "sum": sum_of(stands["counts"]),
        "outcomes": list(outcomes(mailing).items()),
        "settled": settled_doubts(mailing),
        "acts": acts_on(mailing),
        "chart": chart_of(mailing),
        "corrections": mailing.edition.corrections.select_related("note"),
    }


class ReportView(OneMailing):
    """The report at the desk."""

    any_permission_required = LOOKERS
    template_name = "desk/mailing_report.html"
    action_title = "Report"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **report_on(self.mailing)}


class ReportPage(OneMailing):
    """The report as one file that needs nothing else: to keep, to mail, to print."""

    any_permission_required = LOOKERS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        page = render(request, "desk/mailing_report_file.html", report_on(self.mailing))
        return as_download(page, f"mailing-{self.mailing.pk}.html")


class ReportTable(OneMailing):
    """The report as a table for a spreadsheet."""

    any_permission_required = LOOKERS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # A byte order mark: without it Excel takes UTF-8 for something else.
        table = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
        writer = csv.writer(table)
        writer.writerow(("part", "what", "value"))
        for part, what, value in rows_of(report_on(self.mailing)):
            writer.writerow((part, as_cell(what), as_cell(value)))
        return as_download(table, f"mailing-{self.mailing.pk}.csv")


def rows_of(report: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """A report as rows of three cells: the part, what it says, the value or number."""
    yield ("mailing", "State", str(report["standing"].state.label))
    yield from (("mailing", fact.label, fact.value) for fact in report["facts"])
    yield from (("let pass", sentence, "") for sentence in report["let_pass"])
    yield from (("readers", row.label, str(row.readers)) for row in report["sum"])
    yield from (("outcomes", str(one.label), str(number)) for one, number in report["outcomes"])
    yield from (("settled doubts", one.how, str(one.readers)) for one in report["settled"])
    yield from (("acts", f"{act.moment}: {act.who}", act.what) for act in report["acts"])
    if report["chart"] is not None:
        part = f"accepted {report['chart'].unit}"
        yield from ((part, bar.when, str(bar.copies)) for bar in report["chart"].bars)


def as_download(response: HttpResponse, name: str) -> HttpResponse:
    """A response that a browser keeps as a file, and nobody else in between."""
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _approval(mailing: Mailing) -> Approval | None:
    return Approval.objects.filter(edition=mailing.edition_id).first()


def _approval_of(mailing: Mailing) -> Iterator[Fact]:
    edition, approval = mailing.edition, _approval(mailing)
    if approval is not None:
        yield Fact("Approved by", approval.approved_by)
        yield Fact("Approved", local(mailing, approval.approved_at))
        yield Fact("To leave from", local(mailing, approval.send_at))
        yield Fact("Audience", approval.audience)
        if approval.readers is not None:
            yield Fact("Readers when it was approved", f"{approval.readers:,}")
        return
    of: Any = edition.correction or edition.note or edition.issue
    actions = ("issues.mail_correction", "issues.alert")
    for entry in registry.get_logs_for_instance(of).filter(action__in=actions):
        if entry.data.get("mailing") == mailing.pk:
            yield Fact("Approved by", _who(entry))
    if edition.correction is not None:
        yield Fact("Audience", "those who got what it corrects, and may still be mailed")
    else:
        yield Fact("Audience", audience_rule(edition.publication, mailing.segment))


def _who(entry: ModelLogEntry) -> str:
    """Who did what an entry of the record is about; whatever began a mailing has no name."""
    return str(entry.data.get("by") or (entry.user_display_name if entry.user_id else ""))


def _kind(mailing: Mailing) -> str:
    if mailing.edition.correction_id is not None:
        return "Correction"
    return "Issue" if mailing.edition.issue_id is not None else "Alert"


def _unit(course: Course) -> str:
    hours, minutes = divmod(course.minutes, 60)
    if hours and not minutes:
        return "an hour" if hours == 1 else f"in {hours} hours"
    return "a minute" if course.minutes == 1 else f"in {course.minutes} minutes"


def _clock(moment: datetime, *, with_day: bool) -> str:
    day = f"{printed_date(moment.date())}, " if with_day else ""
    return f"{day}{moment:%H:%M}"
