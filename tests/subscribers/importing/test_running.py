"""An import is brought forward by one process at a time, and survives whatever happens to it."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from subscribers.errors import ReaderImportError
from subscribers.importing import deciding
from subscribers.importing.deciding import Word, begin, cancel, choose_columns, give_word
from subscribers.importing.folders import DISK_FULL, Folder, Receiving
from subscribers.importing.one_go import looked_through, taken_in
from subscribers.importing.running import NotYours, go_on, is_in_hand, waiting_imports
from subscribers.importing.telling import rows_of
from subscribers.models import Consent, ImportRun, Reader, ServiceMail, Subscription

pytestmark = pytest.mark.django_db

ANN = "address\nann@example.org\n"
FORMS = Word("Paper forms")


@pytest.fixture
def brought(twtw):
    """A file that has arrived and nobody has looked through."""

    def bring(content=ANN):
        folder = Folder(uuid4())
        size = folder.take([content.encode()])
        key = type(uuid4())(folder.path.name)
        return begin(key, twtw, file_name="readers.csv", size=size, by="Ann")

    return bring


def test_a_file_is_read_then_waits_then_is_taken_in(brought):
    run = brought()
    assert run.state == "reading"
    run = go_on(run.pk)
    assert (run.state, run.done, run.counts) == ("read", 1000, {"new": 1})
    assert not Reader.objects.exists()
    with pytest.raises(NotYours, match="nothing to be done"):
        go_on(run.pk)
    give_word(run, FORMS)
    run.refresh_from_db()
    assert (run.state, run.done, run.counts) == ("importing", 0, {"open": 1})
    run = go_on(run.pk)
    assert (run.state, run.done, run.counts) == ("finished", 1000, {"new": 1})
    assert run.finished_at is not None
    assert (run.worker, run.lease_until) == ("", None)


def test_what_can_not_be_read_has_failed_with_the_sentence_and_its_files_are_gone(brought, imports):
    run = go_on(brought("town\nBonn\n").pk)
    assert run.state == "failed"
    assert "no column that looks like addresses" in run.error
    assert list(imports.iterdir()) == []


def test_one_process_at_a_time(brought):
    run = brought()
    ImportRun.objects.update(
        worker="elsewhere:1:x", lease_until=timezone.now() + timedelta(hours=1)
    )
    with pytest.raises(NotYours, match="Another process"):
        go_on(run.pk)
    assert waiting_imports(timezone.now(), timedelta(0)) == []
    ImportRun.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert waiting_imports(timezone.now(), timedelta(0)) == [run]
    assert go_on(run.pk).state == "read"
    assert waiting_imports(timezone.now(), timedelta(0)) == []


def test_what_has_just_come_is_left_to_who_begins_it(brought):
    run = brought()
    assert waiting_imports(timezone.now(), timedelta(minutes=1)) == []
    assert waiting_imports(timezone.now() + timedelta(minutes=1), timedelta(minutes=1)) == [run]


def test_an_import_whose_files_are_elsewhere_is_left_alone(brought):
    run = brought()
    Folder(run.key).remove()
    assert waiting_imports(timezone.now(), timedelta(0)) == []
    with pytest.raises(NotYours, match="on another machine"):
        go_on(run.pk)
    assert ImportRun.objects.get().state == "reading"


def test_whoever_lost_the_lease_writes_nothing_more(brought):
    run = go_on(brought("address\n" + "".join(f"r{n}@example.org\n" for n in range(1500))).pk)
    give_word(run, FORMS)

    def lose(done):
        ImportRun.objects.update(worker="another")

    lost = go_on(run.pk, lose)
    assert (lost.state, lost.counts) == ("importing", {"new": 1000, "open": 500})
    assert Subscription.objects.count() == 1000
    ImportRun.objects.update(worker="", lease_until=None)
    assert go_on(run.pk).counts == {"new": 1500}
    assert Consent.objects.count() == 1500


def test_what_is_cancelled_meanwhile_ends_and_what_is_in_stays(brought):
    run = go_on(brought("address\n" + "".join(f"r{n}@example.org\n" for n in range(1500))).pk)
    give_word(run, FORMS)

    def stop(done):
        if ImportRun.objects.get().state == "importing":
            cancel(ImportRun.objects.get())

    ended = go_on(run.pk, stop)
    assert (ended.state, ended.counts) == ("cancelled", {"new": 1000, "open": 500})
    assert Subscription.objects.count() == 1000
    assert [file.name for file in Folder(run.key).path.iterdir()] == ["refused.csv"]
    with pytest.raises(ReaderImportError, match="had ended already"):
        cancel(ended)


def test_other_columns_have_it_read_again(brought):
    run = go_on(brought("email,other\nann@example.org,bob@example.org\n").pk)
    choose_columns(run, {"address": "2"})
    with pytest.raises(ReaderImportError, match="moved on"):
        choose_columns(run, {"address": "1"})
    run = go_on(run.pk)
    give_word(run, FORMS)
    go_on(run.pk)
    assert Reader.objects.get().address == "bob@example.org"


def test_a_word_counts_only_for_what_was_seen(brought, subscribe, twtw):
    seen = go_on(brought().pk)
    subscribe(twtw, "ann@example.org")
    choose_columns(seen, {"address": "1"})
    go_on(seen.pk)
    with pytest.raises(ReaderImportError, match="moved on since you looked"):
        give_word(seen, FORMS)
    assert ImportRun.objects.get().state == "read"


def test_who_signs_up_between_looking_and_taking_in_is_counted_as_they_are_then(
    brought, subscribe, twtw
):
    run = go_on(brought().pk)
    give_word(run, FORMS)
    subscribe(twtw, "ann@example.org", state="ended")
    assert go_on(run.pk).counts == {"left": 1}
    assert Subscription.objects.get().state == "ended"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("readers.csv", "readers.csv"),
        ("list of ann@example.org.csv", "list of …"),
        ("a\r\nb\0.csv", "ab.csv"),
        ("x" * 300, "x" * 200),
        ("", "a file"),
    ],
)
def test_a_files_name_is_kept_as_it_may_be_shown(name, shown):
    assert deciding.shown_name(name) == shown


def test_a_file_that_finds_no_room_leaves_nothing_behind(settings, imports):
    def blocks():
        yield b"address\n"
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        Folder(uuid4()).take(blocks())
    assert list(imports.iterdir()) == []


def test_a_disk_that_is_full_while_a_file_is_read_is_said_in_one_sentence(brought):
    run = brought()
    # A device that has room for nothing, in the place where the rows would go.
    Folder(run.key).refused.symlink_to("/dev/full")
    failed = go_on(run.pk)
    assert (failed.state, failed.error) == ("failed", DISK_FULL)


def test_old_files_are_forgotten_and_young_ones_kept(brought, imports):
    finished = go_on(brought(f"{ANN}nobody\n").pk)
    give_word(finished, Word("Paper forms", skip_refused=True))
    go_on(finished.pk)
    waiting = go_on(brought("address\nbob@example.org\n").pk)
    orphan = Folder(uuid4())
    Receiving(orphan).close()
    now = timezone.now()
    assert deciding.forget_old_files(now) == 0
    assert len(list(imports.iterdir())) == 3
    later = now + timedelta(days=31)
    assert deciding.forget_old_files(later) == 3
    waiting.refresh_from_db()
    assert (waiting.state, waiting.sample) == ("cancelled", [])
    assert list(imports.iterdir()) == []


def test_the_same_command_goes_on_with_what_was_interrupted(list_file, twtw):
    file = list_file("address\n" + "".join(f"r{n}@example.org\n" for n in range(1500)))
    run = looked_through(file, twtw, by="Ann")

    def die(done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        taken_in(run, FORMS, die)
    again = looked_through(file, twtw, by="Ann")
    assert (again.pk, again.counts) == (run.pk, {"new": 1000, "open": 500})
    with pytest.raises(ReaderImportError, match="begun on other terms"):
        taken_in(again, Word("Other forms"))
    assert taken_in(again, FORMS).counts == {"new": 1500}
    assert ImportRun.objects.count() == 1
    assert looked_through(file, twtw, by="Ann").pk != run.pk


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("word", [FORMS, Word()], ids=["consent", "ask"])
def test_a_process_that_is_killed_leaves_an_import_that_another_one_ends(brought, imports, word):
    run = go_on(brought("address\n" + "".join(f"r{n}@example.org\n" for n in range(4000))).pk)
    give_word(run, word)
    connection.close()
    command = [sys.executable, "-m", "tests.subscribers.importing.taking_in_process"]
    with subprocess.Popen(
        [*command, str(run.pk), str(imports)],
        stdout=subprocess.PIPE,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "newsroom.settings"},
    ) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    run.refresh_from_db()
    assert run.state == "importing"
    assert run.worker
    assert 1000 <= run.counts["new"] < 4000
    assert rows_of(run) == 4000
    # Its lease has not ended, but it is known to have died.
    assert not is_in_hand(run)
    done = go_on(run.pk)
    assert done.counts == {"new": 4000}
    assert Reader.objects.count() == Subscription.objects.count() == 4000
    assert Consent.objects.count() == (0 if word.consent is None else 4000)
    assert ServiceMail.objects.count() == (4000 if word.consent is None else 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_who_signs_up_in_the_middle_of_a_batch_is_counted_as_they_are_then(brought, twtw):
    run = go_on(brought("address\n" + "".join(f"r{n}@example.org\n" for n in range(10))).pk)
    give_word(run, FORMS)

    def importing():
        try:
            return go_on(run.pk)
        finally:
            connection.close()

    def waits():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
            return cursor.fetchone() is not None

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            reader = Reader.objects.create(address="r5@example.org")
            Subscription.objects.create(reader=reader, publication=twtw)
            done = pool.submit(importing)
            while not waits():
                assert not done.done()
        assert done.result().counts == {"new": 9, "pending": 1}
    assert Consent.objects.count() == Subscription.objects.count() == 10
