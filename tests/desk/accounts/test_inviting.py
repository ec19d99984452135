"""Invitations: who may send which, and what their links are good for."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core import signing
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from desk.accounts import inviting
from desk.accounts.inviting import InvitationError, accept, invite, link_of, withdraw
from newsroom.log_lines import WithoutKeys
from tests.desk.accounts.conftest import PASSWORD, link_in

pytestmark = pytest.mark.django_db

INVITE = reverse("wagtailusers_users:add")
NEW = {"password1": PASSWORD, "password2": PASSWORD}


def group(name):
    return Group.objects.get(name=name)


@pytest.fixture
def admin(account):
    """An administrator at the desk, who is no superuser."""
    client = Client()
    client.force_login(account("root", "Administrators", first_name="Rita"))
    return client


@pytest.fixture
def link(db):
    """The path of an invitation of Ann as an editor."""
    return path_to(invite("ann@example.org", "Ann Example", [group("Editors")]))


def path_to(user):
    return re.sub(r"^https?://[^/]+", "", link_of(user))


def filled(*groups, email="ann@example.org", name="Ann Example"):
    return {"name": name, "email": email, "groups": [group(one).pk for one in groups]}


def test_from_the_form_to_the_desk(admin, outbox):
    assert INVITE in admin.get(reverse("wagtailusers_users:index")).content.decode()
    assert admin.post(INVITE, filled("Editors", "Publishers")).status_code == 302
    (mail,) = outbox()
    assert mail["To"] == "ann@example.org"
    assert "Rita invites you" in mail.get_body(["plain"]).get_content()
    assert "Rita invites you" in mail.get_body(["html"]).get_content()
    ann = Client()
    assert "Ann Example" in ann.get(link_in(mail)).content.decode()
    assert not User.objects.get(username="ann").has_usable_password()
    assert ann.post(link_in(mail), NEW).url == reverse("wagtailadmin_home")
    assert ann.get(reverse("wagtailadmin_home")).status_code == 200
    user = User.objects.get(username="ann")
    assert (user.first_name, user.last_name, user.is_superuser) == ("Ann", "Example", False)
    assert {one.name for one in user.groups.all()} == {"Editors", "Publishers"}


def test_where_a_second_factor_is_required_the_next_page_is_where_it_is_set_up(settings, client):
    settings.SECOND_FACTOR = "publishers"
    path = path_to(invite("ann@example.org", "Ann", [group("Publishers")]))
    opened = client.post(path, NEW, follow=True)
    assert opened.request["PATH_INFO"] == reverse("mfa_index")
    set_up = client.get(reverse("mfa_activate_totp"))
    assert set_up.status_code == 200, "without being asked for the password once more"


@pytest.mark.parametrize("key", ["link", "/desk/password/reset/key/1-secret/"])
def test_a_refused_form_leaves_no_key_in_the_log(key, link, caplog):
    caplog.handler.addFilter(WithoutKeys())
    path = link if key == "link" else key
    assert Client(enforce_csrf_checks=True).post(path, NEW).status_code == 403
    assert "Forbidden" in caplog.text
    assert path.split("/")[-2] not in caplog.text


def test_looking_at_it_uses_nothing_up(client, link):
    for _ in range(3):
        answer = client.get(link)
        assert answer.status_code == 200
        assert answer["Referrer-Policy"] == "same-origin"
        assert "no-store" in answer["Cache-Control"]
    assert client.post(link, NEW).status_code == 302


def test_a_weak_password_is_refused_with_the_reasons(client, link):
    refused = client.post(link, {"password1": "password", "password2": "password"})
    assert "too common" in refused.content.decode()
    assert "at least 12 characters" in refused.content.decode()
    assert client.post(link, NEW).status_code == 302


def ended(client, path):
    answer = client.post(path, NEW)
    assert answer.status_code == client.get(path).status_code == 410
    return answer.content.decode()


def test_a_link_works_once(client, link):
    client.post(link, NEW)
    assert "was used" in ended(Client(), link)


def test_of_two_who_accept_at_once_one_comes_first(link, monkeypatch):
    """The second one has looked before the first one was done."""
    token = link.split("/")[-2]
    seen = inviting.invited(token)
    accept(token, PASSWORD)
    monkeypatch.setattr(inviting, "invited", lambda _token: seen)
    with pytest.raises(InvitationError, match="used just now"):
        accept(token, "another long secret")
    assert User.objects.get().check_password(PASSWORD)


def test_a_link_ends_after_a_week(client, link, monkeypatch):
    monkeypatch.setattr(inviting, "LASTS", timedelta(seconds=-1))
    assert "Ask for another one" in ended(client, link)


def test_a_link_ends_when_another_one_is_sent(client, link):
    later = path_to(invite("ann@example.org", "Ann Example", [group("Editors")]))
    assert "sent again" in ended(client, link)
    assert client.post(later, NEW).status_code == 302


def test_a_link_ends_when_the_account_is_closed(client, link):
    User.objects.update(is_active=False)
    ended(client, link)


def test_a_link_made_for_something_else_or_by_somebody_else_is_none(client, link):
    token = link.split("/")[-2]
    foreign = signing.dumps(signing.loads(token, salt="desk.invitation"), salt="subscribers")
    for other in (foreign, token[:-3], "x", f"{token}x"):
        assert "not the whole link" in ended(client, reverse("account_invitation", args=[other]))


def test_a_forgotten_password_is_no_second_way_into_an_invitation(client, link, outbox):
    client.post(reverse("account_reset_password"), {"email": "ann@example.org"})
    assert outbox() == []


def test_it_is_sent_again_and_withdrawn_at_the_desk(admin, link, outbox):
    ann = User.objects.get(username="ann")
    again, back = (
        reverse(f"wagtailusers_users:{name}", args=[ann.pk]) for name in ("send-again", "withdraw")
    )
    listed = admin.get(reverse("wagtailusers_users:index")).content.decode()
    assert again in listed
    assert back in listed
    assert "Invited, not accepted yet" in listed
    for page in (again, back):
        assert admin.get(page).status_code == 200
    assert outbox() == []
    admin.post(again)
    later = link_in(outbox()[0])
    assert Client().get(link).status_code == 410
    assert Client().get(later).status_code == 200
    admin.post(back)
    assert Client().get(later).status_code == 410
    assert not User.objects.filter(username="ann").exists()


def test_what_was_accepted_is_neither_sent_again_nor_withdrawn(admin, link):
    ann = User.objects.get(username="ann")
    Client().post(link, NEW)
    for name in ("send-again", "withdraw"):
        page = reverse(f"wagtailusers_users:{name}", args=[ann.pk])
        told = admin.post(page, follow=True).content.decode()
        assert "was accepted in the meantime" in told
    assert User.objects.get(username="ann").check_password(PASSWORD)


def test_nobody_invites_to_more_than_they_may(account):
    inviter = account("bob", "Editors")
    inviter.user_permissions.set(Permission.objects.filter(codename="add_user"))
    client = Client()
    client.force_login(inviter)
    offered = client.get(INVITE).context["form"].fields["groups"].queryset
    assert [one.name for one in offered] == ["Contributors", "Editors"]
    refused = client.post(INVITE, filled("Administrators"))
    assert refused.status_code == 200
    with pytest.raises(InvitationError, match="no more rights than yours"):
        invite("ann@example.org", "Ann", [group("Administrators")], inviter=inviter)
    waiting = invite("eve@example.org", "Eve", [group("Administrators")])
    with pytest.raises(InvitationError, match="no more rights than yours"):
        invite("eve@example.org", "Eve", [group("Editors")], inviter=inviter)
    assert waiting.groups.get().name == "Administrators"


def test_administrators_invite_administrators(admin):
    assert admin.post(INVITE, filled("Administrators")).status_code == 302
    assert User.objects.get(username="ann").groups.get().name == "Administrators"


@pytest.mark.parametrize("role", ["Contributors", "Editors", "Publishers"])
def test_who_may_not_add_accounts_invites_nobody(account, role):
    client = Client()
    client.force_login(account("bob", role))
    for call in (client.get, client.post):
        assert call(INVITE, filled("Editors")).url == reverse("wagtailadmin_home")
    assert User.objects.count() == 1


def test_only_a_superuser_makes_one(account, admin):
    edit = reverse("wagtailusers_users:edit", args=[account("bob", "Editors").pk])
    facts = {"username": "bob", "email": "bob@example.org", "first_name": "Bob"}
    facts |= {"is_active": "on", "is_superuser": "on", "groups": [group("Editors").pk]}
    assert admin.post(edit, facts).status_code == 302
    assert not User.objects.get(username="bob").is_superuser


def test_an_address_with_an_account_is_not_invited_again(admin, account):
    account("bob", "Editors")
    refused = admin.post(INVITE, filled("Editors", email="Bob@Example.org"))
    assert "There is an account with this address already." in refused.content.decode()


def test_a_mail_that_is_not_taken_is_said_and_the_invitation_kept(admin, settings):
    settings.DELIVERY_TRANSPORT = "sendgrid"
    settings.SENDGRID_API_KEY = ""
    settings.EMAIL_BACKEND = "delivery.desk_mail.EmailBackend"
    told = admin.post(INVITE, filled("Editors"), follow=True).content.decode()
    assert "the mail was not taken" in told
    assert User.objects.filter(username="ann").exists()


def test_it_is_recorded_without_the_address(admin, outbox):
    admin.post(INVITE, filled("Editors"))
    Client().post(link_in(outbox()[0]), NEW)
    other = invite("eve@example.org", "Eve", [group("Editors")])
    withdraw(other, by=User.objects.get(username="root"))
    entries = ModelLogEntry.objects.order_by("timestamp")
    assert list(entries.values_list("action", flat=True)) == [
        "accounts.invite",
        "accounts.accept_invitation",
        "accounts.sign_in",
        "accounts.invite",
        "accounts.withdraw_invitation",
    ]
    assert entries[0].user.username == "root"
    assert not any("@" in f"{entry.label} {entry.data}" for entry in entries)
