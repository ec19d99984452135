"""What can be subscribed to, and the words in which it is offered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

# Python's numbering of the days of a week. A sentence each: languages bend the day's name.
_EVERY_WEEK = (
    gettext_noop("One mail a week, on Mondays at %(hour)s %(place)s time."),
    gettext_noop("One mail a week, on Tuesdays at %(hour)s %(place)s time."),
    gettext_noop("One mail a week, on Wednesdays at %(hour)s %(place)s time."),
    gettext_noop("One mail a week, on Thursdays at %(hour)s %(place)s time."),
    gettext_noop("One mail a week, on Fridays at %(hour)s %(place)s time."),
    gettext_noop("One mail a week, on Saturdays at %(hour)s %(place)s time."),
    gettext_noop("One mail a week, on Sundays at %(hour)s %(place)s time."),
)


def offered() -> list[Any]:
    """The `issues.Publication`s that the subscribe page names, the numbered ones first."""
    publications = apps.get_model("issues", "Publication")
    return list(publications._default_manager.filter(offered=True).order_by("-numbered", "name"))


def promise_of(publication: Any) -> str:
    """What will come of a publication, and how often, in one sentence."""
    if publication.promise:
        return str(publication.promise)
    if not publication.numbered:
        return _("A mail now and then, when something urgent happens.")
    place = publication.time_zone.rpartition("/")[2].replace("_", " ")
    hour = f"{publication.hour.hour}:{publication.hour:%M}"
    return _(_EVERY_WEEK[publication.weekday]) % {"hour": hour, "place": place}


def about(publication: Any) -> str:
    """What comes, how often, and from whom: what a form says of a publication beside its name."""
    sender = f"{publication.sender_name} <{publication.sender_address}>"
    return " ".join([promise_of(publication), _("It comes from %(sender)s.") % {"sender": sender}])


def consent_sentence() -> str:
    """What a person agrees to by pressing the button of a form."""
    return _(
        "By pressing the button I agree to get what I have chosen by mail, at the address above. "
        "I can leave at any time with the link in every mail."
    )


def words_shown(publications: Iterable[Any]) -> str:
    """All that a form says to who chose these publications, for the evidence of the consent.

    A paragraph for each publication, and one for what is agreed to.
    """
    chosen = (f"{publication.name}: {about(publication)}" for publication in publications)
    return "\n\n".join([*chosen, consent_sentence()])


def latest_issue_path(publication: Any) -> str:
    """The path of the latest issue that was published; of the first page where there is none."""
    issue = (
        publication.issues.filter(published_at__isnull=False).order_by("-date").first()
        if publication.numbered
        else None
    )
    if issue is None:
        return reverse("archive:home")
    serial = issue.taken_serials.order_by("serial").values_list("serial", flat=True).first()
    return reverse("archive:issue", args=[publication.slug, serial])
