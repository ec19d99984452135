"""What stands beside a picture, and what must."""

from dataclasses import replace

import pytest

from issues.preflight import Level, pictures
from rendering.content import Figure, Section
from tests.issues.preflight.sound import codes, sound
from tests.rendering.samples import RIVER, picture


def findings(issue):
    return [finding for check in pictures.CHECKS for finding in check(issue)]


def pictured(**changes):
    return replace(RIVER, photo=picture(**changes))


def figured(caption="", **changes):
    part = Figure(picture(**changes), caption)
    return replace(RIVER, photo=None, sections=(Section("A map", (part,)),))


def without_label(issue):
    html = issue.rendering.html.replace("AI-generated", "Drawn")
    return replace(issue, rendering=replace(issue.rendering, html=html))


def test_pictures_with_all_that_belongs_to_them_give_no_finding():
    drawn = pictured(ai_generated=True, url="https://media.example.org/drawn.png")
    assert findings(sound(RIVER, drawn, figured())) == []


@pytest.mark.parametrize("note", [pictured(alt=" "), figured(alt="")])
def test_a_picture_without_alternative_text_is_named(note):
    assert codes(findings(sound(note))) == ["no-alternative-text"]


@pytest.mark.parametrize("alt", ["IMG_2041", "harbour-dawn.jpg", "Image of", "photo", "A picture."])
def test_an_alternative_text_that_says_nothing_is_hinted_at(alt):
    (found,) = findings(sound(pictured(alt=alt)))
    assert (found.code, found.level) == ("poor-alternative-text", Level.HINT)
    assert found.fix == "/desk/pictures/1/"


@pytest.mark.parametrize("alt", ["Photo of ships that wait at dawn", "Map 3: the railways"])
def test_an_alternative_text_that_says_what_is_shown_is_good(alt):
    assert findings(sound(pictured(alt=alt))) == []


def test_a_picture_without_credit_is_named():
    assert codes(findings(sound(pictured(credit="")))) == ["no-credit"]
    assert findings(sound(replace(pictured(credit=""), photo_source="Agence du Nord"))) == []
    assert codes(findings(sound(figured(credit="")))) == ["no-credit"]
    assert findings(sound(figured("Data: River Post", credit=""))) == []
    assert findings(sound(figured(credit="", ai_generated=True))) == []


def test_a_machines_picture_that_the_mail_does_not_flag_stops():
    issue = sound(pictured(ai_generated=True))
    assert findings(issue) == []
    (found,) = findings(without_label(issue))
    assert (found.code, found.level) == ("ai-image-not-flagged", Level.BLOCKER)


def test_a_flag_after_a_long_caption_counts():
    caption = "A map of the upper river and of the dams that are planned on it. " * 30
    note = figured(caption, credit="River Pictures, " * 50, ai_generated=True)
    assert findings(sound(note)) == []
    assert codes(findings(without_label(sound(note)))) == ["ai-image-not-flagged"]


def test_a_flag_below_the_next_picture_does_not_count():
    issue = sound(
        pictured(ai_generated=True, url="https://media.example.org/one.png"),
        pictured(ai_generated=True, url="https://media.example.org/two.png"),
    )
    html = issue.rendering.html.replace("AI-generated", "Drawn", 1)
    found = findings(replace(issue, rendering=replace(issue.rendering, html=html)))
    assert [(finding.code, finding.fix) for finding in found] == [
        ("ai-image-not-flagged", "/desk/pictures/1/")
    ]


@pytest.mark.parametrize("credit", ["Midjourney", "Made with DALL·E 3", "ChatGPT", "AI", "Firefly"])
def test_a_credit_that_names_a_generator_asks_for_the_flag(credit):
    assert codes(findings(sound(pictured(credit=credit)))) == ["ai-image-suspected"]
    assert findings(sound(pictured(credit=credit, ai_generated=True))) == []


@pytest.mark.parametrize("credit", ["Aïda Said/Agence", "International Gemini Observatory", "AIR"])
def test_a_credit_that_only_looks_like_one_is_a_credit(credit):
    assert findings(sound(pictured(credit=credit))) == []


def test_the_cover_is_a_picture_too():
    (found,) = findings(sound(cover=picture(credit="")))
    assert (found.code, found.place, found.fix) == ("no-credit", "cover", "/desk/issue/")
