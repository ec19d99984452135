"""Columns are guessed as a person would, and a person's word goes before the guess."""

import pytest

from subscribers.errors import ReaderFileError
from subscribers.importing.columns import Columns, columns_of
from subscribers.importing.dates import day_of
from subscribers.importing.tables import Row

ANN = "ann@example.org"


def guess(*rows, **wanted):
    table = [Row(number, number, list(cells)) for number, cells in enumerate(rows, 1)]
    return columns_of("readers.csv", table, wanted)


@pytest.mark.parametrize(
    "header",
    ["address", "EMAIL", "E-mail", "mail", " Email Address ", "e_mail", "E-Mail-Adresse", "?"],
)
def test_the_address_column_has_many_names_or_any(header):
    assert guess([header, "Name"], [ANN, "Ann"]) == Columns(address=0, name=1)


def test_a_postal_address_is_not_taken_for_the_address():
    assert guess(["name", "address", "email"], ["Ann", "12 Long Road", ANN]).address == 2


def test_a_first_row_with_an_address_is_no_header():
    found = guess(["7", "Ann Example", ANN], ["8", "Bob Example", "bob@example.org"])
    assert found == Columns(address=2, name=1, header=False)


def test_of_two_columns_of_addresses_the_fuller_one_counts():
    found = guess(["email", "e-mail"], ["", ANN], ["", "bob@example.org"])
    assert found.address == 1


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (["email", "First name", "Last name"], {"first_name": 1, "last_name": 2}),
        (["email", "Vorname", "Name"], {"first_name": 1, "last_name": 2}),
        (["email", "Name", "Last name"], {"name": 1}),
        (["email", "Town", "Surname"], {"last_name": 2}),
    ],
)
def test_a_name_may_stand_in_one_column_or_in_two(header, found):
    assert guess(header, [ANN, "Ann", "Example"]) == Columns(address=0, **found)


def test_a_state_is_one_only_if_its_column_says_so():
    assert guess(["email", "state"], [ANN, "Karnataka"]).state is None
    assert guess(["email", "state"], [ANN, "Unsubscribed"]).state == 1


def test_a_day_of_consent_is_one_only_if_every_cell_is_a_day():
    assert guess(["email", "optin"], [ANN, "2025-05-01"]).consented == 1
    assert guess(["email", "optin"], [ANN, "2025-05-01"], [ANN, "yes"]).consented is None


def test_a_person_names_columns_by_heading_or_number_or_wants_none():
    rows = (["a", "b", "name"], [ANN, "bob@example.org", "Ann"])
    assert guess(*rows, address="b").address == 1
    assert guess(*rows, address="2", name="-") == Columns(address=1)
    for wrong in ("4", "0", "-1", "c", "999999999999"):
        with pytest.raises(ReaderFileError, match="no column of that name or number"):
            guess(*rows, address=wrong)
    with pytest.raises(ReaderFileError, match=r"more than once \(1 and 2\)"):
        guess(["a", "A"], [ANN, ANN], address="a")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-05-01", "2025-05-01T00:00:00+00:00"),
        ("2025-05-01T10:30:00+05:30", "2025-05-01T10:30:00+05:30"),
        ("1.5.2025", "2025-05-01T00:00:00+00:00"),
        ("1 May 2025", "2025-05-01T00:00:00+00:00"),
        ("13/05/2025 10:30", "2025-05-13T00:00:00+00:00"),
        ("5/13/2025", "2025-05-13T00:00:00+00:00"),
        ("5/5/2025", "2025-05-05T00:00:00+00:00"),
    ],
)
def test_a_day_is_understood_as_it_is_written(text, day):
    assert day_of(text).isoformat() == day


@pytest.mark.parametrize("text", ["", "5/6/2025", "2025-13-01", "31/31/2025", "yes", "1", "\0"])
def test_what_could_be_two_days_is_none(text):
    assert day_of(text) is None
