"""The groups of the desk with their rights, as `desk.roles` has them now.

On a newsroom that is at work already nothing is taken from a group but what is about pages and
documents, which are not here.
"""

from django.contrib.auth.management import create_permissions
from django.db import migrations

DESK = {"wagtailadmin.access_admin"}
RECORD = {"wagtailcore.view_modellogentry"}
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
SETTING_UP = {
    f"{app}.{act}_{what}"
    for app, what, acts in (
        ("notes", "sectionschema", ("view", "add", "change", "delete")),
        ("issues", "publication", ("view", "add", "change", "delete")),
        ("issues", "volume", ("view", "add", "change", "delete")),
        ("wagtailcore", "workflow", ("add", "change", "delete")),
        ("wagtailcore", "task", ("add", "change", "delete")),
        ("auth", "user", ("add", "change", "delete")),
        ("auth", "group", ("add", "change", "delete")),
    )
    for act in acts
}
RIGHTS = {
    "Contributors": DESK | OWN_NOTES,
    "Editors": DESK | RECORD | ALL_NOTES | ASSEMBLING,
    "Publishers": DESK | RECORD | SENDING,
    "Administrators": DESK | RECORD | ALL_NOTES | ASSEMBLING | SENDING | SETTING_UP,
}
ALL_PICTURES = ("add_image", "change_image", "choose_image")
PICTURES = {
    "Contributors": ("add_image", "choose_image"),
    "Editors": ALL_PICTURES,
    "Administrators": ALL_PICTURES,
}
# Wagtail makes these after all migrations, for what is registered as a snippet.
MADE_LATE = (("lock_note", "Can lock note"), ("unlock_note", "Can unlock note"))


def create(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    _make_permissions(apps)
    for name, rights in RIGHTS.items():
        group, _ = Group.objects.get_or_create(name=name)
        for right in sorted(rights):
            app_label, codename = right.split(".")
            group.permissions.add(
                Permission.objects.get(content_type__app_label=app_label, codename=codename)
            )
    _give_pictures(apps)
    _forget_pages(apps)
    # Administrators take the step, too.
    for task in apps.get_model("wagtailcore", "GroupApprovalTask").objects.filter(
        workflow_tasks__workflow__workflow_content_types__content_type__model="note",
        groups__name="Editors",
    ):
        task.groups.add(Group.objects.get(name="Administrators"))


def _make_permissions(apps):
    """Django makes them after all migrations, too; by then they are there."""
    for label in ("notes", "issues", "delivery", "wagtailcore", "wagtailimages", "auth"):
        app = apps.get_app_config(label)
        app.models_module = True
        create_permissions(app, apps=apps, verbosity=0)
        app.models_module = None
    note_type = apps.get_model("contenttypes", "ContentType").objects.get(
        app_label="notes", model="note"
    )
    for codename, label in MADE_LATE:
        apps.get_model("auth", "Permission").objects.get_or_create(
            content_type=note_type, codename=codename, defaults={"name": label}
        )


def _give_pictures(apps):
    root = apps.get_model("wagtailcore", "Collection").objects.get(depth=1)
    Given = apps.get_model("wagtailcore", "GroupCollectionPermission")
    for name, codenames in PICTURES.items():
        for codename in codenames:
            Given.objects.get_or_create(
                group=apps.get_model("auth", "Group").objects.get(name=name),
                collection=root,
                permission=apps.get_model("auth", "Permission").objects.get(
                    content_type__app_label="wagtailimages", codename=codename
                ),
            )


def _forget_pages(apps):
    """What Wagtail gives its own two groups; the second of them has no use here."""
    Group = apps.get_model("auth", "Group")
    own = Group.objects.filter(name__in=[*RIGHTS, "Moderators"])
    apps.get_model("wagtailcore", "GroupPagePermission").objects.filter(group__in=own).delete()
    apps.get_model("wagtailcore", "GroupCollectionPermission").objects.filter(
        group__in=own, permission__content_type__app_label="wagtaildocs"
    ).delete()
    for group in own:
        group.permissions.remove(
            *group.permissions.filter(content_type__app_label__in=["wagtailimages", "wagtaildocs"])
        )
    Group.objects.filter(name="Moderators", user__isnull=True).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0001_cache_table"),
        ("notes", "0004_the_desk"),
        ("issues", "0005_the_desk"),
        ("delivery", "0008_mailings_are_told_of_once"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
        ("wagtailadmin", "0006_formstate"),
        ("wagtailimages", "0027_image_description"),
        ("wagtaildocs", "0014_alter_document_file_size"),
    ]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
