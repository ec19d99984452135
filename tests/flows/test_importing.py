"""The story of an import: read, then wait for a person, then taken in; begun again if it died."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from flows.importing import NothingToImport, import_readers
from flows.starting import NOT_REACHED, start_importing
from flows.steps import run_story
from flows.watching import GRACE, Watch
from subscribers.importing.deciding import Word, begin, give_word
from subscribers.importing.folders import Folder
from subscribers.models import ImportRun, Subscription

pytestmark = pytest.mark.django_db

IMPORT = "import-readers/import-readers"


@pytest.fixture
def run(settings, tmp_path, twtw):
    """A file that has arrived."""
    settings.IMPORTS = tmp_path / "imports"
    key = uuid4()
    size = Folder(key).take([b"address\nann@example.org\nnobody\n"])
    return begin(key, twtw, file_name="readers.csv", size=size, by="Ann")


def test_a_file_is_read_waits_for_a_person_and_is_taken_in(run):
    told = run_story(import_readers, run=run.pk)
    assert told.sentence == "readers.csv was read: 2 rows, which wait for a person."
    with pytest.raises(NothingToImport, match="nothing to be done"):
        run_story(import_readers, run=run.pk)
    assert not Subscription.objects.exists()
    give_word(ImportRun.objects.get(), Word("Paper forms", skip_refused=True))
    told = run_story(import_readers, run=run.pk)
    assert told.sentence == "readers.csv is imported: 1 new reader; 2 rows read."
    assert told.trouble == ""
    assert Subscription.objects.get().state == "confirmed"


def test_a_file_that_is_no_list_ends_with_the_sentence_that_says_so(run):
    Folder(run.key).take([b"town\nBonn\n"])
    assert "no column that looks like addresses" in run_story(import_readers, run=run.pk).sentence


def test_without_a_server_a_page_is_told_so(run):
    assert start_importing(run.pk, "once") == NOT_REACHED


def test_the_watch_begins_what_nobody_works_at_in_each_of_its_states(run):
    started = []
    watch = Watch(None, lambda name, parameters: started.append((name, parameters)))
    watch.start_what_waits(timezone.now())
    assert started == []
    soon = timezone.now() + GRACE
    watch.start_what_waits(soon)
    watch.start_what_waits(soon)
    assert started == [(IMPORT, {"run": run.pk})]
    run_story(import_readers, run=run.pk)
    watch.start_what_waits(soon + timedelta(minutes=5))
    assert len(started) == 1
    give_word(ImportRun.objects.get(), Word(skip_refused=True))
    watch.start_what_waits(soon + timedelta(minutes=5))
    assert len(started) == 2
