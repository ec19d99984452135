"""Files of readers, and the ways in which they come in."""

import pytest

from subscribers.importing.deciding import Word
from subscribers.importing.folders import Folder
from subscribers.importing.one_go import looked_through, taken_in
from subscribers.importing.refusals import refused_rows
from subscribers.importing.staging import Staging


@pytest.fixture(autouse=True)
def imports(settings, tmp_path):
    """The folder of all imports, empty."""
    settings.IMPORTS = tmp_path / "imports"
    return settings.IMPORTS


@pytest.fixture
def list_file(tmp_path):
    """Writes a file of readers."""

    def write(content, name="readers.csv"):
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return write


@pytest.fixture
def look(list_file, twtw):
    """Looks through a file; the import as it is then."""

    def run(content, name="readers.csv", publication=None, **options):
        file = list_file(content, name)
        return looked_through(file, publication or twtw, by="Ann", **options)

    return run


@pytest.fixture
def bring(look):
    """Imports a file, with consent unless told otherwise; the import as it is then."""

    def run(content, *, consent="Paper forms", skip_refused=False, **options):
        return taken_in(look(content, **options), Word(consent, skip_refused=skip_refused))

    return run


@pytest.fixture
def refusals():
    """The rows that were refused, with the reasons."""

    def of(run):
        return [(one.row, one.reason) for one in refused_rows(Folder(run.key).refused)]

    return of


@pytest.fixture
def put_aside():
    """What was read from the file, as long as it is not taken in."""

    def of(run):
        with Staging(Folder(run.key).staging) as staging:
            return staging.candidates(0, 1000), staging.duplicates(1000)

    return of
