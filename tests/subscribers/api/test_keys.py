"""API keys."""

from datetime import timedelta

import pytest
from django.utils import timezone

from subscribers.api.keys import WRONG_KEYS_A_MINUTE, Scope, holder, make_key, revoke
from subscribers.api.problems import Problem
from subscribers.models import ApiKey

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(twtw):
    return make_key("The institute's foot", [Scope.WRITE], [twtw])


def shown(secret, scope=Scope.WRITE, network="here"):
    return holder(f"Bearer {secret}", scope, network, timezone.now())


def refusal(*arguments, **named):
    with pytest.raises(Problem) as refused:
        shown(*arguments, **named)
    return refused.value


def test_a_key_is_known_by_its_text_of_which_only_a_hash_is_kept(made):
    key, secret = made
    assert shown(secret) == key
    assert not any(secret[14:] in str(value) for value in ApiKey.objects.values_list().get())


@pytest.mark.parametrize(
    "change",
    [
        lambda secret: secret[:-1] + ("a" if secret[-1] != "a" else "b"),
        lambda secret: secret[:-1],
        lambda secret: secret + "a",
        lambda secret: secret.swapcase(),
        lambda secret: secret[:13],
        lambda secret: "twtw_\x00_",
        lambda secret: "twtw_é_\udcff",
        lambda secret: "",
    ],
)
def test_whatever_is_not_letter_by_letter_a_key_is_none(made, change):
    assert refusal(change(made[1])).status == 401


def test_another_way_of_showing_it_is_none(made):
    with pytest.raises(Problem) as refused:
        holder(f"Basic {made[1]}", Scope.WRITE, "here", timezone.now())
    assert refused.value.headers["WWW-Authenticate"].startswith("Bearer")


def test_who_shows_a_key_is_told_that_it_is_none(made):
    told = {
        shown: refusal_of(shown).headers["WWW-Authenticate"]
        for shown in ("", "Basic x", "Bearer x", "bearer twtw_guess_x")
    }
    assert [shown for shown in told if "invalid_token" in told[shown]] == list(told)[2:]


def refusal_of(shown):
    with pytest.raises(Problem) as refused:
        holder(shown, Scope.WRITE, "here", timezone.now())
    return refused.value


def test_a_revoked_key_opens_nothing_and_is_revoked_once(made, twtw):
    key, secret = made
    other, goes_on = make_key("Another", [Scope.WRITE], [twtw])
    assert (shown(secret), shown(goes_on)) == (key, other)
    assert revoke(key, timezone.now())
    assert not revoke(key, timezone.now())
    assert refusal(secret).status == 401
    assert shown(goes_on) == other


def test_a_key_does_what_its_scopes_say_and_nothing_else(made):
    problem = refusal(made[1], Scope.DELETE)
    assert problem.status == 403
    assert 'scope="subscriptions:delete"' in problem.headers["WWW-Authenticate"]


def test_a_key_may_call_so_often_a_minute(twtw):
    _, secret = make_key("Slow", [Scope.WRITE], [twtw], per_minute=2)
    shown(secret)
    shown(secret)
    problem = refusal(secret)
    assert problem.status == 429
    assert problem.headers["Retry-After"] == "60"


def test_who_tries_many_keys_is_told_to_wait_and_others_are_not(made):
    for _ in range(WRONG_KEYS_A_MINUTE):
        assert refusal("twtw_guess_x").status == 401
    assert refusal("twtw_guess_x").status == 429
    assert refusal("twtw_guess_x", network="elsewhere").status == 401
    assert shown(made[1]) == made[0]


def test_what_every_key_may_asks_for_no_scope(made):
    assert shown(made[1], None) == made[0]


def test_spaces_around_a_key_do_not_count(made):
    assert shown(f" {made[1]} ") == made[0]


def test_a_key_says_to_the_minute_when_it_was_last_used(made, twtw):
    key, secret = made
    other, _ = make_key("Another", [Scope.WRITE], [twtw])
    now = timezone.now()
    minute = timedelta(minutes=1)
    for used_at, noted in [(now, now), (now + minute, now), (now + 2 * minute, now + 2 * minute)]:
        holder(f"Bearer {secret}", Scope.WRITE, "here", used_at)
        key.refresh_from_db()
        assert key.last_used_at == noted
    other.refresh_from_db()
    assert other.last_used_at is None


def test_another_secret_key_ends_no_api_key(made, settings):
    settings.SECRET_KEY = "x" * 50
    assert shown(made[1]) == made[0]
