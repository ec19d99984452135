"""`twtw demo`, as a newcomer runs it, in a folder of the test's own."""

import os
import sqlite3
import subprocess
import sys
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import NamedTuple

import pytest

from issues.outside.spam import spam_score
from tests.optional import spamassassin

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


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    """The demo, run once where an earlier one was, beside a newsroom with settings of its own."""
    folder = tmp_path_factory.mktemp("week")
    (folder / "demo").mkdir()
    (folder / "demo" / "made by twtw demo").touch()
    (folder / "demo" / "left over").touch()
    settings = folder / "settings"
    settings.write_text("TWTW_SITE_URL=https://real.example.org\n")
    done = demo(
        folder,
        TWTW_STATE=str(folder / "newsroom"),
        TWTW_TRANSPORT="sendgrid",
        TWTW_ENV_FILE=str(settings),
    )
    assert done.returncode == 0, done.stderr
    return Week(folder, done)


class Week(NamedTuple):
    folder: Path
    done: subprocess.CompletedProcess

    @property
    def mails(self):
        """The readers' copies; the desk's people get notices besides."""
        mails = [file.read_bytes() for file in (self.folder / "demo" / "outbox" / "new").iterdir()]
        return [mail for mail in mails if b"\nList-Id: " in mail]


def test_it_makes_a_week_from_nothing_and_says_where_to_look(week):
    assert week.done.stderr == ""
    assert "\n#318 Vol 7, No 27, 6 July 2025\n" in week.done.stdout
    assert (
        "25 candidates, 3 excluded (1 suppressed, 1 unsubscribed, 1 not confirmed), 22 accepted"
        in week.done.stdout
    )
    assert not (week.folder / "demo" / "left over").exists()
    assert not (week.folder / "newsroom").exists(), "a newsroom's own data are left alone"
    html = (week.folder / "demo" / "preview" / "issue.html").read_text(encoding="utf-8")
    assert "real.example.org" not in html
    pictures = [part.split('"')[0] for part in html.split('src="')[1:]]
    assert pictures
    for picture in pictures:
        assert (week.folder / "demo" / "preview" / picture).is_file()


def test_it_leaves_the_next_issue_open_for_the_people_of_the_desk(week):
    assert "#319 Vol 7, No 28, 13 July 2025: open at the desk" in week.done.stdout
    assert "as contributor, editor, publisher, administrator" in week.done.stdout
    with sqlite3.connect(week.folder / "demo" / "newsroom.sqlite3") as database:
        (entries,) = database.execute(
            "SELECT COUNT(*) FROM issues_issueentry entry JOIN issues_issue issue "
            "ON issue.id = entry.issue_id WHERE issue.published_at IS NULL"
        ).fetchone()
        states = database.execute(
            "SELECT status FROM wagtailcore_workflowstate ORDER BY id DESC LIMIT 2"
        ).fetchall()
    assert entries == 2
    assert {state for (state,) in states} == {"in_progress", "needs_changes"}


def test_its_mails_are_without_a_fault(week):
    parsed = [BytesParser(policy=policy.strict).parsebytes(mail) for mail in week.mails]
    assert len({mail["To"] for mail in parsed}) == 22
    for raw, mail in zip(week.mails, parsed, strict=True):
        assert not mail.defects
        assert all(mail[header] for header in REQUIRED)
        assert {part.get_content_type() for part in mail.iter_parts()} == {
            "text/plain",
            "text/html",
        }
        assert max(len(line) for line in raw.splitlines()) <= 998


def test_spamassassin_takes_its_issue_for_no_spam(week):
    spamassassin()
    assert spam_score(week.mails[0]).score < 1.0


def test_it_never_touches_a_folder_that_it_did_not_make(tmp_path):
    (tmp_path / "demo").mkdir()
    precious = tmp_path / "demo" / "newsroom.sqlite3"
    precious.write_text("a newsroom's data")
    done = demo(tmp_path)
    assert done.returncode != 0
    assert "was not made by the demo; move it away" in done.stderr
    assert precious.read_text() == "a newsroom's data"
