"""A note's form as a browser sends it."""

from django.urls import reverse

from tests.desk.test_desk import form_data


def address(page, *args):
    return reverse(f"wagtailsnippets_notes_note:{page}", args=args)


def filled(client, note=None, **changes):
    """What the note's page would send, with some fields changed."""
    page = client.get(address("edit", note.pk) if note else address("add"))
    return {**form_data(page.context["form"]), **changes}
