"""Who needs a second factor gets into nothing at the desk without having shown it."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from desk.accounts.second_factor import forget_second_factors, needs_second_factor
from tests.desk.accounts.conftest import PASSWORD, code_of

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SET_UP = reverse("mfa_index")


@pytest.fixture
def required(settings):
    settings.SECOND_FACTOR = "publishers"


def signed_in(user, *, code=None):
    client = Client()
    client.post(reverse("account_login"), {"login": user.username, "password": PASSWORD})
    if code:
        client.post(reverse("mfa_authenticate"), {"code": code})
    return client


@pytest.mark.parametrize(
    ("setting", "who"),
    [
        ("off", set()),
        ("publishers", {"Publishers", "Administrators", "superuser"}),
        (
            "everybody",
            {"Contributors", "Editors", "Publishers", "Administrators", "superuser"},
        ),
    ],
)
def test_the_setting_says_who_needs_one(account, settings, setting, who):
    settings.SECOND_FACTOR = setting
    groups = ("Contributors", "Editors", "Publishers", "Administrators")
    people = {group: account(group.lower(), group) for group in groups}
    people["superuser"] = account("root", is_superuser=True)
    assert {name for name, user in people.items() if needs_second_factor(user)} == who


def test_a_publisher_without_one_gets_into_nothing_and_is_told_why(account, required, twtw):
    client = signed_in(account("ann", "Publishers"))
    addresses = [
        reverse("wagtailadmin_home"),
        reverse("wagtailadmin_account"),
        reverse("wagtailsnippets_notes_note:list"),
        reverse("wagtailsnippets_issues_publication:edit", args=[twtw.pk]),
        reverse("wagtailimages:index"),
        reverse("mailings:index"),
        reverse("wagtailusers_users:index"),
        reverse("wagtailadmin_javascript_catalog"),
    ]
    for address in addresses:
        for call in (client.get, client.post):
            answer = call(address)
            assert (answer.status_code, answer.url) == (302, SET_UP), address
    page = client.get(SET_UP).content.decode()
    assert "needs a second factor" in page
    assert "To the desk" not in page


def test_outside_of_the_desk_the_account_is_nobody_until_then(account, required):
    user = account("ann", "Publishers")
    client = signed_in(user)
    address = "/media/original_images/none.png"
    assert not client.get(address).wsgi_request.user.is_authenticated
    TOTP.activate(user, SECRET)
    assert signed_in(user, code=code_of(SECRET)).get(address).wsgi_request.user == user


def test_a_public_page_asks_for_no_session(client):
    assert "Cookie" not in client.get(reverse("archive:home")).get("Vary", "")


def test_an_editor_needs_none(account, required):
    client = signed_in(account("ann", "Editors"))
    assert client.get(reverse("wagtailadmin_home")).status_code == 200


@pytest.mark.parametrize("kind", ["app", "recovery code"])
def test_with_a_code_the_desk_opens(account, required, kind):
    user = account("ann", "Publishers")
    TOTP.activate(user, SECRET)
    codes = RecoveryCodes.activate(user).get_unused_codes()
    client = signed_in(user, code=code_of(SECRET) if kind == "app" else codes[0])
    assert client.get(reverse("wagtailadmin_home")).status_code == 200


def test_a_session_from_before_can_only_show_the_second_factor_not_change_it(account, required):
    user = account("ann", "Publishers")
    old = signed_in(user)
    key = TOTP.activate(user, SECRET).instance
    show = reverse("mfa_reauthenticate")
    for name in ("mfa_index", "mfa_deactivate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes"):
        assert old.post(reverse(name)).url.startswith(show)
    assert Authenticator.objects.get() == key
    home = reverse("wagtailadmin_home")
    assert old.get(home).url == f"{show}?next=%2Fdesk%2F"
    assert old.post(show, {"code": code_of(SECRET), "next": home}).url == home
    assert old.get(home).status_code == 200


def test_the_last_one_stays_while_it_is_required(account, required):
    user = account("ann", "Publishers")
    TOTP.activate(user, SECRET)
    client = signed_in(user, code=code_of(SECRET))
    refused = client.post(reverse("mfa_deactivate_totp"))
    assert "this is its last one" in refused.content.decode()
    assert Authenticator.objects.filter(type="totp").exists()


def test_a_last_passkey_stays_too(account, required):
    user = account("ann", "Publishers")
    TOTP.activate(user, SECRET)
    client = signed_in(user, code=code_of(SECRET))
    passkey = Authenticator.objects.create(user=user, type="webauthn", data={"name": "Key"})
    Authenticator.objects.filter(type="totp").delete()
    remove = reverse("mfa_remove_webauthn", args=[passkey.pk])
    refused = client.post(remove, follow=True)
    assert Authenticator.objects.filter(pk=passkey.pk).exists()
    assert "this is its last one" in str(next(iter(refused.context["messages"])))


def test_nobody_removes_somebody_elses_passkey(account, required):
    user, other = account("ann", "Publishers"), account("bob", "Publishers")
    TOTP.activate(user, SECRET)
    theirs = Authenticator.objects.create(user=other, type="webauthn", data={"name": "Key"})
    client = signed_in(user, code=code_of(SECRET))
    assert client.post(reverse("mfa_remove_webauthn", args=[theirs.pk])).status_code == 404


def test_secrets_do_not_lie_open_in_the_database(account):
    user = account()
    TOTP.activate(user, SECRET)
    codes = RecoveryCodes.activate(user)
    kept = str([*Authenticator.objects.values_list("data", flat=True)])
    assert SECRET not in kept
    assert len(codes.get_unused_codes()) == 10


def test_secrets_outlive_a_new_key_as_long_as_the_old_one_is_known(account, settings):
    user = account()
    app, old = TOTP.activate(user, SECRET), settings.SECRET_KEY
    codes = RecoveryCodes.activate(user)
    known = codes.get_unused_codes()
    settings.SECRET_KEY = "another key, which is as long as it has to be"
    settings.SECRET_KEY_FALLBACKS = [old]
    assert app.validate_code(code_of(SECRET))
    assert codes.get_unused_codes() == known
    settings.SECRET_KEY_FALLBACKS = []
    assert codes.get_unused_codes() != known
    assert not app.validate_code(code_of(SECRET, 1))


def test_an_administrator_takes_a_lost_second_factor_away(account, required, client):
    lost, admin = account("ann", "Publishers"), account("root", is_superuser=True)
    TOTP.activate(lost, SECRET)
    TOTP.activate(admin, SECRET)
    desk = signed_in(admin, code=code_of(SECRET))
    page = reverse("wagtailusers_users:forget-second-factors", args=[lost.pk])
    assert page in desk.get(reverse("wagtailusers_users:index")).content.decode()
    assert "will sign in with the password alone" in desk.get(page).content.decode()
    assert Authenticator.objects.filter(user=lost).exists()
    desk.post(page)
    assert not Authenticator.objects.filter(user=lost).exists()
    entry = ModelLogEntry.objects.get(action="accounts.forget_second_factors")
    assert (entry.user, entry.object_id) == (admin, str(lost.pk))


def test_who_loses_it_is_out_at_once(account, required):
    user = account("ann", "Publishers")
    TOTP.activate(user, SECRET)
    client = signed_in(user, code=code_of(SECRET))
    forget_second_factors(User.objects.get())
    assert client.get(reverse("wagtailadmin_home")).url == SET_UP


def test_an_administrator_who_is_no_superuser_does_not_change_a_superusers_account(account):
    admin, superuser = account("rita", "Administrators"), account("root", is_superuser=True)
    client = Client()
    client.force_login(admin)
    words = {"username": "root", "email": "rita@example.org", "is_active": "on"}
    client.post(reverse("wagtailusers_users:edit", args=[superuser.pk]), words)
    Authenticator.objects.create(user=superuser, type=Authenticator.Type.TOTP, data={})
    client.post(reverse("wagtailusers_users:forget-second-factors", args=[superuser.pk]))
    superuser.refresh_from_db()
    assert superuser.email == "root@example.org"
    assert Authenticator.objects.filter(user=superuser).exists()
