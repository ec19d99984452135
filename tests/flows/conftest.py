"""The flows' own world: an outbox to look into, and runs that no server knows of."""

from email import message_from_bytes, policy

import pytest
from prefect.client.schemas.objects import FlowRun
from prefect.context import EngineContext


@pytest.fixture
def outbox(settings, tmp_path):
    """Reads the mails that lie in the outbox for an address, the oldest first."""
    settings.OUTBOX = tmp_path / "outbox"
    settings.DELIVERY_TRANSPORT = "outbox"
    settings.EDITORS = ["editor@example.org"]

    def mails_for(address):
        files = sorted(settings.OUTBOX.glob("new/*"), key=lambda file: file.stat().st_mtime_ns)
        mails = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
        return [mail for mail in mails if address in str(mail["To"])]

    return mails_for


@pytest.fixture
def in_a_run():
    """Makes what is told in it part of a Prefect run, for which no server is asked."""

    def run(parameters=None, **facts):
        return EngineContext.model_construct(
            flow_run=FlowRun.model_construct(**facts), parameters=parameters or {}
        )

    return run
