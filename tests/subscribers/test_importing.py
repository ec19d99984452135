"""Importing readers: all or nothing, and never somebody who has left."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.errors import ReaderFileError
from subscribers.exporting import as_cell, export_readers, from_cell
from subscribers.importing import import_readers
from subscribers.models import Consent, Reader, Subscription, Suppression
from subscribers.suppressing import suppress

pytestmark = pytest.mark.django_db


@pytest.fixture
def csv_file(tmp_path):
    def write(content, name="readers.csv"):
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return write


@pytest.fixture
def import_csv(csv_file, twtw):
    def run(content, **options):
        return import_readers(
            csv_file(content), options.pop("publication", twtw), consent="Paper forms", **options
        )

    return run


def refusals(report):
    return [(refused.row, refused.reason) for refused in report.refused]


def addresses():
    return list(Reader.objects.values_list("address", "name"))


def test_a_reader_is_subscribed_with_the_consent_that_the_operator_names(import_csv, twtw):
    report = import_csv("address,name\nann@example.org,Ann Reader\n")
    assert (report.imported, report.rows, report.new) == (True, 1, 1)
    subscription = Subscription.objects.get()
    assert subscription.publication == twtw
    assert subscription.state == Subscription.State.CONFIRMED
    assert addresses() == [("ann@example.org", "Ann Reader")]
    consent = Consent.objects.get()
    assert consent.subscription == subscription
    assert (consent.act, consent.source) == ("given", "Paper forms (readers.csv)")
    assert consent.at == subscription.confirmed_at


@pytest.mark.parametrize(
    "header", ["address", "EMAIL", "E-mail", "mail", " Email Address ", "e_mail"]
)
def test_the_address_column_has_many_names(import_csv, header):
    assert import_csv(f"{header}\nann@example.org\n").new == 1


def test_a_postal_address_is_not_taken_for_the_address(import_csv):
    report = import_csv("name,address,email\nAnn,12 Long Road,ann@example.org\n")
    assert report.new == 1
    assert addresses() == [("ann@example.org", "Ann")]


@pytest.mark.parametrize(
    ("delimiter", "named"), [(",", "comma"), (";", "semicolon"), ("\t", "tab")]
)
def test_the_delimiter_is_found_and_named(import_csv, delimiter, named):
    report = import_csv(f"name{delimiter}email\nAnn{delimiter}ann@example.org\n")
    assert (report.delimiter, report.new) == (named, 1)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("address,name\nann@example.org,Goïta\n".encode(), "UTF-8"),
        (codecs.BOM_UTF8 + "address,name\nann@example.org,Goïta\n".encode(), "UTF-8"),
        ("address,name\r\nann@example.org,Goïta\r\n".encode("utf-16"), "UTF-16"),
        (
            codecs.BOM_UTF16_BE + "address,name\rann@example.org,Goïta".encode("utf-16-be"),
            "UTF-16",
        ),
        ("address,name\nann@example.org,Goïta\n".encode("cp1252"), "Latin-1 (Windows-1252)"),
    ],
    ids=["utf-8", "utf-8 marked", "utf-16", "utf-16 big-endian, old Mac", "windows"],
)
def test_the_encoding_is_found_and_named(import_csv, content, named):
    report = import_csv(content)
    assert report.encoding == named
    assert addresses() == [("ann@example.org", "Goïta")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "readers.csv is empty"),
        (b"\n\n", "readers.csv is empty"),
        (b"address,name\n", "has no row under them"),
        (b"ann@example.org\nbob@example.org\n", "has no column"),
        (b"address\nann@example.org\0\n", "not a text file"),
        (b"PK\x03\x04\0\0", "not a text file"),
        (b"\x81address\n", "not a text file"),
        (b"email,e-mail\na@example.org,b@example.org\n", "more than once (columns 1 and 2"),
        (b'address,name\nann@example.org,"Ann\nbob@example.org,Bob\n', "row 2: a quotation mark"),
    ],
    ids=range(9),
)
def test_what_is_no_list_of_readers_is_refused_in_one_sentence(import_csv, content, sentence):
    with pytest.raises(ReaderFileError) as refusal:
        import_csv(content)
    assert sentence in str(refusal.value)
    assert "@" not in str(refusal.value)
    assert not Reader.objects.exists()


def test_a_file_that_is_not_there_is_named(tmp_path, twtw):
    with pytest.raises(ReaderFileError, match=r"none\.csv can't be read: No such file"):
        import_readers(tmp_path / "none.csv", twtw, consent="Paper forms")


@pytest.mark.parametrize("consent", ["", "  ", "x" * 201])
def test_readers_without_a_consent_are_not_imported(csv_file, twtw, consent):
    with pytest.raises(ReaderFileError, match="where the readers' consent comes from"):
        import_readers(csv_file("address\nann@example.org\n"), twtw, consent=consent)


WITH_REFUSED_ROWS = """\
address,name
ann@example.org,Ann
nobody,Nobody
"bob@example.org","Bob
Reader"

,No Address
carl@example.org,Carl,too many
dora@example.org,Dora\x07
,
eve@example.org,"Eve
fay@example.org,Fay"
gil@example.org,Gil
"""


def test_every_refused_row_is_named_by_its_line_and_nothing_is_imported(import_csv):
    report = import_csv(WITH_REFUSED_ROWS)
    assert not report.imported
    assert [row for row, _ in refusals(report)] == [3, 7, 8, 9, 11]
    reasons = dict(refusals(report))
    assert reasons[3] == "An email address must have an @-sign."
    assert reasons[7] == "There is no address in the row."
    assert reasons[8].startswith("The row has 3 cells and the first row 2;")
    assert reasons[9] == "The name has a control character in it."
    assert reasons[11].startswith("A cell with an address runs on to row 12;")
    assert not any("example.org" in reason for reason in reasons.values())
    assert (report.new, Reader.objects.count(), Consent.objects.count()) == (0, 0, 0)


def test_good_rows_are_imported_beside_refused_ones_where_that_is_asked_for(import_csv):
    report = import_csv(WITH_REFUSED_ROWS, skip_refused=True)
    assert (report.imported, report.rows, report.new, len(report.refused)) == (True, 8, 3, 5)
    assert addresses() == [
        ("ann@example.org", "Ann"),
        ("bob@example.org", "Bob Reader"),
        ("gil@example.org", "Gil"),
    ]


def test_the_report_names_rows_and_counts_and_no_address(import_csv):
    report = str(import_csv("address\nann@example.org\nnobody\nANN@example.org\n"))
    assert report.splitlines() == [
        "3 rows, read as UTF-8 with a comma between cells",
        "row 3: An email address must have an @-sign.",
        "row 4: the same as row 2",
        "Nothing was imported. Mend the refused rows, or leave them out with --skip-refused.",
    ]
    report = str(import_csv("address\nann@example.org\nnobody\n", skip_refused=True))
    assert report.splitlines()[2:] == ["1 new", "1 refused"]


def test_the_report_counts_one_row_as_one(import_csv):
    assert str(import_csv("address\nann@example.org\n")).startswith("1 row, read as")


def test_a_name_may_stand_before_the_address(import_csv):
    import_csv('address\n"""Reader, Ann"" <ann@example.org>"\nBob B. <bob@example.org>\n')
    assert addresses() == [("ann@example.org", "Reader, Ann"), ("bob@example.org", "Bob B.")]


def test_importing_again_changes_nothing(import_csv):
    content = "address,name\nann@example.org,Ann\nbob@example.org,\n"
    import_csv(content)
    report = import_csv(content)
    assert (report.new, report.already_subscribed) == (0, 2)
    assert (Subscription.objects.count(), Consent.objects.count()) == (2, 2)


def test_a_name_fills_an_empty_one_and_replaces_none(import_csv):
    import_csv("address,name\nann@example.org,\nbob@example.org,Bob\n")
    import_csv("address,name\nann@example.org,Ann\nbob@example.org,Robert\n")
    assert addresses() == [("ann@example.org", "Ann"), ("bob@example.org", "Bob")]


def test_a_duplicate_is_named_by_both_of_its_rows_and_imported_once(import_csv):
    report = import_csv("address,name\nann@example.org,\nbob@example.org,\nANN@example.org,Ann\n")
    assert [(one.row, one.first_row) for one in report.duplicates] == [(4, 2)]
    assert report.new == 2
    assert addresses() == [("ann@example.org", "Ann"), ("bob@example.org", "")]


def test_whoever_has_left_is_left_alone(import_csv, subscribe, twtw):
    subscribe(twtw, "left@example.org", state="ended")
    suppress("Suppressed@example.org", Suppression.Reason.COMPLAINED)
    report = import_csv("address\nLEFT@example.org\nsuppressed@example.org\nnew@example.org\n")
    assert (report.new, report.unsubscribed, report.suppressed) == (1, 1, 1)
    assert Subscription.objects.get(reader__key="left@example.org").state == "ended"
    assert not Reader.objects.filter(key="suppressed@example.org").exists()


def test_a_reader_of_one_publication_can_be_subscribed_to_another(
    import_csv, subscribe, twtw, alerts
):
    subscribe(twtw, "ann@example.org", state="ended")
    report = import_csv("address\nann@example.org\n", publication=alerts)
    assert (report.new, Reader.objects.count()) == (1, 1)
    assert Subscription.objects.get(publication=alerts).state == "confirmed"


def test_somebody_who_never_confirmed_is_confirmed_by_the_consent_given_elsewhere(
    import_csv, subscribe, twtw
):
    subscribe(twtw, "ann@example.org", state="pending")
    assert import_csv("address\nann@example.org\n").new == 1
    subscription = Subscription.objects.get()
    assert (subscription.state, subscription.consents.get().act) == ("confirmed", "given")


def test_an_export_imported_elsewhere_subscribes_those_who_had_confirmed_and_no_others(
    subscribe, twtw, alerts, tmp_path
):
    for address, state in [("+a", "confirmed"), ("=b", "ended"), ("c", "pending"), ("d", "ended")]:
        subscribe(twtw, f"{address}@example.org", state=state, name="-1+1|cmd")
    file = tmp_path / "exported.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        assert export_readers(twtw, stream) == 4
    cells = [line.split(",") for line in file.read_text("utf-8").splitlines()]
    assert cells[0] == ["address", "name", "state", "confirmed_at"]
    assert [row[:3] for row in cells[1:]] == [
        ["'+a@example.org", "'-1+1|cmd", "confirmed"],
        ["'=b@example.org", "'-1+1|cmd", "ended"],
        ["c@example.org", "'-1+1|cmd", "pending"],
        ["d@example.org", "'-1+1|cmd", "ended"],
    ]
    report = import_readers(file, alerts, consent="Moved from the weekly")
    assert (report.new, report.unsubscribed, report.unconfirmed) == (1, 2, 1)
    assert list(alerts.subscriptions.values_list("reader__address", flat=True)) == [
        "+a@example.org"
    ]
    assert Reader.objects.count() == 4


@given(st.text())
def test_no_cell_is_a_formula_and_every_cell_can_be_read_back(text):
    cell = as_cell(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert from_cell(cell) == text


def test_a_list_of_several_batches_takes_a_fixed_number_of_queries_for_each(
    csv_file, twtw, django_assert_max_num_queries
):
    rows = "".join(f"reader{number}@example.org\n" for number in range(4100))
    done = []
    # SQLite takes 999 values a statement: 2,000 readers of 4 fields are 8 or 9 statements.
    with django_assert_max_num_queries(120):
        report = import_readers(
            csv_file(f"address\n{rows}"), twtw, consent="Paper forms", on_progress=done.append
        )
    assert report.new == Subscription.objects.count() == 4100
    assert done == sorted(done)
    assert done[-1] == 1


def test_no_log_line_is_written_about_a_reader(import_csv, caplog):
    with caplog.at_level(0, logger="subscribers"):
        import_csv(WITH_REFUSED_ROWS, skip_refused=True)
    assert not caplog.records
