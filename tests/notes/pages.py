"""A note page of the institute's shape, with invented words, to be bent by the tests."""

from __future__ import annotations

MASTHEAD = """TWTW Note

Photo Source: Example Agency
 \u00a0 NIAS Course on Global Politics
National Institute of Advanced Studies (NIAS)
Indian Institute of Science Campus, Bangalore
For any further information or to subscribe to GP alerts send an email to us

TWTW Note"""
HEADLINE = "Chad and Niger:\nA road across the desert"
ISSUE_LINE = "The World This Week #300 Vol 7, No 9, 2 March 2025"
SECTIONS = """What happened?
On 26 February, a road was opened.

It is long.

What is the background?
There was no road.

What does it mean?
There is a road."""
BIOGRAPHY = "Ann Author is an example."
END = """Print Bookmark

PREVIOUS COMMENTS

August 2025 | CWA # 1801

Somebody Else

28 August 1963"""


def page(
    *,
    masthead: str = MASTHEAD,
    headline: str = HEADLINE,
    issue_line: str = ISSUE_LINE,
    author: str = "Ann Author",
    date: str = "2 March 2025",
    sections: str = SECTIONS,
    about: str = f"About the Author\n{BIOGRAPHY}",
    end: str = END,
) -> str:
    """A page; every part can be replaced, and is left out where it is empty."""
    earlier = f"The following note was earlier published in\u00a0{issue_line}" if issue_line else ""
    return f"""{masthead}
{headline}
{issue_line}

 \u00a0{author}
{date}

{earlier}

{headline}

{author}\u00a0

{sections}
\u00a0

{about}

{end}
"""
