"""What others said is forgotten when nobody asks for it any more."""

from datetime import timedelta

import pytest
from django.utils import timezone

from issues.models import LinkAnswer, SpamVerdict
from issues.outside.forgetting import KEPT, forget_old_answers

pytestmark = pytest.mark.django_db


def test_answers_about_links_and_mails_are_forgotten():
    now = timezone.now()
    for age in (KEPT - timedelta(days=1), KEPT + timedelta(days=1)):
        LinkAnswer.objects.create(key=str(age), address="x", reachable=True, asked_at=now - age)
        SpamVerdict.objects.create(sha256=str(age), score=1.0, asked_at=now - age)
    assert forget_old_answers(now) == 2
    assert LinkAnswer.objects.count() == SpamVerdict.objects.count() == 1
    assert forget_old_answers(now) == 0
