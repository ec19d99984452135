"""What templates can rely on."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from jinja2 import DictLoader, UndefinedError

from rendering.authors import described, introduced, joined
from rendering.content import Author
from rendering.dates import printed_date, printed_moment
from rendering.environment import mail_environment, web_environment


def page(source: str, name: str = "web/page.html", **context: object) -> str:
    # As Django's backend calls it, which also asks for what we decide ourselves.
    environment = web_environment(
        loader=DictLoader({name: source}), autoescape=False, auto_reload=False
    )
    return environment.get_template(name).render(context)


def test_pages_are_escaped_and_plain_text_is_not():
    assert page("{{ a }}", a="<b>") == "&lt;b&gt;"
    assert page("{{ a }}", "email/x/body.txt", a="<b>") == "<b>"
    assert page("{{ a }}", "email/x/body.mjml", a="<b>") == "&lt;b&gt;"


def test_a_name_that_is_not_defined_is_an_error():
    with pytest.raises(UndefinedError, match="'a' is undefined"):
        page("{{ a }}")


def test_pages_have_the_filters_and_functions_that_they_need():
    assert page("{{ a | rich_text }}", a="<p onclick='x'>b</p>") == "<p>b</p>"
    assert page("{{ a | printed_date }}", a=date(2025, 7, 6)) == "6 July 2025"
    assert page("{{ static('css/site.css') }}") == "/static/css/site.css"
    assert page("{{ url('wagtailadmin_home') }}") == "/desk/"


def test_pages_can_be_translated():
    assert page("{% trans %}Subscribe{% endtrans %} {{ _('now') }}") == "Subscribe now"
    assert page("{{ ngettext('%(num)s note', '%(num)s notes', 3) }}") == "3 notes"


def test_the_mails_have_one_environment():
    assert mail_environment() is mail_environment()


def test_dates_have_no_leading_zero_and_the_month_in_full():
    assert printed_date(date(2025, 6, 9)) == "9 June 2025"


@pytest.mark.parametrize(
    ("names", "byline"),
    [(["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C"), ([], "")],
)
def test_names_are_joined_as_a_byline(names, byline):
    assert joined(names) == byline


def test_an_author_of_whom_nothing_is_said_is_not_described():
    assert described([Author("A", "", " ")]) == []


def test_a_biography_that_opens_with_the_name_needs_no_name_before_it():
    assert introduced(Author("Mira K", "", "Mira. K is a student."))
    assert not introduced(Author("Mira K", "A College", "Mira. K is a student."))
    assert not introduced(Author("Mira K", "", "She is a student."))


def test_a_moment_is_printed_in_its_own_zone():
    moment = datetime(2025, 6, 29, 8, 0, tzinfo=ZoneInfo("Asia/Kolkata"))
    assert printed_moment(moment) == "Sunday, 29 June 2025, 08:00 (Asia/Kolkata)"
