"""Takes the pictures of a mail that the README shows: wide, on a phone, and in the dark.

    python docs/take_pictures.py PREVIEW.html --to docs/pictures

Needs Chromium. A picture is the top of the mail, as it is seen when it is opened.
"""

from __future__ import annotations

import argparse
import io
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

LARGEST = 400_000
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Shot:
    """One picture; sizes are CSS pixels, `scale` is how many dots of a screen one of them has."""

    name: str
    width: int
    tallest: int
    scale: int = 1
    scheme: Literal["light", "dark"] = "light"


SHOTS = (
    Shot("mail-desktop", width=800, tallest=1600),
    Shot("mail-phone", width=360, tallest=1000, scale=2),
    Shot("mail-dark", width=800, tallest=1600, scheme="dark"),
)


def take(browser: Browser, shot: Shot, page_file: Path) -> bytes:
    """The picture as PNG."""
    page = browser.new_page(
        viewport={"width": shot.width, "height": 800},
        device_scale_factor=shot.scale,
        color_scheme=shot.scheme,
    )
    page.goto(page_file.resolve().as_uri(), wait_until="load")
    height = int(page.evaluate("document.documentElement.scrollHeight"))
    clip = {"x": 0, "y": 0, "width": shot.width, "height": min(height, shot.tallest)}
    picture = page.screenshot(full_page=True, clip=clip, animations="disabled")
    page.close()
    return picture


def smaller(picture: bytes) -> bytes:
    """The PNG in as many colours as `LARGEST` bytes have room for."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    for colours in (256, 128, 64, 32):
        written = io.BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
        if written.tell() < LARGEST:
            break
    return written.getvalue()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("preview", type=Path, help="the HTML file of a mail")
    parser.add_argument("--to", type=Path, required=True, help="folder for the pictures")
    wanted = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        parser.error("Chromium is not on this machine; install it, or set PATH to find it.")
    if not wanted.preview.is_file():
        parser.error(f"{wanted.preview} is not there; `twtw demo` says where it wrote its preview.")
    wanted.to.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_OPTIONS)
        for shot in SHOTS:
            picture = smaller(take(browser, shot, wanted.preview))
            file = wanted.to / f"{shot.name}.png"
            file.write_bytes(picture)
            sys.stdout.write(f"{file}  {len(picture) // 1000} kB\n")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
