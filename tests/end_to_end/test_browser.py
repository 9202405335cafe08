"""A person at a browser: searches, opens an article, follows a copy, sees what differs and a drawn chart.

Debian's chromium, driven by selenium; every request that it makes is looked at.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from pipelines.archive import Archive
from pipelines.places import find_mentions
from pipelines.records import Source
from tests.readings import HOSTS, NOW, make_reading

Driver = webdriver.Chrome


CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
PARKNEWS = Path(sys.executable).with_name("parknews")
PLANT = (
    "青岚湖科技园昨日启用第三期标准厂房,首批十二家装备企业签约入驻。园区负责人说,三期厂房总建筑面积九万平方米,"
    "配有共享检测中心与职工公寓。\n入驻企业以精密传动和工业视觉为主,预计明年投产后新增岗位一千六百个。\n"
    "园区还将为企业提供一年的租金补贴,并安排专人代办开工手续。"
)
REPRINT = PLANT.replace("园区负责人说,", "据园区方面介绍,") + "\n更多招商政策请关注后续报道。"
HARBOUR = (
    "海沧口岸物流园上月完成集装箱吞吐四万标箱,冷链仓库利用率创下新高。港务部门表示,新开的两条近洋航线把东南亚"
    "水果的到港时间缩短到三天。<img src=http://elsewhere.example/x.png onerror=alert(1)>"
)

TREATY = (
    "苏州工业园区与江苏恒岚医药股份有限公司昨日签约,总投资三十亿元。项目位于昆山市,一期厂房年内开工,"
    "企业计划在苏州工业园区设立研发中心。园区为项目配备了专门的服务小组。"
)

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="needs Debian's chromium and chromium-driver"
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = tmp_path_factory.mktemp("browser") / "archive.db"
    pages = [
        ("https://park.example/a.html", "三期标准厂房启用", PLANT, date(2026, 1, 2), "青岚湖科技园"),
        ("https://copier.example/b.html", "<script>alert(2)</script>厂房", REPRINT, date(2026, 1, 4), None),
        ("https://daily.example/c.html", "物流园吞吐创新高", HARBOUR, date(2026, 2, 1), None),
        ("https://daily.example/d.html", "医药项目签约", TREATY, date(2025, 12, 3), None),
    ]
    with Archive(path) as archive:
        archive.put_sources([Source(host, host.split(".")[0]) for host in HOSTS])
        readings = [make_reading(u, x, title=t, day=d, credited=c) for u, t, x, d, c in pages]
        archive.ingest([replace(one, mentions=find_mentions(one.story.text)) for one in readings], NOW)
    command = [str(PARKNEWS), "--db", str(path), "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        yield server.stderr.readline().split()[0]
        server.terminate()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Driver]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for argument in ("--headless=new", "--no-sandbox", "--disable-background-networking", "--disable-gpu"):
        options.add_argument(argument)
    options.add_experimental_option("prefs", {"intl.accept_languages": "zh-CN,zh"})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture
def browser(chromium: Driver) -> Driver:
    """One browser for all tests, at a desk, its logs empty."""
    chromium.get("about:blank")
    chromium.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    for log in ("performance", "browser"):
        chromium.get_log(log)
    return chromium


def _hosts_asked(browser: Driver) -> set[str]:
    messages = (json.loads(entry["message"])["message"] for entry in browser.get_log("performance"))
    urls = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    return {urlsplit(url).netloc for url in urls if urlsplit(url).scheme.startswith("http")}


def _complaints(browser: Driver) -> list[str]:
    return [
        entry["message"] for entry in browser.get_log("browser") if entry["level"] in {"SEVERE", "WARNING"}
    ]


def _wait_for(browser: Driver, selector: str) -> None:
    WebDriverWait(browser, 20).until(lambda b: b.find_elements(By.CSS_SELECTOR, selector))


def test_a_visit_from_the_search_box_to_a_highlighted_difference(browser: Driver, address: str) -> None:
    browser.get(address)
    charts = browser.find_elements(By.CSS_SELECTOR, ".at-desk svg.chart")
    assert len(charts) >= 5
    assert all(chart.size["width"] > 200 and chart.size["height"] > 20 for chart in charts)
    assert browser.find_elements(By.CSS_SELECTOR, ".panel-flows path.band")

    box = browser.find_element(By.ID, "q")
    box.send_keys("园区", Keys.ENTER)
    _wait_for(browser, ".hit mark")
    assert [mark.text for mark in browser.find_elements(By.CSS_SELECTOR, ".hit mark")][:1] == ["园区"]
    browser.find_element(By.CSS_SELECTOR, ".hit h2 a").click()
    _wait_for(browser, ".article-page h1")

    assert browser.find_element(By.TAG_NAME, "h1").text == "三期标准厂房启用"
    browser.find_element(By.CSS_SELECTOR, '.byline a[href="#copies"]').click()
    copies = browser.find_elements(By.CSS_SELECTOR, ".copy")
    assert len(copies) == 2
    copies[1].find_element(By.CSS_SELECTOR, "details.difference summary").click()
    gone = copies[1].find_element(By.CSS_SELECTOR, ".compared del")
    come = copies[1].find_elements(By.CSS_SELECTOR, ".compared ins")
    assert "负责人" in gone.text
    assert "更多招商政策" in come[-1].text
    assert gone.value_of_css_property("background-color") != come[-1].value_of_css_property(
        "background-color"
    )

    assert _hosts_asked(browser) == {urlsplit(address).netloc}
    assert _complaints(browser) == []


def test_facets_of_regions_and_parks_narrow_the_list(browser: Driver, address: str) -> None:
    browser.get(address + "search?_lang=zh")
    assert len(browser.find_elements(By.CSS_SELECTOR, ".hit")) == 3
    browser.find_element(By.LINK_TEXT, "江苏省").click()
    _wait_for(browser, ".chosen")
    assert [hit.text for hit in browser.find_elements(By.CSS_SELECTOR, ".hit h2")] == ["医药项目签约"]
    browser.find_element(By.CSS_SELECTOR, ".facets").find_element(By.LINK_TEXT, "苏州市").click()
    WebDriverWait(browser, 20).until(lambda b: "region=320500" in b.current_url)
    browser.find_element(By.CSS_SELECTOR, ".facets").find_element(By.LINK_TEXT, "苏州工业园区").click()
    WebDriverWait(browser, 20).until(lambda b: "park=" in b.current_url)
    assert [hit.text for hit in browser.find_elements(By.CSS_SELECTOR, ".hit h2")] == ["医药项目签约"]
    browser.find_element(By.CSS_SELECTOR, ".chosen a.all").click()
    WebDriverWait(browser, 20).until(lambda b: len(b.find_elements(By.CSS_SELECTOR, ".hit")) == 3)

    assert _hosts_asked(browser) == {urlsplit(address).netloc}
    assert _complaints(browser) == []


PAGES = [
    *(
        "",
        "?_lang=en",
        "?period=90",
        "search",
        "search?q=没有",
        "search?region=320000",
        "article/1",
        "article/2",
    ),
    *("archive", "archive?_show_hidden=1", "archive?sql=select+1", "archive/articles", "archive/articles/1"),
    *("archive/coverage", "archive/mentions", "archive/pairs", "archive/who_copies_whom", "archive/stripped"),
]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_asks_another_host_or_complains(browser: Driver, address: str, path: str) -> None:
    browser.get(address + path)
    assert _hosts_asked(browser) == {urlsplit(address).netloc}
    assert _complaints(browser) == []


def test_letters_of_charts_are_large_enough_on_a_phone(browser: Driver, address: str) -> None:
    metrics = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.get(address)
    sizes = browser.execute_script(_LETTERS)
    assert len(sizes) >= 5
    assert min(sizes) >= 10


@pytest.mark.parametrize(
    "path", ["", "search?q=园区", "article/1?_lang=en", "coverage?_lang=en", "archive", "archive/copies"]
)
def test_a_page_fits_a_phone(browser: Driver, address: str, path: str) -> None:
    metrics = {"width": 320, "height": 844, "deviceScaleFactor": 2, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.get(address + path)
    browser.execute_script("for (const one of document.querySelectorAll('details')) one.open = true")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 320
    assert browser.execute_script(_THIN) == []


@pytest.mark.parametrize(
    "path", ["", "search?q=园区", "article/1", "archive", "archive/articles", "archive/articles/1", "nothing"]
)
def test_letters_stand_out_from_their_ground(browser: Driver, address: str, path: str) -> None:
    browser.get(address + path)
    assert browser.execute_script(_FAINT) == []


def test_the_keyboard_reaches_the_content_and_shows_where_it_is(browser: Driver, address: str) -> None:
    browser.get(address + "search")
    browser.switch_to.active_element.send_keys(Keys.TAB)
    first = browser.switch_to.active_element
    assert first.get_attribute("class") == "skip"
    assert first.location["x"] >= 0
    seen = set()
    for _ in range(40):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        seen.add(browser.switch_to.active_element.get_attribute("href") or "")
    assert any(re.search(r"/article/\d+$", href) for href in seen)


def test_every_field_and_picture_has_a_name(browser: Driver, address: str) -> None:
    for path in ("", "search", "article/1", "archive", "archive/articles", "archive?sql=select+:a"):
        browser.get(address + path)
        assert browser.execute_script(_NAMELESS) == [], path


_THIN = """return [...document.querySelectorAll('a[download]')].map((one) => one.getBoundingClientRect())
  .filter((box) => box.height && box.height < 24).length ? ['a download is no target for a finger'] : []"""
_LETTERS = """
return [...document.querySelectorAll('svg.chart')].filter(e => e.clientWidth)
  .map(e => 11.5 * e.clientWidth / e.viewBox.baseVal.width);
"""

_NAMELESS = """
return [...document.querySelectorAll('input:not([type=hidden]), select, textarea, svg[role=img], button')]
  .filter(e => e.offsetParent !== null || e.tagName === 'svg')
  .filter(e => !(e.getAttribute('aria-label') || (e.labels && e.labels.length) || e.textContent.trim()
                 || e.getAttribute('aria-labelledby')))
  .map(e => e.outerHTML.slice(0, 120));
"""

_FAINT = """
const channel = v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
const light = c => .2126 * channel(c[0]) + .7152 * channel(c[1]) + .0722 * channel(c[2]);
const parse = s => (s.match(/[\\d.]+/g) || []).map(Number);
const ground = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
  if (c.length === 3 || c[3] > .5) return c; } return [255, 255, 255]; };
const faint = [];
for (const e of document.querySelectorAll('body *')) {
  if (e.closest('svg') || !e.offsetParent) continue;
  if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
  const a = light(parse(getComputedStyle(e).color)), b = light(ground(e));
  const contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  const told = e.tagName + ' ' + e.textContent.trim().slice(0, 20) + ' ' + contrast.toFixed(2);
  if (contrast < 4.5) faint.push(told);
}
return faint;
"""
