"""Telling people of changes: new troubles and those that ended, by apprise (e-mail, WeCom, DingTalk ...).

In: standings and the addresses of the configuration. Out: one message where something has changed, and
the troubles noted as told; where no message got through they are told the next time.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crawler.status import Standing
    from crawler.store import CrawlStore
    from crawler.troubles import Watched

    Send = Callable[[str, str], bool]

log = logging.getLogger(__name__)


def tell(
    store: CrawlStore, found: Sequence[Standing], watched: Mapping[str, Watched], send: Send, *, now: float
) -> str:
    """Send what is new and what has ended, and note it; returns the message, empty where nothing changed."""
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
    store.note_troubles(
        {s.host: s.troubles if s.state == "wrong" else () for s in found if s.state != "acknowledged"}, at=now
    )
    return message


def sender(addresses: Sequence[str]) -> Send:
    """Sends to apprise addresses (mailto://, wecombot://, dingtalk://, json://); to none: done."""
    if not addresses:
        return lambda _title, _body: True

    def send(title: str, body: str) -> bool:
        import apprise  # noqa: PLC0415  # half a second that only a message pays

        target = apprise.Apprise()
        understood = [target.add(address) for address in addresses]
        for address, known in zip(addresses, understood, strict=True):
            if not known:
                log.warning(
                    "PARKNEWS_NOTIFY: %s... is no address that apprise knows", address.partition(":")[0]
                )
        return bool(target.notify(title=title, body=body)) and all(understood)

    return send


def _kinds(watched: Mapping[str, Watched], host: str) -> list[str]:
    return [kind for kind, _ in watched[host].since] if host in watched else []


def _title(began: int, ended: int) -> str:
    parts = [f"{began} new" * bool(began), f"{ended} over" * bool(ended)]
    return f"parknews: troubles, {', '.join(part for part in parts if part)}"
