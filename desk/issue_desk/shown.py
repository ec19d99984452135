"""What a person is shown of a mail before they give their word for it, and what comes back.

The same at the desk, on the page behind an approval link and for an alert: whatever is shown is
sealed into the form, so that the word is given for that and for nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, QueryDict

from desk.issue_desk.previewing import MODES
from issues.confirmation import check_confirmation, confirmation_for
from issues.preflight import MAY_BE_OVERRULED, Finding, Level, preflight
from issues.preflight.facts import IssueRendering
from issues.seen import Seen
from rendering.marks import shown_to_nobody

# What a person needs of it to compare two.
_SHORT = 12


def what_is_shown(
    facts: IssueRendering, seen: Seen, purpose: str, found: list[Finding] | None = None
) -> dict[str, Any]:
    """A mail as a page shows it to whoever is asked to give their word for it.

    Args:
        facts: the mail, with what preflight looks at.
        seen: the same, as the person's word will be bound to it, with a count of readers.
        purpose: the one page that the form's seal is for.
        found: what there is to say of it; None for all that preflight looks for.
    """
    found = preflight(facts) if found is None else found
    blockers = [one for one in found if one.level is Level.BLOCKER]
    readers = seen.readers or 0
    return {
        "seen": seen,
        "sealed": seen.sealed(purpose),
        "short_sha256": seen.sha256[:_SHORT],
        "preview_text": facts.preview_text,
        "text": shown_to_nobody(facts.rendering.text),
        "blockers": [one for one in blockers if one.code not in MAY_BE_OVERRULED],
        "doubtful": [one for one in blockers if one.code in MAY_BE_OVERRULED],
        "warnings": [one for one in found if one.level is Level.WARNING],
        "hints": sum(one.level is Level.HINT for one in found),
        "confirmation": confirmation_for(readers).name.lower(),
        "readers": readers,
    }


def how_it_looks(request: HttpRequest, address: Callable[[str], str]) -> dict[str, Any]:
    """The mail in the frame of a page, in the mode that the page's address asks for.

    Args:
        address: where a mode is shown alone, by its name.
    """
    mode = MODES.get(request.GET.get("preview", ""), MODES["mail"])
    return {
        "modes": list(MODES.values()),
        "mode": mode,
        "preview_url": address(mode.name) + mode.in_frame,
    }


def given(posted: QueryDict, purpose: str) -> Seen:
    """What the person looked at who pressed the button.

    Args:
        posted: the form.
        purpose: as for `what_is_shown`.

    Raises:
        NotSeen: if it is no form of that page.
        NotConfirmed: if the size of the audience is not confirmed as it deserves.
    """
    seen = Seen.unsealed(posted.get("seen", ""), purpose)
    check_confirmation(seen.readers or 0, posted.get("confirmed", ""))
    return seen


def overruled(posted: QueryDict) -> list[str]:
    """The codes of which the person has ticked every single finding as right as it stands."""
    shown, ticked = posted.getlist("doubtful"), posted.getlist("overrule")
    return [code for code in set(ticked) if ticked.count(code) >= shown.count(code)]
