"""The whole week as the newsroom lives it, in a real browser, on a wide screen and on a phone."""

import re
from email import policy
from email.parser import BytesParser

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect, sync_playwright

from delivery.models import Mailing
from flows.weekly import prepare, publish
from issues.assembling import next_issue_day
from newsroom.gallery.shots import CHROMIUM_OPTIONS
from notes.models import Note
from tests.desk.test_mailings_in_a_browser import elsewhere
from tests.optional import chromium

pytestmark = pytest.mark.django_db(transaction=True)

SERIAL = 5000
CORRECTION = "It was Tuesday, not Monday."
PASSWORD = "a long one for the tests"
PEOPLE = {"cora": "Contributors", "edda": "Editors", "emil": "Editors", "paul": "Publishers"}
CLAIM, BETTER_CLAIM, BEST_CLAIM = "What aid costs", "What aid may cost", "What aid will cost"
SECTIONS = ("Two ministers signed on Monday.", "They had talked for a year.", "Trade follows.")


@pytest.fixture
def people(db):
    """One person in each role, each with an address."""
    for name, group in PEOPLE.items():
        user = get_user_model().objects.create_user(
            name, f"{name}@example.org", PASSWORD, first_name=name.title()
        )
        user.groups.add(Group.objects.get(name=group))


@pytest.fixture
def sign_in(live_server, people, settings):
    """Opens a browser of its own for a person, and signs them in."""
    settings.SITE_URL = live_server.url
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_OPTIONS)

        def enter(name, width):
            context = browser.new_context(
                base_url=live_server.url, viewport={"width": width, "height": 900}
            )
            page = context.new_page()
            page.goto(reverse("wagtailadmin_home"))
            page.locator("input[name=login]").fill(name)
            page.locator("input[name=password]").fill(PASSWORD)
            page.locator("input[name=password]").press("Enter")
            page.wait_for_url(f"**{reverse('wagtailadmin_home')}")
            return page

        yield enter
        browser.close()


@pytest.fixture
def week(twtw, write_note, subscribe, settings, tmp_path):
    """A Sunday to come: two notes approved for it, three readers, an empty outbox."""
    settings.OUTBOX = tmp_path / "outbox"
    # pytest-django would keep the desk's mail in memory.
    settings.EMAIL_BACKEND = "delivery.desk_mail.EmailBackend"
    sunday = next_issue_day(twtw, timezone.now())
    # The weekly's own numbers: so far it is in the year in which the tests run.
    twtw.first_serial = SERIAL
    twtw.postal_address = "1 Sample Road, Bengaluru"
    twtw.save()
    write_note("Russia and Mali", "A growing presence", day=sunday)
    write_note("Thailand", "A coalition on a thread", day=sunday)
    for number in range(3):
        subscribe(twtw, f"reader{number}@example.org")
    return sunday


@pytest.mark.parametrize("width", [1280, 360])
def test_a_week_from_the_first_word_to_a_correction(week, sign_in, width):
    desk = reverse("issue_desk:issue", args=["twtw"])
    cora, edda, emil, paul = (sign_in(name, width) for name in PEOPLE)

    # The contributor writes and submits; the editors are told.
    cora.goto(reverse("wagtailsnippets_notes_note:add"))
    write(cora, "Sevilla", CLAIM, "A. Author")
    act(cora, "Submit to Note approval")
    note = elsewhere(lambda: Note.objects.get(subject="Sevilla"))
    assert told("edda@example.org", "Sevilla")
    edit = reverse("wagtailsnippets_notes_note:edit", args=[note.pk])

    # The editor requests changes, with a comment that the contributor sees and acts upon.
    edda.goto(edit)
    act(edda, "Request changes", opens_dialog=True)
    edda.get_by_role("textbox", name="Comment").fill("Say who the ministers were.")
    edda.get_by_role("dialog").get_by_role("button", name="Request changes").click()
    expect(edda.locator(".messages .success")).to_be_visible()
    assert told("cora@example.org", "Say who the ministers were.")
    cora.goto(edit)
    expect(cora.get_by_text("Say who the ministers were.").first).to_be_visible()
    cora.locator("#id_claim").fill(BETTER_CLAIM)
    act(cora, "Resubmit to")

    # The editor approves; the week's issue is prepared as the schedule does it.
    edda.goto(edit)
    act(edda, "Approve")
    assert elsewhere(lambda: Note.objects.get(pk=note.pk).is_approved)
    elsewhere(lambda: prepare.fn(publication="twtw", day=week))

    # The editor arranges by the keyboard: what stands last comes first.
    edda.goto(desk)
    for place in (2, 1):
        row = edda.locator("[data-arrange] > li").nth(place)
        expect(row).to_contain_text(BETTER_CLAIM)
        row.focus()
        row.press("Alt+ArrowUp")
        expect(edda.locator("[data-arrange] > li").nth(place - 1)).to_contain_text(BETTER_CLAIM)
    edda.wait_for_load_state("networkidle")
    edda.reload()
    expect(edda.locator("[data-arrange] > li").first).to_contain_text(BETTER_CLAIM)

    # The publisher approves; an edit voids it at once, and visibly, and the publisher is told.
    approve(paul, desk)
    edda.goto(edit)
    edda.locator("#id_claim").fill(BEST_CLAIM)
    act(edda, "Submit to Note approval")
    assert told("paul@example.org", "your approval is void")
    paul.goto(desk)
    expect(paul.get_by_text("was edited and is not approved again").first).to_be_visible()

    # Whoever submitted it can't approve it; a colleague does, and the publisher does it again.
    edda.goto(edit)
    expect(edda.locator("[data-workflow-action-name=approve]")).to_have_count(0)
    emil.goto(edit)
    act(emil, "Approve")
    approve(paul, desk)

    # It goes to the outbox, to every reader one copy, as it was approved.
    elsewhere(lambda: publish.fn(publication="twtw", scheduled=False))
    copies = [mail for mail in outbox() if mail["List-Id"]]
    assert sorted(mail["To"] for mail in copies) == [f"reader{n}@example.org" for n in range(3)]
    assert {mail["Subject"] for mail in copies} == {f"TWTW #{SERIAL}: {BEST_CLAIM}"}
    mailing = elsewhere(Mailing.objects.get)
    paul.goto(reverse("mailings:mailing", args=[mailing.pk]))
    expect(paul.get_by_text("Nobody's copy is left over.")).to_be_visible()

    # A correction is recorded, and appears on the public page; what was mailed stays.
    edda.goto(reverse("mailings:mailing", args=[mailing.pk]))
    edda.get_by_role("link", name="Record a correction…").click()
    edda.get_by_role("radio", name=BEST_CLAIM).check()
    edda.get_by_role("textbox", name="Text", exact=True).press_sequentially(CORRECTION)
    expect(edda.locator("[name=text]")).to_have_value(re.compile(CORRECTION))
    edda.get_by_role("textbox", name="Reason").fill("Misread a calendar.")
    edda.get_by_role("button", name="Look at it").click()
    edda.get_by_role("button", name="Record it: readers see it at once").click()
    expect(edda.get_by_text("is recorded, and readers see it")).to_be_visible()
    edda.goto(reverse("archive:issue", args=["twtw", SERIAL]))
    expect(edda.get_by_role("region", name="Correction,")).to_contain_text(CORRECTION)
    expect(edda.get_by_text(SECTIONS[0]).first).to_be_visible()


def write(page, subject, claim, author):
    """Fill in a new note as a contributor does: the headings are there already."""
    page.locator("#id_subject").fill(subject)
    page.locator("#id_claim").fill(claim)
    page.get_by_role("button", name="Add Author").click()
    page.get_by_role("button", name="Choose person").click()
    page.get_by_role("dialog").get_by_role("link", name=author).click()
    texts = page.locator("[data-contentpath=body] .Draftail-Editor [role=textbox]")
    expect(texts).to_have_count(len(SECTIONS))
    for place, words in enumerate(SECTIONS):
        texts.nth(place).click()
        texts.nth(place).press_sequentially(words)


def act(page, label, *, opens_dialog=False):
    """Choose one of the actions at the foot of a note's form, and wait for what comes of it."""
    foot = page.locator("footer")
    button = foot.get_by_role("button", name=label, exact=False)
    if not button.first.is_visible():
        foot.get_by_role("button", name="More actions").click()
    button.first.click()
    if not opens_dialog:
        expect(page.locator(".messages .success")).to_be_visible()


def approve(page, desk):
    """Approve the issue from its desk, by the keyboard."""
    page.goto(desk)
    page.locator("#next-action").press("Enter")
    page.get_by_role("button", name=f"Approve #{SERIAL}").press("Enter")
    expect(page.get_by_text("approved by Paul").first).to_be_visible()


def outbox():
    """Every mail that has left so far, parsed."""
    files = (settings.OUTBOX / "new").iterdir()
    return [BytesParser(policy=policy.default).parsebytes(file.read_bytes()) for file in files]


def told(address, words):
    """Whether somebody of the newsroom got a notice that says this."""
    mails = [mail for mail in outbox() if mail["To"] == address]
    texts = [f"{mail['Subject']} {mail.get_body(['plain']).get_content()}" for mail in mails]
    return any(words in " ".join(text.split()) for text in texts)
