"""Takes pictures of a mail in Chromium, from a file, without any traffic.

What a picture shows is what the file and the files beside it hold: every other
request is refused before it leaves the browser.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PIL import Image

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_LOCAL = ("file:", "data:", "about:")


class NoCameraError(Exception):
    """What takes the pictures is not on this machine; the message says what to install."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A way to look at a mail; sizes are CSS pixels, `scale` is how many dots one of them has.

    `inverted` is what mail programs do to a mail whose dark colours they do not read: they
    turn its light ones around by themselves.
    """

    name: str
    width: int
    tallest: int
    scale: int = 1
    scheme: Literal["light", "dark"] = "light"
    inverted: bool = False


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, without a window.

    Raises:
        NoCameraError: if it, or what drives it, is not installed.
    """
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        raise NoCameraError(
            "Chromium is not on this machine; install it (on Debian: apt-get install chromium)"
        )
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        raise NoCameraError(
            "Playwright is not installed; it comes with requirements-dev.lock, which `./twtw mail` "
            "installs"
        ) from None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_OPTIONS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def seen(browser: Browser, shot: Shot) -> Iterator[Page]:
    """A page that shows mails as the shot says, one after the other."""
    page = browser.new_page(
        viewport={"width": shot.width, "height": 800},
        device_scale_factor=shot.scale,
        color_scheme=shot.scheme,
    )
    page.route("**/*", _let_only_files_through)
    if shot.inverted:
        devtools = page.context.new_cdp_session(page)
        # https://chromedevtools.github.io/devtools-protocol/tot/Emulation/
        devtools.send("Emulation.setAutoDarkModeOverride", {"enabled": True})
    try:
        yield page
    finally:
        page.close()


def take(page: Page, shot: Shot, mail: Path, tallest: int = 0) -> bytes:
    """The picture of a mail's file as PNG, from its top down to its end or `tallest`.

    Args:
        page: one that `seen` opened for this shot.
        shot: how the mail is looked at.
        mail: its HTML file.
        tallest: in CSS pixels; the shot's own without it.
    """
    page.goto(mail.resolve().as_uri(), wait_until="load")
    height = int(page.evaluate("document.documentElement.scrollHeight"))
    return page.screenshot(
        full_page=True,
        clip={"x": 0, "y": 0, "width": shot.width, "height": min(height, tallest or shot.tallest)},
        animations="disabled",
    )


def smaller(picture: bytes, largest: int) -> bytes:
    """The PNG in as many colours as `largest` bytes have room for, at least 32."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    for colours in (256, 128, 64, 32):
        written = io.BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
        if written.tell() < largest:
            break
    return written.getvalue()


def _let_only_files_through(route: Route) -> None:
    if route.request.url.startswith(_LOCAL):
        route.continue_()
    else:
        route.abort()
