"""Requests that say who asks: Web Bot Auth, HTTP message signatures (RFC 9421) with the operator's own key.

In: each request right before it leaves, an Ed25519 key, the address of the key's directory. Out: the request
with Signature-Agent, Signature-Input and Signature, over its authority and the directory
(draft-meunier-web-bot-auth-architecture). A host that knows the directory can tell this crawler from who only
borrows its name. Without a key nothing is signed. `python -m crawler.web.signing KEY` prints the directory.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver, algorithms
from scrapy.exceptions import NotConfigured

from pipelines.errors import ConfigurationError

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

HOLDS_S = 300
"""How long a signature is good: clocks differ, and a copied one is soon worth nothing."""
DIRECTORY = "/.well-known/http-message-signatures-directory"
"""Below the agent's address: where hosts look the public key up."""
_COVERED = ("@authority", "signature-agent")
_TAG = "web-bot-auth"
_LABEL = "sig1"


def read_key(path: Path) -> Ed25519PrivateKey:
    """An operator's key.

    Raises:
        ConfigurationError: the file cannot be read or holds no unencrypted Ed25519 key in PEM.
    """
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigurationError(f"{path}: cannot be read as a key to sign with ({error})") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigurationError(
            f"{path}: no Ed25519 key to sign with; make one with openssl genpkey -algorithm ed25519"
        )
    return key


def require_key(path: str, agent: str) -> None:
    """Refuse to go without the signature that the operator wants; without a key there is nothing to refuse.

    Raises:
        ConfigurationError: the key is none, or nobody says where its directory is.
    """
    if path:
        try:
            read_key(Path(path))
        except ConfigurationError as error:
            raise ConfigurationError(f"PARKNEWS_SIGNING_KEY: {error}") from error
        if not agent.startswith("https://"):
            raise ConfigurationError(
                "PARKNEWS_SIGNING_KEY needs PARKNEWS_SIGNING_AGENT: the https address of its directory"
            )


def key_directory(key: Ed25519PrivateKey) -> dict[str, Any]:
    """What the operator serves at DIRECTORY: the public key as a JSON Web Key Set (RFC 7517)."""
    return {"keys": [{"kid": key_id(key), "use": "sig", **_jwk(key)}]}


def key_id(key: Ed25519PrivateKey) -> str:
    """By what the key is named: its JWK thumbprint (RFC 7638, 8037)."""
    written = json.dumps(_jwk(key), sort_keys=True, separators=(",", ":"))
    return _base64url(hashlib.sha256(written.encode()).digest())


class SigningMiddleware:
    """Signs each request that leaves, robots.txt included."""

    def __init__(self, key: Ed25519PrivateKey, agent: str) -> None:
        """`agent`: the https address below which the key's directory is served."""
        self._agent = f'"{agent}"'
        self._key_id = key_id(key)
        keys = MappingKeyResolver(private_keys={self._key_id: key}, public_keys={})
        self._signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=keys)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> SigningMiddleware:
        """As Scrapy builds it.

        Raises:
            NotConfigured: the operator has no key.
            ConfigurationError: the key is none, or nobody says where its directory is.
        """
        path, agent = crawler.settings["PARKNEWS_SIGNING_KEY"], crawler.settings["PARKNEWS_SIGNING_AGENT"]
        require_key(path, agent)
        if not path:
            raise NotConfigured
        return cls(read_key(Path(path)), agent)

    def process_request(self, request: Request) -> None:
        """Sign it for a few minutes from now."""
        now = datetime.now(UTC)
        message = _Message(request.method, request.url, {"Signature-Agent": self._agent})
        self._signer.sign(
            message,
            key_id=self._key_id,
            created=now,
            expires=now + timedelta(seconds=HOLDS_S),
            nonce=_base64url(secrets.token_bytes(48)),
            tag=_TAG,
            label=_LABEL,
            include_alg=False,
            covered_component_ids=_COVERED,
        )
        for name, value in message.headers.items():
            request.headers[name] = value


@dataclass(frozen=True, slots=True)
class _Message:
    """A request as the signer sees it, and takes its headers."""

    method: str
    url: str
    headers: dict[str, str]


def _jwk(key: Ed25519PrivateKey) -> dict[str, str]:
    return {"crv": "Ed25519", "kty": "OKP", "x": _base64url(key.public_key().public_bytes_raw())}


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


if __name__ == "__main__":
    print(json.dumps(key_directory(read_key(Path(sys.argv[1])))))
