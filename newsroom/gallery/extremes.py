"""Notes that go to the limits of what a note may be: what the design has to stand."""

from __future__ import annotations

from dataclasses import replace

from newsroom.gallery.material import PORTRAIT, RINGS, RIVER, SITE, SMALL, STRIKE, WIDE_TABLE
from rendering.content import (
    Author,
    Figure,
    NoteContent,
    Quote,
    Section,
    Source,
    Table,
    Takeaway,
    Takeaways,
    Text,
)


def _with(*sections: Section, **changes: object) -> NoteContent:
    return replace(RIVER, sections=sections, **changes)  # type: ignore[arg-type]


_SENTENCE = (
    "The commission met on Monday, read the gauges aloud, and adjourned until the water had "
    "answered. "
)
SHORT = _with(
    Section("", (Text(f"<p>{_SENTENCE * 3}</p>"),)),
    photo=None,
    sources=(),
    authors=(STRIKE.authors),
)
LONG = _with(
    *(
        Section(heading, (Text(f"<p>{_SENTENCE * 6}</p>" * 11),))
        for heading in ("What happened?", "What is the background?", "What does it mean?")
    )
)
ENDLESS = replace(
    RIVER,
    subject="The agreement on the water of the Upper Tamba, on its two largest tributaries, and "
    "on the reservoirs, canals and sluices between the second cataract and the delta, with its "
    "protocols and annexes",
    claim="What fourteen years, eleven rounds of talks, two mediators and one very dry summer "
    "have taught both sides about who may open the sluices, when, for how long, and at whose cost",
)
DIACRITICS = replace(
    STRIKE,
    subject="Côte d’Ivoire, Türkiye and Việt Nam",
    claim="Đặng Thị Ngọc Thịnh, Amadou Goïta and Łukasz Żółć meet in São Tomé",
    authors=(Author("Þórdís Łękawska-Nguyễn", "Háskóli Íslands, Reykjavík", "Writes on islands."),),
)
SCRIPTS = replace(
    RIVER,
    subject="नई दिल्ली and القاهرة",
    claim="Three capitals, three scripts, one text: 北京 signs last",
    authors=(Author("Noor Example (نور)", "जवाहरलाल नेहरू विश्वविद्यालय", "She reads all three."),),
    sections=(
        Section(
            "What happened?",
            (
                Text(
                    "<p>The agreement is called समझौता in Hindi, اتفاقية in Arabic and 协议 in "
                    "Chinese, and none of the three words means quite the same.</p>"
                    "<p>تنص المادة الأولى على أن للدولة الواقعة أسفل النهر رأياً "
                    "في موعد فتح البوابات.</p>"
                    "<p>पहला अनुच्छेद निचले देश को यह कहने का अधिकार देता है कि फाटक कब खुलेंगे।</p>"
                    "<p>第一条规定下游国家有权就何时开闸发表意见。</p>"
                    "<ul><li>البوابات</li><li>फाटक</li><li>闸门</li></ul>"
                ),
                Quote("للنهر تقويم منذ اليوم.", "وزير المياه"),
                Table(
                    ("Language", "Word", "Letters"),
                    (
                        ("Hindi", "समझौता", "6"),
                        ("Arabic", "اتفاقية", "7"),
                        ("Chinese", "协议", "2"),
                    ),
                    "One word, three times",
                    first_column_is_header=True,
                ),
            ),
        ),
    ),
    sources=(Source("الأهرام", "بوابات ومواعيد", f"{SITE}/gates", None),),
)
MANY_TAKEAWAYS = replace(
    STRIKE,
    sections=(
        Section(
            "",
            (
                Takeaways(
                    tuple(
                        Takeaway(lead, f"<p>{_SENTENCE * 2}</p>")
                        for lead in (
                            "A calendar is easier to keep than a quota.",
                            "What is not measured is not shared, and what is measured is read "
                            "aloud every Monday.",
                            "The protocol is missing.",
                            "Nobody asked the fishermen.",
                            "The delta pays.",
                        )
                    )
                ),
            ),
        ),
    ),
)


PORTRAYED = replace(RIVER, photo=PORTRAIT)
NARROW = replace(STRIKE, sections=(Section("In a picture", (Figure(SMALL, "It is small."),)),))
FIGURES = _with(Section("In figures", (WIDE_TABLE,)), photo=RINGS)
