"""What an element's tag, class and id say about the text inside it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, cast

from pipelines.records import StrippedKind

Hint = StrippedKind | Literal["byline", ""]
"""What an element announces; of a byline only some lines are taken, and as the editor's."""

_WORD = re.compile(r"[a-z]+|\d+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")

_KINDS: dict[str, frozenset[str]] = {
    kind: frozenset(words.split())
    for kind, words in {
        "navigation": "nav navbar navi navigation menu submenu breadcrumb breadcrumbs crumb crumbs "
        "crumbnav sitemap"
        " topbar toolbar tools pager pagination paging pages topnav subnav mianbaoxie "
        "daohang weizhi skip login"
        " search searchbox dropdown tabs fontsize toolbox prevnext feedback",
        "related": "related relate relates relatednews recommend recommended recommends recommendation "
        "rec tuijian"
        " xiangguan hot hotnews hotlist rank ranking toplist sidebar side aside rightbar "
        "leftbar guess also latest"
        " popular trending more morenews morelist readmore reading teaser teasers newslist "
        "interested rela relevant"
        " recent widget widgets topic tags tag keywords keyword outbrain taboola",
        "comment": "comment comments commentlist reply replies respond disqus pinglun gentie tie review "
        "reviews"
        " message messages guestbook",
        "share": "share sharing sharebox bdshare bdsharebuttonbox social fenxiang jiathis qrcode qr "
        "ewm erweima"
        " weixin wechat addthis sns like likes zan reward dashang praise favorite app "
        "download follow subscribe"
        " newsletter",
        "copyright": "copyright copyrights footer foot foots disclaimer declare statement shengming "
        "banquan bottom"
        " bottombar footnav copy license legal",
        "contact": "contact contacts contactus lianxi kefu hotline",
        "advertisement": "ad ads adv advert adverts advertisement advertising banner gg guanggao adsbygoogle "
        "promo"
        " promotion sponsor sponsored dfp popup modal cookie consent toast",
        "editor": "bio biography",
        "byline": "byline info infos source time date meta author authors editor pubtime pubdate "
        "artinfo laiyuan"
        " about metadata timestamp publish msg bianji zebian zerenbianji edit dateline",
    }.items()
}
_BODY_WORDS = frozenset(
    [
        "article",
        "articles",
        "content",
        "contents",
        "main",
        "maincontent",
        "body",
        "text",
        "txt",
        "detail",
        "details",
        "entry",
        "post",
        "story",
        "zhengwen",
        "neirong",
        "news",
        "con",
        "cont",
        "cnt",
        "artibody",
        "richtext",
        "paragraph",
    ]
)
_ABOUT_PEOPLE = frozenset(["author", "authors", "writer", "zuozhe"])
_BOXES = frozenset(["box", "bio", "card", "profile", "about", "description", "desc", "biography", "intro"])
"""`author-box`, `about-author`: who wrote it, in paragraphs; `author` alone names a byline."""
_TAG_KINDS = {"nav": "navigation", "aside": "related", "footer": "copyright", "menu": "navigation"}


def kind_hint(tag: str, names: str) -> Hint:
    """The kind of boilerplate that an element announces itself to be; empty for none.

    Args:
        tag: The element's tag.
        names: Its class and id, as written, joined by a space.
    """
    return cast("Hint", _TAG_KINDS.get(tag, "")) or _of_names(names)


@lru_cache(maxsize=20_000)
def _of_names(names: str) -> Hint:
    for name in reversed(names.split()):
        words = _words(name)
        if _ABOUT_PEOPLE.intersection(words) and _BOXES.intersection(words):
            return "editor"
        kind = next((kind for word in reversed(words) for kind, known in _KINDS.items() if word in known), "")
        if kind and not (words and words[-1] in _BODY_WORDS):
            return cast("Hint", kind)
    return ""


def _words(name: str) -> list[str]:
    return _WORD.findall(_CAMEL.sub(" ", name).lower())
