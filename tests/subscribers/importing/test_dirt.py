"""100,000 rows as offices keep them: each is counted, and each refusal has its reason."""

import tracemalloc
from collections import Counter

import pytest

from subscribers.importing.deciding import Word
from subscribers.importing.one_go import looked_through, taken_in
from subscribers.importing.telling import rows_of
from subscribers.models import Consent, Subscription, Suppression
from subscribers.suppressing import suppress_all

pytestmark = pytest.mark.django_db

ROWS = 100_000
NO_SIGN = "An email address must have an @-sign."
# Of every twenty rows: how each is written, and what becomes of it.
KINDS = (
    ("{n};reader{n}@example.org;Ünal {n};", "new"),
    ('{n};"reader{n}@example.org";"Müller; Jürgen ""{n}""";', "new"),
    ("{n};Ann Reader{n} <reader{n}@EXAMPLE.org>;;", "new"),
    ("{n};  reader{n}@example.org  ;Goïta;confirmed", "new"),
    ("{n};left{n}@example.org;Gone;unsubscribed", "left there"),
    ("{n};wait{n}@example.org;;pending", "pending there"),
    ("{n};complained{n}@example.org;;", "suppressed"),
    ("{n};READER{five}@Example.Org;Once more;", "duplicate"),
    ("{n};reader{five}@example.org;;", "duplicate"),
    ("{n};reader{five}@example.org;;", "duplicate"),
    ("{n};;Nobody;", "There is no address in the row."),
    ("{n};not an address;Nobody;", NO_SIGN),
    ("{n};nobody@;Nobody;", "There must be something after the @-sign."),
    (
        "{n};x{n}@example.org;Many;;and;more",
        "The row has 6 cells and the first row 4; put quotation",
    ),
    ("{n};x{n}@example.org;Bell\x07;", "The name has a control character in it."),
    ("{n};x{n}@example.org;{long};", "The name is longer than 200 characters."),
    ("{n};x{n}@example.org;;opt out maybe", "The state is not known; write confirmed, pending"),
    ("", "blank"),
    ("   ; ;; ", "blank"),
    ("{n};a{n}@example.org, b@example.org;Two;", "The part after the @-sign contains invalid"),
)
REASONS = {reason for _, reason in KINDS if reason[0].isupper()}


def lines():
    for n in range(ROWS):
        written, _ = KINDS[n % len(KINDS)]
        # The first row of the same twenty, with another writing of its address.
        yield written.format(n=n, five=n - n % len(KINDS), long="x" * 201)


@pytest.mark.parametrize("codec", ["utf-8-sig", "cp1252", "utf-16"])
def test_of_a_dirty_file_every_row_is_counted_and_every_refusal_told(
    tmp_path, twtw, refusals, codec
):
    file = tmp_path / "dirty.csv"
    content = "\r\n".join(["No;E-Mail;Name;Status", *lines(), ""])
    if codec != "utf-8-sig":
        # The other two are only looked through in part: how they are read is what differs.
        content = content[: len(content) // 20]
        content = content[: content.rindex("\r\n") + 2]
    file.write_bytes(content.encode(codec))
    written = content.splitlines()[1:]
    outcomes = Counter(KINDS[n % len(KINDS)][1] for n in range(len(written)))
    suppress_all(
        (f"complained{n}@example.org", Suppression.Reason.COMPLAINED, "")
        for n in range(6, len(written), len(KINDS))
    )
    found = looked_through(file, twtw, by="Ann")
    refused = {reason: number for reason, number in outcomes.items() if reason in REASONS}
    others = {one: number for one, number in outcomes.items() if one not in {*REASONS, "blank"}}
    assert found.counts == {**others, "refused": sum(refused.values())}
    told = refusals(found)
    assert all(written[row - 2] for row, _ in told)
    assert {
        reason: sum(said.startswith(reason) for _, said in told) for reason in refused
    } == refused
    done = taken_in(found, Word("The office's list", skip_refused=True))
    assert done.counts == found.counts
    assert rows_of(done) == len(written) - outcomes["blank"]
    assert Subscription.objects.count() == Consent.objects.count() == outcomes["new"]
    names = set(twtw.subscriptions.values_list("reader__name", flat=True))
    assert {"Ünal 0", 'Müller; Jürgen "1"', "Ann Reader2", "Goïta"} <= names


def test_ten_times_as_many_rows_take_no_more_memory(tmp_path, twtw):
    def peak(rows):
        file = tmp_path / f"{rows}.csv"
        names = ("x" * 100 for _ in range(rows))
        file.write_text(
            "email,name\n" + "".join(f"r{n}@example.org,{x}\n" for n, x in enumerate(names))
        )
        tracemalloc.start()
        looked_through(file, twtw, by="Ann")
        _, reached = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return reached

    peak(10)
    # Blocks of the file, a batch of rows: 2,500 rows have more than any of them.
    assert peak(10_000) < peak(2_500) + 2_000_000
