"""How many readers something is about, in words."""

import pytest

from subscribers.how_many import so_many_readers


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 readers"), (1, "1 reader"), (2, "2 readers"), (1_000_000, "1,000,000 readers")],
)
def test_one_is_a_reader_and_many_are_readers(number, words):
    assert so_many_readers(number) == words
