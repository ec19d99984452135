"""A sentence is read as people write it, and written so that it reads the same."""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from issues.models import Publication
from subscribers.errors import SegmentError
from subscribers.segments import CLAUSES, parse
from subscribers.segments.grammar import LONGEST
from subscribers.segments.naming import publication_named
from tests.subscribers.segments.strategies import rules

pytestmark = pytest.mark.django_db

READ_AS = {
    "": "",
    " , ,": "",
    "REGION  africa": "region Africa",
    "regions Africa or middle-east": "region Africa or Middle East",
    "region middle east or none or Africa": "region Africa or Middle East or none",
    "region Latin America": "region Latin America and the Caribbean",
    "joined This Year, not region Europe": "joined this year, not region Europe",
    "joined in the last year": "joined in the last year",
    "joined within the past 12 weeks": "joined in the last 12 weeks",
    "joined since 1st Feb. 2025": "joined since 1 February 2025",
    "joined since 2025-02-01": "joined since 1 February 2025",
    "joined since 2025": "joined since 1 January 2025",
    "joined before 3/4/2025": "joined before 3 April 2025",
    "joined in 2024": "joined in 2024",
    "joined in jun 2024": "joined in June 2024",
    "get gp-alerts": "gets GP Alerts",
    "gets “The World This Week”": "gets The World This Week",
    "gets world this week": "gets The World This Week",
    "doesn't get GP alerts": "does not get GP Alerts",
    "not gets GP Alerts": "does not get GP Alerts",
    "not does not get GP Alerts": "gets GP Alerts",
    "heard from since 1 January 2024": "heard from since 1 January 2024",
    "silent for a year": "silent for 1 year",
    "never bounced": "never bounced",
    "not never bounced": "bounced",
    "bounced, Bounced": "bounced",
    'source "spring conference"': 'source "spring conference"',
    "source spring conference": 'source "spring conference"',
    "source „lunch, with talk”": 'source "lunch, with talk"',
}


@pytest.mark.parametrize(("typed", "understood"), READ_AS.items())
def test_what_people_write_has_one_normal_form(typed, understood):
    assert parse(typed).sentence == understood
    assert parse(understood) == parse(typed)


REFUSED = {
    "regoin Africa": "“regoin Africa” is not understood; perhaps “region Africa” is meant",
    "joind this year": "perhaps “joined this year” is meant",
    "heard form in the last 2 years": "perhaps “heard from in the last 2 years” is meant",
    "Middle East": "perhaps “region Middle East” is meant",
    "gp-alerts": "perhaps “gets GP Alerts” is meant",
    "anything else": "there is: region Africa, joined this year",
    "region Afrika": "no region “Afrika”; perhaps Africa is meant; there are: Africa, Central Asia",
    "region": "Write after “region” which region",
    "gets GP Alarts": "no publication “GP Alarts”; perhaps GP Alerts is meant; there are: GP",
    "gets": "Write after “gets” which publication",
    "joined": "“joined” is not understood",
    "joined tomorrow": "write joined this year | this month",
    "joined since 31 June 2025": "“joined since 31 June 2025” is not understood",
    "joined since 1 January 1066": "is not understood",
    "joined in 1 January 2025": "is not understood",
    "heard from in 2024": "write heard from in the last 2 years",
    "silent for ever": "“silent for 2 years”",
    "silent for 0 days": "“silent for 2 years”",
    "bounced twice": "a comma before anything else",
    'source ""': "in one pair of quotation marks",
    'source "spring': "A quotation mark is not closed: “spring”",
    'source "anna@example.org"': "no address can be in it",
    "region Africa\0": "a sign in it that can't be seen",
    "region \ud800": "a sign in it that can't be seen",
    f"source {'x' * LONGEST}": "characters; at most 300 can be kept",
    " or ".join(["region latin america", *["latin america and the caribbean"] * 9]): "at most 300",
}


@pytest.mark.parametrize(("typed", "why"), REFUSED.items())
def test_what_is_not_understood_is_named_with_what_there_is(typed, why):
    with pytest.raises(SegmentError) as refusal:
        parse(typed)
    assert why in str(refusal.value)
    assert str(refusal.value).count("\n") == 0


def test_every_example_of_the_table_is_understood():
    for clause in CLAUSES:
        for example in clause.examples:
            [part] = parse(example).parts
            assert part.clause == clause


@pytest.fixture
def publications():
    """With names that a sentence could take for something else."""
    names = [
        "Peace, Bread and Land",
        'The "Quoted" One',
        "not a weekly",
        "gp-alerts",
        "Twins",
        "Twins",
        "A  Gap",
        "ask@example.org",
    ]
    for number, name in enumerate(names):
        Publication.objects.create(
            slug=f"sister-{number}", name=name, short_name="S", sender_address="s@example.org"
        )
    return list(Publication.objects.all())


@given(data=st.data())
@settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_normal_form_of_any_rule_reads_as_the_same_rule(data, publications):
    named = st.sampled_from(publications).map(lambda one: publication_named(one.slug))
    rule = data.draw(rules(gets=named))
    assume(len(rule.sentence) <= LONGEST)
    assert parse(rule.sentence) == rule
    shouted = rule.sentence.upper().replace(",", " ,  ")
    if "SOURCE" not in shouted and '"' not in shouted:
        assert parse(shouted) == rule


def test_every_publication_can_be_named(publications):
    for one in publications:
        rule = parse(f"gets {one.slug}")
        assert rule.parts[0].value.key == one.pk
        assert parse(rule.sentence) == rule


def test_a_name_that_two_have_is_asked_about(publications):
    with pytest.raises(SegmentError, match="2 publications; write one of sister-4, sister-5"):
        parse("gets Twins")


@given(typed=st.text(max_size=400))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_typed_is_understood_or_refused_in_a_sentence(typed):
    try:
        understood = parse(typed).sentence
    except SegmentError as refusal:
        understood = str(refusal)
    else:
        assert len(understood) <= LONGEST
    assert "\n" not in understood
