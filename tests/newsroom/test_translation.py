"""A newsroom adds its language without touching code, and what is not translated stays English."""

import re
import shutil
from datetime import date

import pytest
from babel.messages.pofile import read_po, write_po
from django.conf import settings as django_settings
from django.utils import translation

from newsroom.configuration import configuration
from newsroom.gallery.forms import FORMS, issue
from newsroom.gallery.material import RIVER, STRIKE, WEEKLY
from newsroom.gallery.service import context_of
from newsroom.translating.gathering import TEMPLATE_FILE, gathered, template_text
from newsroom.translating.updating import update
from rendering.dates import readers_date
from rendering.mail import render_issue, render_notice, render_service_mail
from rendering.marks import Mark, name_values
from tests.rendering.reading import Page

HANDFUL = {
    "There is no such page": "Diese Seite gibt es nicht",
    "Skip to the content": "Zum Inhalt",
    "In this issue": "In dieser Ausgabe",
    "By %(names)s": "Von %(names)s",
    "%(others)s and %(last)s": "%(others)s und %(last)s",
    "This mail goes to %(name)s because of a subscription to %(publication)s.": (
        "Sie, %(name)s, haben %(publication)s abonniert."
    ),
    "you": "liebe Leserin, lieber Leser",
    "Please confirm: %(names)s": "Bitte bestätigen: %(names)s",
    ("The link is good for %(num)s day.", "The link is good for %(num)s days."): (
        "Der Link gilt einen Tag.",
        "Der Link gilt %(num)s Tage.",
    ),
}


def write(file, texts):
    """Translate some texts in a language's file, as its translator does."""
    with file.open("rb") as stream:
        catalog = read_po(stream, locale="de")
    left = dict(texts)
    for message in catalog:
        if message.id in left:
            message.string = left.pop(message.id)
    assert not left
    with file.open("wb") as stream:
        write_po(stream, catalog)


def replace(file, old, new):
    source = file.read_text(encoding="utf-8")
    assert old in source
    file.write_text(source.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """The file of a newsroom's own German, in which nothing is translated yet."""
    return update("de", tmp_path_factory.mktemp("begun")).file


@pytest.fixture
def file(begun, tmp_path):
    """Such a file where the command looks for it."""
    copied = tmp_path / "locale" / "de" / "LC_MESSAGES" / "django.po"
    copied.parent.mkdir(parents=True)
    shutil.copy(begun, copied)
    return copied


@pytest.fixture(scope="module")
def handful(begun, tmp_path_factory):
    """A folder with a handful of German texts, compiled."""
    folder = tmp_path_factory.mktemp("handful")
    shutil.copytree(begun.parent, folder / "de" / "LC_MESSAGES")
    write(folder / "de" / "LC_MESSAGES" / "django.po", HANDFUL)
    assert update("de", folder).translated == len(HANDFUL)
    return folder


@pytest.fixture
def german(handful, settings):
    """A newsroom whose readers read German, of which it has a handful of texts."""
    settings.LOCALE_PATHS = [handful, *django_settings.LOCALE_PATHS]
    settings.READERS_LANGUAGE = "de"


def issue_mail():
    return render_issue(issue(RIVER, STRIKE))


def test_the_list_of_texts_is_that_of_the_sources():
    assert template_text(gathered()) == TEMPLATE_FILE.read_text(encoding="utf-8"), (
        "make it anew with `./twtw translate`"
    )


@pytest.mark.django_db
def test_a_page_is_in_the_readers_language_and_says_so(german, client):
    answer = client.get("/nothing-here/")
    page = answer.content.decode()
    assert '<html lang="de">' in page
    assert "Diese Seite gibt es nicht" in page
    assert "Zum Inhalt" in page
    # What is not translated is in English.
    assert "The address may be mistyped, or what it names is not published." in page


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/desk/nothing-here", "/desk/", "/webhooks/nothing/", "/api/x"])
def test_the_desk_and_what_machines_ask_for_stay_as_they_are(german, client, path):
    page = client.get(path, follow=True).content.decode()
    assert 'lang="de"' not in page
    assert "Diese Seite" not in page


def test_a_mail_is_in_the_readers_language_with_its_dates_and_says_so(german):
    mail = issue_mail()
    page = Page(mail.html)
    assert page.tags[0] == ("html", page.tags[0][1] | {"lang": "de", "dir": "ltr"})
    for part in (page.text, mail.text):
        assert "In dieser Ausgabe" in part
        assert "Von Maya Østergaard und José Peña, 4. Juli 2025" in " ".join(part.split())
        assert "Read this note on the web" in part
    assert "liebe Leserin, lieber Leser" in name_values("").values()
    assert name_values("Noor")[Mark.READER_NAME] == "Noor"


@pytest.mark.parametrize(("days", "sentence"), [(1, "einen Tag."), (7, "7 Tage.")])
def test_a_mail_to_one_reader_too_and_numbers_have_their_forms(german, days, sentence):
    context = context_of("confirm") | {"days": days}
    mail = render_service_mail("confirm", WEEKLY, context)
    assert mail.subject == "Bitte bestätigen: The World This Week und GP Alerts"
    assert f"Der Link gilt {sentence}" in mail.text
    assert "If it was not you, do nothing" in mail.text


def test_whichever_language_somebody_works_in_the_same_mail_leaves(german):
    expected = issue_mail()
    for language in ("fr", "en-gb", "ar"):
        with translation.override(language):
            assert issue_mail() == expected
            assert translation.get_language() == language


def test_what_goes_to_the_newsroom_stays_in_its_own_language(german):
    notice = render_notice("A subject", ["Some words."])
    assert '<html lang="en" dir="ltr"' in notice.html


def test_in_english_of_any_country_the_bytes_are_the_same(settings):
    english = [form.render() for form in FORMS]
    settings.READERS_LANGUAGE = "en"
    assert [form.render() for form in FORMS] == english


def test_no_text_of_ours_reads_otherwise_in_the_desks_own_english():
    """Django, Wagtail and others bring translations along, also into British English."""
    with translation.override("en-gb"):
        for message in gathered():
            if isinstance(message.id, str) and message.id and not message.context:
                assert translation.gettext(message.id) == message.id


@pytest.mark.parametrize(
    ("language", "printed"),
    [
        ("en-us", "9 June 2025"),
        ("de", "9. Juni 2025"),
        ("pt-br", "9 de junho de 2025"),
        ("zh-hans", "2025年6月9日"),
        ("xx", "9 June 2025"),
    ],
)
def test_a_day_is_printed_as_readers_write_it(settings, language, printed):
    settings.READERS_LANGUAGE = language
    assert readers_date(date(2025, 6, 9)) == printed


@pytest.mark.django_db
def test_where_readers_write_from_the_right_pages_and_mails_begin_there(settings, client):
    settings.READERS_LANGUAGE = "ar"
    assert '<html lang="ar" dir="rtl">' in client.get("/nothing-here/").content.decode()
    html = issue_mail().html
    assert re.search(r'<html[^>]* lang="ar" dir="rtl"', html)
    assert "direction:ltr" not in html
    assert "4 يوليو 2025" in html


# The command


@pytest.fixture
def twtw(twtw_command, monkeypatch, tmp_path):
    """Runs a command of a newsroom with a folder of its own."""
    (tmp_path / "email").mkdir()
    monkeypatch.setenv("TWTW_TEMPLATES", str(tmp_path))
    configuration.cache_clear()
    yield twtw_command
    configuration.cache_clear()


def test_the_command_makes_the_file_says_what_is_missing_and_keeps_what_is_there(twtw, tmp_path):
    file = tmp_path / "locale" / "pt_BR" / "LC_MESSAGES" / "django.po"
    done = twtw("translate", "pt-BR")
    assert done.status == 0
    texts = int(re.match(r"(\d+) texts, 0 translated, 0 to be looked at", done.out)[1])
    assert f"{texts} missing" in done.out
    assert "There is no such page" in done.out
    write(file, {"There is no such page": "Esta página não existe"})
    done = twtw("translate", "pt_br")
    assert f"{texts} texts, 1 translated, 0 to be looked at again" in done.out
    assert file.with_suffix(".mo").stat().st_size > 0
    assert "Esta página não existe" in file.read_text(encoding="utf-8")


def test_a_text_that_changed_keeps_its_translation_to_be_looked_at_again(twtw, tmp_path, file):
    write(file, {"There is no such page": "Diese Seite gibt es nicht"})
    replace(file, "There is no such page", "There was no such page")
    done = twtw("translate", "de")
    assert "0 translated, 1 to be looked at again (fuzzy)" in done.out
    assert "look at  There is no such page" in done.out
    assert "#, fuzzy" in file.read_text(encoding="utf-8")


def test_texts_of_the_newsrooms_own_templates_are_gathered_too(twtw, tmp_path):
    (tmp_path / "email" / "own.txt").write_text('{{ _("Our own words") }}')
    twtw("translate", "de")
    file = tmp_path / "locale" / "de" / "LC_MESSAGES" / "django.po"
    assert "#: email/own.txt" in file.read_text(encoding="utf-8")
    (tmp_path / "email" / "own.txt").write_text("one\n{% trans %}")
    done = twtw("translate", "de")
    assert done.status == 2
    assert f"{tmp_path}/email/own.txt, line 2: " in done.err


MISTAKES = {
    "a placeholder is lost": ("By %(names)s", "Von", "%(names)s is missing"),
    "a placeholder is none": (
        "By %(names)s",
        "Von %(names)s, %(day)s",
        "%(day)s is not in the English text",
    ),
    "a placeholder is cut short": ("By %(names)s", "Von %(names)", "can't be filled in"),
    "a bare per cent sign": ("In this issue", "100 % neu", "a per cent sign as %%"),
    "a tag": ("In this issue", "<b>Neu</b>", "take its tags out"),
    "a sign that begins a tag": ("In this issue", "Neu <", "it has a < in it"),
    "an ampersand": ("In this issue", "Neu & alt", "it has a & in it"),
    "quotation marks": ("In this issue", 'Das "Neue"', "write quotation marks as “ and ”"),
    "a number's form": (
        ("The link is good for %(num)s day.", "The link is good for %(num)s days."),
        ("Einen Tag.", "%(tage)s Tage."),
        "%(tage)s is not in the English text",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_line_and_nothing_is_written(twtw, file, mistake):
    text, translated, sentence = MISTAKES[mistake]
    write(file, {text: translated})
    before = file.read_bytes()
    done = twtw("translate", "de")
    assert done.status == 2
    assert sentence in done.err
    line = int(re.search(r"django\.po, line (\d+): ", done.err)[1])
    first = text if isinstance(text, str) else text[0]
    assert file.read_text(encoding="utf-8").splitlines()[line - 1] == f'msgid "{first}"'
    assert file.read_bytes() == before


@pytest.mark.parametrize("line", ['msgid "In this issue', "Neu", 'msgxyz "Neu"', 'msgid "a"b"'])
def test_a_file_that_can_not_be_read_is_told_with_its_line(twtw, file, line):
    replace(file, 'msgid "In this issue"', line)
    done = twtw("translate", "de")
    assert done.status == 2
    number = file.read_text(encoding="utf-8").splitlines().index(line) + 1
    assert f"django.po, line {number}, can't be read" in done.err


@pytest.mark.parametrize("language", ["xx", "german", "../de", "d"])
def test_what_is_no_language_is_told(twtw, tmp_path, language):
    done = twtw("translate", language)
    assert done.status == 2
    assert "write its code, like de or pt-br" in done.err
    assert not (tmp_path / "locale").exists()
