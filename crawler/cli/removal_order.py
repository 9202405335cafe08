"""What a person typed for a removal, as the scope's hosts and as an order with its time and its waiting."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from crawler.cli.terminal import one_line
from pipelines.errors import ConfigurationError
from pipelines.utc import iso

if TYPE_CHECKING:
    from pipelines.forget.order import Order
    from pipelines.forget.plan import Plan


def hosts_and_domains(hosts: list[str], include_subdomains: bool) -> tuple[list[str], list[str]]:
    """Hosts as they were typed, and the registrable domains that hold them where those are meant."""
    from urllib.parse import urlsplit  # noqa: PLC0415

    from pipelines.archive.kept_out.blocks import registrable_domain  # noqa: PLC0415
    from pipelines.archive.kept_out.scope import spelled_host  # noqa: PLC0415

    if not include_subdomains:
        return hosts, []
    if not hosts:
        raise ConfigurationError("--include-subdomains needs a HOST")
    names = [urlsplit(f"//{spelled_host(host)}").hostname or host for host in hosts]
    return hosts, [registrable_domain(name) for name in names]


def order_of(
    plan: Plan,
    *,
    reason: str,
    requester: str,
    basis: str,
    ticket: str,
    operator: str,
    hide_only: bool,
    stay_down: bool,
    mentions: bool,
    now: str,
    wait_days: int,
) -> Order:
    """The order for a plan as a person gave it, now."""
    from importlib.metadata import version  # noqa: PLC0415

    from pipelines.forget.order import Order  # noqa: PLC0415

    at = datetime.now(UTC)
    waits = plan.reaches_others and not now and not hide_only and wait_days > 0
    due = iso(at + timedelta(days=wait_days)) if waits else None
    return Order(
        requester=one_line(requester),
        reason=one_line(reason),
        at=iso(at),
        basis=one_line(basis),
        ticket=one_line(ticket),
        operator=one_line(operator) or _login(),
        version=version("parknews"),
        hide_only=hide_only,
        stay_down=stay_down,
        mentions=mentions,
        due_at=due,
        now_reason=one_line(now),
    )


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user without a name, in a container
        return ""
