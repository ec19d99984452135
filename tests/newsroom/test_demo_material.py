"""The demo's notes, pictures and readers: original, complete, and of one week."""

import csv
import shutil
from datetime import date

import pytest
from PIL import Image

from newsroom.demo.pictures import make_pictures
from newsroom.demo.week import MATERIAL
from notes.content import note_content
from notes.importing import import_notes, note_files
from rendering.content import Quote, Table


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "notes"
    shutil.copytree(MATERIAL / "notes", folder)
    make_pictures(folder)
    return folder


def test_the_notes_are_imported_without_anything_that_needs_a_look(db, twtw, folder):
    imported = import_notes(note_files([folder]), twtw)
    assert len(imported) == 6
    assert [one.warnings for one in imported] == [()] * 6
    contents = [note_content(one.note) for one in imported]
    assert all(date(2025, 6, 30) <= content.date <= date(2025, 7, 6) for content in contents)
    assert all(content.countries and content.sources for content in contents)
    assert all("demo author" in a.biography for content in contents for a in content.authors)
    parts = [part for content in contents for section in content.sections for part in section.parts]
    assert any(isinstance(part, Table) for part in parts)
    assert any(isinstance(part, Quote) for part in parts)
    assert max(len(content.authors) for content in contents) == 2
    assert contents[0].photo.alt


def test_the_pictures_are_small_and_the_same_every_time(folder, tmp_path):
    for picture in make_pictures(tmp_path / "again"):
        assert picture.read_bytes() == (folder / picture.name).read_bytes()
        assert picture.stat().st_size < 120_000
        with Image.open(picture) as image:
            assert image.size == (1200, 675)


def test_the_readers_are_25_and_all_at_example_org():
    with (MATERIAL / "readers.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["address"].lower() for row in rows}) == 25
    assert all(row["address"].endswith("@example.org") and row["name"] for row in rows)
