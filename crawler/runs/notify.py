"""Telling people of changes: new troubles and those that ended, by apprise (e-mail, WeCom, DingTalk ...).

In: standings and the addresses of the configuration. Out: one message where something has changed, and
the troubles noted as told; where no message got through they are told the next time.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from pipelines.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crawler.runs.status import Standing
    from pipelines.store import CrawlStore
    from pipelines.store.sources import Watched

    Send = Callable[[str, str], bool]

log = logging.getLogger(__name__)


def tell(
    store: CrawlStore,
    found: Sequence[Standing],
    watched: Mapping[str, Watched],
    send: Send | None,
    *,
    now: float,
) -> str:
    """Send what is new and what has ended, and note it; returns the message, empty where nothing changed.

    With nobody to tell (`send` is None) nothing is noted as told: it is still new to whoever is named later.
    """
    if send is None:
        return ""
    began = [
        f"{standing.host} ({standing.name}): {trouble.reason}"
        for standing in found
        if standing.state == "wrong"
        for trouble in standing.troubles
        if trouble.kind not in _kinds(watched, standing.host)
    ]
    ended = [
        f"{standing.host} ({standing.name}): no longer {kind}"
        for standing in found
        for kind in _kinds(watched, standing.host)
        if kind not in {trouble.kind for trouble in standing.troubles}
    ]
    message = "\n".join([*began, *ended])
    if message and not send(_title(len(began), len(ended)), message):
        log.warning("no notification got through; it is tried again next time")
        return ""
    store.sources.note_troubles(
        {s.host: s.troubles if s.state == "wrong" else () for s in found if s.state != "acknowledged"}, at=now
    )
    return message


def require_addresses(addresses: Sequence[str]) -> None:
    """Refuses addresses that no message could go to, before anything depends on them.

    Raises:
        ConfigurationError: apprise does not know one; the rest of it may be a password and is not shown.
    """
    if not addresses:
        return
    import apprise  # noqa: PLC0415  # half a second that only those pay who want to be told

    for address in addresses:
        if not apprise.Apprise().add(address):
            kind = address.partition(":")[0]
            raise ConfigurationError(
                f"PARKNEWS_NOTIFY: {kind}:... is no address that apprise knows; try it with `apprise -b test`"
            )


def sender(addresses: Sequence[str]) -> Send | None:
    """Sends to apprise addresses (mailto://, wecombot://, dingtalk://, json://); None for no addresses."""
    if not addresses:
        return None

    def send(title: str, body: str) -> bool:
        import apprise  # noqa: PLC0415  # half a second that only a message pays

        target = apprise.Apprise()
        target.add(list(addresses))
        return bool(target.notify(title=title, body=body))

    return send


def _kinds(watched: Mapping[str, Watched], host: str) -> list[str]:
    return [kind for kind, _ in watched[host].since] if host in watched else []


def _title(began: int, ended: int) -> str:
    parts = [f"{began} new" * bool(began), f"{ended} over" * bool(ended)]
    return f"parknews: troubles, {', '.join(part for part in parts if part)}"
