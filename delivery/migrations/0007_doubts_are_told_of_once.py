"""A mailing remembers when the editors were told that its doubts wait for a person."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0006_the_table_of_states"),
    ]

    operations = [
        migrations.AddField(
            model_name="mailing",
            name="doubts_told_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When the editors were last told that a person has to settle its doubts.",
                null=True,
            ),
        ),
    ]
