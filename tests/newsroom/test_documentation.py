"""What the documents say is what there is."""

import ast
import re
from pathlib import Path

import pytest
import typer

from newsroom.cli.app import app
from newsroom.configuration import PREFIX, Configuration
from tests.issues.preflight.documented import documented_codes

ROOT = Path(__file__).resolve().parent.parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


def commands():
    """Every command there is, as it is typed: `twtw issue prepare`."""

    def walk(command, words):
        children = getattr(command, "commands", None)
        if not children:
            yield " ".join(words)
            return
        for name, child in children.items():
            yield from walk(child, [*words, name])

    return sorted(walk(typer.main.get_command(app), ["twtw"]))


def test_every_setting_is_in_the_operators_table_with_its_description():
    table = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
    for name, field in Configuration.model_fields.items():
        assert re.search(
            rf"^\| `{PREFIX}{name.upper()}` \|.*\| {re.escape(field.description)} \|$",
            table,
            re.MULTILINE,
        ), f"{PREFIX}{name.upper()} is missing or described otherwise"


@pytest.mark.parametrize("command", commands())
def test_every_command_is_documented(command):
    assert command in (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")


def test_no_document_names_a_command_that_does_not_exist():
    groups = {command.split()[1] for command in commands()}
    known = set(commands())
    for document in DOCUMENTS:
        for words in re.findall(
            r"twtw ([a-z]+(?: [a-z-]+)?)", document.read_text(encoding="utf-8")
        ):
            first, *rest = words.split()
            if first in groups:
                assert f"twtw {first}" in known or not rest or f"twtw {words}" in known, (
                    f"{document.name}: twtw {words}"
                )


def test_every_picture_and_document_that_is_linked_is_there():
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", document.read_text("utf-8")):
            if "://" not in target:
                assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_the_locks_name_no_index_and_pin_every_line_by_hash():
    for lock in ROOT.glob("requirements*.lock"):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text
        assert "--index" not in text
        for requirement in re.split(r"\n(?=\S)", text.strip()):
            assert "==" in requirement.splitlines()[0]
            assert "--hash=sha256:" in requirement


def test_the_larger_lock_contains_the_smaller_one():
    def pins(name):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        return {line.split(" \\")[0] for line in lines if "==" in line}

    assert pins("requirements.lock") <= pins("requirements-dev.lock")


# Modules of preflight that name no codes, but words of CSS and HTML.
NO_CODES = {"contrast.py", "css.py", "page.py", "stylesheet.py"}


def test_every_code_of_preflight_is_in_the_editors_tables_and_every_one_there_exists():
    """A code of several words is known by its hyphen; of one word, the tables tell."""
    rooms = [ROOT / "issues" / "preflight", ROOT / "notes" / "typography"]
    literals = {
        node.value
        for folder in rooms
        for file in folder.glob("*.py")
        if file.name not in NO_CODES
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    codes = {one for one in literals if re.fullmatch(r"[a-z]+(-[a-z]+)+", one)}
    codes = {code for code in codes if not code.startswith("x-amz-")}  # parameters of addresses
    documented = set(documented_codes())
    assert codes <= documented, codes - documented
    assert documented <= literals, documented - literals
