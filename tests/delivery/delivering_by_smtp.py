"""Delivers a mailing by SMTP, as the settings say, in a process of its own.

python -m tests.delivery.delivering_by_smtp MAILING THREADS
"""

import sys

import django

django.setup()

from delivery.delivering import deliver  # noqa: E402
from delivery.models import Mailing  # noqa: E402
from delivery.transports.opening import open_transport  # noqa: E402

if __name__ == "__main__":
    _, key, threads = sys.argv
    deliver(Mailing.objects.get(pk=int(key)), open_transport("smtp"), threads=int(threads))
