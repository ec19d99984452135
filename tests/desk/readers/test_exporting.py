"""Readers in a file: those that were asked for, recorded with their number."""

import csv
from http import HTTPStatus
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from subscribers.models import Segment

pytestmark = pytest.mark.django_db


@pytest.fixture
def readers(twtw, alerts, subscribe):
    subscribe(twtw, "ann@example.org", name="Änn")
    subscribe(twtw, "ben@example.org", state="ended")
    subscribe(alerts, "cem@example.org")


def rows(answer):
    content = b"".join(answer.streaming_content)
    if content.startswith(b"PK"):
        return [list(row) for row in load_workbook(BytesIO(content)).active.values][1:]
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(content.decode("utf-8-sig"))))[1:]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_file_has_those_that_were_asked_for(people, page, readers, recorded, kind):
    form = {"publication": "twtw", "state": "confirmed", "format": kind}
    answer = people.ada.post(page("export"), form)
    assert [row[:3] for row in rows(answer)] == [["ann@example.org", "Änn", "confirmed"]]
    assert f".{kind}" in answer["Content-Disposition"]
    name = {"csv": "CSV", "xlsx": "Excel"}[kind]
    assert recorded() == ("subscribers.export", f"1 reader, confirmed, as {name}.", "ada")


def test_a_segment_narrows_it_down_and_is_recorded(people, page, readers, recorded):
    form = {"publication": "twtw", "sentence": "region none", "format": "csv"}
    assert len(rows(people.ada.post(page("export"), form))) == 2
    assert recorded()[1] == "2 readers, segment region none, as CSV."
    Segment.objects.create(name="Africans", sentence="region Africa")
    assert rows(people.ada.post(page("export"), {**form, "sentence": "africans"})) == []
    assert recorded()[1] == "0 readers, segment region Africa, as CSV."


@pytest.mark.parametrize(
    "wrong",
    [
        {"publication": "none"},
        {"publication": "\x00"},
        {"state": "dead"},
        {"sentence": "colour blue"},
        {"sentence": 'source "ann@example.org"'},
        {"sentence": "x\x00"},
        {"format": "pdf"},
    ],
)
def test_what_can_not_be_asked_for_is_said(people, page, readers, wrong):
    form = {"publication": "twtw", "format": "csv", **wrong}
    assert people.ada.post(page("export"), form).status_code == HTTPStatus.BAD_REQUEST


def test_nobody_takes_addresses_away_who_does_not_see_them(people, page, readers):
    for client in (people.cora, people.ed, people.paul):
        answer = client.post(page("export"), {"publication": "twtw", "format": "csv"})
        assert not answer.streaming
