"""Content to render: an invented week with every kind of part in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from rendering.content import (
    AlertContent,
    Author,
    Figure,
    IssueContent,
    NoteContent,
    Picture,
    PublicationContent,
    Quote,
    Section,
    Source,
    Table,
    Text,
)

WEEKLY = PublicationContent(
    name="The World This Week",
    short_name="TWTW",
    tagline="Short notes on what happened, why, and what it means",
    colour="#8a1c2b",
    postal_address="1 Example Road, Bengaluru 560012, India",
    home_url="http://127.0.0.1:8000/",
)
ALERTS = replace(
    WEEKLY, name="GP Alerts", short_name="GP Alert", tagline="One note, when it matters"
)

# Drawn here, so that a sample needs no server: two bands of colour.
_PICTURE = "https://media.example.org/{size}.png"


def picture(**changes: Any) -> Picture:
    """A wide picture with everything that can stand beside one."""
    return replace(
        Picture(
            url=_PICTURE.format(size="harbour"),
            url_2x=_PICTURE.format(size="harbour-2x"),
            width=560,
            height=315,
            alt="Container ships wait outside a harbour at dawn",
            credit="Harbour Pictures",
            ai_generated=False,
        ),
        **changes,
    )


RIVER = NoteContent(
    subject="Upper Tamba river agreement",
    claim="Two neighbours agree on who may open the sluices, and when",
    authors=(
        Author(
            "Maya Østergaard",
            "Institute of Applied Rivers",
            "Her work is on water treaties and how they are kept.",
        ),
        Author("José Peña", "", "José Peña writes on energy and the politics of dams."),
    ),
    date=date(2025, 7, 4),
    sections=(
        Section(
            "What happened?",
            (
                Text(
                    "<p>On 2 July, the governments of Kalwe and Narun signed an agreement on the "
                    'water of the Upper Tamba. It follows <a href="https://example.org/talks?a=1&amp;b=2">'
                    "eleven rounds of talks</a>, two of which ended without a closing text. Its "
                    "first article gives the lower country a say in <em>when</em> the sluices "
                    "open; its third sets a minimum of 640 m<sup>3</sup> a second in dry "
                    "months.</p><p>Both parliaments have to <strong>ratify it</strong> before "
                    "October. Narun’s opposition has said that it will vote against.</p>"
                ),
                Quote(
                    "A river has no upper and no lower house. It has a flow, and from today it "
                    "has a calendar.",
                    "Amadou Goïta, Minister of Water, at the signing on 2 July",
                ),
            ),
        ),
        Section(
            "What is the background?",
            (
                Text(
                    "<p><strong>First, a dam that was built before a treaty.</strong> Work on the "
                    "Kelo dam began in 2011 and its reservoir was first filled in 2019, a dry "
                    "year, in which fields downstream received a third of their usual water.</p>"
                    "<p><strong>Second, what each side wants:</strong></p>"
                    "<ul><li>Kalwe needs 1.2 GW of power and revenue from exports;</li>"
                    "<li>Narun needs water in March and April, when rice is planted:"
                    "<ol><li>for the old delta;</li><li>for the new canals.</li></ol></li></ul>"
                ),
                Table(
                    ("Year", "Filled (%)", "Flow in March (m³/s)", "Harvest"),
                    (
                        ("2019", "34", "410", "poor"),
                        ("2022", "78", "655", "average"),
                        ("2025", "91", "1,020", "good"),
                    ),
                    "The Kelo reservoir and the river below it",
                    first_column_is_header=True,
                ),
            ),
        ),
        Section(
            "What does it mean?",
            (
                Text(
                    "<p>The agreement turns a quarrel about quantities into one about dates. "
                    "That is easier to settle, because a date can be checked by anybody with a "
                    "gauge. A joint commission will publish its readings every Monday.</p>"
                    "<p>It does not say what happens in a year as dry as 2019. The two sides "
                    "have left that to a protocol, and protocols of this kind have often stayed "
                    "drafts.</p>"
                ),
            ),
        ),
    ),
    photo=picture(),
    photo_source="",
    sources=(
        Source(
            "The River Post",
            "Sluices and dates",
            "https://post.example.org/sluices",
            date(2025, 7, 2),
        ),
        Source("Ministry of Water", "Text of the agreement", "", None),
    ),
    countries=("KL", "NR"),
    slug="upper-tamba-river-agreement",
    url="http://127.0.0.1:8000/notes/upper-tamba-river-agreement/",
)

PORTS = NoteContent(
    subject="Strike in the northern ports",
    claim="Why nine days were enough to move the timetable of a continent",
    authors=(Author("Zoë Łukasiewicz", "", "Zoë Łukasiewicz follows ports and railways."),),
    date=date(2025, 7, 5),
    sections=(
        Section(
            "Three takeaways",
            (
                Text(
                    "<ol><li><p><strong>Ships wait longer than strikes last.</strong> The queue "
                    "outside the two largest ports was still forty ships long a week after work "
                    "began again.</p></li><li><p><strong>Rail took what it could.</strong> That "
                    "was one container in eight.</p></li><li><strong>Nobody calls it a victory."
                    "</strong> The new pay scale begins in January; the talks about night shifts "
                    "go on.</li></ol>"
                ),
                Figure(
                    picture(
                        alt="A drawn map of the northern ports and of the railways that lead there",
                        credit="",
                        ai_generated=True,
                    ),
                    "The northern ports and their railways.",
                ),
            ),
        ),
    ),
    photo=None,
    photo_source="Agence du Nord/Łódź Press",
    sources=(),
    countries=(),
    slug="strike-in-the-northern-ports",
    url="http://127.0.0.1:8000/notes/strike-in-the-northern-ports/",
)

ISSUE = IssueContent(
    publication=WEEKLY,
    line="#318 Vol 7, No 27, 6 July 2025",
    date=date(2025, 7, 6),
    subject_line="TWTW #318: Two neighbours agree on who may open the sluices, and when",
    preview_text="Also: why nine days of strike moved the timetable of a continent",
    introduction="A week of agreements that settle dates rather than quantities.",
    notes=(RIVER, PORTS),
    url="http://127.0.0.1:8000/issues/twtw/318/",
)

ALERT = AlertContent(
    publication=ALERTS,
    subject_line="GP Alert: Two neighbours agree on who may open the sluices, and when",
    preview_text="The agreement turns a quarrel about quantities into one about dates.",
    note=RIVER,
    url="http://127.0.0.1:8000/alerts/upper-tamba-river-agreement/",
)
