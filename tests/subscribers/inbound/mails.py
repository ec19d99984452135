"""Mails as people's programs make them, and the ways in which they come in."""

import json
from itertools import count

from django.test import Client

KEY = "a key of the webhook, thirty-two characters long".replace(" ", "-")
PATH = f"/webhooks/sendgrid/inbound/{KEY}/"
OURS = "subscribe@news.example.org"

_numbers = count(1)


def mail(
    subject="",
    body="",
    *,
    sender="Ann Reader <ann@example.org>",
    kind="text/plain; charset=utf-8",
    **others,
):
    """A mail as it goes over the wire; `X_Loop="a"` is a header, and None takes one away."""
    headers = {
        "Return-Path": "<ann@example.org>",
        "Received": "from mx.example.org by news.example.org; Sun, 29 Jun 2025 08:00:00 +0000",
        "From": sender,
        "To": OURS,
        "Subject": subject,
        "Date": "Sun, 29 Jun 2025 08:00:00 +0000",
        "Message-ID": f"<{next(_numbers)}@example.org>",
        "MIME-Version": "1.0",
        "Content-Type": kind,
        **{name.replace("_", "-"): value for name, value in others.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value is not None)
    body = body if isinstance(body, bytes) else body.replace("\n", "\r\n").encode()
    return head.encode() + b"\r\n" + body


def parsed(raw, *, envelope_from="ann@example.org", **others):
    """The same as SendGrid posts it when it has taken it apart; only for mails of one part."""
    head, _, body = raw.partition(b"\r\n\r\n")
    return {
        "headers": head + b"\r\n",
        "from": b"Ann Reader <ann@example.org>",
        "to": OURS.encode(),
        "subject": b"",
        "text": body,
        "envelope": json.dumps({"to": [OURS], "from": envelope_from}).encode(),
        "charsets": b'{"to":"UTF-8","from":"UTF-8","subject":"UTF-8","text":"utf-8"}',
        "dkim": b"{@example.org : pass}",
        "SPF": b"pass",
        **others,
    }


def raw_post(raw, *, envelope_from="ann@example.org"):
    """The same as SendGrid posts it raw."""
    envelope = json.dumps({"to": [OURS], "from": envelope_from}).encode()
    return {"email": raw, "to": OURS.encode(), "envelope": envelope}


def form(fields, attachments=(), boundary="xYzZY"):
    """The body of a post, in the order of its fields."""
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + value
        for name, value in fields.items()
    ]
    parts += [
        f'--{boundary}\r\nContent-Disposition: form-data; name="attachment{number}"; '
        f'filename="{name}"\r\nContent-Type: application/zip\r\n\r\n'.encode()
        + value
        for number, (name, value) in enumerate(attachments, start=1)
    ]
    return b"\r\n".join([*parts, f"--{boundary}--\r\n".encode()])


def post(body, *, path=PATH, kind="multipart/form-data; boundary=xYzZY"):
    """What is answered to a post; without a cookie, and with the check of forms in force."""
    body = form(body) if isinstance(body, dict) else body
    response = Client(enforce_csrf_checks=True).post(path, body, kind)
    assert not response.cookies
    return response
