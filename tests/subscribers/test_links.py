"""The readers' links: made for one purpose, good for ever, of no use when changed."""

import pytest
from django.core.signing import Signer
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from subscribers.errors import BadLink
from subscribers.links import (
    Form,
    Purpose,
    preferences_url,
    subscription_and_version,
    subscription_of,
    unsubscribe_url,
)


def token_of(url):
    return url.rstrip("/").rpartition("/")[2]


def test_a_link_is_absolute_and_holds_no_address(settings):
    settings.SITE_URL = "https://weekly.example.org"
    url = unsubscribe_url(7)
    assert url.startswith("https://weekly.example.org/unsubscribe/7.")
    assert url.isascii()
    assert len(url) < 120


@pytest.mark.parametrize(
    ("make", "purpose"),
    [(unsubscribe_url, Purpose.UNSUBSCRIBE), (preferences_url, Purpose.PREFERENCES)],
)
def test_a_link_names_its_subscription_for_its_own_purpose_only(make, purpose):
    token = token_of(make(12345))
    assert subscription_of(token, purpose) == 12345
    (other,) = set(Purpose) - {purpose}
    with pytest.raises(BadLink, match="damaged"):
        subscription_of(token, other)


def test_a_changed_link_is_a_bad_one():
    token = token_of(unsubscribe_url(7))
    changed = {
        "",
        "7",
        "7.",
        f"8{token[1:]}",
        f"07{token[1:]}",
        token[:-1],
        f"{token}A",
        token.swapcase(),
        token.replace(".", ":"),
    }
    for text in changed:
        with pytest.raises(BadLink):
            subscription_of(text, Purpose.UNSUBSCRIBE)


def test_old_links_work_after_a_change_of_the_key(settings):
    token = token_of(unsubscribe_url(7))
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another key, made for this test alone"
    with pytest.raises(BadLink):
        subscription_of(token, Purpose.UNSUBSCRIBE)
    settings.SECRET_KEY_FALLBACKS = [former]
    assert subscription_of(token, Purpose.UNSUBSCRIBE) == 7
    assert token_of(unsubscribe_url(7)) != token


def test_a_link_in_an_old_mail_works_after_the_secret_key_was_changed(settings):
    settings.SECRET_KEY = "the former key, which signed the mails of the last years"
    token = unsubscribe_url(7).rstrip("/").rpartition("/")[2]
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the present key, which signs the mails of the next years"
    assert subscription_of(token, Purpose.UNSUBSCRIBE) == 7


@given(
    subscription=st.integers(1, 2**63 - 1),
    purpose=st.sampled_from(Purpose),
    key=st.one_of(st.text(min_size=1), st.binary(min_size=1)),
    version=st.integers(1, 2**31 - 1),
)
def test_a_link_is_letter_by_letter_the_one_that_djangos_signer_makes(
    subscription, purpose, key, version
):
    signer = Signer(key=key, sep=".", salt=f"subscribers.links.{purpose}")
    path = reverse(f"subscribers:{purpose}", args=[signer.sign(str(subscription))])
    form = Form(purpose, "https://weekly.example.org", key)
    assert form.url(subscription) == f"https://weekly.example.org{path}"
    path = reverse(f"subscribers:{purpose}", args=[signer.sign(f"{subscription}-{version}")])
    assert form.url(subscription, version) == f"https://weekly.example.org{path}"


def test_the_same_form_makes_many_links_each_of_its_own():
    form = Form(Purpose.UNSUBSCRIBE, "https://weekly.example.org", "a key")
    links = [form.url(subscription) for subscription in (1, 2, 1)]
    assert links[0] == links[2] != links[1]


@pytest.mark.parametrize("kind", [str, str.encode])
@pytest.mark.parametrize(
    ("make", "purpose"),
    [(unsubscribe_url, Purpose.UNSUBSCRIBE), (preferences_url, Purpose.PREFERENCES)],
)
def test_links_of_several_former_keys_work_and_new_ones_are_of_the_present_key(
    settings, kind, make, purpose
):
    keys = [kind(f"key number {number}, long enough") for number in range(4)]
    tokens = []
    for key in keys:
        settings.SECRET_KEY = key
        tokens.append(token_of(make(7)))
    assert len(set(tokens)) == 4
    *former, present = keys
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = present, former[1:]
    assert [subscription_of(token, purpose) for token in tokens[1:]] == [7, 7, 7]
    assert token_of(make(7)) == tokens[3]
    with pytest.raises(BadLink):
        # Its key is not among them any more.
        subscription_of(tokens[0], purpose)


def test_the_first_version_is_written_as_links_always_were_and_later_ones_are_signed():
    first, later = token_of(preferences_url(7)), token_of(preferences_url(7, 3))
    assert first == token_of(preferences_url(7, 0))
    assert first.startswith("7.")
    assert later.startswith("7-3.")
    assert subscription_and_version(first, Purpose.PREFERENCES) == (7, 0)
    assert subscription_and_version(later, Purpose.PREFERENCES) == (7, 3)
    assert subscription_of(later, Purpose.PREFERENCES) == 7
    for changed in (later.replace("-3", "-4"), later.replace("-3", ""), first.replace("7", "7-0")):
        with pytest.raises(BadLink):
            subscription_and_version(changed, Purpose.PREFERENCES)
