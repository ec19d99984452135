"""The form that another site puts among its own: plain HTML, without script, cookie or token."""

from __future__ import annotations

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from subscribers.models import SignUpForm
from subscribers.offers import about, consent_sentence

# What people do not see and so leave empty. No program that fills in addresses knows the name.
TRAP = "homepage"


def embed_html(form: SignUpForm) -> str:
    """The HTML of a form for another site; where it is pasted, people can sign up.

    Args:
        form: which; it says what can be chosen.
    """
    context = {
        "form": form,
        "offers": [(one, about(one)) for one in form.publications.order_by("-numbered", "name")],
        "action": f"{settings.SITE_URL}{reverse('subscribers:subscribe')}",
        "trap": TRAP,
        "consent": consent_sentence(),
    }
    return render_to_string("web/_embedded_form.html", context)
