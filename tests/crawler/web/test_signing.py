"""Signed requests, held against the library's own verifier and what the draft prescribes."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from http_message_signatures import HTTPMessageVerifier, MappingKeyResolver, algorithms

from crawler.web.signing import key_directory, key_id, read_key, require_key
from pipelines.errors import ConfigurationError
from tests.crawler.crawling import QUICK, crawl, source
from tests.crawler.misbehaving import Server, newspaper

AGENT = "https://bot.example.org"


class _Received:
    """A request as a host got it."""

    method = "GET"

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self.url, self.headers = url, headers


@pytest.fixture
def key_path(tmp_path: Path) -> Path:
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    path = tmp_path / "key.pem"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


def test_a_host_can_verify_every_request_by_the_directory(tmp_path: Path, key_path: Path) -> None:
    site = newspaper(2)
    options = replace(QUICK, signing_key=str(key_path), signing_agent=AGENT)
    with Server(site) as server:
        crawl(tmp_path / "a-pages.db", source(server.host), options=options)
    key = read_key(key_path)
    keys = MappingKeyResolver(public_keys={key_id(key): key.public_key()}, private_keys={})
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=keys)
    assert len(site.log) >= 4
    for asked in site.log:
        [result] = verifier.verify(_Received(server.url + asked.path, asked.headers))
        assert result.parameters["tag"] == "web-bot-auth"
        assert set(result.covered_components) >= {'"@authority"', '"signature-agent"'}
        assert asked.headers["signature-agent"] == f'"{AGENT}"'


def test_a_key_is_named_by_its_thumbprint(key_path: Path) -> None:
    [published] = key_directory(read_key(key_path))["keys"]
    assert len(base64.urlsafe_b64decode(published["kid"] + "=")) == 32
    assert published == {**published, "kty": "OKP", "crv": "Ed25519", "use": "sig"}


def test_without_a_key_nothing_is_signed(tmp_path: Path) -> None:
    site = newspaper(1)
    with Server(site) as server:
        crawl(tmp_path / "a-pages.db", source(server.host))
    assert all("signature" not in asked.headers for asked in site.log)


@pytest.mark.parametrize(("content", "agent"), [(b"no key", AGENT), (None, ""), (None, "http://x.example")])
def test_a_crawl_is_refused_where_it_cannot_be_signed(
    key_path: Path, content: bytes | None, agent: str
) -> None:
    if content is not None:
        key_path.write_bytes(content)
    with pytest.raises(ConfigurationError, match="PARKNEWS_SIGNING_KEY"):
        require_key(str(key_path), agent)
