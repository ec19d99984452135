"""Tables are made rectangular, and their figures are found."""

import pytest

from rendering.content import Table
from rendering.tables import grid, is_wide, numeric_columns


def test_short_rows_are_filled_and_empty_ones_are_left_out():
    rows = grid(Table(("a", "b"), (("1",), ("", ""), ("2", "3", "4")), ""))
    assert rows.header == ("a", "b", "")
    assert rows.body == (("1", "", ""), ("2", "3", "4"))


def test_a_header_without_words_is_none():
    assert grid(Table(("", ""), (("1", "2"),), "")).header == ()


@pytest.mark.parametrize(
    "cell", ["1", "1,020", "-3.5", "−3", "+4%", "€ 12", "$1.2 bn", "~40", "12 km", "–", ""]
)
def test_figures_make_a_column_of_figures(cell):
    assert numeric_columns(Table((), (("1",), (cell,)), "")) == {0}


@pytest.mark.parametrize("cell", ["one", "1 of them all", "2019-2020", "July 4"])
def test_words_do_not(cell):
    assert numeric_columns(Table((), (("1",), (cell,)), "")) == set()


def test_a_column_that_heads_its_rows_is_none_of_figures():
    rows = (("2019", "4"), ("2020", "5"))
    assert numeric_columns(Table((), rows, "", first_column_is_header=True)) == {1}


def test_a_table_is_wide_if_its_longest_words_do_not_fit_on_a_phone():
    assert not is_wide(grid(Table(("Year", "Flow"), (("2019", "not very much in that year"),), "")))
    assert is_wide(grid(Table((), (("internationalisation",) * 2,), "")))
