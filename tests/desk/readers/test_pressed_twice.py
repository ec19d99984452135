"""A button that is pressed twice: both presses are answered, and it is done once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from subscribers.models import ApiKey, ReaderChange, Segment, ServiceMail, SignUp

pytestmark = pytest.mark.django_db(transaction=True)

ANN = "ann@example.org"


@pytest.fixture
def press_twice(people):
    """Posts a form from two tabs at once; the statuses, and what was recorded meanwhile."""

    def press(address, /, *arguments, **form):
        path, before = reverse(address, args=arguments), ModelLogEntry.objects.count()

        def post(_tab):
            tab = Client()
            tab.cookies.update(people.ada.cookies)
            try:
                return tab.post(path, form).status_code
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as tabs:
            statuses = sorted(tabs.map(post, range(2)))
        return statuses, ModelLogEntry.objects.count() - before

    return press


def test_a_reader_is_asked_once_and_erased_once(press_twice, twtw):
    told = {"address": ANN, "publications": twtw.pk, "basis": "ask", "source": "By telephone"}
    assert press_twice("readers:add", **told) == ([302, 400], 1)
    asked = SignUp.objects.get()
    assert ServiceMail.objects.filter(kind="confirm").count() == 1
    statuses, recorded = press_twice("readers:erase", asked.reader_id)
    assert statuses in ([302, 302], [302, 400])
    assert recorded == 1
    assert ServiceMail.objects.filter(kind="erased").count() == 1


def test_a_reader_is_suppressed_once(press_twice, twtw, subscribe):
    reader = subscribe(twtw, ANN).reader
    told = {"reason": "by request", "sentence": "By telephone"}
    assert press_twice("readers:suppress", reader.pk, **told) == ([302, 400], 1)
    assert ReaderChange.objects.filter(reader=reader).count() == 1


def test_a_key_and_a_segment_are_made_once_and_a_segment_deleted_once(press_twice, twtw):
    told = {"scopes": "subscriptions:write", "publications": twtw.pk, "per_minute": "60"}
    assert press_twice("api_keys:index", name="A site", **told) == ([200, 400], 1)
    assert ApiKey.objects.count() == 1
    sentence = {"name": "Africa’s", "segment": "region Africa"}
    assert press_twice("segments:add", **sentence) == ([302, 400], 1)
    statuses, recorded = press_twice("segments:delete", Segment.objects.get().pk)
    assert statuses in ([302, 400], [302, 404])
    assert recorded == 1


def test_somebody_is_invited_into_one_account(press_twice, people):
    group = people.eve.user.groups.get()
    told = {"name": "Ann Other", "email": "ann@example.net", "groups": group.pk}
    statuses, _ = press_twice("wagtailusers_users:add", **told)
    assert statuses == [302, 302]
    assert User.objects.filter(email="ann@example.net").count() == 1
