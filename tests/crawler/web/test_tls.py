"""A certificate that cannot be verified is refused, unless the operator chose so for this source."""

import datetime
import ssl
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from crawler.fetch.looking import entry_of
from pipelines.pages.html import Anchor
from pipelines.pages.links import Territory
from pipelines.records import CrawlSource
from pipelines.store import CrawlStore
from tests.crawler.crawling import crawl, source
from tests.crawler.misbehaving import Server, Site, article, list_page


@pytest.fixture
def own_certificate(tmp_path: Path) -> Path:
    """A certificate that nobody but its maker trusts, good for ten days more, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "park.localhost")])
    now = datetime.datetime.now(datetime.UTC)
    day = datetime.timedelta(days=1)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - day, now + 10 * day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("park.localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "park.pem"
    form = serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    path.write_bytes(key.private_bytes(pem, *form) + certificate.public_bytes(pem))
    return path


@pytest.mark.parametrize(("tls", "articles"), [("strict", 0), ("weak", 1)])
def test_a_certificate_of_its_own_is_taken_only_by_choice(
    tmp_path: Path, own_certificate: Path, tls: str, articles: int
) -> None:
    site = Site(pages={"/": list_page(["/news/2023/1.html"]), "/news/2023/1.html": article(1)})
    with Server(site) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(own_certificate)
        server.secure(context)
        host = f"park.localhost:{server.port}"
        safe = replace(source(host, tls=tls), start_urls=(f"https://{host}/",))
        report = crawl(tmp_path / "a-pages.db", safe)
    counts = report.sources[0]
    with CrawlStore(tmp_path / "a-pages.db") as store:
        known = store.sources.watched().get(host)
    expires = known.certificate_expires_at if known else None
    assert (counts.articles, expires is not None) == (articles, bool(articles))
    assert articles or "certificate not trusted" in counts.last_error


def test_an_http_link_of_an_https_site_is_the_same_page() -> None:
    scope = Territory(CrawlSource("x.cn", "甲", ("https://x.cn/",)), lambda _: False)
    before = scope._secured("http://x.cn/1.html")
    scope.note_answer("https://x.cn/")
    assert (before, scope._secured("http://x.cn/1.html"), scope._secured("http://y.cn/")) == (
        "http://x.cn/1.html",
        "https://x.cn/1.html",
        "http://y.cn/",
    )


def test_a_link_that_led_nowhere_new_is_looked_at_again_once_addresses_are_spelled_anew() -> None:
    scope = Territory(CrawlSource("x.cn", "甲", ("http://x.cn/",)), lambda _: False)
    link = Anchor("http://x.cn/news/20240501.html", "http://x.cn/news/20240501.html", "headline")

    def news() -> list[str]:
        links, _ = scope.page_links(entry_of("http://x.cn/", "x.cn"), [link], (), is_list=True)
        return [found.url for found in links]

    before = [news(), news(), news()]
    scope.note_answer("https://x.cn/")
    assert (before, news()) == ([[link.url], [], []], ["https://x.cn/news/20240501.html"])
