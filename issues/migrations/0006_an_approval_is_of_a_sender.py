"""An approval holds for the sender that it was given for; those in force, for the one there is."""

from django.db import migrations, models


def keep_todays_sender(apps, schema_editor):
    in_force = apps.get_model("issues", "Approval").objects.filter(voided_at__isnull=True)
    for approval in in_force.select_related("issue__publication"):
        publication = approval.issue.publication
        sender = f"{publication.sender_name} <{publication.sender_address}>"
        if publication.reply_to:
            sender = f"{sender}, answers to {publication.reply_to}"
        approval.sender = sender
        approval.save(update_fields=["sender"])


class Migration(migrations.Migration):
    dependencies = [("issues", "0005_the_desk")]

    operations = [
        migrations.AddField(
            model_name="approval",
            name="sender",
            field=models.CharField(
                default="",
                help_text="Whom it is from and where answers go; not in the bytes.",
                max_length=700,
            ),
            preserve_default=False,
        ),
        migrations.RunPython(keep_todays_sender, migrations.RunPython.noop),
    ]
