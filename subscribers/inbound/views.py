"""Where SendGrid posts the mails that readers write to us (its Inbound Parse webhook).

SendGrid does not sign these posts, so a password in the address is the authority. What is answered
decides what happens next: SendGrid repeats, for three days, what it gets a 5xx for.
https://www.twilio.com/docs/sendgrid/for-developers/parsing-email/inbound-email
"""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.request import UnreadablePostError
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt

from subscribers.inbound.acting import CameBy, act_on
from subscribers.inbound.mime import LARGEST, LARGEST_BODY
from subscribers.inbound.posts import LARGEST_POST, PostError, TooLarge, fields_of
from subscribers.inbound.reading import read_fields

logger = logging.getLogger(__name__)

# The fields that say something of a mail, and how many bytes of each are looked at.
FIELDS = {
    "email": LARGEST,
    "headers": LARGEST,
    "from": 4096,
    "subject": 4096,
    "text": LARGEST_BODY,
    "html": LARGEST_BODY,
    "envelope": 16_384,
    "charsets": 4096,
}


# SendGrid comes without a cookie, and so without a token of ours; the key is in the address.
@csrf_exempt
def sendgrid_inbound(request: HttpRequest, key: str) -> HttpResponse:
    """Act on a mail: 200; or a 4xx, and then nothing was changed; or 503: once more."""
    if not settings.INBOUND_KEY or not constant_time_compare(key, settings.INBOUND_KEY):
        # Like any address that there is none of, and before anything of the body is read.
        raise Http404
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        told = request.META.get("CONTENT_LENGTH") or "0"
        if told.isascii() and told.isdigit() and int(told) > LARGEST_POST:
            raise TooLarge("It is larger than any that SendGrid makes.")
        fields = fields_of(request.read, request.META.get("CONTENT_TYPE", ""), FIELDS)
        verdict = act_on(read_fields(fields), CameBy.WEBHOOK)
    except TooLarge as error:
        return _refused(413, str(error))
    except (PostError, UnreadablePostError) as error:
        return _refused(400, str(error) if isinstance(error, PostError) else "It broke off.")
    except (DatabaseError, InterfaceError) as error:
        # Without the error's own words, which may have a row in them.
        logger.error("A mail waits for its repetition: %s.", type(error).__name__)  # noqa: TRY400
        return HttpResponse("Come again.\n", status=503, content_type="text/plain")
    return HttpResponse(f"{verdict}\n", content_type="text/plain")


def _refused(status: int, why: str) -> HttpResponse:
    logger.warning("A post of a mail was refused with %d. %s", status, why)
    return HttpResponse(f"{why}\n", status=status, content_type="text/plain; charset=utf-8")
