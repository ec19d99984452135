"""Who comes in, who does not, and what is said to both."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from desk.accounts.words import LOCKED
from tests.desk.accounts.conftest import PASSWORD, code_of, link_in

pytestmark = pytest.mark.django_db

HOME = reverse("wagtailadmin_home")
LOGIN = reverse("account_login")


def sign_in(client, login="ann", password=PASSWORD, **more):
    return client.post(LOGIN, {"login": login, "password": password, **more})


def is_in(client):
    return client.get(HOME).status_code == 200


def recorded():
    return list(ModelLogEntry.objects.order_by("timestamp").values_list("action", flat=True))


@pytest.mark.parametrize("login", ["ann", "Ann", "ann@example.org", "ANN@Example.org"])
def test_one_signs_in_by_user_name_or_address(client, account, login):
    account("ann", "Editors", email="Ann@Example.org")
    assert sign_in(client, login).url == HOME
    assert is_in(client)
    assert recorded()[-1] == "accounts.sign_in"


def test_the_desk_leads_to_sign_in_and_back_to_where_one_wanted_to(client, account):
    account("ann", "Editors")
    wanted = reverse("wagtailadmin_account")
    asked = client.get(wanted)
    assert asked.url == f"{LOGIN}?next={wanted}"
    page = client.get(asked.url).content.decode()
    assert f'name="next" value="{wanted}"' in page
    assert sign_in(client, next=wanted).url == wanted


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "http://localhost/",
        "http:///evil.example",
        "/\\\\evil.example",
        "javascript:alert(1)",
    ],
)
def test_sign_in_leads_to_no_other_site(client, account, elsewhere):
    account("ann", "Editors")
    assert sign_in(client, next=elsewhere).url == HOME
    assert client.get(LOGIN, {"next": elsewhere}).url == HOME
    assert client.post(reverse("account_logout"), {"next": elsewhere}).url == LOGIN


def test_wagtails_own_doors_are_the_same_or_shut(client, account):
    assert reverse("wagtailadmin_login") == LOGIN
    assert reverse("wagtailadmin_logout") == reverse("account_logout")
    assert client.get(reverse("wagtailadmin_password_reset")).status_code == 404
    assert client.get("/desk/signup/").status_code in {302, 404}
    client.force_login(account("ann", "Editors"))
    page = client.get(reverse("wagtailadmin_account")).content.decode()
    assert "new_password1" not in page
    assert 'name="name_email-email"' not in page
    assert reverse("mfa_index") in page


def test_a_get_signs_nobody_out(client, account):
    client.force_login(account("ann", "Editors"))
    client.get(reverse("account_logout"))
    assert is_in(client)
    client.post(reverse("account_logout"))
    assert not is_in(client)
    assert recorded() == ["accounts.sign_out"]


def test_who_has_no_right_at_the_desk_is_told_so_and_not_sent_round_in_circles(client, account):
    account("ann")
    assert sign_in(client).url == HOME
    page = client.get(HOME, follow=True)
    assert page.status_code == 403
    assert "Your account has no rights at the desk" in page.content.decode()


def test_after_five_wrong_passwords_the_right_one_does_not_open_wherever_it_is_tried(account):
    """In two browsers of two networks, by name and address, and a `Host` that is never the same."""
    account("ann", "Editors")
    first, second = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="198.51.100.1")
    for number, login in enumerate(["ann", "ann@example.org", "Ann", "ANN@example.org", "ann"]):
        one = (first, second)[number % 2]
        one.defaults["HTTP_HOST"] = f"localhost:{8000 + number}"
        assert "do not belong together" in sign_in(one, login, "wrong").content.decode()
    for one, login in ((first, "ann"), (second, "ann@example.org")):
        assert LOCKED in sign_in(one, login).content.decode()
        assert not is_in(one)
    assert recorded() == ["accounts.wrong_password"] * 5


def test_an_account_that_is_not_there_answers_the_same(client, account):
    def answers(login):
        pages = [sign_in(client, login, "wrong").content.decode() for _ in range(6)]
        return [page.replace(login, "NAME") for page in map(without_token, pages)]

    account("ann", "Editors")
    assert answers("ann") == answers("zoe")
    assert LOCKED in answers("ann")[-1]


def without_token(page):
    return "".join(line for line in page.splitlines() if "csrfmiddlewaretoken" not in line)


def test_others_are_not_locked_with_one_account(client, account):
    account("ann", "Editors")
    account("bob", "Editors")
    for _ in range(6):
        sign_in(client, "ann", "wrong")
    assert sign_in(client, "bob").url == HOME


def test_a_network_that_tries_name_after_name_is_locked_whatever_it_says_of_itself(account):
    account("ann", "Editors")
    here = Client(REMOTE_ADDR="192.0.2.1")
    for number in range(30):
        here.defaults["HTTP_X_FORWARDED_FOR"] = f"10.0.0.{number}"
        here.post(reverse("account_login"), {"login": f"name{number}", "password": "wrong"})
    assert not is_in(here)
    assert sign_in(here).status_code in {200, 429}
    assert not is_in(here)
    assert sign_in(Client(REMOTE_ADDR="198.51.100.1")).url == HOME


def test_behind_a_proxy_the_last_network_it_names_counts_and_nonsense_locks_nobody_out(
    settings, rf
):
    from desk.accounts.adapter import AccountAdapter

    def counted(header):
        return AccountAdapter().get_client_ip(
            rf.get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=header)
        )

    assert counted("203.0.113.5") == "127.0.0.1"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert counted("10.9.9.9, 203.0.113.5") == "203.0.113.5"
    assert counted("nonsense") == "127.0.0.1"


def test_five_wrong_codes_lock_the_second_factor_too(client, account):
    user = account("ann", "Editors")
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    TOTP.activate(user, secret)
    assert sign_in(client).url == reverse("mfa_authenticate")
    for _ in range(5):
        wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"}).content.decode()
        assert "not the right one" in wrong
    refused = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert LOCKED in refused.content.decode()
    assert not is_in(client)
    assert recorded() == ["accounts.wrong_code"] * 5


def test_a_code_counts_once_for_as_long_as_it_would_count(account):
    user = account("ann", "Editors")
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    TOTP.activate(user, secret)
    first, second = Client(), Client()
    code = code_of(secret)
    for one in (first, second):
        sign_in(one)
        one.post(reverse("mfa_authenticate"), {"code": code})
        # As after half a minute, for which allauth itself remembers it.
        cache.delete(f"allauth.mfa.totp.used?user={user.pk}&code={code}")
    assert is_in(first)
    assert not is_in(second)


def test_a_forgotten_password_is_replaced_by_a_mail_and_the_lock_goes_with_it(
    client, account, outbox, settings
):
    account("ann", "Editors")
    settings.SITE_URL = "https://weekly.newsroom.example"
    for _ in range(6):
        sign_in(client, "ann", "wrong")
    client.post(reverse("account_reset_password"), {"email": "Ann@example.org"})
    (mail,) = outbox()
    assert mail["To"] == "ann@example.org"
    assert mail.get_body(["html"])
    assert "https://weekly.newsroom.example/desk/" in mail.get_body(["plain"]).get_content()
    form = client.get(link_in(mail), follow=True)
    new = {"password1": "another long secret", "password2": "another long secret"}
    done = client.post(form.request["PATH_INFO"], new)
    assert done.url == reverse("account_reset_password_from_key_done")
    assert sign_in(client, password="another long secret").url == HOME
    assert "Your password was changed" in outbox()[-1]["Subject"]
    again = Client().get(link_in(mail), follow=True).content.decode()
    assert "This link has ended" in again


def test_asking_for_a_new_password_answers_the_same_for_accounts_there_are_and_are_not(
    client, account, outbox
):
    account("ann", "Editors")
    for address in ("ann@example.org", "nobody@example.org"):
        answers = [
            client.post(reverse("account_reset_password"), {"email": address}) for _ in range(4)
        ]
        assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
        assert answers[0].url == reverse("account_reset_password_done")
    assert len(outbox()) == 3


def test_a_mail_that_can_not_leave_shows_to_nobody(client, account, settings):
    account("ann", "Editors")
    settings.DELIVERY_TRANSPORT = "sendgrid"
    settings.SENDGRID_API_KEY = ""
    answer = client.post(reverse("account_reset_password"), {"email": "ann@example.org"})
    assert answer.status_code == 302


def test_the_password_is_changed_after_the_one_of_now(client, account, outbox):
    account("ann", "Editors")
    sign_in(client)
    form = {"password1": "another long secret", "password2": "another long secret"}
    page = reverse("account_change_password")
    refused = client.post(page, {**form, "oldpassword": "wrong"})
    assert "not your password of now" in refused.content.decode()
    client.post(page, {**form, "oldpassword": PASSWORD})
    assert User.objects.get().check_password("another long secret")
    assert is_in(client)
    assert [mail["Subject"] for mail in outbox()] == ["Your password was changed"]
    assert recorded()[-1] == "accounts.set_password"


def test_no_address_stands_in_the_record(client, account, outbox):
    account("ann", "Editors")
    sign_in(client, "ann@example.org", "wrong")
    sign_in(client, "ann@example.org")
    assert not any("@" in f"{entry.label} {entry.data}" for entry in ModelLogEntry.objects.all())


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(client, account):
    account("ann", "Editors")
    sign_in(client)
    cookie = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert 0 < cookie["max-age"] <= 12 * 60 * 60


@pytest.mark.parametrize(
    "answer",
    [
        *("", "{}", "[]", "1", "null", "[" * 5000, "9" * 5000),
        '{"id": "\\ud800", "response": []}',
        '{"id": 1, "rawId": "x", "type": "public-key", "response": {"userHandle": "\\u0000"}}',
        '{"id": "YWJj", "rawId": "YWJj", "type": "public-key", "response": {"signature": "AAAA",'
        ' "clientDataJSON": "W1s", "authenticatorData": "AAAA", "userHandle": "MQ"}}',
    ],
)
def test_what_is_no_answer_of_a_passkey_lets_nobody_in(client, account, answer):
    account("ann", "Editors")
    login, begin = reverse("mfa_login_webauthn"), {"X-Requested-With": "XMLHttpRequest"}
    assert "request_options" in client.get(login, headers=begin).json()
    assert client.post(login, {"credential": answer}).status_code in (200, 302)
    assert not is_in(client)
    client.force_login(User.objects.get())
    added = client.post(reverse("mfa_add_webauthn"), {"credential": answer, "name": "Key"})
    assert added.status_code in (200, 302)
    assert not User.objects.get().authenticator_set.exists()


@pytest.mark.parametrize("cookie", ["aaaaaaaa", '"aaaaaaaa\\000"', '"\\000"', "z" * 5000, '""'])
def test_a_cookie_that_is_of_no_session_leads_to_signing_in(client, cookie):
    asked = client.get(HOME, headers={"Cookie": f"sessionid={cookie}"})
    assert asked.url == f"{LOGIN}?next={HOME}"
    assert "\0" not in (asked.wsgi_request.session.session_key or "")
