"""Corrections at the desk: who records and who mails them, once, and only what was looked at."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from delivery.models import Chunk, Mailing
from issues.correcting import record_correction
from issues.models import Correction
from tests.desk.test_mailings import signed_in, text_of, told

pytestmark = pytest.mark.django_db

TEXT = "<p>It is <b>640</b>, not 460.</p>"


@pytest.fixture
def outbox(settings, tmp_path):
    settings.OUTBOX = tmp_path / "outbox"


def at(name, *numbers):
    return reverse(f"corrections:{name}", args=numbers)


def written(mailing, of, **changes):
    day = timezone.now().astimezone(mailing.edition.publication.zone).date()
    contentstate = (
        '{"blocks": [{"key": "a", "text": "It is 640, not 460.", "type": "unstyled", "depth": 0, '
        '"inlineStyleRanges": [{"offset": 6, "length": 3, "style": "BOLD"}], "entityRanges": []}], '
        '"entityMap": {}}'
    )
    form = {"note": of.pk, "text": contentstate, "reason": "A slip", "day": day.isoformat()}
    return {**form, **changes}


def seen_on(page):
    return re.search(r'name="seen" value="([^"]*)"', page.content.decode())[1]


def mail(client, correction, **changes):
    page = client.get(at("mail", correction.pk))
    return client.post(at("mail", correction.pk), {"seen": seen_on(page), **changes})


def test_a_correction_is_looked_at_and_then_recorded(ann, ended, note):
    record = at("record", ended.edition_id)
    form = written(ended, note)
    looked = ann.post(record, form)
    assert "As readers will see it" in text_of(looked)
    assert not Correction.objects.exists()
    seen = seen_on(looked).replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
    done = ann.post(record, {**form, "seen": seen})
    correction = Correction.objects.get()
    assert done.url == at("correction", correction.pk)
    assert "is recorded, and readers see it" in told(ann, done)
    assert re.sub(r" data-[^>]*", "", correction.text) == TEXT
    assert (correction.recorded_by, correction.reason) == ("Ann", "A slip")
    entry = ModelLogEntry.objects.get(action="issues.record_correction")
    assert entry.user.username == "ann"
    assert "It is 640" in text_of(ann.get("/issues/twtw/317/"))


def test_other_words_than_those_that_were_looked_at_are_shown_again(ann, ended, note):
    page = ann.post(at("record", ended.edition_id), written(ended, note, seen="<p>Others</p>"))
    assert "As readers will see it" in text_of(page)
    assert not Correction.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"reason": ""}, "This field is required."),
        ({"day": "2020-01-01"}, "The day of a correction is not before"),
        ({"note": 99}, "Select a valid choice."),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_not_recorded(ann, ended, note, wrong, sentence):
    first = ann.post(at("record", ended.edition_id), written(ended, note))
    seen = seen_on(first).replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
    page = ann.post(at("record", ended.edition_id), written(ended, note, **wrong, seen=seen))
    assert sentence in text_of(page)
    assert not Correction.objects.exists()


def test_a_correction_is_mailed_to_those_who_got_it_once(ann, correction, outbox):
    page = text_of(ann.get(at("mail", correction.pk)))
    assert "It is 640" in page
    assert "4 readers get this." in page
    done = mail(ann, correction)
    mailing = Mailing.objects.get(edition__correction=correction)
    assert done.url == reverse("mailings:mailing", args=[mailing.pk])
    assert "Nothing is lost" in told(ann, done)
    assert mailing.recipients.count() == 4
    entry = ModelLogEntry.objects.get(action="issues.mail_correction")
    assert (entry.user.username, entry.data["mailing"]) == ("ann", mailing.pk)
    again = ann.get(at("mail", correction.pk))
    assert again.url == done.url
    assert "was mailed already" in told(ann, again)
    assert Mailing.objects.count() == 2
    page = text_of(ann.get(done.url))
    assert "Correction to “" in page
    report = text_of(ann.get(reverse("mailings:report", args=[mailing.pk])))
    assert "Approved by Ann" in report
    assert "those who got what it corrects" in report


def test_a_mail_that_has_changed_since_it_was_looked_at_is_shown_again(
    ann, correction, outbox, twtw
):
    seen = seen_on(ann.get(at("mail", correction.pk)))
    twtw.colour = "#004400"
    twtw.save()
    again = ann.post(at("mail", correction.pk), {"seen": seen})
    assert again.status_code == 409
    assert "was changed since you opened it" in text_of(again)
    assert Mailing.objects.count() == 1
    assert ann.post(at("mail", correction.pk), {"seen": "forged"}).status_code == 400


def test_many_readers_deserve_more_than_a_button(ann, correction, outbox, subscribe, twtw):
    chunk = Chunk.objects.get(number=1)
    for number in range(100):
        own = subscribe(twtw, f"more{number}@example.org")
        chunk.mailing.recipients.create(subscription=own, chunk_number=1)
    Chunk.objects.filter(pk=chunk.pk).update(size=101)
    refused = mail(ann, correction)
    assert refused.status_code == 400
    assert "Tick the box to confirm that 104 readers get it." in text_of(refused)
    assert mail(ann, correction, confirmed="yes").status_code == 302


def test_it_can_not_be_mailed_while_what_it_corrects_still_goes_out(ann, mailing, note, outbox):
    today = timezone.now().astimezone(mailing.edition.publication.zone).date()
    correction = record_correction(mailing.edition, note, TEXT, "A slip", today, "Ann")
    refused = ann.get(at("mail", correction.pk))
    assert refused.url == at("correction", correction.pk)
    assert "still has copies to send" in told(ann, refused)


def test_an_editor_records_and_a_publisher_mails(client, correction, ended, note, outbox):
    editor = signed_in(client, "change_issue")
    home = reverse("wagtailadmin_home")
    assert editor.get(at("record", ended.edition_id)).status_code == 200
    assert "Mail it" not in text_of(editor.get(at("correction", correction.pk)))
    for name in ("mail", "mail-html"):
        assert editor.get(at(name, correction.pk)).url == home
    assert editor.post(at("mail", correction.pk)).url == home
    assert Mailing.objects.count() == 1


def test_a_publisher_does_not_record(client, correction, ended, outbox):
    publisher = signed_in(client, "approve_issue")
    home = reverse("wagtailadmin_home")
    for name, number in (("record", ended.edition_id),):
        assert publisher.get(at(name, number)).url == home
        assert publisher.post(at(name, number)).url == home
    assert "Mail it" in text_of(publisher.get(at("correction", correction.pk)))
    assert mail(publisher, correction).url == at("correction", correction.pk)
    assert Mailing.objects.filter(edition__correction=correction).exists()


def test_who_has_neither_right_sees_no_corrections(client, correction, ended):
    nobody = signed_in(client, "view_mailing")
    home = reverse("wagtailadmin_home")
    for address in (at("index"), at("choose"), at("correction", correction.pk)):
        assert nobody.get(address).url == home
    assert at("index") not in nobody.get(home).content.decode()
    page = nobody.get(reverse("mailings:mailing", args=[ended.pk])).content.decode()
    assert at("correction", correction.pk) not in page
    assert str(correction.note) in page


def test_the_list_and_the_mailings_page_lead_to_a_correction(ann, correction, ended):
    address = at("correction", correction.pk)
    for page in (at("index"), reverse("mailings:mailing", args=[ended.pk])):
        assert address in ann.get(page).content.decode()
    assert at("record", ended.edition_id) in ann.get(at("choose")).content.decode()


def test_a_stranger_is_asked_to_sign_in(client, correction, ended):
    addresses = [at("index"), at("choose"), at("record", ended.edition_id)]
    addresses += [at(name, correction.pk) for name in ("correction", "mail", "mail-html")]
    for address in addresses:
        assert reverse("wagtailadmin_login") in client.get(address).url


def test_what_is_not_there_is_not_found(ann, ended):
    for name in ("correction", "mail", "mail-html", "record"):
        assert ann.get(at(name, 99)).status_code == 404


def test_the_mail_in_the_frame_runs_nothing(ann, correction):
    shown = ann.get(at("mail-html", correction.pk))
    assert "sandbox" in shown["Content-Security-Policy"]
    assert "640" in shown.content.decode()
    assert "[%" not in shown.content.decode()
