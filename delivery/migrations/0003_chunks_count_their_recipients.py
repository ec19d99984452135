"""What chunks, mailings and recipients say from now on, beside what they said before."""

import delivery.models
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0002_initial"),
        ("issues", "0003_first_publications"),
        ("subscribers", "0002_suppressions_say_where_they_come_from"),
    ]

    operations = [
        migrations.CreateModel(
            name="Pace",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "per_minute",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="As many at most; empty: as fast as the transport takes them.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="recipients a minute",
                    ),
                ),
                (
                    "quiet_from",
                    models.TimeField(
                        blank=True,
                        help_text="Nothing leaves from this time of the day, in the publication's zone …",
                        null=True,
                    ),
                ),
                (
                    "quiet_until",
                    models.TimeField(blank=True, help_text="… until this one.", null=True),
                ),
                (
                    "ramp_up_from",
                    models.DateField(
                        blank=True,
                        help_text="The first day of a new sender: providers distrust one that begins with many.",
                        null=True,
                    ),
                ),
                (
                    "ramp_up_first_day",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Recipients on that day; twice as many on each day after it.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "breaker_after",
                    models.PositiveSmallIntegerField(
                        default=5,
                        help_text="Doubts or refusals in a row after which a mailing pauses itself.",
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "next_at",
                    models.DateTimeField(
                        editable=False,
                        help_text="Before this moment no further chunk may leave.",
                        null=True,
                    ),
                ),
                ("next_reason", models.CharField(blank=True, editable=False, max_length=200)),
            ],
            options={
                "verbose_name": "pace",
            },
        ),
        migrations.CreateModel(
            name="ProviderEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("provider_id", models.CharField(max_length=200, unique=True)),
                (
                    "fingerprint",
                    models.CharField(
                        help_text="SHA-256 of the message's id, the event, its time and the address.",
                        max_length=64,
                        unique=True,
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("received_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["at", "pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="chunk",
            name="a_chunk_is_in_a_known_state",
        ),
        migrations.AddField(
            model_name="chunk",
            name="asked_answer",
            field=models.CharField(
                blank=True, help_text="What came of asking, for a person.", max_length=300
            ),
        ),
        migrations.AddField(
            model_name="chunk",
            name="asked_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When the provider's logs were last asked about it.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="chunk",
            name="left_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When its call was begun; before that nothing has left.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="chunk",
            name="proved",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="chunk",
            name="size",
            field=models.PositiveIntegerField(default=1),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="chunk",
            name="withdrawn",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="mailing",
            name="cancelled_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="mailing",
            name="cancelled_by",
            field=models.CharField(blank=True, max_length=150),
        ),
        migrations.AddField(
            model_name="mailing",
            name="in_a_row",
            field=models.PositiveIntegerField(
                default=0, help_text="Doubts and refusals since a chunk was last accepted."
            ),
        ),
        migrations.AddField(
            model_name="mailing",
            name="key",
            field=models.CharField(
                default=delivery.models._new_key,
                editable=False,
                help_text="Goes out with every copy, so that nobody takes another database's for ours.",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="mailing",
            name="pause_reason",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name="mailing",
            name="paused_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="recipient",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "nothing was said"),
                    ("processed", "taken by the provider"),
                    ("deferred", "put off by the reader's server"),
                    ("delivered", "taken by the reader's server"),
                    ("blocked", "turned away for now by the reader's server"),
                    ("bounced", "turned away for good by the reader's server"),
                    ("dropped", "not handed on by the provider"),
                    ("unsubscribed", "unsubscribed at the provider"),
                    ("complained", "reported as spam"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="recipient",
            name="withdrawal",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "not withdrawn"),
                    ("suppressed", "suppressed since the freeze"),
                    ("unsubscribed", "unsubscribed since the freeze"),
                    ("erased", "erased since the freeze"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="chunk",
            name="state",
            field=models.CharField(
                choices=[
                    ("pending", "pending"),
                    ("sending", "being handed over"),
                    ("accepted", "accepted"),
                    ("rejected", "rejected"),
                    ("in doubt", "in doubt"),
                    ("withdrawn", "withdrawn"),
                ],
                default="pending",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="chunk",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["pending", "sending", "accepted", "rejected", "in doubt", "withdrawn"],
                    )
                ),
                name="a_chunk_is_in_a_known_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="mailing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("pause_reason", ""), ("paused_at__isnull", True)),
                    models.Q(
                        ("paused_at__isnull", False), models.Q(("pause_reason", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="a_paused_mailing_says_why",
            ),
        ),
        migrations.AddField(
            model_name="pace",
            name="publication",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="pace",
                to="issues.publication",
            ),
        ),
        migrations.AddField(
            model_name="providerevent",
            name="recipient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="events",
                to="delivery.recipient",
            ),
        ),
        migrations.AddConstraint(
            model_name="pace",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("quiet_from__isnull", True), ("quiet_until__isnull", True)),
                    models.Q(("quiet_from__isnull", False), ("quiet_until__isnull", False)),
                    _connector="OR",
                ),
                name="a_quiet_time_begins_and_ends",
            ),
        ),
        migrations.AddConstraint(
            model_name="pace",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ramp_up_first_day__isnull", True), ("ramp_up_from__isnull", True)),
                    models.Q(("ramp_up_first_day__isnull", False), ("ramp_up_from__isnull", False)),
                    _connector="OR",
                ),
                name="a_ramp_up_has_a_day_and_a_number",
            ),
        ),
    ]
