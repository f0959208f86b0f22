"""The upload page in a real browser, the whole way: drop, progress, report, replay, correction, deletion."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.browser.chromium import DESKTOP, needs_chromium, playwright_api, wait_until
from tests.conftest import SAMPLES
from tests.waiting import until
from tests.web_server import Server, running_server

pytestmark = needs_chromium
PHONE = {"width": 390, "height": 800}
CLIP = SAMPLES / "kb_deadlift_low_back_rounded.mp4"
FOCUSED = """(() => {
  const element = document.activeElement;
  return [getComputedStyle(element).outlineStyle, element.id || element.name || element.textContent.trim().slice(0, 30)];
})()"""
DROP = """([content, name]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], name, {type: "video/mp4"}));
  for (const kind of ["dragenter", "dragover", "drop"]) {
    document.getElementById("drop").dispatchEvent(new DragEvent(kind, {dataTransfer: carried, bubbles: true, cancelable: true}));
  }
}"""

LINES = """node => {
    const range = document.createRange();
    range.selectNodeContents(node.firstChild);
    return new Set([...range.getClientRects()].map((line) => line.top)).size;
}"""

@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("page") / "data") as started:
        yield started


@pytest.fixture
def page(browser: Any, server: Server) -> Iterator[Any]:
    """A page that at its end may have complained of nothing and asked nobody but the server."""
    context = browser.new_context(viewport=DESKTOP)
    opened = context.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(server.address)
    yield opened
    context.close()
    # a refused upload is written to the console by the browser itself
    assert [text for text in complaints if "status of 422" not in text] == []
    assert [url for url in asked if not url.startswith((server.address, "data:", "blob:"))] == []


def drop(page: Any, clip: Path, name: str) -> None:
    page.evaluate(DROP, [base64.b64encode(clip.read_bytes()).decode(), name])


def test_a_dropped_clip_becomes_a_report_that_plays_and_can_be_corrected_and_deleted(page: Any, server: Server) -> None:
    expect = playwright_api.expect
    page.get_by_text("Say what is in it").click()
    page.get_by_label("Athlete").fill("Ann")
    drop(page, CLIP, "Dropped set.mp4")
    card = page.locator(".card", has_text="Dropped set.mp4")
    expect(card).to_be_visible(timeout=20_000)
    expect(card.get_by_role("progressbar")).to_be_visible()
    expect(card.get_by_text("Report ready")).to_be_visible(timeout=90_000)
    expect(card).to_contain_text("Ann")
    expect(page.locator("#news")).to_contain_text("Dropped set.mp4: Report ready")
    assert card.locator("img").evaluate("(image) => image.complete && image.naturalWidth > 0")

    card.get_by_role("link", name="Open the report").click()
    wait_until(page, "document.getElementById('clip').readyState >= 1")
    assert page.locator("h1").inner_text()
    wait_until(page, "document.querySelectorAll('#curves svg').length > 0")
    page.locator("figcaption button").first.click()
    wanted_s = float(page.locator("figcaption button").first.get_attribute("data-seek"))
    wait_until(page, f"Math.abs(document.getElementById('clip').currentTime - {wanted_s}) < 0.1")
    page.evaluate("document.getElementById('clip').play()")
    wait_until(page, f"document.getElementById('clip').currentTime > {wanted_s} + 0.3")

    page.goto(server.address)
    page.get_by_role("link", name="Dropped set.mp4", exact=True).click()
    page.get_by_label("Exercise").select_option("kb_swing")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Report ready")).to_be_visible(timeout=60_000)
    expect(page.get_by_label("Exercise")).to_have_value("kb_swing")

    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download everything").click()
    assert downloading.value.suggested_filename == "Dropped set.zip"

    page.get_by_role("link", name="Delete this clip").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("No clips yet.")).to_be_visible()
    assert server.get("/api/clips").json()["clips"] == []


def test_several_chosen_files_are_sent_one_after_the_other_and_what_is_no_video_is_said(page: Any, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no video", encoding="utf-8")
    page.locator("#file").set_input_files([str(tmp_path / "notes.txt"), str(CLIP)])
    page.get_by_role("button", name="Analyse").press("Enter")
    expect = playwright_api.expect
    expect(page.locator(".sending .warning")).to_contain_text("notes.txt: This is not a video", timeout=20_000)
    expect(page.locator(".card")).to_have_count(1, timeout=20_000)
    page.locator(".card").get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("No clips yet.")).to_be_visible()


def test_an_upload_can_be_cancelled_while_it_is_sent_and_while_it_waits(browser: Any, server: Server) -> None:
    page = browser.new_page()
    page.goto(server.address)
    page.route("**/api/clips", lambda route: None)  # it never gets an answer, as over a dead line
    page.locator("#file").set_input_files([{"name": f"{n}.mp4", "mimeType": "video/mp4", "buffer": b"x"} for n in "ab"])
    page.get_by_role("button", name="Analyse").click()
    expect = playwright_api.expect
    page.get_by_role("button", name="Cancel the upload of b.mp4").click()
    expect(page.locator("#news")).to_have_text("b.mp4: the upload was cancelled")
    page.get_by_role("button", name="Cancel the upload of a.mp4").click()
    expect(page.locator("#news")).to_have_text("a.mp4: the upload was cancelled")
    expect(page.locator("#sending li")).to_have_count(0)
    assert page.evaluate("document.activeElement.id") == "file"
    assert server.get("/api/clips").json()["clips"] == []
    page.close()


def test_no_word_beside_the_search_is_broken_on_a_phone(page: Any) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.locator(".search label").evaluate(LINES) == 1


def test_all_chosen_files_are_sent_though_a_card_cannot_be_fetched(browser: Any, server: Server) -> None:
    page = browser.new_page()
    page.goto(server.address)
    sent: list[str] = []

    def take(route: Any) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        sent.append(f"{len(sent):032x}")
        route.fulfill(status=201, content_type="application/json", body=json.dumps({"id": sent[-1], "name": f"{len(sent)}.mp4"}))

    page.route("**/api/clips", take)
    page.route("**/clips/*/card", lambda route: route.abort())
    page.locator("#file").set_input_files([{"name": f"{n}.mp4", "mimeType": "video/mp4", "buffer": b"x"} for n in range(3)])
    page.get_by_role("button", name="Analyse").click()
    playwright_api.expect(page.locator("#news")).to_have_text("3.mp4 is in the queue")
    playwright_api.expect(page.locator("#sending li")).to_have_count(0)
    page.close()


def test_a_card_that_could_not_be_fetched_is_fetched_again(browser: Any, server: Server) -> None:
    page = browser.new_page()
    clip_id = server.send(CLIP, "Fetched again.mp4").json()["id"]
    page.goto(server.address)
    fetched: list[str] = []

    def answer(route: Any) -> None:
        fetched.append(route.request.url)
        if len(fetched) == 1:
            route.abort()
        else:
            route.continue_()

    page.route("**/clips/*/card", answer)
    card = page.locator(f"#clip-{clip_id}")
    playwright_api.expect(card.get_by_text("Report ready")).to_be_visible(timeout=90_000)
    assert len(fetched) >= 2
    page.close()
    assert requests.delete(server.url(f"/api/clips/{clip_id}"), timeout=30).status_code == 204


@pytest.mark.parametrize("followed", [True, False])
def test_the_list_stays_and_says_so_when_its_reader_was_signed_out_meanwhile(browser: Any, tmp_path: Path, *, followed: bool) -> None:
    secret = "correct horse battery"
    with running_server(tmp_path / "data", secret=secret) as guarded:
        shown = {"Authorization": f"Bearer {secret}"}
        with CLIP.open("rb") as content:
            sent = requests.post(guarded.url("/api/clips"), files={"clip": ("lift.mp4", content)}, headers=shown, timeout=60).json()
        context = browser.new_context()
        page = context.new_page()
        if not followed:
            page.route("**/api/events", lambda route: route.fulfill(status=401))
        with page.expect_response("**/api/events"):
            page.goto(guarded.url(f"/?token={secret}"))
        context.clear_cookies()
        playwright_api.expect(page.get_by_role("alert")).to_contain_text("You have been signed out. Sign in again", timeout=90_000)
        cards = page.locator("#clips > *")
        playwright_api.expect(cards).to_have_count(1)
        assert cards.first.get_attribute("data-clip") == sent["id"]
        context.close()


@pytest.mark.parametrize("path", ["/", "/clips/{}"])
def test_a_refused_stream_of_progress_is_asked_for_again(browser: Any, server: Server, path: str) -> None:
    page = browser.new_page()
    clip_id = server.send(CLIP, "Refused.mp4").json()["id"]
    asked: list[str] = []

    def answer(route: Any) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.fulfill(status=503)
        else:
            route.continue_()

    page.route("**/events", answer)
    with server.held():  # not done before the stream is asked for again
        page.goto(server.url(path.format(clip_id)))
        until(lambda: page.wait_for_timeout(100) or len(asked) >= 2)
    playwright_api.expect(page.get_by_text("Report ready").first).to_be_visible(timeout=90_000)
    page.close()
    assert requests.delete(server.url(f"/api/clips/{clip_id}"), timeout=30).status_code == 204


def test_it_works_without_scripts(browser: Any, server: Server) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.address)
    page.locator("#file").set_input_files(str(CLIP))
    page.get_by_role("button", name="Analyse").click()
    clip_id = page.url.rsplit("/", 1)[1]
    assert page.locator("h1").inner_text() == CLIP.name
    server.wait(clip_id)
    page.goto(server.url(f"/?q={CLIP.stem}"))
    playwright_api.expect(page.get_by_role("link", name="Open the report")).to_be_visible()
    page.goto(server.url("/?q=nobody+of+this+name"))
    playwright_api.expect(page.get_by_text("Nothing found for")).to_be_visible()
    context.close()


@pytest.mark.parametrize(("viewport", "scheme"), [(PHONE, "light"), (PHONE, "dark"), (DESKTOP, "light"), (DESKTOP, "dark")])
def test_axe_finds_no_serious_fault_and_nothing_overflows(browser: Any, server: Server, viewport: dict[str, int], scheme: str) -> None:
    axe_package = pytest.importorskip("axe_playwright_python", reason="the accessibility tests need axe-playwright-python")
    axe = (Path(axe_package.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    clips = server.get("/api/clips").json()["clips"] or [server.send(CLIP).json()]
    clip_id = clips[0]["id"]
    server.wait(clip_id)
    context = browser.new_context(viewport=viewport, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    for path in ("/", f"/clips/{clip_id}", f"/clips/{clip_id}/delete", "/api", "/sign-in", "/missing"):
        page.goto(server.url(path))
        page.evaluate(axe)
        violations = page.evaluate("axe.run().then((result) => result.violations)")
        assert [f"{path} {item['id']}: {item['nodes'][0]['html'][:120]}" for item in violations] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], path
    context.close()


def test_everything_on_the_page_is_reached_by_keyboard_with_a_visible_focus(page: Any) -> None:
    reached = set()
    for _ in range(14):
        page.keyboard.press("Tab")
        outline, what = page.evaluate(FOCUSED)
        if what != "":
            reached.add(what)
        assert outline != "none" or page.evaluate("document.activeElement === document.body"), what
    assert {"file", "send", "q"} <= reached
