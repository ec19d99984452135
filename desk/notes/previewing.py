"""What is looked at before it is saved, and what was saved earlier: previews and slips."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from wagtail.snippets.views.snippets import (
    PreviewOnCreateView,
    PreviewOnEditView,
    PreviewRevisionView,
    WorkflowPreviewView,
)

from desk.notes.form import let_be_unfinished, wrong_in
from desk.notes.rendering import not_shown, shown
from desk.notes.slips import slips_of
from notes.models import Note

FIRST_MODE = "mail"


def _mode(request: HttpRequest) -> str:
    return request.GET.get("mode") or FIRST_MODE


class PreviewWhileWritten(PreviewOnEditView):
    """The form as it was sent last, saved or not."""

    def validate_form(self, form: Any) -> bool:
        let_be_unfinished(form)
        return bool(form.is_valid())

    def get(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        note, state = self.object, self._get_form_state()
        if state is not None:
            form = self.get_form(self._get_form_data(state))
            if not self.validate_form(form):
                return not_shown(wrong_in(form))
            note = form.save(commit=False)
        return shown(request, note, _mode(request))


class PreviewOfNew(PreviewOnCreateView, PreviewWhileWritten):
    """The form of a note that is not there yet."""


class PreviewOfRevision(PreviewRevisionView):
    """A version that was saved."""

    def get(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return shown(request, self.revision_object, _mode(request))


class PreviewForReviewer(WorkflowPreviewView):
    """The version that a reviewer was asked about."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.task_state or not self.task.get_actions(self.object, request.user):
            refused: HttpResponseBase = super().get(request, *args, **kwargs)
            return refused
        return shown(request, self.task_state.revision.as_object(), _mode(request))


class SlipsWhileWritten(PreviewWhileWritten):
    """What looks like a slip in the form as it is sent; nothing is kept."""

    http_method_names = ("post",)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not isinstance(self.object, Note):
            raise Http404
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        form = self.get_form(request.POST)
        if self.validate_form(form):
            context = slips_of(form.save(commit=False))
        else:
            context = {"wrong": wrong_in(form)}
        return TemplateResponse(request, "desk/note_slips.html", context)


class SlipsOfNew(PreviewOnCreateView, SlipsWhileWritten):
    """Likewise for a note that is not there yet."""
