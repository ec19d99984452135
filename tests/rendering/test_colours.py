"""A publication may choose any colour; readers can read it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rendering.colours import READABLE, contrast, readable
from rendering.errors import RenderingError

COLOURS = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


def test_contrast_is_that_of_the_web_content_accessibility_guidelines():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_a_colour_that_is_readable_stays_as_it_is():
    assert readable("#8a1c2b", "#ffffff") == "#8a1c2b"


@given(COLOURS, COLOURS)
def test_any_colour_becomes_readable_on_any_background(colour, background):
    assert contrast(readable(colour, background), background) >= READABLE


def test_what_is_no_colour_is_refused_by_what_was_written():
    with pytest.raises(RenderingError, match="'red;}' is not written like #8a1c2b"):
        readable("red;}", "#ffffff")
