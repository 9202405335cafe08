import pytest
from twisted.internet.address import IPv4Address, IPv6Address

from crawler.web.addresses import AddressRules, GuardedResolver, is_loopback_name, refusal
from pipelines.records import CrawlSource

PRIVATE = [
    "127.0.0.1", "127.8.9.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "0.0.0.0", "224.0.0.1", "239.1.1.1", "255.255.255.255", "240.0.0.1", "192.0.2.1",
    "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::",
    "2001:0:53aa:64c:0:7fff:fefe:fefe", "::7f00:1", "no address",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_refused(address: str) -> None:
    assert refusal(address) is not None


@pytest.mark.parametrize("address", ["8.8.8.8", "114.114.114.114", "2400:3200::1", "[2400:3200::1]"])
def test_a_public_address_passes(address: str) -> None:
    assert refusal(address) is None


def _rules() -> AddressRules:
    return AddressRules(
        [
            CrawlSource("127.0.0.1:8001", "本机", ("http://127.0.0.1:8001/",), allow_private=True),
            CrawlSource("park.localhost:8002", "演示", ("http://park.localhost:8002/",), allow_private=True),
            CrawlSource("news.intranet:8003", "内网", ("http://news.intranet:8003/",), allow_private=True),
            CrawlSource("www.example.cn", "公开", ("http://www.example.cn/",)),
            CrawlSource("10.0.0.9", "没有许可", ("http://10.0.0.9/",)),
        ]
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8002/",
        "http://127.0.0.1/",
        "http://2130706433:8002/",
        "http://0x7f.0.0.1:9/",
        "http://0177.0.0.1/",
        "http://127.1:8002/",
        "http://localhost:8001/",
        "http://other.localhost:8002/",
        "http://park.localhost:8003/",
        "http://news.intranet:8004/",
        "http://news.intranet/",
        "http://[::1]:8001/",
        "http://[::ffff:127.0.0.1]:8001/",
        "http://10.0.0.9/",
        "http://169.254.169.254/latest/meta-data/",
        "http://１２７.０.０.１/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:8001/",
    ],
)
def test_a_request_to_a_private_host_or_port_is_refused(url: str) -> None:
    assert _rules().refusal(url) is not None


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8001/a",
        "http://2130706433:8001/a",
        "http://park.localhost:8002/",
        "http://news.intranet:8003/",
        "http://www.example.cn/",
        "https://8.8.8.8/",
    ],
)
def test_a_public_host_and_an_allowed_port_pass(url: str) -> None:
    assert _rules().refusal(url) is None


@pytest.mark.parametrize(
    ("name", "loopback"), [("a.localhost", True), ("LOCALHOST.", True), ("localhost.cn", False)]
)
def test_names_under_localhost_are_loopback(name: str, loopback: bool) -> None:
    assert is_loopback_name(name) is loopback


class _System:
    """A resolver that gives every name the same addresses, as a hostile DNS would."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.asked = 0

    def resolveHostName(self, receiver, name, port=0, kinds=None, semantics="TCP"):  # noqa: N802
        self.asked += 1
        receiver.resolutionBegan(None)
        for address in self.addresses:
            kind = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(kind("TCP", address, port))
        receiver.resolutionComplete()


class _Reactor:
    def __init__(self, system: _System) -> None:
        self.nameResolver = system


class _Receiver:
    def __init__(self) -> None:
        self.got: list[tuple[str, int]] = []
        self.complete = False

    def resolutionBegan(self, resolution) -> None:  # noqa: N802
        self.began = True

    def addressResolved(self, address) -> None:  # noqa: N802
        self.got.append((address.host, address.port))

    def resolutionComplete(self) -> None:  # noqa: N802
        self.complete = True


def _resolve(resolver: GuardedResolver, name: str, port: int = 80) -> list[tuple[str, int]]:
    receiver = _Receiver()
    resolver.resolveHostName(receiver, name, port)
    assert receiver.complete
    return receiver.got


def test_a_name_gives_its_public_addresses_only() -> None:
    resolver = GuardedResolver(_Reactor(_System("10.0.0.1", "8.8.8.8", "::ffff:127.0.0.1")))
    assert _resolve(resolver, "rebinding.example") == [("8.8.8.8", 80)]


def test_an_admitted_name_gives_private_addresses_too() -> None:
    resolver = GuardedResolver(_Reactor(_System("10.0.0.1")))
    resolver.admit({"intranet.example"}.__contains__)
    assert [_resolve(resolver, "intranet.example"), _resolve(resolver, "other.example")] == [
        [("10.0.0.1", 80)],
        [],
    ]


def test_a_localhost_name_is_answered_without_asking_and_only_where_admitted() -> None:
    system = _System("8.8.8.8")
    resolver = GuardedResolver(_Reactor(system))
    resolver.admit({"park.localhost"}.__contains__)
    got = [
        _resolve(resolver, "park.localhost", 8001),
        _resolve(resolver, "other.localhost", 8001),
        system.asked,
    ]
    assert got == [[("127.0.0.1", 8001)], [], 0]


def test_a_name_is_asked_for_once_and_gives_each_port() -> None:
    system = _System("8.8.8.8")
    resolver = GuardedResolver(_Reactor(system))
    got = [_resolve(resolver, "x.example", 80), _resolve(resolver, "x.example", 8080), system.asked]
    assert got == [[("8.8.8.8", 80)], [("8.8.8.8", 8080)], 1]


def test_a_private_source_without_permission_is_told_what_to_set() -> None:
    assert "set allow_private = true" in (_rules().refusal("http://10.0.0.9/") or "")
    assert "allow_private" not in (_rules().refusal("http://10.0.0.8/") or "")
