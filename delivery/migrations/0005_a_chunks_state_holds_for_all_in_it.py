"""What recipients' rows said before is gone: the addresses, and the states that chunks have."""

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0004_carry_over_what_was_known"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="recipient",
            name="one_row_a_reader_and_mailing",
        ),
        migrations.RemoveConstraint(
            model_name="recipient",
            name="a_recipient_is_in_a_known_state",
        ),
        migrations.RemoveConstraint(
            model_name="recipient",
            name="a_recipient_is_in_a_chunk_or_excluded_for_a_reason",
        ),
        migrations.RemoveField(
            model_name="recipient",
            name="address",
        ),
        migrations.RemoveField(
            model_name="recipient",
            name="detail",
        ),
        migrations.RemoveField(
            model_name="recipient",
            name="key",
        ),
        migrations.RemoveField(
            model_name="recipient",
            name="name",
        ),
        migrations.RemoveField(
            model_name="recipient",
            name="state",
        ),
        migrations.AlterField(
            model_name="recipient",
            name="mailing",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="recipients",
                to="delivery.mailing",
            ),
        ),
        migrations.AlterField(
            model_name="recipient",
            name="subscription",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="subscribers.subscription",
            ),
        ),
        migrations.AddConstraint(
            model_name="chunk",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["accepted", "in doubt"]), _negated=True),
                    ("left_at__isnull", False),
                    _connector="OR",
                ),
                name="a_chunk_that_never_left_is_neither_accepted_nor_in_doubt",
            ),
        ),
        migrations.AddConstraint(
            model_name="chunk",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("size__gt", 0),
                    (
                        "size__gte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("withdrawn"), "+", models.F("proved")
                        ),
                    ),
                ),
                name="nobody_in_a_chunk_is_counted_twice",
            ),
        ),
        migrations.AddConstraint(
            model_name="recipient",
            constraint=models.UniqueConstraint(
                fields=("subscription", "mailing"), name="one_row_a_reader_and_mailing"
            ),
        ),
        migrations.AddConstraint(
            model_name="recipient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("chunk_number__isnull", True),
                        ("outcome", ""),
                        ("withdrawal", ""),
                        models.Q(("exclusion", ""), _negated=True),
                    ),
                    models.Q(("chunk_number__isnull", False), ("exclusion", "")),
                    _connector="OR",
                ),
                name="a_recipient_is_in_a_chunk_or_excluded_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="recipient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("exclusion", ""),
                        ("exclusion__in", ["", "suppressed", "unsubscribed", "unconfirmed"]),
                        _connector="OR",
                    ),
                    models.Q(
                        ("withdrawal", ""),
                        ("withdrawal__in", ["", "suppressed", "unsubscribed", "erased"]),
                        _connector="OR",
                    ),
                    models.Q(
                        ("outcome", ""),
                        (
                            "outcome__in",
                            [
                                "",
                                "processed",
                                "deferred",
                                "delivered",
                                "blocked",
                                "bounced",
                                "dropped",
                                "unsubscribed",
                                "complained",
                            ],
                        ),
                        _connector="OR",
                    ),
                ),
                name="what_is_said_of_a_recipient_is_known",
            ),
        ),
    ]
