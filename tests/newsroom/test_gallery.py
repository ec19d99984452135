"""Looking at mails as pictures: the page of all forms, and the pictures of one mail."""

import io
import re
import shutil
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

from newsroom.cli import main
from newsroom.gallery.forms import FORMS
from newsroom.gallery.making import MODES
from newsroom.gallery.shots import Shot, chromium, seen, take
from tests.optional import chromium as need_chromium


@pytest.fixture
def twtw(capsys, monkeypatch):
    """Runs a command with no database at hand; its exit status and what it printed."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["twtw", *map(str, arguments)])
        try:
            main()
        except SystemExit as end:
            return int(end.code or 0), capsys.readouterr()
        return 0, capsys.readouterr()

    return run


@pytest.fixture(scope="module")
def gallery(tmp_path_factory):
    """A gallery of two forms, made by the command."""
    need_chromium()
    folder = tmp_path_factory.mktemp("gallery")
    forms = ["--form", "notice", "--form", "no-style-sheet"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["twtw", "mail", "gallery", "--to", str(folder), *forms])
        with pytest.raises(SystemExit) as end:
            main()
    assert end.value.code == 0
    return folder


def test_a_form_is_shown_in_every_mode_that_it_can_have(gallery):
    made = {file.name for file in (gallery / "shots").iterdir()}
    all_of_one = {f"notice-{shot.name}.png" for shot in MODES.values()}
    by_day = {f"no-style-sheet-{shot.name}.png" for shot in MODES.values() if shot.scheme != "dark"}
    assert made == all_of_one | by_day
    for shot in MODES.values():
        with Image.open(gallery / "shots" / f"notice-{shot.name}.png") as picture:
            assert picture.width == shot.width
            brightest = max(low for low, _ in picture.convert("RGB").resize((1, 1)).getextrema())
            assert (brightest < 100) == (shot.scheme == "dark" or shot.inverted)


def test_the_page_names_every_picture_and_every_file_on_it_is_there(gallery):
    page = (gallery / "index.html").read_text(encoding="utf-8")
    links = set(re.findall(r'(?:href|src)="([^"#]+)"', page))
    assert {link for link in links if not (gallery / link).is_file()} == set()
    alternatives = re.findall(r'<img [^>]*alt="([^"]*)"', page)
    assert alternatives[0] == "A notice to the editors: 700 pixels, light"
    assert len(set(alternatives)) == len(alternatives) == len(list((gallery / "shots").iterdir()))
    assert "Issue #318 waits for your approval" in page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible_and_never_scrolls_sideways_on_a_phone(gallery, scheme):
    shot = Shot("page", 360, 800, scheme=scheme)
    with chromium() as browser, seen(browser, shot) as page:
        page.goto((gallery / "index.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        assert Axe().run(page).response["violations"] == []


def test_one_mail_is_shot_in_four_ways(twtw, tmp_path):
    need_chromium()
    mail = tmp_path / "words.html"
    mail.write_text("<!doctype html><title>Words</title><p>Words.")
    status, said = twtw("mail", "shots", mail, "--to", tmp_path / "shots")
    assert status == 0
    names = [f"words-{name}.png" for name in ("700-light", "360-light", "700-dark", "360-dark")]
    assert said.out.splitlines() == [str(tmp_path / "shots" / name) for name in names]
    assert {file.name for file in (tmp_path / "shots").iterdir()} == set(names)


def test_one_form_is_shot_with_the_pictures_in_it(twtw, tmp_path):
    need_chromium()
    status, _ = twtw("mail", "shots", "--form", "portrait", "--to", tmp_path)
    assert status == 0
    with Image.open(tmp_path / "portrait-700-light.png") as picture:
        colours = {colour for _, colour in picture.convert("RGB").getcolors(1 << 24)}
    # The darkest ridge of the drawing; no letter is blue.
    assert any(blue > 60 and red < 45 and green < 60 for red, green, blue in colours)


def test_no_request_leaves_the_browser(tmp_path):
    need_chromium()
    asked = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    mail = tmp_path / "mail.html"
    mail.write_text(f'<img src="http://127.0.0.1:{server.server_port}/pixel.png" alt="A pixel">')
    shot = Shot("quiet", 360, 800)
    with chromium() as browser, seen(browser, shot) as page:
        picture = take(page, shot, mail)
    server.shutdown()
    server.server_close()
    assert Image.open(io.BytesIO(picture)).width == 360
    assert asked == []


def test_a_form_that_there_is_not_is_answered_with_those_there_are(twtw, tmp_path):
    status, said = twtw("mail", "gallery", "--form", "sonnet", "--to", tmp_path)
    assert status == 2
    assert "There is no form “sonnet”; there are: issue, lead," in said.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [[], ["a.html", "--form", "issue"]])
def test_shots_are_of_a_file_or_of_a_form(twtw, arguments):
    status, said = twtw("mail", "shots", *arguments)
    assert status == 2
    assert "not both" in said.err


def test_a_file_that_is_not_there_is_named(twtw, tmp_path):
    status, said = twtw("mail", "shots", tmp_path / "gone.html")
    assert status == 2
    assert f"{tmp_path / 'gone.html'} is no file" in said.err


@pytest.mark.parametrize(
    "command", [["mail", "gallery"], ["mail", "shots", "--form", "notice"]], ids=" ".join
)
def test_without_chromium_it_says_what_to_install(twtw, tmp_path, monkeypatch, command):
    monkeypatch.setenv("PATH", str(tmp_path))
    status, said = twtw(*command, "--to", tmp_path / "shots")
    assert status == 2
    assert said.err == (
        "twtw: Chromium is not on this machine; install it (on Debian: apt-get install chromium), "
        "and run this again.\n"
    )
    assert not (tmp_path / "shots").exists()


def test_without_playwright_it_says_what_to_install(twtw, tmp_path, monkeypatch):
    # Nothing of it is run: it is not found before that.
    (tmp_path / "chromium").symlink_to(shutil.which("true"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    status, said = twtw("mail", "gallery", "--to", tmp_path / "gallery")
    assert status == 2
    assert "requirements-dev.lock, which `./twtw mail` installs, and run this again." in said.err


def test_forms_have_names_of_their_own():
    assert len({form.name for form in FORMS}) == len(FORMS)
