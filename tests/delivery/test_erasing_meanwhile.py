"""A reader is erased while a mailing is frozen: both come to their end, and the counts agree."""

import threading

import pytest
from django.db import connection, transaction

from delivery.counting import counts
from delivery.freezing import start_alert_mailing
from delivery.models import Mailing, Recipient
from subscribers.erasing import erase
from subscribers.models import Reader


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["freeze", "erase"])
def test_a_reader_is_erased_at_the_moment_of_the_freeze(alert, readers, pigeon, first):
    erased = readers(3)[0].reader
    steps = {
        "freeze": lambda: start_alert_mailing(*alert, pigeon(chunk_size=10)),
        "erase": lambda: erase(erased),
    }
    (second,) = set(steps) - {first}
    begun, failures = threading.Event(), []

    def meanwhile():
        begun.set()
        try:
            steps[second]()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test says so
            failures.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=meanwhile)
    with transaction.atomic():
        steps[first]()
        thread.start()
        begun.wait()
    thread.join()
    assert failures == []
    assert Reader.objects.count() == 2
    mailing = Mailing.objects.get()
    gone = Recipient.objects.filter(subscription=None).count()
    assert gone == (first == "freeze")
    assert counts(mailing).frozen == 2 + gone
