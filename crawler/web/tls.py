"""Whose certificate must be good: everybody's, but for sources whose operator chose `tls = "weak"`.

For those names, and no other, a certificate that cannot be verified and protocols down to TLS 1.0 are
taken: several government sites offer nothing better. What they say could then be anybody's word.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from scrapy.core.downloader.contextfactory import _ScrapyClientContextFactory
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.internet.ssl import TLSVersion
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer  # type: ignore[import-untyped]

from crawler.web import run_of
from crawler.web.addresses import named_by
from pipelines.records import CrawlSource

_WEAK_CIPHERS = "DEFAULT:@SECLEVEL=0"


@implementer(IPolicyForHTTPS)
class ContextFactory:
    """Strict for every name but the weak sources' own."""

    def __init__(self, sources: Iterable[CrawlSource]) -> None:
        self._is_weak = named_by(source for source in sources if source.tls == "weak")
        self._strict = _ScrapyClientContextFactory(verify_certificates=True)
        self._weak = _ScrapyClientContextFactory(
            method=None,
            verify_certificates=False,
            tls_ciphers=_WEAK_CIPHERS,
            tls_min_version=TLSVersion.TLSv1_0,
        )

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:  # noqa: N802 (Twisted's interface)
        """The TLS options for a connection."""
        name = hostname.decode("ascii", "replace").lower()
        return (self._weak if self._is_weak(name) else self._strict).creatorForNetloc(hostname, port)


class HttpsHandler(HTTP11DownloadHandler):
    """Scrapy's own, with our choice of whose certificate must be good."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._contextFactory = ContextFactory(run_of(crawler).sources)  # type: ignore[assignment]


def certificate_end(response: Response) -> float | None:
    """Until when the certificate that came with an answer is good, epoch seconds; None over plain HTTP."""
    with contextlib.suppress(AttributeError, ValueError):
        written = response.certificate.original.get_notAfter().decode()
        return datetime.strptime(written, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC).timestamp()
    return None
