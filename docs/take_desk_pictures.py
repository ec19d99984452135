"""Takes the pictures of the desk that docs/editors.md shows, from the demo's open issue.

    ./twtw demo
    python -m docs.take_desk_pictures var/demo --to docs/pictures

Works on a copy of the demo's folder and looks only. Needs Chromium.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from newsroom.demo.people import PASSWORD
from newsroom.gallery.shots import NoCameraError, chromium, smaller

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parent.parent
LARGEST = 250_000
START_SECONDS = 60.0


class View(NamedTuple):
    """One picture: who looks (empty: a reader), where, and what is done before; in CSS pixels."""

    name: str
    account: str
    path: str
    width: int = 1280
    height: int = 900
    dark: bool = False
    before: Callable[[Page], None] | None = None


def _open_note(page: Page, headline: str) -> None:
    page.get_by_role("link", name=headline).first.click()
    page.locator("#id_subject").wait_for()


def _open_reader(page: Page) -> None:
    page.get_by_role("link", name="noor.haddad").first.click()
    page.get_by_role("heading", name="Reader").first.wait_for()


VIEWS = (
    View("readers-subscribe", "", "/subscribe/", width=360, height=1150),
    View("readers-story", "administrator", "/desk/readers/", height=1300, before=_open_reader),
    View("readers-health", "publisher", "/desk/readers/health/", height=1300),
    View("desk-issue", "editor", "/desk/issue-desk/twtw/", height=1500),
    View("desk-issue-phone", "editor", "/desk/issue-desk/twtw/", width=360, height=900),
    View("desk-issue-dark", "editor", "/desk/issue-desk/twtw/", dark=True, height=1000),
    View("desk-approve", "publisher", "/desk/issue-desk/twtw/approve/", height=1300),
    View("desk-import", "contributor", "/desk/note-import/"),
    View(
        "desk-note",
        "contributor",
        "/desk/snippets/notes/note/",
        height=1200,
        before=lambda page: _open_note(page, "Türkiye"),
    ),
)


def main() -> int:
    """Take them all; the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("state", type=Path, help="the demo's folder, such as var/demo")
    parser.add_argument("--to", type=Path, required=True, help="folder for the pictures")
    wanted = parser.parse_args()
    if not (wanted.state / "newsroom.sqlite3").is_file():
        parser.error(f"{wanted.state} has no database; make it with `./twtw demo`.")
    wanted.to.mkdir(parents=True, exist_ok=True)
    try:
        with _site(wanted.state) as address, chromium() as browser:
            for view in VIEWS:
                file = wanted.to / f"{view.name}.png"
                file.write_bytes(smaller(_taken(browser, address, view), LARGEST))
                sys.stdout.write(f"{file}  {file.stat().st_size // 1000} kB\n")
    except NoCameraError as missing:
        parser.error(f"{missing}.")
    return 0


@contextmanager
def _site(state: Path) -> Iterator[str]:
    """The demo's site, served from a copy for a while; its address."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "demo"
        shutil.copytree(state, copy)
        others = {name: value for name, value in os.environ.items() if "TWTW_" not in name}
        ours = {
            "TWTW_ENV_FILE": os.devnull,
            "TWTW_STATE": str(copy),
            "TWTW_PORT": str(port),
            "TWTW_SITE_URL": address,
        }
        command = [sys.executable, "-m", "newsroom", "up", "--site-only"]
        with subprocess.Popen(  # noqa: S603 - our own
            command, cwd=ROOT, env=others | ours, stdout=subprocess.DEVNULL
        ) as site:
            try:
                _wait_for(port)
                yield address
            finally:
                site.terminate()


def _wait_for(port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    raise NoCameraError("The site did not start")


def _taken(browser: Browser, address: str, view: View) -> bytes:
    page = browser.new_page(
        base_url=address,
        viewport={"width": view.width, "height": view.height},
        color_scheme="dark" if view.dark else "light",
        device_scale_factor=2 if view.width < 500 else 1,
    )
    try:
        page.goto(view.path)
        if view.account:
            page.locator("input[name=login]").fill(view.account)
            page.locator("input[name=password]").fill(PASSWORD)
            page.locator("input[name=password]").press("Enter")
            page.wait_for_url(f"**{view.path}")
        if view.before is not None:
            view.before(page)
        page.wait_for_load_state("networkidle")
        return page.screenshot(animations="disabled")
    finally:
        page.close()


if __name__ == "__main__":
    sys.exit(main())
