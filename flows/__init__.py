"""The order of the steps, and nothing else.

Prefect's runner imports these modules in a process of its own, so Django is made
ready here, before any room's models are imported.
"""

import os

import django
from django.apps import apps

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
if not apps.ready:
    django.setup()
