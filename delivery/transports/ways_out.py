"""The ways out of a list that a copy's header List-Unsubscribe names (RFC 2369, RFC 8058).

The link comes first: what a mail program does with one click, it does by https.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from urllib.parse import quote

from delivery.transports.eml import in_ascii_where_possible


@lru_cache(maxsize=8)
def ways_out(address: str, joint: str = ", ") -> Callable[[str], str]:
    """What makes the header's value of a reader's own link; a million are made in a mailing.

    Args:
        address: to which a reader writes to leave; empty: there is only the link.
        joint: what stands between the two ways.
    """
    if not address:
        return lambda url: f"<{url}>"
    # RFC 6068, section 2. RFC 2369 leaves no room for a comma or a parenthesis either.
    by_mail = f"mailto:{quote(in_ascii_where_possible(address), safe='@')}?subject=unsubscribe%20"
    # The link's last part is signed, and of letters that an address may have as they are.
    return lambda url: f"<{url}>{joint}<{by_mail}{url.rstrip('/').rpartition('/')[2]}>"
