"""What the frame forgets: sessions, the cache, and the record where the operator wants it."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from newsroom.forgetting import forget_cached, forget_record, forget_sessions

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def test_sessions_that_are_over_are_deleted():
    for hours in (-1, 1):
        Session.objects.create(
            session_key=f"key{hours}", session_data="", expire_date=NOW + timedelta(hours=hours)
        )
    assert forget_sessions(NOW) == 1
    assert Session.objects.get().session_key == "key1"


def test_what_the_cache_gives_out_no_more_is_deleted():
    cache.set("old", 1, timeout=10)
    cache.set("young", 1, timeout=10_000)
    cache.set("lasting", 1, timeout=None)
    soon = timezone.now() + timedelta(hours=1)
    assert forget_cached(soon) == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM desk_cache")
        assert cursor.fetchone() == (2,)
    assert forget_cached(soon) == 0


def test_the_record_stays_unless_the_operator_has_set_a_time(twtw, settings):
    for days in (99, 101):
        entry = log(twtw, "wagtail.edit")
        ModelLogEntry.objects.filter(pk=entry.pk).update(timestamp=NOW - timedelta(days=days))
    settings.KEEP_RECORD = timedelta(0)
    assert forget_record(NOW) == 0
    settings.KEEP_RECORD = timedelta(days=100)
    assert forget_record(NOW) == 1
    assert ModelLogEntry.objects.count() == 1
