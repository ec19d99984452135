"""Mail that no person wrote: by any of the signs that there are, and by none else."""

import pytest

from subscribers.inbound.reading import read_mail
from subscribers.inbound.recognising import is_automatic
from tests.subscribers.inbound.mails import OURS, mail

OWN = {OURS, "weekly@example.org"}

AUTOMATIC = [
    {"Auto_Submitted": "auto-replied"},
    {"Auto_Submitted": "auto-generated (rejected)"},
    {"Auto_Submitted": "Auto-Notified; owner-email=a@example.org"},
    {"Auto_Submitted": ""},
    {"Precedence": "bulk"},
    {"Precedence": " Junk"},
    {"Precedence": "list"},
    {"Precedence": "auto_reply"},
    {"X_Auto_Response_Suppress": "All"},
    {"X_Autoreply": "yes"},
    {"X_Autorespond": "Away"},
    {"List_Id": "<a.example.org>"},
    {"List_Unsubscribe": "<mailto:a@example.org>"},
    {"Mailing_List": "contact a@example.org"},
    {"Return_Path": "<>"},
    {"Return_Path": " < > "},
    {"Return_Path": f"<{OURS}>"},
    {"kind": "multipart/report; report-type=delivery-status; boundary=a"},
    {"X_Failed_Recipients": "a@example.org"},
    {"X_Loop": "a@example.org"},
    {"X_Been_There": "a@example.org"},
    {"sender": "MAILER-DAEMON@mx.example.org (Mail Delivery System)"},
    {"sender": "Postmaster <postmaster@example.org>"},
    {"sender": "no-reply@example.org"},
    {"sender": "noreply@example.org"},
    {"sender": "Do Not Reply <do_not_reply@example.org>"},
    {"sender": "bounces@example.org"},
    {"sender": "weekly-request@example.org"},
    {"sender": "owner-weekly@example.org"},
    {"sender": f"Us <{OURS.upper()}>"},
    {"sender": "weekly+7.abc@EXAMPLE.org"},
    {"subject": "Out of Office: until Monday"},
    {"subject": "Automatic reply: TWTW #317"},
    {"subject": "Undelivered Mail Returned to Sender"},
    {"subject": "=?utf-8?q?R=C3=A9ponse_automatique?= : absent"},
]


@pytest.mark.parametrize("told", AUTOMATIC, ids=str)
def test_a_machines_mail_is_known_by_one_sign(told):
    assert is_automatic(read_mail(mail(**({"body": "unsubscribe"} | told))), OWN)


PERSONAL = [
    {},
    {"Return_Path": None},
    {"Auto_Submitted": "no"},
    {"Auto_Submitted": "No (a person wrote it)"},
    {"Precedence": "first-class"},
    {"sender": "Ann Postmaster <ann.postmaster@example.org>"},
    {"sender": "weekly@example.net"},
    {"subject": "Your automatic reply to me"},
    {"kind": "multipart/alternative; boundary=a"},
    {"X_Mailer": "List-Id Bulk 1.0"},
]


@pytest.mark.parametrize("told", PERSONAL, ids=str)
def test_a_persons_mail_is_taken_for_one(told):
    assert not is_automatic(read_mail(mail(**({"body": "unsubscribe"} | told))), OWN)


@pytest.mark.parametrize(("hops", "automatic"), [(99, False), (100, True), (10_000, True)])
def test_what_went_through_too_many_hands_goes_in_a_circle(hops, automatic):
    raw = mail().replace(b"To:", b"Received: by a\r\n" * hops + b"To:", 1)
    assert is_automatic(read_mail(raw), OWN) is automatic


def test_the_envelope_knows_better_than_the_head():
    assert is_automatic(read_mail(mail(), return_path=""), OWN)
    assert not is_automatic(read_mail(mail(Return_Path="<>"), return_path="ann@example.org"), OWN)
