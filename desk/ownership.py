"""Who may do what with which note, and every one of Wagtail's views on notes made to ask so.

Wagtail's views on snippets ask what somebody may do with notes, never with this note. So each view
that is made for notes gets a guard in front of it; what it does not let through looks like a note
that does not exist, and no list has it.
"""

from __future__ import annotations

from typing import Any

from django.contrib.admin.utils import unquote
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views import View
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import ModelAdminURLFinder
from wagtail.admin.views.generic.preview import PreviewRevision
from wagtail.models import TaskState
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.views import snippets

from notes.models import Note


def seen_by(user: Any) -> QuerySet[Note]:
    """The notes that an account may see: all with the right to, else those that it writes."""
    if user.has_perm("notes.view_note") or user.has_perm("notes.change_others_note"):
        return Note.objects.all()
    return Note.objects.filter(owner=user)


def may_see(user: Any, note: Note) -> bool:
    """Whether an account may look at a note, its history and what comes of it."""
    return seen_by(user).filter(pk=note.pk).exists()


def may_change(user: Any, note: Note) -> bool:
    """Whether an account may write at a note; a lock of Wagtail's may forbid it for a while."""
    whose = "notes.change_note" if note.owner_id == user.pk else "notes.change_others_note"
    return bool(user.has_perm("notes.change_note") and user.has_perm(whose))


def may_delete(user: Any, note: Note) -> bool:
    """An editor any note; its author as long as it was never approved and is not locked for them.

    What stands in an issue stays in any case, see `Note.delete`.
    """
    if not user.has_perm("notes.delete_note") or not may_change(user, note):
        return False
    if user.has_perm("notes.change_others_note"):
        return True
    lock = note.get_lock()
    return note.approved_revision_id is None and not (lock and lock.for_user(user))


def may_review(user: Any, note: Note) -> bool:
    """Whether it is an account's turn in the note's workflow."""
    task = note.current_workflow_task
    return bool(task and task.user_can_access_editor(note, user))


class NotePolicy(ModelPermissionPolicy):
    """The rules above where Wagtail asks about one note."""

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Note) -> bool:
        if not self.user_has_permission(user, action):
            return False
        if action == "view":
            return may_see(user, instance)
        return may_delete(user, instance) if action == "delete" else may_change(user, instance)

    def instances_user_has_any_permission_for(self, user: Any, actions: Any) -> QuerySet[Note]:
        return seen_by(user) if self.user_has_any_permission(user, actions) else Note.objects.none()


# The views for which it is enough that one may see the note; the others change it.
LOOKS = (
    snippets.HistoryView,
    snippets.InspectView,
    snippets.UsageView,
    snippets.RevisionsCompareView,
    snippets.WorkflowHistoryView,
    snippets.WorkflowHistoryDetailView,
    PreviewRevision,
)


class OneNote:
    """In front of each view: the note that the address names, and what one may do with it."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        if "pk" in kwargs:
            self.address_of_note = _let_through(self, request.user, **kwargs)
        super().setup(request, *args, **kwargs)  # type: ignore[misc]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """As Wagtail's, but a refusal that gives its reason is told at the note's own page."""
        try:
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc,no-any-return]
        except PermissionDenied as refusal:
            if not str(refusal) or not hasattr(self, "address_of_note"):
                raise
            if request.headers.get("x-requested-with") == "XMLHttpRequest":
                raise
            messages.error(request, str(refusal))
            return HttpResponseRedirect(self.address_of_note)


class MadeByWhoever:
    """Whoever makes a note is the one who writes it."""

    def save_instance(self) -> Note:
        self.form.instance.owner = self.request.user  # type: ignore[attr-defined]
        return super().save_instance()  # type: ignore[misc,no-any-return]


class Read:
    """A version is read by whoever may see the note."""

    permission_required = None
    any_permission_required = ("view", "change")


class Listed:
    """Offers to delete a note only to who may."""

    def get_delete_url(self, instance: Note) -> str | None:
        allowed = may_delete(self.request.user, instance)  # type: ignore[attr-defined]
        return super().get_delete_url(instance) if allowed else None  # type: ignore[misc]


GUARDS: tuple[tuple[type, type], ...] = (
    (snippets.CreateView, MadeByWhoever),
    (snippets.PreviewRevisionView, Read),
    (snippets.IndexView, Listed),
    (View, OneNote),
)


class OwnNotesOnly:
    """For the viewset of notes: all its views guarded, and no chooser, which would list them."""

    permission_policy = NotePolicy(Note)
    # Who may see a note and not change it reads it there.
    inspect_view_enabled = True
    inspect_view_fields = ("subject", "claim", "date", "publication")
    inspect_template_name = "desk/note_inspect.html"

    def construct_view(self, view_class: type[View], **kwargs: Any) -> Any:
        guards = [guard for view, guard in GUARDS if issubclass(view_class, view)]
        guarded = type(view_class.__name__, (*guards, view_class), {})
        return super().construct_view(guarded, **kwargs)  # type: ignore[misc]

    @property
    def url_finder_class(self) -> type[ModelAdminURLFinder]:
        """Where a picture or a person stands, the titles of others' notes are not named."""
        own = {
            "edit_url_name": self.get_url_name("edit"),  # type: ignore[attr-defined]
            "permission_policy": self.permission_policy,
        }
        return type("NoteURLFinder", (ModelAdminURLFinder,), own)

    def get_permissions_to_register(self) -> QuerySet[Permission]:
        """None but those of the table, see `desk.roles`: nobody publishes a note here."""
        return Permission.objects.none()

    def register_chooser_viewset(self) -> None:
        """Nobody chooses a note in a form."""


def _let_through(view: Any, user: Any, pk: Any, task_state_id: int | None = None, **_: Any) -> str:
    """The address of the note's own page, if this view may be entered for it."""
    try:
        note = seen_by(user).filter(pk=unquote(str(pk))).first()
    except ValueError:
        note = None
    if note is None:
        raise Http404
    # Wagtail takes any step's number here, of another note, too.
    if task_state_id and not TaskState.objects.for_instance(note).filter(pk=task_state_id).exists():
        raise Http404
    if isinstance(view, snippets.DeleteView) and not may_delete(user, note):
        raise PermissionDenied
    if not isinstance(view, LOOKS) and not may_change(user, note) and not may_review(user, note):
        raise PermissionDenied
    page = "edit" if may_change(user, note) else "list"
    return reverse(
        Note.snippet_viewset.get_url_name(page), args=[note.pk] if page == "edit" else []
    )
