"""What is counted before a mailing is what its freeze then writes down."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from delivery.audience import audience_of
from delivery.counting import counts
from delivery.freezing import start_alert_mailing
from subscribers.models import Suppression

pytestmark = pytest.mark.django_db

READERS = st.tuples(st.sampled_from(["confirmed", "pending", "ended"]), st.booleans())


@given(mixture=st.lists(READERS, max_size=12))
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_for_any_mixture_of_readers_the_freeze_does_what_was_counted(
    mixture, alert, alerts, twtw, subscribe, pigeon
):
    with transaction.atomic():
        subscribe(alerts, "always@example.org")
        subscribe(twtw, "reads-only-the-weekly@example.org")
        for number, (state, suppressed) in enumerate(mixture):
            subscribe(alerts, f"reader{number}@example.org", state=state)
            if suppressed:
                Suppression.objects.create(key=f"reader{number}@example.org", reason="bounced")

        told = audience_of(alerts)
        frozen = counts(start_alert_mailing(*alert, pigeon()))

        assert (told.candidates, told.excluded) == (frozen.candidates, frozen.excluded)
        assert told.readers == frozen.frozen
        transaction.set_rollback(True)


def test_an_audience_is_told_in_one_sentence(alerts, subscribe):
    assert audience_of(alerts).sentence == "0 readers get it."
    subscribe(alerts, "anna@example.org")
    assert audience_of(alerts).sentence == "1 reader gets it."
    subscribe(alerts, "ben@example.org")
    subscribe(alerts, "left@example.org", state="ended")
    assert audience_of(alerts).sentence == "2 readers get it; 1 does not: 1 unsubscribed."
    for number in range(2):
        subscribe(alerts, f"silent{number}@example.org", state="pending")
    assert audience_of(alerts).sentence == (
        "2 readers get it; 3 do not: 2 not confirmed, 1 unsubscribed."
    )
