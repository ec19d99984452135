"""`twtw demo`, as a newcomer runs it, in a folder of the test's own."""

import os
import subprocess
import sys
from email import policy
from email.parser import BytesParser
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

REQUIRED = (
    "Message-ID",
    "Date",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
)


def demo(folder, **environment):
    program = "import sys; from pathlib import Path; from newsroom.demo.week import run"
    return subprocess.run(
        [sys.executable, "-c", f"{program}; run(Path(sys.argv[1]))", folder],
        cwd=ROOT,
        # As a newcomer has it: with none of the tests' own settings.
        env={name: value for name, value in os.environ.items() if not name.startswith("TWTW_")}
        | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_makes_a_week_from_nothing_and_says_where_to_look(tmp_path):
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "made by twtw demo").touch()
    (tmp_path / "demo" / "left over").touch()
    newsroom = tmp_path / "newsroom"
    settings = tmp_path / "settings"
    settings.write_text("TWTW_SITE_URL=https://real.example.org\n")
    done = demo(
        tmp_path,
        TWTW_STATE=str(newsroom),
        TWTW_TRANSPORT="sendgrid",
        TWTW_ENV_FILE=str(settings),
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "\n#318 Vol 7, No 27, 6 July 2025\n" in done.stdout
    assert (
        "25 candidates, 3 excluded (1 suppressed, 1 unsubscribed, 1 not confirmed), 22 accepted"
        in done.stdout
    )
    assert not (tmp_path / "demo" / "left over").exists()
    assert not newsroom.exists(), "a newsroom's own settings and data are left alone"

    mails = [file.read_bytes() for file in (tmp_path / "demo" / "outbox" / "new").iterdir()]
    parsed = [BytesParser(policy=policy.strict).parsebytes(mail) for mail in mails]
    assert len({mail["To"] for mail in parsed}) == 22
    for raw, mail in zip(mails, parsed, strict=True):
        assert not mail.defects
        assert all(mail[header] for header in REQUIRED)
        assert {part.get_content_type() for part in mail.iter_parts()} == {
            "text/plain",
            "text/html",
        }
        assert max(len(line) for line in raw.splitlines()) <= 998

    html = (tmp_path / "demo" / "preview" / "issue.html").read_text(encoding="utf-8")
    assert "real.example.org" not in html
    pictures = [part.split('"')[0] for part in html.split('src="')[1:]]
    assert pictures
    for picture in pictures:
        assert (tmp_path / "demo" / "preview" / picture).is_file()


def test_it_never_touches_a_folder_that_it_did_not_make(tmp_path):
    (tmp_path / "demo").mkdir()
    precious = tmp_path / "demo" / "newsroom.sqlite3"
    precious.write_text("a newsroom's data")
    done = demo(tmp_path)
    assert done.returncode != 0
    assert "was not made by the demo; move it away" in done.stderr
    assert precious.read_text() == "a newsroom's data"
