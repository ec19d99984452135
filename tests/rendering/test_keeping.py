"""What was mailed comes back from JSON as it was."""

import json
from dataclasses import fields, replace
from itertools import combinations
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rendering.content import Part, Section
from rendering.keeping import alert_from_json, issue_from_json, to_json
from rendering.sanitising import clean
from tests.rendering.samples import ALERT, ISSUE, PORTS
from tests.rendering.strategies import NOTES, PARTS, WORDS


def stored(content):
    """Through the bytes that a database would keep."""
    return json.loads(json.dumps(to_json(content), ensure_ascii=False).encode())


def test_an_issue_and_an_alert_come_back():
    assert issue_from_json(stored(ISSUE)) == ISSUE
    assert alert_from_json(stored(ALERT)) == ALERT


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(NOTES, max_size=2).map(tuple), WORDS)
def test_whatever_is_in_the_notes_comes_back_clean(notes, words):
    issue = replace(ISSUE, notes=notes, introduction=words)
    assert issue_from_json(stored(issue)) == clean(issue)


@settings(deadline=None)
@given(PARTS)
def test_every_part_comes_back_as_the_kind_that_it_was(part):
    issue = replace(ISSUE, notes=(replace(PORTS, sections=(Section("", (part,)),)),))
    (back,) = issue_from_json(stored(issue)).notes[0].sections[0].parts
    assert type(back) is type(part)
    assert back == clean(part)


@pytest.mark.parametrize(("one", "other"), list(combinations(get_args(Part), 2)))
def test_each_kind_of_part_has_a_field_that_tells_it_from_another(one, other):
    names, others = ({field.name for field in fields(kind)} for kind in (one, other))
    assert names - others
    assert others - names


def test_what_a_database_refuses_is_not_kept():
    kept = json.dumps(to_json(replace(ISSUE, introduction="a\x00b\ud800c\ufdd0")))
    assert '"introduction": "abc"' in kept
