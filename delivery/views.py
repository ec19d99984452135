"""Where SendGrid tells of the copies it took: the signature is the only authority.

What is answered decides what happens next: SendGrid repeats, for 24 hours, whatever it gets no
2xx for. So nothing is lost while a key is wrong or the database is away.
"""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from delivery.events import MalformedPost, UnsignedPost
from delivery.events.reading import read
from delivery.events.signature import SIGNATURE, TIMESTAMP, check
from delivery.events.taking_in import take_in

logger = logging.getLogger(__name__)


@csrf_exempt
@require_POST
def sendgrid_events(request: HttpRequest) -> HttpResponse:
    """Take in a post of events: 204; or a 4xx, and then nothing was changed; or 503: once more."""
    if not settings.SENDGRID_EVENTS_KEY:
        return _refused(404, "No events are taken in here: TWTW_SENDGRID_EVENTS_KEY is empty.")
    signed = SIGNATURE in request.headers and TIMESTAMP in request.headers
    try:
        # At most DATA_UPLOAD_MAX_MEMORY_SIZE, 2.5 MB; SendGrid posts when it has 768 KB. To read
        # what is not signed may take as long as the other side likes, so that is not read.
        body = request.body if signed else b""
        check(
            body,
            signature=request.headers.get(SIGNATURE, ""),
            timestamp=request.headers.get(TIMESTAMP, ""),
            key=settings.SENDGRID_EVENTS_KEY,
            now=timezone.now(),
        )
        take_in(read(body))
    except RequestDataTooBig:
        return _refused(413, "It is larger than any that SendGrid makes.")
    except UnreadablePostError:
        return _refused(400, "It broke off.")
    except UnsignedPost as error:
        return _refused(403, str(error))
    except MalformedPost as error:
        return _refused(400, str(error))
    except (DatabaseError, InterfaceError) as error:
        # Without the error's own words, which may have a row in them.
        logger.error("A post of events waits for its repetition: %s.", type(error).__name__)  # noqa: TRY400
        return HttpResponse("Come again.", status=503, content_type="text/plain")
    return HttpResponse(status=204)


def _refused(status: int, why: str) -> HttpResponse:
    logger.warning("A post of events was refused with %d. %s", status, why)
    return HttpResponse(f"{why}\n", status=status, content_type="text/plain; charset=utf-8")
