"""A small archive, and a browserless visitor of the site that shows it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from crawler.serve.site import ServeOptions, build_site
from pipelines.records import Attachment, Rejection, Stripped
from tests.readings import Fill, Told

PLANT = (
    "青岚湖科技园昨日启用第三期标准厂房,首批十二家装备企业签约入驻。园区负责人说,三期厂房总建筑面积九万平方米,"
    "配有共享检测中心与职工公寓。\n入驻企业以精密传动和工业视觉为主,预计明年投产后新增岗位一千六百个。\n"
    "园区还将为企业提供一年的租金补贴,并安排专人代办开工手续。"
)
REPRINT = PLANT.replace("园区负责人说,", "据园区有关方面介绍,").replace("预计明年投产后", "预计后年投产后")
HARBOUR = (
    "海沧口岸物流园上月完成集装箱吞吐四万标箱,冷链仓库利用率创下新高。港务部门表示,新开的两条近洋航线把东南亚"
    "水果的到港时间缩短到三天。\n物流园正在建设第二座自动化立体库,计划秋季投入使用,并接入5G专网。"
)
FOOTER = Stripped("contact", "phone", "咨询电话:0512-62881234 联系人:张小明")

Get = Callable[..., Any]


@pytest.fixture
def pages() -> list[Any]:
    return [
        Told(
            "https://park.example/a.html",
            "三期标准厂房启用",
            PLANT,
            date(2026, 1, 2),
            "青岚湖科技园",
            attachments=(Attachment("https://park.example/plan.pdf", "<b>规划图</b>", "pdf", 2048),),
        ),
        Told(
            "https://copier.example/b.html",
            "<b>厂房</b>启用",
            REPRINT,
            date(2026, 1, 4),
            "青岚湖科技园",
            (FOOTER,),
        ),
        Told("https://daily.example/c.html", "物流园吞吐创新高", HARBOUR),
    ]


@pytest.fixture
def archive_path(fill: Fill, pages: list[Any]) -> Path:
    return fill(pages, [Rejection("https://park.example/list", "park.example", "kind", "list page")])


@pytest.fixture
def get(archive_path: Path) -> Callable[..., Any]:
    """Asks the site for an address, as a browser that prefers English would; gives httpx's response."""

    def ask(path: str, options: ServeOptions | None = None, *, name: str = "", **headers: str) -> Any:
        async def visit() -> Any:
            site = build_site(archive_path.with_name(name or archive_path.name), options)
            await site.invoke_startup()
            sent = {"accept-language": "en", **{name.replace("_", "-"): v for name, v in headers.items()}}
            return await site.client.get(path, headers=sent)

        return asyncio.run(visit())

    return ask
