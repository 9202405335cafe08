"""What notices say about rights, read from what cleaning stripped."""

from __future__ import annotations

import pytest

from pipelines.clean.rights import read_rights
from pipelines.records import Stripped


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("© 2019-2024 园区产业网 版权所有", ("reserved", "园区产业网", "")),
        ("版权归原作者所有", ("reserved", "", "")),
        ("本文版权归滨江日报社所有，未经授权不得转载", ("reprint-needs-consent", "滨江日报社", "")),
        ("转载请注明来源：产业观察网", ("reprint-with-credit", "", "")),
        (
            "Without written permission, this content shall not be republished.",
            ("reprint-needs-consent", "", ""),
        ),
        ("© 2024 Valley Ledger. All rights reserved.", ("reserved", "Valley Ledger", "")),
        ("All content is available under the Open Government Licence v3.0", ("licence", "", "")),
        ("如有侵权请联系删除，邮箱 del@park.example", ("takedown", "", "del@park.example")),
        ("图片来自网络，侵删。电话：0512-66668888", ("takedown", "", "0512-66668888")),
    ],
)
def test_a_notice_gives_its_kind_holder_and_contact(text: str, expected: tuple[str, str, str]) -> None:
    found = read_rights([Stripped("copyright", "rights-notice", text)])
    assert expected in [(right.kind, right.holder, right.contact) for right in found]


def test_a_takedown_contact_may_stand_below_its_notice() -> None:
    pieces = [
        Stripped("copyright", "takedown", "如涉及版权问题，请与我们联系删除"),
        Stripped("contact", "contact-line", "邮箱：law@park.example"),
    ]
    assert [(right.kind, right.contact) for right in read_rights(pieces)] == [
        ("takedown", "law@park.example")
    ]


def test_headlines_and_shares_say_nothing_about_rights() -> None:
    assert (
        read_rights(
            [Stripped("related", "linked-line", "版权所有者为何沉默"), Stripped("share", "x", "分享")]
        )
        == ()
    )
