"""The counts: they say what is there, and notice when it does not add up."""

import pytest

from delivery.counting import Counts
from delivery.states import Exclusion

BALANCED = {
    "candidates": 1030,
    "excluded": {Exclusion.SUPPRESSED: 10, Exclusion.UNCONFIRMED: 20},
    "frozen": 1000,
    "accepted": 500,
    "rejected": 200,
    "withdrawn": 150,
    "in_doubt": 100,
    "pending": 50,
}


def test_counts_in_which_everybody_is_in_one_place_balance():
    assert Counts(**BALANCED).balanced


@pytest.mark.parametrize("field", [name for name in BALANCED if name != "excluded"])
def test_one_reader_too_many_anywhere_is_noticed(field):
    assert not Counts(**BALANCED | {field: BALANCED[field] + 1}).balanced


def test_the_sentence_says_everything_that_is_not_nought():
    assert Counts(**BALANCED).sentence() == (
        "1,030 candidates, 30 excluded (10 suppressed, 20 not confirmed), 500 accepted, "
        "200 rejected, 150 withdrawn, 100 in doubt, 50 pending"
    )
