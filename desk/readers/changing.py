"""What is done about one reader by hand: suppressed, taken off a publication, erased."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from wagtail.admin import messages
from wagtail.permission_policies import ModelPermissionPolicy

from desk.readers.pages import AskingOfOneReader
from subscribers.by_hand import REASONS, end_by_hand, suppress_by_hand
from subscribers.erasing import erase
from subscribers.errors import SubscriberError
from subscribers.models import Reader, Subscription, Suppression
from subscribers.sentences import LONGEST


def sentence_field(label: str, **options: Any) -> forms.CharField:
    """A sentence that is kept in the reader's story and in the record."""
    return forms.CharField(
        label=label,
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        **options,
    )


class SuppressForm(forms.Form):
    """Why an address is mailed no more."""

    reason = forms.ChoiceField(choices=[(reason.value, reason.label) for reason in REASONS])
    sentence = sentence_field("In a sentence", help_text="E.g. Asked for it by telephone today.")


class Suppress(AskingOfOneReader):
    """A reader who is not to be mailed, whatever they have subscribed to."""

    permission_policy = ModelPermissionPolicy(Suppression)
    permission_required = "add"
    action_title = "Suppress"
    question = (
        "Nothing is mailed to this address any more, whatever its reader has subscribed to, and "
        "nobody can add it again. A copy that is being handed over at this moment still leaves."
    )
    form_class = SuppressForm
    button = "Suppress the address"
    serious = True

    def change(self, told: dict[str, Any]) -> HttpResponse:
        reason = Suppression.Reason(told["reason"])
        with transaction.atomic():
            suppress_by_hand(self.reader.address, reason, told["sentence"], by=self.by)
            sentence = f"{reason.label.capitalize()}: {told['sentence']}"
            self.record(self.reader, "subscribers.suppress", sentence)
        messages.success(self.request, "The address is suppressed: nothing is mailed to it.")
        return HttpResponseRedirect(self.address())


class EndForm(forms.Form):
    """How a reader asked to leave."""

    sentence = sentence_field(
        "How they asked for it", help_text="E.g. By telephone today, to the editor."
    )


class EndSubscription(AskingOfOneReader):
    """A subscription that its reader asked to end in another way than by a link."""

    permission_policy = ModelPermissionPolicy(Subscription)
    permission_required = "change"
    action_title = "End a subscription"
    form_class = EndForm
    button = "End it"
    serious = True

    def subscription(self) -> Subscription | None:
        """Which; None if there is none of this number, or it is another reader's."""
        own = self.reader.subscriptions.select_related("publication")
        return own.filter(pk=self.kwargs["subscription"]).first()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        subscription = self.subscription()
        if subscription is None:
            question = "There is no such subscription any more."
        elif subscription.state == Subscription.State.ENDED:
            question = f"{subscription.publication} has ended for this reader already."
        else:
            question = (
                f"{subscription.publication} is not mailed to this reader any more, also not by a "
                "mailing that is under way. Nobody but the reader can begin it again."
            )
        return {**super().get_context_data(**kwargs), "question": question}

    def change(self, told: dict[str, Any]) -> HttpResponse:
        subscription = self.subscription()
        if subscription is None:
            raise SubscriberError("Nothing was changed: there is no such subscription any more.")
        with transaction.atomic():
            end_by_hand(subscription, told["sentence"], by=self.by)
            sentence = f"{subscription.publication}: {told['sentence']}"
            self.record(self.reader, "subscribers.end", sentence)
        messages.success(self.request, f"{subscription.publication} has ended for this reader.")
        return HttpResponseRedirect(self.address())


class Erase(AskingOfOneReader):
    """A reader of whom nothing stays that tells who they were (GDPR, article 17)."""

    permission_required = "delete"
    action_title = "Erase"
    question = (
        "Everything that is held about this reader is deleted: address, name, subscriptions, "
        "consents and their whole story. What stays is a hash that keeps the address from being "
        "added again by others, and the counts of past mailings. A last mail tells the reader. "
        "This can't be undone."
    )
    button = "Yes, erase this reader"
    serious = True

    def change(self, told: dict[str, Any]) -> HttpResponse:
        number = self.reader.pk
        with transaction.atomic():
            if not erase(self.reader, self.by):
                raise SubscriberError("Nothing was done: somebody has just erased this reader.")
            sentence = f"Erased reader {number}."
            # Of what was erased not more than its number is told.
            self.record(Reader(pk=number), "subscribers.erase", sentence)
        messages.success(self.request, f"Reader {number} is erased.")
        return HttpResponseRedirect(reverse("readers:index"))
