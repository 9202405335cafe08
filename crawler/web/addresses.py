"""Which addresses may be connected to: none that is private, on whatever way it is reached.

Two doors, since each sees what the other cannot. The middleware looks at the host and port of every
request (redirects and robots.txt are requests of their own); the resolver looks at the addresses
that a name really has, at the moment of connecting (DNS rebinding). A source with `allow_private`
opens both for its own host and port, and for nothing else. Names under .localhost are loopback
without asking anyone (RFC 6761, 6.3).
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer  # type: ignore[import-untyped]

from crawler.web import run_of
from pipelines.records import CrawlSource
from pipelines.urls import canonical_url, host_of

CACHE_S = 300.0
"""How long a name's addresses are kept: a crawl asks for one name thousands of times."""

_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
_V4_COMPATIBLE = ipaddress.ip_network("::/96")


class AddressRefusedError(IgnoreRequest):
    """An address that must not be connected to; never tried again in another way."""


def refusal(address: str) -> str | None:
    """Why an IP address must not be connected to; None where it is public.

    Addresses that carry an IPv4 address within (mapped, NAT64, 6to4, Teredo) are refused as well:
    no public host needs them, and `is_global` takes some of them for public.
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0].strip("[]"))
    except ValueError:
        return f"not an address: {address}"
    if isinstance(ip, ipaddress.IPv6Address) and _embeds_v4(ip):
        return f"{ip} carries another address within"
    if ip.is_multicast or ip.is_reserved or ip.is_unspecified or not ip.is_global:
        return f"{ip} is not a public address"
    return None


def _embeds_v4(ip: ipaddress.IPv6Address) -> bool:
    if ip.ipv4_mapped or ip.sixtofour or ip.teredo:
        return True
    return any(ip in network for network in _NAT64) or (ip in _V4_COMPATIBLE and int(ip) > 1)


class AddressRules:
    """What the sources of this run allow: a pure table of hosts and ports."""

    def __init__(self, sources: Iterable[CrawlSource]) -> None:
        sources = tuple(sources)
        private = [source for source in sources if source.allow_private]
        self._own = {source.host for source in private}
        self._public = {source.host for source in sources} - self._own
        self._above = tuple("." + source.host for source in private if source.include_subdomains)
        self.may_be_private = named_by(private)
        """Whether a host name (without port) belongs to a source that may be private."""

    def is_own(self, url: str) -> bool:
        """Whether a URL is at a host and port of a source that may be private."""
        host = host_of(canonical_url(url))
        return host in self._own or host.endswith(self._above)

    def refusal(self, url: str) -> str | None:
        """Why a URL must not be asked for, as far as its spelling tells; None where it may."""
        try:
            host = host_of(canonical_url(url))
        except ValueError as error:
            return str(error)
        name = _bare_name(host)
        if host in self._own or host.endswith(self._above):
            return None
        if self.may_be_private(name):
            return f"{host} is another port of a private host"
        literal = name[0] == "[" or name.rpartition(".")[2].isdigit()
        why = f"{name} is this machine" if is_loopback_name(name) else refusal(name) if literal else None
        hint = "; set allow_private = true in its source where that is meant"
        return why and why + (hint if host in self._public else "")


def is_loopback_name(name: str) -> bool:
    """Whether a host name means this machine wherever it is asked for (RFC 6761)."""
    bare = name.rstrip(".").lower()
    return bare == "localhost" or bare.endswith(".localhost")


def named_by(sources: Iterable[CrawlSource]) -> Callable[[str], bool]:
    """Tells whether a host name (without port) is one of these sources' or of a subdomain that is theirs."""
    sources = tuple(sources)
    names = {_bare_name(source.host) for source in sources}
    above = tuple("." + _bare_name(source.host) for source in sources if source.include_subdomains)
    return lambda name: name in names or name.endswith(above)


def _bare_name(host: str) -> str:
    """A host:port without its port."""
    return host.rsplit(":", 1)[0] if host.rpartition(":")[2].isdigit() and host[-1] != "]" else host


class AddressMiddleware:
    """Refuses requests to private hosts and ports, and opens the resolver for the allowed ones."""

    def __init__(self, rules: AddressRules, *, own_only: bool = False) -> None:
        self._rules = rules
        self._own_only = own_only
        self._is_guarded = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> AddressMiddleware:
        """As Scrapy builds it; the sources come from the run."""
        run = run_of(crawler)
        return cls(AddressRules(run.sources), own_only=getattr(run, "own_only", False))

    def process_request(self, request: Request) -> None:
        """Let a request pass or raise AddressRefusedError."""
        if not self._is_guarded:
            self._guard_names()
        if why := self._rules.refusal(request.url):
            raise AddressRefusedError(f"private address: {why}")
        if self._own_only and not self._rules.is_own(request.url):
            raise AddressRefusedError(
                "a public site: set PARKNEWS_CONTACT to an e-mail address or a URL"
                " at which its owner reaches you (sent with every request)"
            )

    def _guard_names(self) -> None:
        """Has the resolver admit the private sources' names; with the first request, when Scrapy has made it.

        Raises:
            RuntimeError: the reactor's resolver is not ours, so that names could not be guarded.
        """
        from twisted.internet import reactor  # noqa: PLC0415 (exists only once Scrapy has chosen it)

        resolver = getattr(reactor, "nameResolver", None)
        if not isinstance(resolver, GuardedResolver):
            raise RuntimeError(  # noqa: TRY004 (a wrong setting, not a wrong argument)
                "TWISTED_DNS_RESOLVER must be crawler.web.addresses.GuardedResolver"
            )
        resolver.admit(self._rules.may_be_private)
        self._is_guarded = True


@implementer(IHostnameResolver)
class GuardedResolver:
    """Gives a name's public addresses only; of names it was told to admit, all of them."""

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor
        self._system = reactor.nameResolver
        self._admits: Callable[[str], bool] = lambda _: False
        self._cache: dict[str, tuple[float, list[IAddress]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> GuardedResolver:
        """As Scrapy builds it."""
        return cls(reactor)

    def install_on_reactor(self) -> None:
        """Every name from now on comes through here."""
        self._reactor.installNameResolver(self)

    def admit(self, admits: Callable[[str], bool]) -> None:
        """Names for which `admits` is true may have private addresses; replaces the rule before."""
        self._admits = admits
        self._cache.clear()

    def resolveHostName(  # noqa: N802 (Twisted's interface)
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> Any:
        """Resolve a name (Twisted's IHostnameResolver)."""
        filtered = _Filter(resolutionReceiver, self, hostName)
        kept = self._cache.get(hostName)
        if is_loopback_name(hostName):
            loopback: Any = IPv4Address("TCP", "127.0.0.1", portNumber)
            return filtered.answer([loopback])
        if kept and kept[0] > time.monotonic():
            return filtered.answer([_with_port(address, portNumber) for address in kept[1]])
        return self._system.resolveHostName(filtered, hostName, portNumber, addressTypes, transportSemantics)

    def allows(self, name: str, address: str) -> bool:
        """Whether a name may be reached at an address."""
        return self._admits(name.lower()) or refusal(address) is None

    def keep(self, name: str, addresses: list[IAddress]) -> None:
        """Remember a name's addresses for a while."""
        if addresses:
            self._cache[name] = (time.monotonic() + CACHE_S, addresses)


def _with_port(address: IAddress, port: int) -> IAddress:
    kind: Any = type(address)
    known: Any = address
    return kind(known.type, known.host, port)  # type: ignore[no-any-return]


@implementer(IHostResolution)
class _Answered:
    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """Nothing is under way."""


@implementer(IResolutionReceiver)
class _Filter:
    """Stands between the system's resolver and who asked, and passes on what is allowed."""

    def __init__(self, receiver: Any, resolver: GuardedResolver, name: str) -> None:
        self._receiver = receiver
        self._resolver = resolver
        self._name = name
        self._passed: list[IAddress] = []

    def answer(self, addresses: list[IAddress]) -> Any:
        resolution = _Answered(self._name)
        self._receiver.resolutionBegan(resolution)
        for address in addresses:
            self.addressResolved(address)
        self._receiver.resolutionComplete()
        return resolution

    def resolutionBegan(self, resolution: Any) -> None:  # noqa: N802
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        if self._resolver.allows(self._name, address.host):
            self._passed.append(address)
            self._receiver.addressResolved(address)

    def resolutionComplete(self) -> None:  # noqa: N802
        self._resolver.keep(self._name, self._passed)
        self._receiver.resolutionComplete()
