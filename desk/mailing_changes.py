"""What a person changes about a mailing at the desk: hold it, let it go on, decide its doubts.

A GET asks, a POST does it, and Wagtail's log keeps it with the person's name. Whoever presses
second is told how it is now.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from wagtail.admin import messages
from wagtail.log_actions import log

from delivery import intervening
from delivery.describing import MEANING
from delivery.errors import DeliveryError
from delivery.models import Mailing
from delivery.settling import Decision, Knowledge, settle_all_by_person, what_is_known
from delivery.standing import ended
from delivery.states import ChunkState
from desk.mailings import OneMailing, shown
from desk.naming import name_of
from desk.pressing import DoneByAButton

LONGEST_NUMBER = 9


class Change(OneMailing):
    """A change of a mailing: asked for by a GET, made by a POST, told afterwards."""

    permission_required = "change"
    template_name = "desk/mailing_confirm.html"
    log_action = ""
    question = ""
    button = ""
    serious = False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {
            **context,
            "question": self.get_question(context["counts"].pending),
            "button": self.button,
            "serious": self.serious,
        }

    def get_question(self, _readers: int) -> str:
        """What the person is asked.

        Args:
            _readers: how many readers' copies are still to be sent.
        """
        return self.question

    def change(self) -> intervening.Done:
        """Do it.

        Raises:
            DeliveryError: if it can't be done as the mailing is now.
        """
        raise NotImplementedError

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        try:
            done = self.change()
        except DeliveryError as refusal:
            messages.error(request, str(refusal))
        else:
            tell = messages.success if done.changed else messages.warning
            if done.changed:
                data = {"sentence": done.sentence}
                log(self.mailing, self.log_action, user=request.user, data=data)
            tell(request, f"{done.sentence} {self.afterwards() if done.changed else ''}".rstrip())
        return HttpResponseRedirect(self.address())

    def afterwards(self) -> str:
        """What follows from a change, as one more sentence; nothing for most."""
        return ""


class PauseForm(forms.Form):
    """Why a mailing is paused."""

    reason = forms.CharField(
        required=False,
        max_length=300,
        help_text="For whoever looks at it later.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class Pause(Change):
    action_title = "Pause"
    log_action = "delivery.pause"
    question = (
        "Nothing further leaves until somebody resumes it. What a worker is handing over right now "
        "still leaves."
    )
    button = "Pause it"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "form": PauseForm()}

    def change(self) -> intervening.Done:
        form = PauseForm(self.request.POST)
        if not form.is_valid():
            raise DeliveryError("The reason is too long; write it in at most 300 characters.")
        return intervening.pause(
            self.mailing, name_of(self.request.user), form.cleaned_data["reason"]
        )


class Resume(Change):
    action_title = "Resume"
    log_action = "delivery.resume"
    button = "Resume it"

    def get_question(self, readers: int) -> str:
        if self.mailing.paused_at is None:
            return "It is not paused."
        whom = (
            "1 reader then gets a copy" if readers == 1 else f"{readers:,} readers then get a copy"
        )
        return (
            f"{ended(self.mailing.pause_reason)} If that is no reason any more, resume it: {whom}."
        )

    def change(self) -> intervening.Done:
        return intervening.resume(self.mailing)

    def afterwards(self) -> str:
        return go_on(self.mailing)


class GoOn(DoneByAButton, OneMailing):
    """A mailing that nobody works at: have it handed over now, without a question before.

    Pressing twice starts one run.
    """

    permission_required = "change"

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        messages.success(request, go_on(self.mailing))
        return HttpResponseRedirect(self.address())


def go_on(mailing: Mailing) -> str:
    """Have a mailing handed over now, as the schedule would in a while; what comes of it."""
    from flows.starting import start_mailing

    # Within a minute it is the same wish.
    started = start_mailing(mailing, key=f"mailing-{mailing.pk}-{timezone.now():%Y%m%d%H%M}")
    if started.ok:
        return "It goes on now."
    return f"{started.why} Nothing is lost: it goes on as soon as the schedule runs again."


class Cancel(Change):
    action_title = "Cancel"
    log_action = "delivery.cancel"
    button = "Yes, cancel it"
    serious = True

    def get_question(self, readers: int) -> str:
        whom = "1 reader has" if readers == 1 else f"{readers:,} readers have"
        return (
            f"{whom} not been sent their copy yet, and will never get it. Who has one keeps it. "
            "This can't be undone; a pause can."
        )

    def change(self) -> intervening.Done:
        return intervening.cancel(self.mailing, name_of(self.request.user))


class Settle(Change):
    """A decision about one chunk, or about all that is in doubt."""

    action_title = "Settle"
    template_name = "desk/mailing_settle.html"
    log_action = "delivery.settle"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        known = self.questions()
        doubts = all(one.state is ChunkState.IN_DOUBT for one in known)
        return {
            **super().get_context_data(**kwargs),
            **shown(known, self.mailing),
            "chunks": [one.number for one in known],
            "readers": sum(one.readers for one in known),
            "early": any(not one.ripe for one in known),
            "resend": MEANING[Decision.RESEND]
            if doubts
            else "They were refused, so nobody has one.",
            "count_as_sent": MEANING[Decision.COUNT_AS_SENT],
            "in_doubt": doubts,
        }

    def questions(self) -> list[Knowledge]:
        """The chunk that the address names, or all that are in doubt."""
        number = self.kwargs.get("number")
        known = what_is_known(self.mailing, timezone.now())
        if number is None:
            return [one for one in known if one.state is ChunkState.IN_DOUBT]
        return [one for one in known if one.number == number]

    def change(self) -> intervening.Done:
        posted = self.request.POST
        numbers = [
            int(number)
            for number in posted.getlist("chunk")
            if number.isdecimal() and len(number) <= LONGEST_NUMBER
        ]
        if posted.get("decision") not in Decision.values or not numbers:
            raise DeliveryError("Nothing was decided; choose one of the two.")
        decision = Decision(posted["decision"])
        # The very chunks that the person has seen, and none that came into doubt since.
        readers = settle_all_by_person(
            self.mailing, decision, name_of(self.request.user), numbers=numbers, at_once=True
        )
        whom = f"{readers:,} reader{'' if readers == 1 else 's'}"
        become = "count as sent" if decision is Decision.COUNT_AS_SENT else "are to be sent again"
        return intervening.Done(f"The copies of {whom} {become}.", changed=True)
