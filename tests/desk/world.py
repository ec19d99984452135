"""A newsroom in which some notes are nobody's business but their writer's and the editors'."""

from datetime import date
from uuid import uuid4

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.models import EditingSession
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection, Page, Site, TaskState, UploadedFile, Workflow

from delivery.pace import pace_of
from issues.assembling import assemble
from issues.models import Correction, Volume
from notes.models import Note, Person, Photo, SectionSchema
from subscribers.api.keys import Scope, make_key
from subscribers.importing.deciding import begin
from subscribers.importing.folders import Folder
from subscribers.importing.running import go_on
from subscribers.models import Reconfirmation, Segment, SignUpForm, Subscription, Suppression
from tests.desk.addresses import longest
from tests.desk.people import at_the_desk

# Words of notes that Carl writes, and of what a reviewer said of one.
SECRETS = ("Bandersnatch", "Jubjub", "Frabjous", "Tulgey", "Mome", "Vorpal", "Snicker", "Gimble")
DAY = date(2025, 7, 6)

# Addresses that can't be made from their names.
AS_WRITTEN = {
    r"^desk/documents/": "/desk/documents/",
    r"^desk/(?:reports|pages|api|failwhale)/": "/desk/failwhale/",
    r"^desk/snippets/choose/\w+/\w+/create/": "/desk/snippets/choose/notes/person/create/",
    r"^desk/(?:snippets/choose/\w+/\w+|images/chooser)/chosen/(?!\d+/$)": (
        "/desk/snippets/choose/notes/person/chosen/abc/"
    ),
    r"^desk/editing-sessions/ping/\w+/\w+/(?![0-9]{1,18}/)": (
        "/desk/editing-sessions/ping/notes/note/abc/1/"
    ),
    "desk/test404/": "/desk/test404/",
    "desk/^.*/$": "/desk/nowhere/",
    "wagtailadmin_pages:revisions_compare": "/desk/pages/2/revisions/compare/earliest...latest/",
}

_NO_ROWS = {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0", "MIN_NUM_FORMS": "0", "MAX_NUM_FORMS": "1000"}


def _none_of(*names):
    return {f"{name}-{key}": value for name in names for key, value in _NO_ROWS.items()}


# What a browser would post at least, without which Wagtail's own code breaks.
FORMS = {
    "": {},
    "wagtailadmin_choose_page_external_link": {
        "external-link-chooser-url": "https://www.example.org/"
    },
    "wagtailsnippets_issues_issue:": {"regions-count": "0"},
    "wagtailsnippets_notes_note:": {
        "body-count": "0",
        "subject": "Overwritten",
        "claim": "Overwritten",
        "date": "2025-07-06",
        **_none_of("authors", "sources"),
    },
    "wagtailsnippets_notes_person:": _none_of("aliases", "biographies"),
    "wagtailsnippets_notes_sectionschema:": _none_of("headings"),
}


class World:
    """Carl's note is in review for the second time, another of his is approved and in the issue.

    The picture in the first one is Cora's, who writes a note of her own.
    """

    def __init__(self, mailing, write_note, twtw, alerts):
        self.people = at_the_desk()
        carl, cora = self.people.carl.user, self.people.cora.user
        self.picture = _picture("Cora's", cora)
        self.approved = write_note("Vorpal", "Snicker", day=DAY, text="<p>Gimble.</p>")
        self.issue = assemble(twtw, DAY).issue
        self.alert = write_note("Vorpal", "Gimble", publication=alerts)
        self.secret = write_note("Bandersnatch", "Jubjub", day=DAY, approved=False)
        # Approved, so that even its writer does not delete it.
        own = write_note("Chad", "A lake", day=DAY)
        carls = [self.approved.pk, self.alert.pk, self.secret.pk]
        Note.objects.filter(pk__in=carls).update(owner=carl)
        Note.objects.filter(pk=own.pk).update(owner=cora)
        self._through_review(carl)
        self.correction = Correction.objects.create(
            edition=mailing.edition,
            note=mailing.edition.issue.entries.get().note,
            text="<p>It was the other lake.</p>",
            reason="A slip",
            day=DAY,
            recorded_by="Eve",
        )
        self.arguments = self._arguments(mailing, twtw, alerts)

    def _through_review(self, carl):
        note = Note.objects.get(pk=self.secret.pk)
        note.photo, note.body[0].value["parts"][0].value.source = self.picture, "<p>Frabjous.</p>"
        note.save()
        note.save_revision(user=carl)
        note.get_workflow().start(note, carl)
        note.current_workflow_task_state.reject(user=self.people.ed.user, comment="Tulgey")
        note.claim = "Mome"
        note.save()
        note.save_revision(user=carl)
        note.current_workflow_state.resume(carl)
        self.secret = Note.objects.get(pk=note.pk)

    def _arguments(self, mailing, twtw, alerts):
        carl = self.people.carl.user
        step = TaskState.objects.for_instance(self.secret).get(status="in_progress")
        of_review = {
            "task_state_id": step.pk,
            "task_id": step.task_id,
            "workflow_state_id": step.workflow_state_id,
            "action_name": "approve",
            "revision_id": self.secret.revisions.earliest("pk").pk,
        }
        page = Page.objects.get(depth=2).pk
        of_a_page = {
            "pk": page,
            "page_id": page,
            "parent_page_id": Page.objects.get(depth=1).pk,
            "page_to_move_id": page,
            "destination_id": Page.objects.get(depth=1).pk,
            "content_type_app_name": "wagtailcore",
            "content_type_model_name": "page",
            "app_label": "wagtailcore",
            "model_name": "page",
            **of_review,
        }
        collection, workflow = (
            Collection.objects.get(depth=1),
            Workflow.objects.get(name="Note approval"),
        )
        session = EditingSession.objects.create(
            user=carl,
            content_type=ContentType.objects.get_for_model(Note),
            object_id=self.secret.pk,
            last_seen_at=timezone.now(),
        )
        uploaded = UploadedFile.objects.create(
            for_content_type=ContentType.objects.get_for_model(Photo),
            file=ContentFile(b"-", "uploaded"),
            uploaded_by_user=carl,
        )
        carls = _picture("Carl's", carl).pk
        of_a_picture = {"filter_spec": "max-9x9", "uploaded_file_id": uploaded.pk}
        of_the_issue = {"publication": twtw.slug, "mode": "text", "link": 1}
        one = {
            "notes_person:": Person.objects.first(),
            "notes_sectionschema:": SectionSchema.objects.first(),
            "issues_issue:": self.issue,
            "issues_publication:": twtw,
            "issues_volume:": Volume.objects.first(),
            "delivery_pace:": pace_of(twtw),
        }
        return {
            **{f"wagtailsnippets_{name}": [{"pk": known.pk}] for name, known in one.items()},
            **{f"wagtailsnippetchoosers_{name}": [{"pk": known.pk}] for name, known in one.items()},
            "api_keys:": [{"pk": make_key("A site", [Scope.WRITE], [twtw])[0].pk}],
            "account_": [{"token": "x", "uidb36": "1", "key": "x"}],
            "corrections:": [{"pk": self.correction.pk, "edition": mailing.edition_id}],
            "issue_desk:": [of_the_issue],
            "issue_desk:alert": [
                {**of_the_issue, "publication": alerts.slug, "note": self.alert.pk}
            ],
            "mailings:": [{"pk": mailing.pk, "number": 2}],
            "mfa_": [{"pk": 1}],
            **_of_readers(twtw),
            "wagtail_bulk_action": [
                {"app_label": "notes", "model_name": model, "action": "delete"}
                for model in ("note", "photo")
            ],
            "wagtailadmin_api:": [of_a_page],
            "wagtailadmin_choose_page": [of_a_page],
            "wagtailadmin_collections:": [{"pk": collection.pk, "collection_id": collection.pk}],
            "wagtailadmin_editing_sessions:": [
                {
                    "app_label": "notes",
                    "model_name": "note",
                    "object_id": self.secret.pk,
                    "session_id": session.pk,
                }
            ],
            "wagtailadmin_explore": [of_a_page],
            "wagtailadmin_pages:": [of_a_page],
            "wagtailadmin_password_reset": [{"uidb64": "x", "token": "x"}],
            "wagtailadmin_tag_": [{"app_name": "taggit", "model_name": "tag"}],
            "wagtailadmin_workflows:": [
                {
                    "pk": workflow.pk,
                    "page_pk": page,
                    "workflow_pk": workflow.pk,
                    "app_label": "wagtailcore",
                    "model_name": "groupapprovaltask",
                    "task_id": step.task_id,
                }
            ],
            "wagtaildocs": [{"pk": 1, "document_id": 1, "doc_id": 1, "uploaded_file_id": 1}],
            # Carl's, and Cora's own that stands in Carl's note.
            "wagtailimages": [
                {"pk": picture, "image_id": picture, **of_a_picture}
                for picture in (carls, self.picture.pk)
            ],
            "wagtailsites:": [{"pk": Site.objects.get().pk}],
            "wagtailsnippets_notes_note:": [
                {
                    "pk": self.secret.pk,
                    "revision_id_a": of_review["revision_id"],
                    "revision_id_b": "latest",
                    **of_review,
                }
            ],
            "wagtailusers_users:": [{"pk": carl.pk}],
            "wagtailusers_groups:": [{"pk": Group.objects.get(name="Contributors").pk}],
        }

    def paths(self, name, arguments):
        """The paths of one address; the first one is about what somebody else has.

        Raises:
            ValueError, KeyError: if it needs arguments that this world does not know.
        """
        if name in AS_WRITTEN:
            return [AS_WRITTEN[name]]
        known = longest(self.arguments, name) if arguments else [{}]
        found = [reverse(name, kwargs={key: one[key] for key in arguments}) for one in known]
        if name == "wagtail_bulk_action":
            notes, pictures = found
            return [
                f"{notes}?id={self.secret.pk}",
                f"{notes}?id=all",
                f"{pictures}?id={self.picture.pk}",
            ]
        if name.endswith(":chosen_multiple"):
            return [f"{found[0]}?id=1&id=2&id=3"]
        return list(dict.fromkeys(found))


def _of_readers(twtw):
    subscription = Subscription.objects.filter(publication=twtw).first()
    suppression = Suppression.objects.create(
        key="gone@example.org", reason=Suppression.Reason.BOUNCED
    )
    form = SignUpForm.objects.create(slug="foot", name="The institute's foot")
    form.publications.set([twtw])
    return {
        "reader_import:": [{"pk": _file_of_readers(twtw).pk}],
        "segments:": [{"pk": Segment.objects.create(name="Africa", sentence="region Africa").pk}],
        "readers:": [{"pk": subscription.reader_id, "subscription": subscription.pk}],
        "readers:suppressed": [{"pk": suppression.pk}],
        "reconfirming:": [{"pk": _reconfirmation(twtw).pk}],
        **{f"readers:{name}": [{"pk": form.pk}] for name in ("form", "close-form", "open-form")},
    }


def _reconfirmation(twtw):
    run = Reconfirmation.objects.create(
        publication=twtw, silent_since=timezone.now(), deadline=timezone.now(), begun_by="Ada"
    )
    subscription = Subscription.objects.filter(publication=twtw).first()
    run.asks.create(subscription=subscription)
    return run


def _file_of_readers(twtw):
    """It waits for a person's word, and one of its rows was refused."""
    key = uuid4()
    size = Folder(key).take([b"email\nann@example.org\nnobody\n"])
    run = begin(key, twtw, file_name="readers.csv", size=size, by="Ada")
    return go_on(run.pk)


def _picture(title, user):
    return Photo.objects.create(title=title, file=get_test_image_file(), uploaded_by_user=user)
