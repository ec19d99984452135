"""A file that appears whole or not at all."""

import os

import pytest

from newsroom.whole_files import whole_file


def test_what_was_there_stays_until_the_new_file_is_complete(tmp_path):
    file = tmp_path / "readers.csv"
    file.write_text("before")
    with whole_file(file) as stream:
        stream.write("after")
        stream.flush()
        assert file.read_text() == "before"
    assert file.read_text() == "after"


def test_what_breaks_off_leaves_nothing_behind(tmp_path):
    file = tmp_path / "readers.csv"
    file.write_text("before")

    def break_off():
        with whole_file(file) as stream:
            stream.write("half")
            raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space left"):
        break_off()
    assert file.read_text() == "before"
    assert list(tmp_path.iterdir()) == [file]


def test_a_pipe_is_written_to_and_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with whole_file(pipe) as stream:
        stream.write("address\n")
    assert os.read(reading, 100) == b"address\n"
    os.close(reading)
    assert pipe.is_fifo()
