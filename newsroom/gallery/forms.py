"""The forms that a mail can take, each with its making: what the gallery shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from newsroom.gallery.extremes import (
    DIACRITICS,
    ENDLESS,
    FIGURES,
    LONG,
    MANY_TAKEAWAYS,
    NARROW,
    PORTRAYED,
    SCRIPTS,
    SHORT,
)
from newsroom.gallery.material import (
    ALERTS,
    ALERTS_NAMED,
    DIGEST,
    INTRODUCTION,
    LAKE,
    PICTURES,
    REGIONS,
    RIVER,
    SITE,
    STRIKE,
    WEEKLY,
    filled,
)
from newsroom.gallery.service import SERVICE_MAILS, context_of
from rendering.content import (
    AlertContent,
    CorrectionContent,
    IssueContent,
    NoteContent,
    PublicationContent,
    Rendering,
)
from rendering.mail import (
    render_alert,
    render_correction,
    render_issue,
    render_notice,
    render_service_mail,
)
from rendering.marks import Mark, name_values, personalise

_STYLE_SHEET = re.compile(r"<style.*?</style>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Form:
    """A mail in one form: its name in file names, what is to be looked at, and its making.

    Some mail programs show no `pictures` before they are asked to, some drop `style_sheets`.
    """

    name: str
    title: str
    render: Callable[[], Rendering]
    pictures: bool = True
    style_sheets: bool = True


def issue(
    *notes: NoteContent,
    publication: PublicationContent = WEEKLY,
    line: str = "#318 Vol 7, No 27, 6 July 2025",
    subject: str = "",
    introduction: str = INTRODUCTION,
    lead: bool = False,
) -> IssueContent:
    """An issue of these notes; `lead` gives it a cover, and briefs by region."""
    claim = notes[0].claim if notes else "A quiet week"
    return IssueContent(
        publication=publication,
        line=line,
        date=date(2025, 7, 6),
        subject_line=subject or f"TWTW {line.split(' Vol')[0].rstrip(',')}: {claim}",
        preview_text=" · ".join(note.subject for note in notes[1:4]),
        introduction=introduction,
        notes=notes,
        url=f"{SITE}/issues/twtw/318/",
        cover=LAKE if lead else None,
        regions=REGIONS if lead else (),
        alerts=ALERTS_NAMED if lead else (),
    )


def reader_copy(text: str) -> str:
    """A part of a mail as one reader gets it."""
    addresses = {
        Mark.UNSUBSCRIBE_URL: f"{SITE}/unsubscribe/preview",
        Mark.PREFERENCES_URL: f"{SITE}/preferences/preview",
    }
    return personalise(text, addresses | name_values("Noor Example"))


def html_beside(form: Form, rendering: Rendering, pictures: str) -> str:
    """A form's HTML for one reader, with its pictures in a folder, or in none."""
    folder = pictures if form.pictures else "blocked"
    html = reader_copy(rendering.html).replace(PICTURES, f"{folder}/")
    return html if form.style_sheets else _STYLE_SHEET.sub("", html)


FORMS: tuple[Form, ...] = (
    Form("issue", "An issue of six notes", lambda: render_issue(issue(*filled(6)))),
    Form(
        "lead",
        "With a cover, an introduction and briefs by region",
        lambda: render_issue(issue(*filled(3), lead=True)),
    ),
    Form("no-notes", "No note yet", lambda: render_issue(issue())),
    Form("one-note", "One note", lambda: render_issue(issue(RIVER))),
    Form("twelve-notes", "Twelve notes", lambda: render_issue(issue(*filled(12)))),
    Form(
        "fifty-words",
        "A note of 50 words, with no introduction",
        lambda: render_issue(issue(SHORT, SHORT, introduction="")),
    ),
    Form("three-thousand-words", "A note of 3,000 words", lambda: render_issue(issue(LONG))),
    Form(
        "long-subject",
        "A headline of 200 characters and more",
        lambda: render_issue(issue(ENDLESS, STRIKE, subject=ENDLESS.subject[:200])),
    ),
    Form(
        "no-photo",
        "Notes without a photo",
        lambda: render_issue(issue(replace(RIVER, photo=None), STRIKE)),
    ),
    Form(
        "portrait",
        "A portrait photo, and a picture narrower than the column",
        lambda: render_issue(issue(PORTRAYED, NARROW)),
    ),
    Form(
        "takeaways",
        "Takeaways",
        lambda: render_issue(issue(MANY_TAKEAWAYS, STRIKE)),
    ),
    Form("diacritics", "Diacritics", lambda: render_issue(issue(DIACRITICS, RIVER))),
    Form("scripts", "Hindi, Arabic and Chinese", lambda: render_issue(issue(SCRIPTS, RIVER))),
    Form(
        "wide-table",
        "A table that is wider than a phone",
        lambda: render_issue(issue(FIGURES, introduction="")),
    ),
    Form(
        "combined",
        "A combined issue",
        lambda: render_issue(
            issue(RIVER, STRIKE, line="#331 & 332, Vol 7, No 40 & 41, 12 October 2025")
        ),
    ),
    Form(
        "pictures-blocked",
        "Pictures blocked",
        lambda: render_issue(issue(PORTRAYED, STRIKE, lead=True)),
        pictures=False,
    ),
    Form(
        "no-style-sheet",
        "Style sheets dropped by the mail program",
        lambda: render_issue(issue(*filled(3), lead=True)),
        style_sheets=False,
    ),
    Form(
        "digest",
        "The template set “digest”",
        lambda: render_issue(issue(*filled(6), publication=DIGEST, lead=True)),
    ),
    Form(
        "alert",
        "An alert",
        lambda: render_alert(
            AlertContent(
                publication=ALERTS,
                subject_line=f"GP Alert: {RIVER.claim}",
                preview_text="The agreement turns a quarrel about quantities into one about dates.",
                note=RIVER,
                url=f"{SITE}/alerts/upper-tamba-river-agreement/",
            )
        ),
    ),
    Form(
        "correction",
        "A correction",
        lambda: render_correction(
            CorrectionContent(
                publication=WEEKLY,
                subject_line="Correction: Upper Tamba river agreement",
                preview_text="The minimum flow is 640 m³ a second, not 460.",
                line="#318 Vol 7, No 27, 6 July 2025",
                date=date(2025, 7, 8),
                headline=f"{RIVER.subject}: {RIVER.claim}",
                correction="<p>Under “What happened?” we wrote that the agreement sets a minimum "
                "of 460 m<sup>3</sup> a second in dry months. <strong>It is 640 m<sup>3</sup> a "
                "second.</strong></p><p>We regret the error, and thank the reader who pointed it "
                "out.</p>",
                url=f"{SITE}/issues/twtw/318/#errata",
            )
        ),
    ),
    Form(
        "notice",
        "A notice to the editors",
        lambda: render_notice(
            "Issue #318 waits for your approval",
            [
                "It was prepared on Saturday, 5 July 2025, 18:00 (Asia/Kolkata): six notes, "
                "no blocker, two warnings.",
                "Nothing is sent before somebody approves it.",
            ],
            [
                ("Look at the issue", f"{SITE}/desk/issues/318/"),
                ("Read the warnings", f"{SITE}/desk/issues/318/preflight/"),
            ],
        ),
    ),
    *(
        Form(
            kind.replace("_", "-"),
            title,
            partial(render_service_mail, kind, WEEKLY, context_of(kind)),
        )
        for kind, (title, _) in SERVICE_MAILS.items()
    ),
)
