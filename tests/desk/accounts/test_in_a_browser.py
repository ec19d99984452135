"""Signing in as people do it: typed, scanned, and by a passkey of Chromium's own authenticator."""

import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import Group
from django.urls import reverse
from playwright.sync_api import expect

from desk.accounts.inviting import invite, link_of, mail_invitation
from tests.archive.test_in_a_browser import faults
from tests.desk.accounts.conftest import PASSWORD, code_of, elsewhere, link_in
from tests.desk.test_mailings_in_a_browser import faults as faults_of_main

pytestmark = pytest.mark.django_db(transaction=True)

LOGIN = reverse("account_login")
DESK = re.compile(r"/desk/$")
# A device that asks for a fingerprint, and always gets the right one.
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def sign_in(page, login="ann"):
    page.goto(LOGIN)
    page.get_by_label("User name or e-mail address").fill(login)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Password").press("Enter")


def with_a_device(page):
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return page


def test_from_the_invitation_to_the_desk_with_an_authenticator_app(open_page, outbox, settings):
    """As somebody does it who is to publish, without JavaScript."""
    settings.SECOND_FACTOR = "publishers"
    group = Group.objects.get(name="Publishers")
    assert mail_invitation(invite("ann@example.org", "Ann Example", [group]))
    page = open_page(java_script_enabled=False)
    page.goto(link_in(outbox()[0]))
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password (again)").fill(PASSWORD)
    page.get_by_role("button", name="Set the password, and sign in").press("Enter")
    expect(page.get_by_text("Your account needs a second factor")).to_be_visible()
    page.get_by_role("link", name="Set up an app").press("Enter")
    expect(page.get_by_role("img", name="QR code of the secret below")).to_be_visible()
    secret = page.locator("#authenticator_secret").inner_text()
    page.get_by_label("Authenticator code").fill(code_of(secret))
    page.get_by_role("button", name="Set it up").press("Enter")
    codes = page.locator(".codes li").all_inner_texts()
    assert len(codes) == 10
    page.get_by_role("link", name="To the desk").press("Enter")
    expect(page).to_have_url(DESK)

    again = open_page()
    sign_in(again, "ann@example.org")
    again.get_by_label("Code").fill(codes[0])
    again.get_by_label("Code").press("Enter")
    expect(again).to_have_url(DESK)
    subjects = [mail["Subject"] for mail in outbox()]
    assert "An authenticator app was set up for your account" in subjects


def test_a_code_of_the_app_is_asked_for_at_sign_in(open_page, account):
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    TOTP.activate(account("ann", "Editors"), secret)
    page = open_page()
    sign_in(page)
    expect(page.get_by_role("button", name="Use a passkey")).to_have_count(0)
    page.get_by_label("Code").fill("12345")
    page.get_by_role("button", name="Sign in").press("Enter")
    expect(page.get_by_text("That code is not the right one.")).to_be_visible()
    page.get_by_label("Code").fill(code_of(secret))
    page.get_by_role("button", name="Sign in").press("Enter")
    expect(page).to_have_url(DESK)


def test_a_passkey_is_added_and_signs_in_alone(open_page, account, settings):
    settings.SECOND_FACTOR = "everybody"
    account("ann", "Editors")
    page = with_a_device(open_page())
    sign_in(page)
    page.get_by_role("link", name="Add a passkey").press("Enter")
    page.get_by_label("Name").fill("Ann's telephone")
    page.get_by_role("button", name="Add it").press("Enter")
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    page.get_by_role("link", name="Sign out").press("Enter")
    page.get_by_role("button", name="Sign out").press("Enter")
    page.goto(f"{LOGIN}?next={reverse('wagtailadmin_account')}")
    page.get_by_role("button", name="Sign in with a passkey").press("Enter")
    expect(page).to_have_url(re.compile(r"/desk/account/$"))

    stranger = with_a_device(open_page())
    stranger.goto(LOGIN)
    stranger.get_by_role("button", name="Sign in with a passkey").press("Enter")
    expect(stranger.get_by_text("No passkey was used.")).to_be_visible()


def test_a_passkey_is_asked_for_after_the_password(open_page, account):
    account("ann", "Editors")
    page = with_a_device(open_page())
    sign_in(page)
    page.goto(reverse("mfa_add_webauthn"))
    page.get_by_label("Sign in with it alone").uncheck()
    page.get_by_role("button", name="Add it").press("Enter")
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    page.goto(reverse("account_logout"))
    page.get_by_role("button", name="Sign out").press("Enter")
    sign_in(page)
    page.get_by_role("button", name="Use a passkey").press("Enter")
    expect(page).to_have_url(DESK)


def test_every_page_is_accessible_and_fits_by_day_and_by_night(open_page, account):
    ann = account("ann", "Administrators", first_name="Ann", last_name="Example")
    waiting = link_of(invite("bob@example.org", "Bob", [Group.objects.get(name="Editors")]))
    outside = open_page()
    found = []

    def look(page, *addresses):
        for address in addresses:
            page.goto(address)
            found.extend((address, *fault) for fault in faults(page))

    look(
        outside,
        LOGIN,
        reverse("account_reset_password"),
        reverse("account_reset_password_done"),
        reverse("account_reset_password_from_key", args=["1", "none"]),
        waiting,
        f"{waiting[:-3]}/",
        reverse("account_inactive"),
    )
    sign_in(outside, "nobody")
    found.extend(("wrong password", *fault) for fault in faults(outside))
    page = with_a_device(open_page())
    sign_in(page)
    look(page, reverse("mfa_index"), reverse("mfa_activate_totp"), reverse("mfa_add_webauthn"))
    page.get_by_label("Name").fill("Ann's telephone")
    page.get_by_role("button", name="Add it").press("Enter")
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()

    def facts():
        TOTP.activate(ann, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
        return ann.authenticator_set.get(type="webauthn").pk

    key = elsewhere(facts)
    look(
        page,
        reverse("mfa_index"),
        reverse("mfa_deactivate_totp"),
        reverse("mfa_view_recovery_codes"),
        reverse("mfa_generate_recovery_codes"),
        reverse("mfa_list_webauthn"),
        reverse("mfa_edit_webauthn", args=[key]),
        reverse("mfa_remove_webauthn", args=[key]),
        reverse("mfa_reauthenticate"),
        reverse("mfa_reauthenticate_webauthn"),
        reverse("account_reauthenticate"),
        reverse("account_change_password"),
        reverse("account_logout"),
    )
    sign_in(outside)
    expect(outside.get_by_role("heading", name="Your second factor")).to_be_visible()
    found.extend(("second factor", *fault) for fault in faults(outside))
    assert found == []


def test_the_desks_pages_on_accounts_are_accessible_too(open_page, account):
    account("ann", "Administrators")
    bob = invite("bob@example.org", "Bob", [Group.objects.get(name="Editors")])
    page = open_page()
    sign_in(page)
    found = []
    for name, of in (("add", []), ("send-again", [bob.pk]), ("withdraw", [bob.pk])):
        page.goto(reverse(f"wagtailusers_users:{name}", args=of))
        found.extend((name, *fault) for fault in faults_of_main(page))
    page.goto(reverse("wagtailusers_users:add"))
    page.get_by_role("button", name="Send the invitation").press("Enter")
    expect(page.get_by_text("This field is required.").first).to_be_visible()
    found.extend(("refused", *fault) for fault in faults_of_main(page))
    assert found == []
