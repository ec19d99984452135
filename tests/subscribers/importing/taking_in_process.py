"""A process that brings an import forward, and says each time how far it is."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
django.setup()

from django.conf import settings  # noqa: E402

from subscribers.importing.running import go_on  # noqa: E402

settings.IMPORTS = settings.IMPORTS.__class__(sys.argv[2])
go_on(int(sys.argv[1]), lambda done: print(done, flush=True))  # noqa: T201
