"""The readers' pages speak the readers' language, whatever the process or the desk speaks."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from rendering.readers_language import in_readers_language

# The newsroom's own, and what machines read.
OTHERS = ("/desk/", "/webhooks/", "/api/")


def readers_language(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: everything but the desk and what machines ask for is in the readers' language."""

    def answer(request: HttpRequest) -> HttpResponse:
        if f"{request.path_info}/".startswith(OTHERS):
            return get_response(request)
        with in_readers_language():
            return get_response(request)

    return answer
