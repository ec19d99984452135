"""The benchmark of a mailing runs to its end; what it measures is looked at by people."""

from benchmarks.delivery import bench
from benchmarks.readers import bench as bench_readers


def test_a_small_mailing_is_measured_and_its_counts_balance():
    figures = bench(recipients=40, latency_ms=0, database="sqlite", threads=2)
    assert figures.accepted == 40
    assert figures.balanced
    assert figures.request_bytes_per_recipient > 0


def test_a_small_import_is_measured_and_its_counts_balance():
    figures = bench_readers(rows=40, kind="xlsx")
    assert (figures.rows, figures.new, figures.balanced) == (40, 40, True)
    assert figures.others_writes > 0
