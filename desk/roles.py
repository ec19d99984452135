"""Who may do what at the desk: the groups, and the rights each of them has.

`migrations/0002_groups` and `0003_readers` put this table into the database and a test compares
the two. Everything else asks for a right by its name, never for a group: an administrator may cut
groups differently.
"""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet

# Whether one may do something with one particular note is in `desk.ownership`: without
# `view_note` nobody sees, without `change_others_note` nobody changes what others write.
OWN_NOTES = {"notes.add_note", "notes.change_note", "notes.delete_note", "notes.add_person"}
ALL_NOTES = OWN_NOTES | {
    "notes.view_note",
    "notes.change_others_note",
    "notes.lock_note",
    "notes.unlock_note",
    "notes.view_person",
    "notes.change_person",
    "notes.delete_person",
}
ASSEMBLING = {"issues.view_issue", "issues.change_issue", "delivery.view_mailing"}
SENDING = {
    "notes.view_note",
    "issues.view_issue",
    "issues.approve_issue",
    "delivery.view_mailing",
    "delivery.change_mailing",
    "delivery.view_pace",
    "delivery.change_pace",
}
# How many joined and left, and the runs that ask who still wants mail: numbers, no names.
HEALTH = {"subscribers.view_reconfirmation"}
# Readers with their addresses masked, and the rules that choose whom a mailing goes to.
AUDIENCE = HEALTH | {
    "subscribers.view_reader",
    "subscribers.view_segment",
    "subscribers.add_segment",
    "subscribers.change_segment",
}
# With `change_reader` addresses are shown in full, and may be taken away in a file.
READERS = {
    f"subscribers.{act}_{what}"
    for act in ("view", "add", "change", "delete")
    for what in (
        "reader",
        "subscription",
        "consent",
        "suppression",
        "importrun",
        "segment",
        "signupform",
        "apikey",
        "reconfirmation",
        "brake",
    )
}
# The record of who did what; with the rights on accounts also what was done to these.
RECORD = "wagtailcore.view_modellogentry"
ACCOUNTS = {
    f"auth.{act}_{what}" for act in ("add", "change", "delete") for what in ("user", "group")
}
SETTING_UP = {
    f"{what[0]}.{act}_{what[1]}"
    for act in ("view", "add", "change", "delete")
    for what in (("notes", "sectionschema"), ("issues", "publication"), ("issues", "volume"))
} | {
    f"wagtailcore.{act}_{what}"
    for act in ("add", "change", "delete")
    for what in ("workflow", "task")
}

DESK = "wagtailadmin.access_admin"
RIGHTS: dict[str, frozenset[str]] = {
    "Contributors": frozenset({DESK} | OWN_NOTES),
    "Editors": frozenset({DESK, RECORD} | ALL_NOTES | ASSEMBLING | HEALTH),
    "Publishers": frozenset({DESK, RECORD} | SENDING | AUDIENCE),
    "Administrators": frozenset(
        {DESK, RECORD} | ALL_NOTES | ASSEMBLING | SENDING | READERS | SETTING_UP | ACCOUNTS
    ),
}

# On the collection that holds all pictures; who may add some may change these.
PICTURES: dict[str, frozenset[str]] = {
    "Contributors": frozenset({"wagtailimages.add_image", "wagtailimages.choose_image"}),
    "Editors": frozenset(
        {"wagtailimages.add_image", "wagtailimages.change_image", "wagtailimages.choose_image"}
    ),
    "Publishers": frozenset(),
    "Administrators": frozenset(
        {"wagtailimages.add_image", "wagtailimages.change_image", "wagtailimages.choose_image"}
    ),
}

# Their members take the step "An editor approves" in the workflow of a note.
APPROVERS = ("Editors", "Administrators")


def rights() -> QuerySet[Permission]:
    """Every right in the table: these an administrator can give and take at the desk."""
    wanted = Q()
    for name in frozenset().union(*RIGHTS.values()):
        app_label, codename = name.split(".")
        wanted |= Q(content_type__app_label=app_label, codename=codename)
    found: QuerySet[Permission] = Permission.objects.filter(wanted)
    return found
