"""Importing readers in a real browser: from the file to the result, with and without a script."""

import pytest
from django.db import connection
from playwright.sync_api import expect

from subscribers.importing.running import go_on
from subscribers.models import ImportRun, Subscription
from tests.desk.test_mailings_in_a_browser import (  # noqa: F401 - a fixture
    at_the_desk,
    elsewhere,
    faults,
)

pytestmark = pytest.mark.django_db(transaction=True)

FORM = "/desk/readers/import/"
CONTENT = "E-mail;Name;Town\nann@example.org;Ann;Bonn\nbob@example.org;Bob;\nnobody;;\n"


@pytest.fixture
def choose(settings, tmp_path, twtw):
    """Chooses a file in the form."""
    settings.IMPORTS = tmp_path / "imports"

    def choose(page, content=CONTENT):
        file = {"name": "readers.csv", "mimeType": "text/csv", "buffer": content.encode()}
        page.goto(FORM)
        page.get_by_label("File with readers").set_input_files([file])

    return choose


def work():
    """What Prefect's run does."""

    def run():
        go_on(ImportRun.objects.get().pk)
        connection.close()

    elsewhere(run)


def test_a_file_becomes_readers_while_the_page_looks_on(choose, at_the_desk):  # noqa: F811
    page = at_the_desk()
    page.clock.install()
    choose(page)
    page.get_by_role("button", name="Look through it").press("Enter")
    expect(page.get_by_text("Nobody is at it.")).to_be_visible()
    work()
    page.clock.run_for(2000)
    expect(page.get_by_text("nothing has been changed")).to_be_visible()
    expect(page.get_by_role("cell", name="ann@example.org")).to_be_visible()
    page.get_by_role("link", name="They agreed: subscribe 2…").press("Enter")
    page.get_by_label("Where they agreed").fill("Paper forms")
    page.get_by_label("Leave out the 1 row that was refused").check()
    page.get_by_role("button", name="Yes, subscribe them").press("Enter")
    expect(page.get_by_text("being imported")).to_be_visible()
    work()
    page.clock.run_for(2000)
    expect(page.get_by_text("They agreed: Paper forms.")).to_be_visible()
    expect(page.locator("progress")).to_have_count(0)
    assert elsewhere(Subscription.objects.count) == 2


def test_by_the_keyboard_without_javascript(choose, at_the_desk):  # noqa: F811
    page = at_the_desk(java_script_enabled=False)
    choose(page)
    page.get_by_role("button", name="Look through it").press("Enter")
    work()
    page.get_by_role("link", name="Look again").press("Enter")
    page.get_by_label("Name", exact=True).select_option("none")
    page.get_by_role("button", name="Look through it again").press("Enter")
    work()
    page.get_by_role("link", name="Look again").press("Enter")
    expect(page.get_by_text("addresses in “E-mail”.")).to_be_visible()
    page.get_by_role("link", name="Ask 2 to confirm…").press("Enter")
    page.get_by_label("Leave out the 1 row that was refused").check()
    page.get_by_role("button", name="Yes, ask them").press("Enter")
    page.get_by_role("link", name="Cancel").press("Enter")
    page.get_by_role("button", name="Yes, cancel it").press("Enter")
    expect(page.get_by_text("The import is cancelled, and its file deleted.")).to_be_visible()


def test_every_page_is_accessible_and_fits_by_day_and_by_night(choose, at_the_desk):  # noqa: F811
    page = at_the_desk()
    choose(page, CONTENT + f"{'a' * 300};{'b' * 300};\n")
    found = [("form", *fault) for fault in faults(page)]
    page.get_by_role("button", name="Look through it").press("Enter")
    expect(page.get_by_text("Nobody is at it.")).to_be_visible()
    found += [("waiting", *fault) for fault in faults(page)]
    work()
    run = elsewhere(ImportRun.objects.get)
    for name in ("", "subscribe/", "ask/", "cancel/"):
        page.goto(f"{FORM}{run.pk}/{name}")
        found += [(name or "read", *fault) for fault in faults(page)]
    page.goto(FORM)
    found += [("list", *fault) for fault in faults(page)]
    assert "\n".join(map(str, found)) == ""
