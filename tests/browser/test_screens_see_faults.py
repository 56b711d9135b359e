"""The screens that the other tests here look through are not blind."""

import pytest
from playwright.sync_api import Browser

from tests.ground.screens import CLIPPED, Look, Screen, context_for, looks

PAGE = """<!DOCTYPE html><html lang="ko"><head><meta charset="utf-8"><title>신청</title>
<meta name="viewport" content="width=device-width"></head>
<body><main><h1>신청</h1>{body}</main></body></html>"""
WIDE = '<p><span><svg width="2000" height="10" aria-hidden="true"></svg></span></p>'
PALE = '<p><font color="#cccccc">읽을 수 없는 글</font></p>'


@pytest.fixture(params=[True, False], ids=["scripts", "plain"])
def blank(request: pytest.FixtureRequest, browser: Browser):
    with context_for(browser, Look("ko", 390, request.param)) as context:
        yield Screen(context.new_page(), Look("ko", 390, request.param), "http://127.0.0.1")


def shown(screen: Screen, body: str) -> list[str]:
    address = "http://127.0.0.1/page"
    html = PAGE.format(body=body)
    screen.page.route(address, lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
    screen.page.goto(address)
    return screen.faults()


def test_a_good_page_has_no_faults(blank: Screen):
    assert shown(blank, "<p>읽을 수 있는 글</p>") == []


def test_a_button_whose_words_are_cut_off_is_caught(blank: Screen):
    html = PAGE.replace("</head>", "<style>button {{ height: 44px; width: 96px }}</style></head>")

    def faults_of(words: str) -> str:
        blank.page.set_content(html.format(body=f'<button type="button">{words}</button>'))
        return "\n".join(blank.page.evaluate(CLIPPED))

    assert faults_of("적용") == ""
    assert "are cut off" in faults_of("적용: 26명이 자리를 잃고 8건을 제안합니다")


@pytest.mark.parametrize(
    ("body", "fault"),
    [(WIDE, "wide on a screen of 390"), (PALE, "color-contrast"), ("<h3>건너뜀</h3>", "heading-order")],
)
def test_a_faulty_page_is_caught(blank: Screen, body: str, fault: str):
    assert any(fault in found for found in shown(blank, body))


def test_a_script_in_the_page_and_another_host_are_caught(blank: Screen):
    faults = "\n".join(shown(blank, '<img src="http://192.0.2.1/x.png" alt="x"><p onclick="go()">x</p>'))

    assert "asked another host: http://192.0.2.1/x.png" in faults
    assert "the security policy forbids it" in faults


def test_six_looks_meet_every_pair():
    few, all_of_them = looks(every=False), looks(every=True)

    def pairs(some: list[Look]) -> set[tuple[object, ...]]:
        return {
            pair
            for look in some
            for pair in (
                ("language", look.language, look.width),
                ("scripts", look.scripts, look.width),
                ("both", look.language, look.scripts),
            )
        }

    assert (len(few), len(all_of_them)) == (6, 24)
    assert pairs(few) == pairs(all_of_them)
    assert len(set(all_of_them)) == 24


def test_a_look_in_forced_colours_is_one(browser: Browser):
    with context_for(browser, Look("ko", 390, scripts=True, forced=True)) as context:
        assert context.new_page().evaluate("matchMedia('(forced-colors: active)').matches")
