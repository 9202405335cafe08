"""Time stamps by an authority: that these bytes existed at a moment, in somebody else's word (RFC 3161).

In: bytes and the authority's address. Out: its signed token and the time in it. The authority is sent a
SHA-512 of the bytes and a number used once, and nothing else. `rfc3161-client` is the extra
`parknews[timestamps]`.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from urllib.error import URLError
from urllib.request import Request, urlopen

from pipelines.errors import ConfigurationError, NothingReachedError

_WAIT_S = 20
_ANSWER_MAX_BYTES = 1 << 20
"""With the authority's certificates some five kilobytes."""
_GRANTED = (0, 1)
"""granted, granted with changes (RFC 3161, 2.4.2)."""


def stamp(data: bytes, authority: str) -> tuple[bytes, datetime]:
    """The authority's answer (DER, as `openssl ts -verify -in` reads it) and when it says it saw the data.

    Raises:
        ConfigurationError: the extra is missing, or the address is none of the web.
        NothingReachedError: the authority is not reached, refuses, or answers for other data.
    """
    try:
        import rfc3161_client as tsp  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise ConfigurationError("time stamps need an extra: pip install 'parknews[timestamps]'") from error
    if not authority.startswith(("http://", "https://")):
        raise ConfigurationError(f"PARKNEWS_TIMESTAMP_AUTHORITY {authority[:200]}: not a web address")
    asked = tsp.TimestampRequestBuilder().data(data).hash_algorithm(tsp.HashAlgorithm.SHA512).build()
    query = {"Content-Type": "application/timestamp-query"}
    try:
        with urlopen(Request(authority, asked.as_bytes(), query), timeout=_WAIT_S) as answer:  # noqa: S310  # checked above
            body = answer.read(_ANSWER_MAX_BYTES)
        response = tsp.decode_timestamp_response(body)
        said = response.tst_info
    except (URLError, OSError, ValueError) as error:
        raise NothingReachedError(f"{authority}: gives no time stamp ({error}); ask again later") from error
    is_ours = said.message_imprint.message == hashlib.sha512(data).digest() and said.nonce == asked.nonce
    if response.status not in _GRANTED or not is_ours:
        raise NothingReachedError(f"{authority}: refused, or its time stamp is not for this receipt")
    return body, said.gen_time
