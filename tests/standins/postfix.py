"""A throw-away Postfix on loopback that hands everything on to one place, and nothing outside."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# https://www.postfix.org/postconf.5.html. Nothing of the machine's own instance is used but its
# programs; `relay_recipient_maps` are the addresses that there are.
MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file_prefixes = {folder}
maillog_file = {folder}/log
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = relay.example.org
mydestination =
local_transport = error:there is no mailbox here
alias_maps =
alias_database =
mynetworks = 127.0.0.0/8
relay_domains = example.org
relay_recipient_maps = texthash:{folder}/recipients
recipient_delimiter = +
relayhost = [127.0.0.1]:{next_port}
relay_transport = smtp:[127.0.0.1]:{next_port}
smtpd_tls_security_level = may
smtpd_tls_chain_files = {certificate}
smtp_tls_security_level = none
smtp_host_lookup = native
"""
MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup    unix n - n 60 1 pickup
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
tlsmgr    unix - - n 1000? 1 tlsmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
proxymap  unix - - n - - proxymap
smtp      unix - - n - - smtp
showq     unix n - n - - showq
error     unix - - n - - error
retry     unix - - n - - error
anvil     unix - - n - 1 anvil
scache    unix - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    """One that runs."""

    port: int
    folder: Path

    def log(self) -> str:
        """What it has to say for itself, for whoever reads a test that failed."""
        file = self.folder / "log"
        return file.read_text() if file.exists() else ""


@contextmanager
def throw_away_relay(
    *, next_port: int, certificate: Path, recipients: Iterable[str]
) -> Iterator[Postfix]:
    """Gives a relay that lives as long as the `with` block.

    Args:
        next_port: where it hands on to.
        certificate: file with a key and a certificate, for STARTTLS.
        recipients: the addresses at example.org that it takes mail for.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    # Not among pytest's folders: Postfix gives its rights up, and those only root may enter.
    folder = Path(tempfile.mkdtemp(prefix="twtw-postfix-"))
    try:
        folder.chmod(0o755)
        for name in ("queue", "data"):
            (folder / name).mkdir()
        shutil.chown(folder / "data", "postfix", "postfix")
        main = MAIN.format(folder=folder, next_port=next_port, certificate=certificate)
        (folder / "main.cf").write_text(main)
        (folder / "master.cf").write_text(MASTER.format(port=port))
        (folder / "recipients").write_text("".join(f"{one} here\n" for one in recipients))
        relay = Postfix(port, folder)
        _run("start", relay)
        try:
            yield relay
        finally:
            _run("stop", relay)
    finally:
        shutil.rmtree(folder)


def _run(command: str, relay: Postfix) -> None:
    done = subprocess.run(
        ["postfix", "-c", relay.folder, command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr + relay.log()
