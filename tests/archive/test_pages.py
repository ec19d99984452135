"""What the public sees, and that it sees nothing else."""

import re
from datetime import UTC, date, datetime

import pytest

pytestmark = pytest.mark.django_db


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


@pytest.fixture
def note(write_note):
    return write_note(
        "Russia and Mali bilateral agreements", "The growing presence", author="A. Datta"
    )


NOTE = "/notes/russia-and-mali-bilateral-agreements-the-growing-presence/"
ALERT = NOTE.replace("notes", "alerts")


def test_a_published_issue_is_at_its_serial(client, make_issue, note, write_note):
    make_issue([317], [note, write_note("The US", "A strike")])
    response = client.get("/issues/twtw/317/")
    assert response.status_code == 200
    text = text_of(response)
    for words in (
        "The World This Week #317 Vol 7, No 26, 29 June 2025",
        "In this issue",
        "Russia and Mali bilateral agreements The growing presence",
        "By A. Datta, 29 June 2025",
        "What is the background?",
        "Something happened.",
        "A. Datta writes.",
    ):
        assert words in text
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


def test_what_is_not_published_is_nowhere(client, make_issue, make_alert, note):
    make_issue([317], [note], published=False)
    make_alert(note)
    for path in ("/issues/twtw/317/", "/issues/twtw/318/", "/issues/none/317/", NOTE, ALERT):
        assert client.get(path).status_code == 404
    home = text_of(client.get("/"))
    assert "#317" not in home
    assert "Nothing has been published here yet" in home


@pytest.mark.parametrize("serial", ["0", "9" * 40])
def test_a_serial_that_can_not_be_is_not_found(client, make_issue, note, serial):
    make_issue([317], [note])
    assert client.get(f"/issues/twtw/{serial}/").status_code == 404


def test_a_combined_issue_is_at_its_first_serial_and_leads_there_from_the_others(
    client, make_issue, note
):
    make_issue([331, 332], [note], day=date(2025, 10, 26))
    assert "#331 &amp; 332, Vol 7, No 40 &amp; 41, 26 October 2025" in text_of(
        client.get("/issues/twtw/331/")
    )
    response = client.get("/issues/twtw/332/")
    assert (response.status_code, response["Location"]) == (301, "/issues/twtw/331/")
    assert (
        "First published in The World This Week #331 &amp; 332, Vol 7, No 40 &amp; 41"
        in text_of(client.get(NOTE))
    )


def test_a_serial_written_otherwise_leads_to_the_one_address(client, make_issue, note):
    make_issue([317], [note])
    assert client.get("/issues/twtw/0317/")["Location"] == "/issues/twtw/317/"


def test_a_note_says_where_it_was_published_first(client, make_issue, note):
    make_issue([317], [note])
    response = client.get(NOTE)
    assert "First published in The World This Week #317, Vol 7, No 26" in text_of(response)
    assert '<a href="/issues/twtw/317/">' in response.content.decode()


def test_an_alert_is_public_when_it_was_sent_and_the_note_tells_of_it(
    client, make_issue, make_alert, note
):
    # At 20:00 UTC it is the next day in India, whose clock GP Alerts has.
    make_alert(note, at=datetime(2025, 6, 25, 20, tzinfo=UTC))
    for path in (NOTE, ALERT):
        assert "First published in GP Alerts, 26 June 2025" in text_of(client.get(path))
    make_issue([317], [note])
    text = text_of(client.get(NOTE))
    assert "First published in GP Alerts, 26 June 2025" in text
    assert "Also in The World This Week #317, Vol 7, No 26" in text


def test_a_page_and_its_alert_have_one_canonical_address(client, make_alert, note, settings):
    settings.SITE_URL = "https://weekly.example.org"
    make_alert(note, at=datetime(2025, 6, 25, tzinfo=UTC))
    for path in (NOTE, ALERT):
        page = client.get(path).content.decode()
        assert f'<link rel="canonical" href="https://weekly.example.org{NOTE}">' in page
        assert '<meta name="description" content="Something happened.">' in page


def test_an_editors_markup_can_not_run_anything(client, make_issue, write_note):
    note = write_note(
        "<script>alert(1)</script>", "Claim", text='<p onclick="x()">One<script>x()</script></p>'
    )
    make_issue([317], [note])
    page = client.get("/issues/twtw/317/").content.decode()
    assert "<script" not in page
    assert "onclick" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_first_page_shows_the_latest_issue_and_lists_earlier_ones_and_alerts(
    client, make_issue, make_alert, write_note
):
    older = make_issue([317], [write_note("Older", "note")])
    newer = make_issue([318], [write_note("Newer", "note")], day=date(2025, 7, 6))
    make_alert(write_note("Urgent", "note"), at=datetime(2025, 7, 2, 12, tzinfo=UTC))
    text = text_of(client.get("/"))
    order = [newer.line, "Newer note", "Earlier issues", older.line, "GP Alerts", "Urgent note"]
    places = [text.index(words) for words in order]
    assert places == sorted(places)
    assert "Older note" not in text


def test_issues_lead_to_their_neighbours(client, make_issue, write_note):
    for serial, day in ((317, 6), (318, 13), (319, 20)):
        make_issue([serial], [write_note("Note", str(serial))], day=date(2025, 7, day))
    page = client.get("/issues/twtw/318/").content.decode()
    assert '<a href="/issues/twtw/317/" rel="prev">' in page
    assert '<a href="/issues/twtw/319/" rel="next">' in page


def test_an_unchanged_page_is_not_sent_again(client, make_issue, note):
    make_issue([317], [note])
    first = client.get("/issues/twtw/317/")
    assert first["Cache-Control"] == "public, max-age=300"
    again = client.get("/issues/twtw/317/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_pages_only_answer_to_looking(client, make_issue, note):
    make_issue([317], [note])
    assert client.post("/issues/twtw/317/").status_code == 405


def test_the_first_page_takes_few_queries_however_many_issues_there_are(
    client, make_issue, write_note, django_assert_max_num_queries
):
    for number in range(4):
        make_issue(
            [317 + number],
            [write_note("Note", f"{number} {place}") for place in range(3)],
            day=date(2025, 7, 1 + number),
        )
    with django_assert_max_num_queries(7):
        client.get("/")


def test_a_page_takes_few_queries_however_long_it_is(
    client, make_issue, make_alert, write_note, django_assert_max_num_queries
):
    notes = [write_note("Note", str(place)) for place in range(6)]
    make_issue([317], notes)
    make_issue([318], [write_note("Another")], day=date(2025, 7, 6))
    make_alert(notes[0], at=datetime(2025, 6, 25, tzinfo=UTC))
    with django_assert_max_num_queries(6):
        client.get("/issues/twtw/317/")
    for path in (f"/notes/{notes[0].slug}/", f"/alerts/{notes[0].slug}/"):
        with django_assert_max_num_queries(3):
            assert client.get(path).status_code == 200
