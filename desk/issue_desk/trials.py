"""Test mails: the open issue as it would leave now, to oneself or to colleagues.

They are chosen by name among the accounts of the desk, so that nothing goes to a mistyped
address; and nothing of it is counted, or in a ledger.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db.models import QuerySet
from django.forms import CheckboxSelectMultiple, Form, MultipleChoiceField
from django.urls import reverse
from wagtail.log_actions import log

from delivery.errors import DeliveryError
from delivery.trials import send_trial
from desk.issue_desk.asking import AboutTheOpenIssue, say
from desk.naming import name_of
from issues.editions import render_issue
from issues.errors import IssueError

# Who presses a button twice does so within this time.
SECONDS = 600
_MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


def colleagues() -> QuerySet[Any]:
    """Accounts that may enter the desk and have an address."""
    people = get_user_model().objects.with_perm("wagtailadmin.access_admin", backend=_MODEL_BACKEND)
    found: QuerySet[Any] = people.exclude(email="").order_by("first_name", "last_name", "username")
    return found


class TrialForm(Form):
    """To whom it goes."""

    to = MultipleChoiceField(
        label="To",
        widget=CheckboxSelectMultiple,
        choices=lambda: [(str(one.pk), name_of(one)) for one in colleagues()],
    )


class Trial(AboutTheOpenIssue):
    """The issue as a mail, to those who make it."""

    any_permission_required = ("change", "approve")
    action_title = "Test mail"
    button = "Send the test mail"
    template_name = "desk/trial.html"

    def get_question(self) -> str:
        return (
            f"{self.open_issue} as it would leave now goes to those whom you choose, with [Test] "
            "before its subject line. It is not counted, and its links unsubscribe nobody."
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = str(self.request.user.pk)
        form = TrialForm(initial={"to": [own]})
        return {
            **super().get_context_data(**kwargs),
            "form": form,
            "possible": colleagues().exists(),
            "own_address": colleagues().filter(pk=own).exists(),
            "account": reverse("wagtailadmin_account"),
        }

    def change(self) -> None:
        form = TrialForm(self.request.POST)
        if not form.is_valid():
            raise IssueError("No test mail was sent: choose at least one colleague by name.")
        people = list(colleagues().filter(pk__in=form.cleaned_data["to"]))
        names = ", ".join(name_of(person) for person in people)
        issue, pressed = self.open_issue, f"trial-{self.key}"
        rendering = render_issue(issue)
        if not cache.add(pressed, 1, SECONDS):
            say(self.request, well=True, sentence=f"The test mail went to {names} already.")
            return
        try:
            send_trial(self.publication, rendering, [person.email for person in people])
        except DeliveryError:
            cache.delete(pressed)
            raise
        log(issue, "issues.trial", user=self.request.user, data={"to": names})
        say(self.request, well=True, sentence=f"The test mail went to {names}.")
