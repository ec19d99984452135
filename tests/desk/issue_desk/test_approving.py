"""Approving at the desk: the word is for what was seen, and an edit takes it back at once."""

from datetime import date, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from delivery.freezing import start_issue_mailing
from delivery.transports.opening import open_transport
from issues.approval import approval_in_force, approve_issue, take_back_approval
from issues.assembling import assemble
from issues.models import Approval
from issues.voiding import void_approval
from tests.desk.issue_desk.pages import at, fields_of, gather, press, text_of, told

pytestmark = pytest.mark.django_db

# What an edit sets off is done when its transaction is.
COMMITTED = pytest.mark.django_db(transaction=True)


def logged(action):
    return ModelLogEntry.objects.filter(action=action).order_by("-timestamp").first()


def test_the_page_shows_all_that_the_word_is_for_and_changes_nothing(publisher, issue):
    page = text_of(publisher.client.get(at("approve")))
    approval = approve_issue(issue, "to compare with")
    for shown in (
        "#317 Vol 7, No 26, 29 June 2025",
        approval.edition.subject,
        "The World This Week <weekly@example.org>",
        "confirmed readers of The World This Week",
        "Excluded: not confirmed 1",
        "Candidates 3",
        "2 readers get this.",
        "Sunday, 29 June 2025, 08:00 (Asia/Kolkata), which is past: it then leaves at once",
        approval.sha256[:12],
        "Something happened.",
    ):
        assert shown in page
    assert Approval.objects.count() == 1


def test_it_is_approved_in_the_publishers_name_with_the_count_and_the_time(publisher, issue):
    day = timezone.now() + timedelta(days=5)
    done = press(publisher.client, at("approve"), day=f"{day:%Y-%m-%d}", hour="17:30")
    approval = approval_in_force(issue)
    assert approval.approver == publisher.user
    assert (approval.approved_by, approval.readers) == ("Paul", 2)
    assert approval.send_at == datetime.combine(
        day.date(), time(17, 30), tzinfo=issue.publication.zone
    )
    assert "is approved. It leaves on" in told(publisher.client, done)
    assert "17:30 (Asia/Kolkata)" in text_of(publisher.client.get(at("approve")))
    assert logged("issues.approve").user == publisher.user


def test_where_the_schedule_does_not_run_a_past_moment_is_kept_and_nothing_is_lost(
    publisher, issue
):
    done = press(publisher.client, at("approve"))
    assert "The schedule does not run at this moment. Nothing is lost" in told(
        publisher.client, done
    )
    assert approval_in_force(issue).send_at < timezone.now()


def test_nobody_without_the_right_to_may_look_at_it_or_do_it(editor, somebody, client, issue):
    names = ("approve", "take-back", "reschedule", "send-now", "links")
    for person in (editor, somebody("nobody")):
        for name in names:
            for ask in (person.client.get, person.client.post):
                answer = ask(at(name))
                assert answer.status_code == 302
                assert answer.url == reverse("wagtailadmin_home")
    assert all(client.get(at(name)).url.startswith(reverse("wagtailadmin_login")) for name in names)
    assert approval_in_force(issue) is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("issue", "subject_line", "Another one"), "its subject line is “Another one”"),
        (("issue", "introduction", "New words."), "its words, their order, its pictures"),
        (("publication", "sender_name", "The Weekly"), "it is from The Weekly <"),
        (("publication", "reply_to", "desk@example.org"), "answers to desk@example.org"),
    ],
)
def test_what_changed_since_it_was_seen_is_said_and_nothing_is_approved(
    publisher, issue, change, said
):
    fields = fields_of(publisher.client.get(at("approve")))
    thing, name, value = change
    target = issue if thing == "issue" else issue.publication
    setattr(target, name, value)
    target.save()
    answer = publisher.client.post(at("approve"), fields)
    assert answer.status_code == 409
    assert "Nothing was approved." in text_of(answer)
    assert said in text_of(answer)
    assert approval_in_force(issue) is None
    assert publisher.client.post(at("approve"), fields_of(answer)).status_code == 302
    assert approval_in_force(issue)


@pytest.mark.parametrize(
    ("readers", "wrong", "right"),
    [(100, "", "yes"), (1200, "yes", "1,200"), (1200, "120", "1200")],
)
def test_the_size_of_the_audience_is_confirmed_as_it_deserves(
    publisher, issue, readers, wrong, right
):
    gather(issue.publication, readers)
    answer = press(publisher.client, at("approve"), confirmed=wrong)
    assert answer.status_code == 400
    assert f"confirm {'that ' if readers < 1000 else 'how many'}" in text_of(answer)
    assert approval_in_force(issue) is None
    assert press(publisher.client, at("approve"), confirmed=right).status_code == 302
    assert approval_in_force(issue).readers == readers


def test_an_audience_that_grew_a_lot_is_asked_about_again(publisher, issue):
    fields = fields_of(publisher.client.get(at("approve")))
    gather(issue.publication, 30)
    answer = publisher.client.post(at("approve"), fields)
    assert "30 readers get it, and not 2" in text_of(answer)
    assert approval_in_force(issue) is None


def test_a_blocker_stops_it_and_one_that_may_be_wrong_is_overruled_by_name(
    publisher, twtw, issue, write_note
):
    write_note("Togo", "Its claim", text="<p>They call it TK.</p>")
    assemble(twtw, issue.date)
    fields = fields_of(publisher.client.get(at("approve")))
    assert fields["doubtful"] == "placeholder"
    for ticked in (0, 2):
        overrule = {"doubtful": ["placeholder"] * 3, "overrule": ["placeholder"] * ticked}
        answer = publisher.client.post(at("approve"), {**fields, **overrule})
        assert answer.status_code == 400
        assert "holds a place for something to come" in text_of(answer)
        assert approval_in_force(issue) is None
    overrule["overrule"] = ["placeholder"] * 3
    assert publisher.client.post(at("approve"), {**fields, **overrule}).status_code == 302
    approval = approval_in_force(issue)
    assert "placeholder" in {finding["code"] for finding in approval.findings}


def test_a_blocker_that_can_not_be_wrong_leaves_no_button(publisher, issue, settings):
    settings.DELIVERY_TRANSPORT = "sendgrid"
    page = publisher.client.get(at("approve"))
    assert "It can’t be approved yet" in text_of(page)
    assert "seen" not in fields_of(page)


@pytest.mark.parametrize(
    ("day", "hour", "said"),
    [
        ("2027-03-28", "02:30", "There is no 02:30 on 28 March 2027 in Europe/Berlin"),
        ("2027-10-31", "02:30", "02:30 on 31 October 2027 comes twice in Europe/Berlin"),
        ("2099-01-01", "08:00", "more than a year away"),
        ("", "08:00", "Write the day and the time"),
    ],
)
def test_a_time_that_is_none_is_explained(publisher, twtw, issue, day, hour, said):
    twtw.time_zone = "Europe/Berlin"
    twtw.save()
    answer = press(publisher.client, at("approve"), day=day, hour=hour)
    assert answer.status_code == 400
    assert said in text_of(answer)
    assert approval_in_force(issue) is None


def test_a_form_that_is_none_of_ours_approves_nothing(publisher, issue):
    for seen in ("", "made-up"):
        answer = press(publisher.client, at("approve"), seen=seen)
        assert "it is not known what you looked at" in text_of(answer)
    assert approval_in_force(issue) is None


def test_a_question_about_one_issue_is_not_answered_for_the_next(publisher, issue, write_note):
    fields = fields_of(publisher.client.get(at("approve")))
    approve_issue(issue, "somebody else")
    start_issue_mailing(issue, open_transport())
    write_note("Next", day=date(2025, 7, 6))
    later = assemble(issue.publication, date(2025, 7, 6)).issue
    done = publisher.client.post(at("approve"), fields)
    assert "Nothing was done" in told(publisher.client, done)
    assert approval_in_force(later) is None


@COMMITTED
def test_an_edit_voids_it_at_once_visibly_and_with_a_mail(publisher, editor, issue, maildir):
    press(publisher.client, at("approve"))
    note = issue.entries.first().note
    note.claim = "Corrected at the last moment"
    note.save_revision(user=editor.user)
    assert approval_in_force(issue) is None
    assert "was edited" in Approval.objects.get().void_reason
    (mail,) = maildir(publisher.user.email)
    assert "your approval is void" in mail["Subject"]
    text = " ".join(mail.get_body("plain").get_content().split())
    assert "was edited and is not approved again" in text
    assert reverse("issue_desk:issue", args=["twtw"]) in text


@COMMITTED
@pytest.mark.parametrize("field", ["sender_name", "sender_address", "reply_to"])
def test_another_sender_voids_it_at_once(publisher, issue, maildir, field):
    press(publisher.client, at("approve"))
    setattr(issue.publication, field, "another@example.org")
    issue.publication.save()
    assert approval_in_force(issue) is None
    assert "it would be from" in Approval.objects.get().void_reason
    assert len(maildir(publisher.user.email)) == 1


def test_it_can_be_taken_back_until_it_goes(publisher, issue):
    press(publisher.client, at("approve"))
    assert "Taken back, it does not leave" in text_of(publisher.client.get(at("take-back")))
    assert approval_in_force(issue)
    done = press(publisher.client, at("take-back"))
    assert "is not approved any more" in told(publisher.client, done)
    assert approval_in_force(issue) is None
    assert logged("issues.void").data["reason"] == "Paul took it back."


@pytest.mark.parametrize("name", ["take-back", "reschedule", "send-now"])
def test_what_is_being_published_this_very_moment_can_not_be_changed(publisher, issue, name):
    press(publisher.client, at("approve"))
    fields = fields_of(publisher.client.get(at(name)))
    start_issue_mailing(issue, open_transport())
    done = publisher.client.post(at(name), fields)
    assert "Nothing was done" in told(publisher.client, done)
    assert approval_in_force(issue)


@pytest.mark.parametrize("name", ["take-back", "reschedule", "send-now"])
def test_what_is_not_approved_has_no_button_and_a_sentence(publisher, issue, name):
    page = publisher.client.get(at(name))
    assert "is not approved" in text_of(page)
    assert "key" not in fields_of(page)
    done = publisher.client.post(at(name), {"issue": issue.pk, "day": "2026-01-01", "hour": "8:00"})
    assert "is not approved, so nothing of it leaves" in told(publisher.client, done)


def test_it_is_rescheduled_and_its_words_stay_approved(publisher, issue):
    press(publisher.client, at("approve"))
    before = approval_in_force(issue)
    day = timezone.now() + timedelta(days=3)
    done = press(publisher.client, at("reschedule"), day=f"{day:%Y-%m-%d}", hour="06:15")
    assert "06:15 (Asia/Kolkata)" in told(publisher.client, done)
    after = approval_in_force(issue)
    assert after == before
    assert after.send_at > timezone.now()
    assert logged("issues.reschedule").user == publisher.user


def test_an_open_page_of_an_approved_issue_offers_what_can_be_done(publisher, issue):
    press(publisher.client, at("approve"))
    page = publisher.client.get(at("approve")).content.decode()
    for name in ("send-now", "reschedule", "take-back"):
        assert at(name) in page
    void_approval(approval_in_force(issue), "A reason.", tell=False)
    assert 'id="approval"' in publisher.client.get(at("approve")).content.decode()


@pytest.mark.parametrize("name", ["take-back", "reschedule", "send-now"])
def test_a_question_about_one_approval_is_not_answered_for_another(publisher, issue, name):
    in_a_week = timezone.now() + timedelta(days=7)
    approve_issue(issue, "Paul", in_a_week)
    fields = fields_of(publisher.client.get(at(name)))
    take_back_approval(issue, "Paul")
    second = approve_issue(issue, "Quinn", in_a_week)
    done = publisher.client.post(at(name), fields)
    assert "Nothing was done: Quinn approved" in told(publisher.client, done)
    assert approval_in_force(issue) == second
    assert approval_in_force(issue).send_at == in_a_week
