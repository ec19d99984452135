"""A saved segment is asked for by its name, and its sentence is what is kept."""

import pytest

from subscribers.errors import SegmentError
from subscribers.models import Segment
from subscribers.segments import understood

pytestmark = pytest.mark.django_db


def test_a_sentence_or_the_name_of_a_saved_one_is_understood():
    Segment.objects.create(name="African readers", sentence="Region africa")
    assert understood("  joined  THIS year") == "joined this year"
    assert understood("african readers ") == "region Africa"
    assert understood("") == ""


@pytest.mark.parametrize("typed", ["nobody's name", "nobody\0", "\ud800", "x" * 10**6])
def test_what_is_neither_is_refused(typed):
    with pytest.raises(SegmentError):
        understood(typed)


def test_a_saved_one_that_means_nothing_any_more_is_refused_with_its_own_words():
    Segment.objects.create(name="Sisters", sentence="gets The Sister")
    with pytest.raises(SegmentError, match="no publication “The Sister”"):
        understood("Sisters")
