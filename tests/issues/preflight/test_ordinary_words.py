"""Good journalism in which nothing must be found, and long input that must not hold anybody up."""

from dataclasses import replace

import pytest

from issues.preflight import CHECKS, Level
from rendering.content import Quote, Section, Source, Table
from tests.issues.preflight.sound import codes, saying, sound
from tests.rendering.samples import RIVER

SENTENCES = (
    # Brackets
    "“We want the refugees [to come] home,” the minister said.",
    "He asked “both sides [to come to the table] without conditions”.",
    "“Two clauses are [to be added] before the vote,” she said.",
    '"They [the rebels] are free [to come] back," the envoy said.',
    "The envoy called on ‘those who didn’t sign [to come] back’.",
    "«Nous les invitons [to come] demain», the mayor said.",
    "“We [add] our voice to [the] appeal,” the bishops wrote.",
    "“Their going [sic] to loose [sic] the vote,” the post read.",
    "“[The minister] insists on it,” her spokesman said.",
    "“Nobody […] knows what comes next,” a driver said.",
    "“He is [expletive] wrong,” a delegate said.",
    "The word was [redacted] in the report.",
    # Placeholders that are none
    "They left on flight TK 1951 from Istanbul.",
    "Flight TK1951 landed at 9.40 a.m.",
    "The fine was TK 500 crore, or 500 TK for each worker.",
    "The 12th TBC brigade moved north.",
    "The houses belong to TBA (Tanzania Buildings Agency), which leases them.",
    "The Tanzania Broadcasting Corporation (TBC) showed the vote. It was live on TBC.",
    "TBC Bank and the Bank of Narun lent the money.",
    "Shares of TBC, of its rival and of two insurers fell.",
    "TK Elevator built the lifts.",
    "“What???” was all that the coach said.",
    "“You did it?!” she asked.",
    "Pope Leo XIV spoke of Article XX and of Chapter XXX.",
    "The preface, pp. xxx–xxxii, tells it otherwise.",
    # Signs
    "Growth [%] was lower than debt [% of GDP].",
    "The share stayed <% 5 in most districts>.".replace("<", "&lt;").replace(">", "&gt;"),
    "The set {2%, 5%} was tried in {both} districts.",
    "It rose by 3.5% (year on year), or 0.7 percentage points.",
    "Interest is at 5¼ per cent, 0.25 points higher.",
    "AT&amp;T and Marks &amp; Spencer left; C++ and C# stay in the syllabus.",
    "A note on Twitter/X and and/or clauses is in the annex.",
    "What she does does matter, and what he had had was enough.",
    "Write to desk@newsroom.example or to @newsroom_desk.",
    "The tag #RiverTalks2025 was used by @_river__watch_.",
    "The 24/7 hotline and the km/h limits are new.",
    "The index fell 2,000 points, to 41,250.75.",
    # Names and abbreviations
    "J. R. Okello and M.K. Stalin met E. M. Forster’s heirs.",
    "The U.S. and the U.K. agreed; the E.U. did not.",
    "St. Petersburg and St John’s are twinned with Washington, D.C.",
    "Dr. Amal, Mr. Said and Lt. Col. Peña testified, e.g. on fuel, i.e. diesel.",
    "No. 5 of the list, Art. 12(3) and Sect. 4.2 were struck out.",
    "The meeting ended at 6 p.m. A second one began at 7.30 p.m.",
    "Kalwe Inc. and Narun Ltd. built it with Tamba Co. and others.",
    "He holds a Ph.D. in law, an M.A. and two B.Sc. degrees.",
    "Jr. and Sr. are both named Robert F. Kennedy.",
    "The G7, the G20 and COP30 follow; so does ASEAN+3.",
    "Al-Shabaab, el-Sisi and O’Brien are three names; d’Ivoire is a fourth.",
    # Numbers
    "They won 3-1 after a 0–0 draw and a 6-4, 7-5 final.",
    "The vote was 14-1, with 193-member support.",
    "In the 1990s, and in the ’80s, it was otherwise.",
    "It costs $5.2bn, €400m or £3.50 a head, and Rs. 2,50,000 there.",
    "US$1.5 million and ₹12 crore were paid.",
    "A 5.6-magnitude quake struck at 03:15 GMT, 12 km deep.",
    "The 9/11 report and the 26/11 trial are cited.",
    "Resolution 2803 (2025) and Act No. 11 of 1962 apply.",
    "It was 40 °C at 13°N, 2°W.",
    # Dots
    "It went on … and on … and then stopped.",
    "“I don’t know...” the witness said.",
    "They waited. . . . Nobody came.",
    # Days
    "Hiroshima was bombed on August 6.",
    "The Bastille was stormed on 14 July.",
    "Turkey’s 15 July coup attempt failed.",
    "Maduro won the July 28 election.",
    "The attacks of September 11 changed it, and the talks of 9 November did not.",
    "Independence was declared on 15 August 1947.",
    "They are to meet on 8 July, as was agreed.",
)
HEADLINES = (
    "Refugees: “We want them [to come] home”",
    "What is TikTok worth? A U.S. ban, explained",
    "War & peace: 3-1 for the dam",
    "No. 10 says no, again",
    "Why AT&T left St. Petersburg",
    "Twitter/X and the vote: who won?",
    "Is it over? Not yet…",
)
QUOTATIONS = (
    "We want all of them [to come] home.",
    "What??? I had no idea.",
    "They [the judges] are [to be confirmed] by the upper house.",
    "It’s [expletive] over … isn’t it?",
    "We will not “go home”, as he said, until p.m. prayers.",
)
CELLS = (
    "Growth [%]",
    "TBC Bank",
    "n/a",
    "–",
    "3-1",
    "±0.5",
    "[%]",
    "≤5%",
    "[% of GDP]",
    "No. 5",
    "<5%",
)
SOURCES = (
    "Who won the vote???",
    "Rebels ask civilians [to come] home",
    "LIVE: Talks TBC , says minister..",
    "The the: a band’s story",
    "TK says: ‘no’",
)


def bad(note):
    issue = sound(note)
    found = (finding for check in CHECKS for finding in check(issue))
    return [finding for finding in found if finding.level is not Level.HINT]


def with_part(*parts):
    return replace(RIVER, sections=(*RIVER.sections, Section("More", parts)))


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_good_sentence_gives_neither_blocker_nor_warning(sentence):
    assert bad(saying(f"<p>{sentence}</p>")) == []


@pytest.mark.parametrize("claim", HEADLINES)
def test_a_good_headline_gives_neither(claim):
    assert bad(replace(RIVER, claim=claim)) == []


@pytest.mark.parametrize("words", QUOTATIONS)
def test_a_good_quotation_gives_neither(words):
    assert bad(with_part(Quote(words, "A minister, at the talks"))) == []


@pytest.mark.parametrize("title", SOURCES)
def test_a_source_gives_neither_however_it_is_titled(title):
    assert bad(replace(RIVER, sources=(Source("The Post", title, "", None),))) == []


@pytest.mark.parametrize("cell", CELLS)
def test_a_good_cell_gives_neither(cell):
    assert bad(with_part(Table(("Place", cell), (("Kalwe", cell),), "By district"))) == []


LONG = {
    "figures": ("1," * 24_000, []),
    "days": ("It was so on " + "2 July and on " * 3_400, []),
    "tags that never end": ("<a " * 16_000, ["empty-part"]),
    "comments that never end": ("<a>" + "<!--" * 12_000, ["empty-part"]),
    "brackets that never close": ("[add " * 9_900, ["unbalanced"]),
    "marks that never close": ("{% [% *| ${ %% " * 3_200, ["unbalanced"]),
    "quotations": ("“All are asked [to come] home,” " * 1_500, []),
    "initials": ("T-T TK " * 6_800, ["placeholder"]),
    "question marks": ("a??? " * 9_800, []),
    "one word": ("and " * 12_000, ["doubled-word"]),
}


@pytest.mark.parametrize(("words", "expected"), LONG.values(), ids=LONG)
def test_long_input_is_looked_at_in_no_time_worth_telling(words, expected):
    """Where time grows with the square of the length, this never seems to end."""
    issue = sound(replace(saying(words), sources=()))
    assert codes(finding for check in CHECKS for finding in check(issue)) == [
        "no-source",
        *expected,
    ]


def test_a_long_paragraph_with_one_word_missing_is_found_in_no_time():
    issue = sound(saying("<p>" + "It flows by the dam. " * 2_200 + "Nobody else sees it.</p>"))
    rendering = replace(
        issue.rendering, html=issue.rendering.html.replace("Nobody else sees", "Nobody sees")
    )
    found = [f for check in CHECKS for f in check(replace(issue, rendering=rendering))]
    assert "“else sees it.”" in next(f.sentence for f in found if f.code == "text-differs")
