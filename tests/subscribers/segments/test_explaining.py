"""What can be written is told by the table itself, at the desk and in the documents."""

from pathlib import Path

from subscribers.segments import CLAUSES
from subscribers.segments.explaining import as_markdown, explained

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "segments.md"


def test_every_kind_of_clause_is_explained():
    assert [one.examples for one in explained()] == [clause.examples for clause in CLAUSES]
    assert all(one.grammar and one.meaning for one in explained())
    [gets] = [one for one in explained() if one.grammar.startswith("gets")]
    assert gets.grammar == "gets <publication> / does not get <publication>"


def test_the_document_has_the_table_as_it_is():
    assert as_markdown() in DOCUMENT.read_text(encoding="utf-8"), (
        "print it with `python -c` from subscribers.segments.explaining.as_markdown"
    )
