"""The preview: the very bytes that would leave, in a box in which nothing runs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.issue_desk.previewing import by_day, by_night
from issues.editions import render_issue
from issues.models import Issue
from rendering.marks import OPENING, shown_to_nobody
from tests.desk.issue_desk.pages import at

pytestmark = pytest.mark.django_db

MODES = ("mail", "phone", "dark", "text", "web")


@pytest.mark.parametrize("mode", ["mail", "phone"])
def test_the_mail_is_the_bytes_that_would_be_mailed(editor, issue, mode):
    shown = editor.client.get(at("preview", mode))
    expected = shown_to_nobody(render_issue(issue).html)
    assert shown.content.decode() == expected
    assert OPENING not in expected
    assert shown.headers["Content-Type"] == "text/html; charset=utf-8"


def test_the_text_is_the_text_part(editor, issue):
    shown = editor.client.get(at("preview", "text"))
    assert shown.content.decode() == shown_to_nobody(render_issue(issue).text)
    assert shown.headers["Content-Type"].startswith("text/plain")


def test_the_web_page_is_the_archives(editor, issue):
    page = editor.client.get(at("preview", "web")).content.decode()
    assert issue.line in page
    assert "Nile claims" in page
    assert 'href="/static/css/site.css"' in page


@pytest.mark.parametrize("mode", MODES)
def test_nothing_in_it_runs_and_nothing_is_fetched_from_elsewhere(editor, issue, mode, settings):
    shown = editor.client.get(at("preview", mode))
    policy = dict(
        rule.split(" ", 1) for rule in shown.headers["Content-Security-Policy"].split("; ")
    )
    assert policy["default-src"] == "'none'"
    assert "script-src" not in policy
    assert "allow-scripts" not in policy["sandbox"]
    assert "allow-same-origin" not in policy["sandbox"]
    assert policy["img-src"] == f"'self' {settings.SITE_URL} data:"
    assert shown.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in shown.headers["Cache-Control"]


def test_by_night_the_mails_own_dark_colours_hold_and_by_day_its_light_ones(editor, issue):
    mail = editor.client.get(at("preview", "mail")).content.decode()
    assert mail.count("(prefers-color-scheme: dark)") == 1
    night = editor.client.get(at("preview", "dark")).content.decode()
    day = editor.client.get(at("preview", "mail"), {"by": "day"}).content.decode()
    for html, answer, scheme in ((night, "min-width", "dark"), (day, "max-width", "light")):
        assert "prefers-color-scheme" not in html
        assert f"@media ({answer}: 0)" in html
        assert f'<meta name="color-scheme" content="{scheme}"' in html
        assert "color-scheme: light dark" not in html


# What a mail of the newsroom's own may ask in its styles.
@pytest.mark.parametrize(
    ("asked", "night", "day"),
    [
        ("(prefers-color-scheme: dark)", "(min-width: 0)", "(max-width: 0)"),
        ("(PREFERS-COLOR-SCHEME:dark)", "(min-width: 0)", "(max-width: 0)"),
        ("( prefers-color-scheme : light )", "(max-width: 0)", "(min-width: 0)"),
        (
            "screen and (max-width: 600px)",
            "screen and (max-width: 600px)",
            "screen and (max-width: 600px)",
        ),
    ],
)
def test_each_question_is_answered(asked, night, day):
    mail = "<head><style>@media {} {{ p {{ color: red }} }}</style></head><p>"
    assert by_night(mail.format(asked)) == mail.format(night)
    assert by_day(mail.format(asked)) == mail.format(day)


@given(words=st.text().filter(lambda text: "prefers-color-scheme" not in text.lower()))
def test_no_word_of_a_reader_is_changed_by_it(words):
    body = f"</head><body>{words}</body>"
    assert by_night(body) == by_day(body) == body


def test_there_is_nothing_to_see_where_there_is_no_issue_or_no_such_mode(editor, issue):
    assert editor.client.get(at("preview", "nonsense")).status_code == 404
    Issue.objects.update(published_at="2025-06-29T02:30Z")
    assert editor.client.get(at("preview", "mail")).status_code == 404


def test_without_javascript_the_page_shows_the_mode_of_its_address(editor, issue):
    for mode in MODES:
        page = editor.client.get(at("issue"), {"preview": mode}).content.decode()
        assert f'src="{at("preview", mode)}' in page
        assert page.count('aria-current="true"') == 1
