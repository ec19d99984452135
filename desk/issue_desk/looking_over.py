"""An issue as it would leave now, and what preflight says of it, each with the way to mend it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import resolve
from wagtail.admin import messages
from wagtail.images.permissions import permission_policy as pictures

from desk.issue_desk.contents import page_of
from desk.issue_desk.publication import OfOnePublication
from desk.ownership import may_change
from desk.pressing import DoneByAButton
from issues.models import Issue
from issues.outside import ask_outside
from issues.preflight import Finding, IssueRendering, Level, preflight
from issues.preflight.gathering import facts_of_issue
from notes.content import NoteContentError, note_content
from notes.models import Note
from rendering.errors import RenderingError

# Who may have others asked what they say of an issue.
ASKERS = ("change", "approve")
UNSHOWABLE = (NoteContentError, RenderingError)


@dataclass(frozen=True, slots=True)
class Told:
    """A finding as a person sees it; `fix` is empty for who may not open that page."""

    finding: Finding
    fix: str


@dataclass(frozen=True)
class Overlook:
    """What is known of an issue by looking at it.

    `facts` is None where it can't be rendered: then `trouble` says why, and `mend` is the path of
    the note that it is about, as far as that is known.
    """

    facts: IssueRendering | None
    told: list[Told] = field(default_factory=list)
    trouble: str = ""
    mend: str = ""

    @property
    def sum(self) -> str:
        """`1 blocker, 2 warnings, no hints.`"""
        counts = {level: len(self.of(level)) for level in Level}
        said = [
            f"{count or 'no'} {level.value}{'' if count == 1 else 's'}"
            for level, count in counts.items()
        ]
        return f"{', '.join(said).capitalize()}." if self.told else "Nothing was found."

    def of(self, level: Level) -> list[Told]:
        """What was found of one level."""
        return [one for one in self.told if one.finding.level is level]

    @property
    def blockers(self) -> list[Told]:
        return self.of(Level.BLOCKER)

    @property
    def warnings(self) -> list[Told]:
        return self.of(Level.WARNING)

    @property
    def hints(self) -> list[Told]:
        return self.of(Level.HINT)


def looked_over(issue: Issue, user: Any) -> Overlook:
    """Render an open issue and run preflight on it, for somebody's eyes."""
    try:
        facts = facts_of_issue(issue)
    except UNSHOWABLE as error:
        return Overlook(None, trouble=str(error), mend=_what_cannot_be_shown(issue, user))
    found = preflight(facts)
    opened = _that_open({finding.fix for finding in found if finding.fix}, user)
    return Overlook(facts, [Told(one, one.fix if one.fix in opened else "") for one in found])


def _what_cannot_be_shown(issue: Issue, user: Any) -> str:
    for entry in issue.entries.select_related("note"):
        try:
            note_content(entry.note)
        except UNSHOWABLE:
            return page_of(entry.note, user)
    return ""


def _that_open(fixes: Collection[str], user: Any) -> set[str]:
    """Of the desk's pages on which something is mended, those that somebody may open."""
    by_part: dict[str, dict[Any, str]] = defaultdict(dict)
    for fix in fixes:
        page = resolve(fix)
        (key,) = page.kwargs.values() or page.args
        # The issue desk names a publication by its address, all others a thing by its number.
        own = key if page.namespace == "issue_desk" else int(key)
        by_part[page.namespace][own] = fix
    return {
        fix
        for part, pages in by_part.items()
        for key, fix in pages.items()
        if key in CHANGEABLE[part](user, pages.keys())
    }


def _notes(user: Any, keys: Collection[int]) -> set[int]:
    return {note.pk for note in Note.objects.filter(pk__in=keys) if may_change(user, note)}


def _pictures(user: Any, keys: Collection[int]) -> set[int]:
    allowed = pictures.instances_user_has_permission_for(user, "change")
    return set(allowed.filter(pk__in=keys).values_list("pk", flat=True))


def _by_right(*rights: str) -> Callable[[Any, Collection[Any]], set[Any]]:
    """One of these is enough."""
    return lambda user, keys: set(keys) if any(map(user.has_perm, rights)) else set()


# By the part of the desk, whose things of those with these keys somebody may change.
CHANGEABLE: dict[str, Callable[[Any, Collection[Any]], set[Any]]] = {
    "wagtailsnippets_notes_note": _notes,
    "wagtailimages": _pictures,
    "issue_desk": _by_right("issues.change_issue", "issues.approve_issue"),
    "wagtailsnippets_issues_issue": _by_right("issues.change_issue"),
    "wagtailsnippets_issues_publication": _by_right("issues.change_publication"),
}


class FindingsView(OfOnePublication):
    """What preflight finds now, as the part of a page."""

    template_name = "desk/issue_desk_findings.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.issue is None:
            raise Http404
        overlook = looked_over(self.issue, self.request.user)
        may_ask = self.user_has_any_permission(ASKERS)
        return {**super().get_context_data(**kwargs), "overlook": overlook, "may_ask": may_ask}


class LookAgain(DoneByAButton, OfOnePublication):
    """Asks the sites behind the links, and SpamAssassin, what is not known yet."""

    any_permission_required = ASKERS

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        if self.issue is not None:
            self._ask(self.issue)
        return HttpResponseRedirect(f"{self.address()}#findings-section")

    def _ask(self, issue: Issue) -> None:
        try:
            ask_outside(facts_of_issue(issue, spelling=False), spam=True)
        except UNSHOWABLE as error:
            messages.error(self.request, str(error))
            return
        if settings.CHECK_LINKS:
            messages.success(self.request, "The sites behind the links were asked again.")
        else:
            messages.success(
                self.request,
                "Looked over again. The sites behind the links are not asked here "
                "(TWTW_CHECK_LINKS).",
            )
