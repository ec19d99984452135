"""An invented week: the words that the gallery's mails are made of, none of them true."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from rendering.content import (
    AlertMention,
    Author,
    Figure,
    NoteContent,
    Picture,
    PublicationContent,
    Quote,
    Region,
    Section,
    Source,
    Table,
    Takeaway,
    Takeaways,
    Text,
)

# Where a mail's pictures seem to be. Such a name leads nowhere (RFC 2606): what shows the mail
# puts the folder with the drawn pictures in its place.
PICTURES = "https://pictures.invalid/"
SITE = "https://weekly.example.org"

WEEKLY = PublicationContent(
    name="The World This Week",
    short_name="TWTW",
    tagline="Short notes on what happened, why, and what it means",
    colour="#8a1c2b",
    postal_address="1 Example Road, Bengaluru 560012, India",
    home_url=f"{SITE}/",
)
ALERTS = replace(
    WEEKLY,
    name="GP Alerts",
    short_name="GP Alert",
    tagline="One note, when it matters",
    colour="#1f5a7a",
)
DIGEST = replace(WEEKLY, colour="#1d5c4d", template_set="digest")


def _picture(file: str, width: int, height: int, alt: str, credit: str = "") -> Picture:
    address = f"{PICTURES}{file}"
    return Picture(address, address, width, height, alt, credit or "The World This Week", False)


HILLS = _picture(
    "horizons.jpg", 560, 315, "Drawing of mountain ridges, one behind the other, under a low sun"
)
LAKE = _picture("contours.jpg", 560, 315, "Drawn map of a long lake with bands of height around it")
STEPS = replace(
    _picture("terraces.jpg", 560, 315, "Drawing of terraces that rise under a pale disc"),
    ai_generated=True,
)
RINGS = _picture("orbits.jpg", 560, 315, "Drawing of tilted rings around a bright centre")
PORTRAIT = _picture(
    "portrait.jpg",
    427,
    640,
    "Drawing, taller than wide, of ridges under a low sun",
    "M. Østergaard",
)
SMALL = _picture("small.jpg", 280, 158, "A small drawing of terraces under a pale disc")

ØSTERGAARD = Author(
    "Maya Østergaard",
    "Institute of Applied Rivers",
    "Her work is on water treaties and how they are kept. She was a member of the commission that "
    "surveyed the Lower Tamba in 2016.",
)
PEÑA = Author("José Peña", "", "José Peña writes on energy and the politics of dams.")
ŁUKASIEWICZ = Author("Zoë Łukasiewicz", "", "Zoë Łukasiewicz follows ports and railways.")

FLOW = Table(
    ("Year", "Filled (%)", "Flow in March (m³/s)", "Harvest"),
    (
        ("2019", "34", "410", "poor"),
        ("2022", "78", "655", "average"),
        ("2025", "91", "1,020", "good"),
    ),
    "The Kelo reservoir and the river below it",
    first_column_is_header=True,
)
WIDE_TABLE = Table(
    ("Country", "Representation", "Interpretation", "Implementation", "Administration", "Budget"),
    (
        ("Kalwe", "proportional", "constitutional", "intergovernmental", "decentralised", "1,204"),
        ("Narun", "first past the post", "parliamentary", "supranational", "centralised", "987"),
        ("Veldt", "mixed", "administrative", "intergovernmental", "federal", "12,450"),
    ),
    "More than fits on a phone",
    first_column_is_header=True,
)

RIVER = NoteContent(
    subject="Upper Tamba river agreement",
    claim="Two neighbours agree on who may open the sluices, and when",
    authors=(ØSTERGAARD, PEÑA),
    date=date(2025, 7, 4),
    sections=(
        Section(
            "What happened?",
            (
                Text(
                    "<p>On 2 July, the governments of Kalwe and Narun signed an agreement on the "
                    f'water of the Upper Tamba. It follows <a href="{SITE}/talks">eleven rounds '
                    "of talks</a>, two of which ended without a closing text. Its first article "
                    "gives the lower country a say in <em>when</em> the sluices open; its third "
                    "sets a minimum of 640 m<sup>3</sup> a second in dry months.</p><p>Both "
                    "parliaments have to <strong>ratify it</strong> before October. Narun’s "
                    "opposition has said that it will vote against.</p>"
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
                FLOW,
            ),
        ),
        Section(
            "What does it mean?",
            (
                Text(
                    "<p>The agreement turns a quarrel about quantities into one about dates. That "
                    "is easier to settle, because a date can be checked by anybody with a gauge. A "
                    "joint commission will publish its readings every Monday.</p><p>It does not "
                    "say what happens in a year as dry as 2019. The two sides have left that to a "
                    "protocol, and protocols of this kind have often stayed drafts.</p>"
                ),
            ),
        ),
    ),
    photo=HILLS,
    photo_source="",
    sources=(
        Source("The River Post", "Sluices and dates", f"{SITE}/sluices", date(2025, 7, 2)),
        Source("Ministry of Water", "Text of the agreement", "", None),
    ),
    countries=(),
    slug="upper-tamba-river-agreement",
    url=f"{SITE}/notes/upper-tamba-river-agreement/",
)

STRIKE = replace(
    RIVER,
    subject="Strike in the northern ports",
    claim="Why nine days were enough to move the timetable of a continent",
    authors=(ŁUKASIEWICZ,),
    date=date(2025, 7, 5),
    sections=(
        Section(
            "Three takeaways",
            (
                Takeaways(
                    (
                        Takeaway(
                            "Ships wait longer than strikes last.",
                            "<p>The queue outside the two largest ports was still forty ships "
                            "long a week after work began again.</p>",
                        ),
                        Takeaway(
                            "Rail took what it could, and that was little.",
                            "<p>One container in eight went by land. The line over the pass is "
                            f'<a href="{SITE}/pass">closed until autumn</a>.</p>',
                        ),
                        Takeaway(
                            "Nobody calls it a victory.",
                            "<p>The new pay scale begins in January; the talks about night shifts "
                            "go on.</p>",
                        ),
                    )
                ),
                Figure(STEPS, "The northern ports and the railways behind them."),
            ),
        ),
    ),
    photo=None,
    photo_source="Agence du Nord/Łódź Press",
    sources=(),
    slug="strike-in-the-northern-ports",
    url=f"{SITE}/notes/strike-in-the-northern-ports/",
)

# More headlines for full issues, with the words of the two notes above.
HEADLINES = (
    ("Veldt’s general election", "A coalition of four, and a budget that needs five"),
    ("Islands of the Outer Ring", "What the new baselines change at sea, and what they do not"),
    ("The grain corridor", "A year of safe passage, counted in ships rather than in words"),
    ("Sarun’s central bank", "The rate stays; the governor does not"),
    ("Elections on the coast", "Why the smallest party writes the programme"),
    ("Orbital debris treaty", "Forty states sign, the three that launch most do not"),
    ("Lake Ombe", "Mapping the shore again before anybody builds on it"),
    ("The Harran pipeline", "Three governments, two prices, one valve"),
    ("Teachers in Kalwe", "A strike that began with exercise books"),
    ("The northern census", "Fewer people than ten years ago, in more households"),
)
PICTURES_BY_TURN = (LAKE, None, RINGS, STEPS, None)

INTRODUCTION = (
    "A week of agreements that settle dates rather than quantities. On the Tamba, a calendar takes "
    "the place of a quota; in the northern ports, nine days were enough to change the timetable of "
    "a continent."
)
REGIONS = (
    Region(
        "Africa",
        (
            "<p><strong>Kalwe:</strong> Parliament voted, by 88 to 61, for a second chamber of the "
            "regions. It is to sit from March.</p>",
            "<p><strong>Narun:</strong> The rains came two weeks early. The delta’s growers have "
            f'<a href="{SITE}/rains">asked for seed</a> from the reserve.</p>',
        ),
    ),
    Region(
        "East and Southeast Asia",
        (
            "<p><strong>Sarun:</strong> The governor of the central bank stepped down after six "
            "years; his deputy takes over until the end of the term.</p>",
        ),
    ),
    Region(
        "Europe",
        (
            "<p><strong>Veldt:</strong> Four parties agreed on a government, and on a budget for "
            "the first half of the year.</p>",
            "<p><strong>The Sound:</strong> Two ferries collided in fog. Nobody was hurt.</p>",
        ),
    ),
)


ALERTS_NAMED = (
    AlertMention(
        "GP Alerts",
        "The Sound after the collision",
        "Why one foggy morning closes a strait to half of its ships",
        date(2025, 7, 2),
        f"{SITE}/alerts/the-sound-after-the-collision/",
    ),
    AlertMention(
        "GP Alerts",
        "The resignation in Sarun",
        "A central bank without a governor in the week of its decision",
        date(2025, 7, 4),
        f"{SITE}/alerts/the-resignation-in-sarun/",
    ),
)


def filled(count: int) -> tuple[NoteContent, ...]:
    """That many notes, each with its own headline."""
    notes = [RIVER, STRIKE]
    for place, (subject, claim) in enumerate(HEADLINES):
        likeness = notes[place % 2]
        photo = PICTURES_BY_TURN[place % len(PICTURES_BY_TURN)]
        notes.append(replace(likeness, subject=subject, claim=claim, photo=photo, photo_source=""))
    return tuple(notes[:count])
