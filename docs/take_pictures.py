"""Takes the pictures of a mail that the README shows: wide, on a phone, and in the dark.

    python -m docs.take_pictures PREVIEW.html --to docs/pictures

Needs Chromium. A picture is the top of the mail, as it is seen when it is opened.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from newsroom.gallery.shots import NoCameraError, Shot, chromium, seen, smaller, take

LARGEST = 400_000
SHOTS = (
    Shot("mail-desktop", width=800, tallest=1600),
    Shot("mail-phone", width=360, tallest=1000, scale=2),
    Shot("mail-dark", width=800, tallest=1600, scheme="dark"),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("preview", type=Path, help="the HTML file of a mail")
    parser.add_argument("--to", type=Path, required=True, help="folder for the pictures")
    wanted = parser.parse_args()
    if not wanted.preview.is_file():
        parser.error(f"{wanted.preview} is not there; `twtw demo` says where it wrote its preview.")
    wanted.to.mkdir(parents=True, exist_ok=True)
    try:
        with chromium() as browser:
            for shot in SHOTS:
                with seen(browser, shot) as page:
                    picture = smaller(take(page, shot, wanted.preview), LARGEST)
                file = wanted.to / f"{shot.name}.png"
                file.write_bytes(picture)
                sys.stdout.write(f"{file}  {len(picture) // 1000} kB\n")
    except NoCameraError as missing:
        parser.error(f"{missing}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
