"""By what a site is known again."""

from pipelines.pages.signs import (
    Signs,
    common_signs,
    is_another_site,
    is_same_template,
    read_signs,
    similarity,
)

CHINESE = "示例工业园区今年新签约项目三十二个，总投资一百二十亿元，新增就业岗位两千余个，园区道路全部通车。"


def page(
    text: str = CHINESE, names: str = "header nav main list item side foot copyright", foot: str = ""
) -> bytes:
    blocks = "".join(f'<div class="{name}"><p>{text}</p></div>' for name in names.split())
    return f"<html><body>{blocks}<footer>{foot}</footer></body></html>".encode()


OLD = read_signs(page(foot="京ICP备12345678号-1"))
ENGLISH = "Play the best games online, win big prizes every day and join thousands of lucky players now."


def test_pages_of_one_template_are_the_same_whatever_they_say() -> None:
    assert is_same_template(OLD, read_signs(page("另一篇新闻，说的完全是另一件事情。" * 5)))


def test_a_box_more_is_no_redesign() -> None:
    more = page(names="header nav main list item side foot copyright banner")
    assert is_same_template(OLD, read_signs(more))


def test_a_redesign_is_another_template() -> None:
    new = read_signs(page(names="app-shell app-bar hero grid card card-body drawer toolbar chip"))
    assert (is_same_template(OLD, new), similarity(OLD, new) < 0.3) == (False, True)


def test_a_page_almost_without_names_tells_nothing() -> None:
    assert is_same_template(OLD, read_signs(b"<html><p>x</p></html>"))


def test_language_and_registration_are_read() -> None:
    assert (OLD.language, OLD.registration) == ("zh", "12345678")


def test_a_gbk_page_is_read_like_any() -> None:
    signs = read_signs(page(foot="粤ICP备87654321号").decode().encode("gb18030"))
    assert (signs.language, signs.registration) == ("zh", "87654321")


def test_a_domain_that_changed_hands_is_told() -> None:
    taken = read_signs(page(ENGLISH, "casino jackpot bonus slot poker wheel lobby cashier vip"))
    assert is_another_site(OLD, taken).startswith(
        "language zh became other, registration 12345678 became none"
    )


def test_one_or_two_changes_do_not_make_another_site() -> None:
    redesigned = read_signs(
        page(names="app shell hero grid card drawer toolbar chip wave", foot="京ICP备12345678号")
    )
    translated = read_signs(page(ENGLISH))
    assert (is_another_site(OLD, redesigned), is_another_site(OLD, translated)) == ("", "")


def test_what_most_pages_have_in_common_is_the_template() -> None:
    pages = [Signs(frozenset([1, 2, n]), "zh", "1") for n in (10, 11, 12)]
    assert common_signs(pages) == Signs(frozenset([1, 2]), "zh", "1")


def test_a_japanese_site_is_written_in_another_language_than_a_chinese_one() -> None:
    japanese = "今日の工業団地では新しい工場の建設が始まり、地域の企業が参加する説明会が開催された。"
    assert (OLD.language, read_signs(page(japanese)).language) == ("zh", "other")
