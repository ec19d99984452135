"""The two publications there are, with the volumes of the weekly as they were really printed."""

from datetime import date

from django.db import migrations

# The first serials of Vol 1 (2019) to Vol 8 (2026). Weeks without an issue and combined issues
# make them irregular, so they are a fact to keep, not a figure to compute.
FIRST_SERIALS = (1, 48, 100, 152, 197, 247, 292, 339)
FIRST_YEAR = 2019


def create(apps, schema_editor):
    Publication = apps.get_model("issues", "Publication")
    Volume = apps.get_model("issues", "Volume")
    weekly = Publication.objects.create(
        slug="twtw",
        name="The World This Week",
        short_name="TWTW",
        tagline="Short notes on what happened, why, and what it means",
        sender_name="The World This Week",
        sender_address="weekly@example.org",
    )
    Publication.objects.create(
        slug="gp-alerts",
        name="GP Alerts",
        short_name="GP Alert",
        tagline="One note, when it matters",
        sender_name="GP Alerts",
        sender_address="alerts@example.org",
        numbered=False,
    )
    Volume.objects.bulk_create(
        Volume(
            publication=weekly,
            number=position + 1,
            begins_on=date(FIRST_YEAR + position, 1, 1),
            first_serial=first_serial,
        )
        for position, first_serial in enumerate(FIRST_SERIALS)
    )


class Migration(migrations.Migration):
    dependencies = [("issues", "0002_initial")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
