"""Loaded before anything of Django: gives the whole test run a state folder of its own.

So no test can read or change a newsroom's data, and no `.env` decides how a test ends.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

STATE = Path(tempfile.mkdtemp(prefix="twtw-tests-"))
(STATE / "static").mkdir()
atexit.register(shutil.rmtree, STATE, ignore_errors=True)

for name in [name for name in os.environ if name.startswith("TWTW_")]:
    if name not in {"TWTW_TEST_DATABASE_URL", "TWTW_REQUIRE_ALL"}:
        del os.environ[name]
os.environ["TWTW_STATE"] = str(STATE)
os.environ["TWTW_ENV_FILE"] = os.devnull
os.environ["TWTW_DATABASE_URL"] = os.environ.get("TWTW_TEST_DATABASE_URL", "")
# Prefect must neither write into the home folder nor start a server of its own.
os.environ["PREFECT_HOME"] = str(STATE / "prefect")
os.environ["PREFECT_SERVER_ALLOW_EPHEMERAL_MODE"] = "false"
