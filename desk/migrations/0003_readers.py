"""The groups' rights on readers, as `desk.roles` has them now.

A group that was renamed or deleted stays as it is.
"""

from django.contrib.auth.management import create_permissions
from django.db import migrations

HEALTH = {"view_reconfirmation"}
AUDIENCE = HEALTH | {"view_reader", "view_segment", "add_segment", "change_segment"}
READERS = {
    f"{act}_{what}"
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
RIGHTS = {"Editors": HEALTH, "Publishers": AUDIENCE, "Administrators": READERS}


def give(apps, schema_editor):
    # Django makes them after all migrations, too; by then they are there.
    app = apps.get_app_config("subscribers")
    app.models_module = True
    create_permissions(app, apps=apps, verbosity=0)
    app.models_module = None
    Permission = apps.get_model("auth", "Permission")
    for group in apps.get_model("auth", "Group").objects.filter(name__in=RIGHTS):
        group.permissions.add(
            *Permission.objects.filter(
                content_type__app_label="subscribers", codename__in=RIGHTS[group.name]
            )
        )


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0002_groups"),
        ("subscribers", "0003_readers_pages"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
