"""What a machine can see before a mail is approved.

Each check is a pure function: it looks at one thing in an `IssueRendering` and says what it
found, how bad it is, where, and where it is mended. Blockers stop the approval.

`facts`, `findings`, `words` and `texts` are what checks speak of; `gathering` fills the facts in.
The checks: `identity`; `completeness` with `pictures` and `leftovers`; `text` with `names`,
`house_style` and `typed`; `links`; `mail` with `agreement`; `headers`. The other modules read for
them: the rendered page, its style sheet and colours, days in a text, anchors, hosts, spelling.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from issues.preflight import completeness, headers, identity, links, mail, text
from issues.preflight.facts import IssueRendering
from issues.preflight.findings import MAY_BE_OVERRULED, Finding, Level

__all__ = [
    "CHECKS",
    "MAY_BE_OVERRULED",
    "Check",
    "Finding",
    "IssueRendering",
    "Level",
    "blockers_among",
    "preflight",
    "told",
]

Check = Callable[[IssueRendering], Iterator[Finding]]
CHECKS: tuple[Check, ...] = (
    *identity.CHECKS,
    *completeness.CHECKS,
    *text.CHECKS,
    *links.CHECKS,
    *mail.CHECKS,
    *headers.CHECKS,
)


def preflight(issue: IssueRendering) -> list[Finding]:
    """Everything found, the worst first; the same facts give the same findings."""
    found = [finding for check in CHECKS for finding in check(issue)]
    order = list(Level)
    return sorted(found, key=lambda finding: order.index(finding.level))


def blockers_among(found: Iterable[Finding], overruled: Collection[str] = ()) -> list[Finding]:
    """What stops a mail; nothing for what may be approved, or sent as an alert.

    Args:
        found: what preflight found.
        overruled: codes that a person lets pass; only those in `MAY_BE_OVERRULED` can be.
    """
    passed = MAY_BE_OVERRULED.intersection(overruled)
    return [
        finding
        for finding in found
        if finding.level is Level.BLOCKER and finding.code not in passed
    ]


def told(blockers: Iterable[Finding]) -> str:
    """Their sentences, as one text."""
    return " ".join(finding.sentence for finding in blockers)
