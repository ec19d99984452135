"""`twtw accounts`: the way to the first account, and who there is."""

import json
import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import User
from django.urls import reverse

pytestmark = pytest.mark.django_db

NEW = {"password1": "a long enough secret", "password2": "a long enough secret"}


def invite(twtw_command, *more, group="administrators"):
    return twtw_command(
        *("accounts", "invite", "Ann@Example.org", "--name", "Ann Example", "--group", group), *more
    )


def test_the_first_account_needs_no_mail(twtw_command, client, settings):
    settings.DELIVERY_TRANSPORT = "sendgrid"
    settings.SENDGRID_API_KEY = ""
    done = invite(twtw_command, "--print-link")
    assert done.status == 0, done.err
    assert "User name: ann." in done.err
    client.post(re.sub("^https?://[^/]+", "", done.out.strip()), NEW)
    assert client.get(reverse("wagtailusers_users:add")).status_code == 200


def test_a_mail_is_sent_otherwise(twtw_command, settings, tmp_path):
    settings.EMAIL_BACKEND = "delivery.desk_mail.EmailBackend"
    settings.OUTBOX = tmp_path
    done = invite(twtw_command)
    assert done.status == 0, done.err
    assert "ann is invited" in done.out
    assert len(list(tmp_path.glob("new/*"))) == 1


def test_a_mail_that_was_not_taken_is_a_failure_with_a_way_out(twtw_command, settings):
    settings.EMAIL_BACKEND = "delivery.desk_mail.EmailBackend"
    settings.DELIVERY_TRANSPORT = "sendgrid"
    settings.SENDGRID_API_KEY = ""
    done = invite(twtw_command)
    assert done.status == 1
    assert "--print-link" in done.err


def test_what_is_wrong_is_said_in_a_sentence(twtw_command):
    done = invite(twtw_command, group="nobody")
    assert done.status == 2
    assert "there are: Administrators, Contributors, Editors, Publishers." in done.err
    wrong = twtw_command("accounts", "invite", "ann", "--group", "editors")
    assert wrong.status == 2
    assert "is no e-mail address" in wrong.err
    User.objects.create_user("ann", "ann@example.org", "x")
    assert "There is an account with this address already." in invite(twtw_command).err


def test_the_accounts_are_listed_with_how_they_sign_in(twtw_command):
    assert "There is no account yet" in twtw_command("accounts", "list").out
    invite(twtw_command, "--print-link")
    root = User.objects.create_superuser("root", "root@example.org", "x")
    TOTP.activate(root, "JBSWY3DPEHPK3PXP")
    assert twtw_command("accounts", "list").out.splitlines() == [
        "ann  ann@example.org  Ann Example  (Administrators; Invited, not accepted yet)",
        "root  root@example.org  (superuser; Password, authenticator app)",
    ]
    rows = json.loads(twtw_command("accounts", "list", "--json").out)
    assert [row["groups"] for row in rows] == [["Administrators"], []]


def test_somebody_who_lost_everything_sets_another_second_factor_up(twtw_command):
    root = User.objects.create_superuser("root", "root@example.org", "x")
    TOTP.activate(root, "JBSWY3DPEHPK3PXP")
    assert (
        "no second factor any more"
        in twtw_command("accounts", "forget-second-factors", "Root@example.org").out
    )
    assert not root.authenticator_set.exists()
    assert (
        "There is no account 'nobody'"
        in twtw_command("accounts", "forget-second-factors", "nobody").err
    )
