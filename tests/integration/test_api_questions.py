from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import pytest

from api.app import create_app
from api.schemas import Answer
from tests.fake_library import REPORT, TEXT, FakeLibrary
from tests.integration.conftest import Serve
from yinju.errors import ModelError
from yinju.records import Citation, Turn
from yinju.settings import Settings

QUESTION = "开办了多少期青年夜校？"


def events(body: str) -> list[tuple[str, Any]]:
    """The events of a stream, read as strictly as it is written: two lines each, blank line between."""
    found = []
    for block in body.removesuffix("\n\n").split("\n\n"):
        event, data = block.split("\n")
        found.append((event.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def test_an_answer_holds_every_field_of_the_contract(client: httpx.Client) -> None:
    answer = client.post("/v1/ask", json={"question": QUESTION}).json()
    quote = "🎓开办青年夜校121期。"
    assert answer.pop("citations")[0] == {
        "number": 1,
        "document_id": REPORT,
        "title": "年度报告",
        "document_date": "2025",
        "heading": ["一、青年工作"],
        "page": 1,
        "passage_id": f"{REPORT}:12-37",
        "quote": quote,
        "start": 12,
        "end": 24,
        "highlights": [{"start": 19, "end": 23, "text": "121期"}],
        "text_sha256": FakeLibrary().found[REPORT].text_sha256,
        "version": 1,
        "cut": False,
        "url": f"{client.base_url}/documents/2025-%E6%8A%A5%E5%91%8A%20%E7%94%B2?version=1#char=12,24",
    }
    assert answer.pop("passages") == [
        {
            "passage_id": f"{REPORT}:12-37",
            "document_id": REPORT,
            "version": 1,
            "title": "年度报告",
            "heading": ["一、青年工作"],
            "page": 1,
            "text": TEXT[12:37],
            "start": 12,
            "end": 37,
            "score": 0.75,
            "signals": {"dense": 0.5, "lexical": 1.0, "late": 0.25},
        }
    ]
    assert answer == {
        "id": "q-1",
        "status": "answered",
        "reason": None,
        "mode": "extractive",
        "language": "zh",
        "answer": f"{quote}[1]覆盖青年6000余人次。[2]",
        "confidence": 0.875,
        "timing_ms": {"encode": 8.0, "search": 2.0, "total": 10.5},
    }


def test_what_was_asked_reaches_the_library_trimmed(client: httpx.Client, fake: FakeLibrary) -> None:
    history = [{"role": "user", "content": "你好"}, {"role": "assistant", "content": "请问。"}]
    body = {"question": f"\u3000 {QUESTION}\n", "history": history, "top_k": 7, "mode": "extractive"}
    client.post("/v1/ask", json={**body, "document_ids": ["a-1"]}).raise_for_status()
    client.post("/v1/ask", json={"question": QUESTION}).raise_for_status()
    turns = [Turn("user", "你好"), Turn("assistant", "请问。")]
    assert fake.asked == [(QUESTION, turns, 7, ["a-1"], "extractive"), (QUESTION, [], 5, None, None)]


def test_bounds_are_inside(client: httpx.Client) -> None:
    history = [{"role": "user", "content": ""}] * 50
    body = {"question": " " + "问" * 2000, "history": history, "top_k": 50, "document_ids": None, "mode": None}
    assert client.post("/v1/ask", json=body).status_code == 200
    assert client.post("/v1/ask", json={"question": "问", "top_k": 1.0}).status_code == 200


def test_json_is_sent_as_it_is_written(client: httpx.Client) -> None:
    response = client.post("/v1/ask", json={"question": QUESTION})
    assert response.headers["content-type"] == "application/json"
    assert "青年夜校".encode() in response.content


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "application/vnd.api+json"])
def test_json_by_any_of_its_names(client: httpx.Client, content_type: str) -> None:
    body = json.dumps({"question": QUESTION}).encode()
    assert client.post("/v1/ask", content=body, headers={"Content-Type": content_type}).status_code == 200


def test_links_start_with_the_host_asked_for(client: httpx.Client) -> None:
    answer = client.post("/v1/ask", json={"question": QUESTION}, headers={"Host": "reports.localhost:81"}).json()
    url = urlsplit(answer["citations"][1]["url"])
    assert (url.scheme, url.netloc, unquote(url.path)) == ("http", "reports.localhost:81", f"/documents/{REPORT}")
    assert url.fragment == "char=25,37"


def test_links_start_with_the_public_url_where_one_is_set(serve: Serve, fake: FakeLibrary) -> None:
    base = serve(create_app(fake, Settings.load(public_url="https://reports.example/yinju/", allow_anonymous=True)))
    answer = httpx.post(f"{base}/v1/ask", json={"question": QUESTION}, trust_env=False).json()
    assert answer["citations"][0]["url"].startswith("https://reports.example/yinju/documents/2025-")


def test_a_stream_sends_each_thing_once_and_in_order(client: httpx.Client) -> None:
    response = client.post("/v1/ask", json={"question": QUESTION, "stream": True})
    whole = client.post("/v1/ask", json={"question": QUESTION}).json()
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-cache"
    assert response.headers["x-accel-buffering"] == "no"
    sent = events(response.text)
    assert [name for name, _ in sent] == [
        "passages", "delta", "delta", "citation", "delta", "delta", "citation", "done",
    ]  # fmt: skip
    assert "".join(data["text"] for name, data in sent if name == "delta") == whole["answer"]
    assert [data for name, data in sent if name == "citation"] == [{"citation": c} for c in whole["citations"]]
    assert sent[0][1] == {"passages": whole["passages"]}
    rest = {name: value for name, value in whole.items() if name not in ("answer", "citations", "passages")}
    assert sent[-1][1] == rest


def test_a_stream_of_what_is_not_found_is_passages_one_delta_done(client: httpx.Client) -> None:
    sent = events(client.post("/v1/ask", json={"question": "今天天气如何？", "stream": True}).text)
    assert [name for name, _ in sent] == ["passages", "delta", "done"]
    assert sent[1][1] == {"text": "这些文件没有提到所问的内容。请换一种问法。"}
    assert (sent[2][1]["status"], sent[2][1]["reason"], sent[2][1]["confidence"]) == ("not_found", "off_topic", 0.25)


def test_what_is_not_found_has_passages_and_no_citations(client: httpx.Client) -> None:
    answer = Answer.model_validate(client.post("/v1/ask", json={"question": "今天天气如何？"}).json())
    assert (answer.status, answer.reason, answer.citations) == ("not_found", "off_topic", [])
    assert len(answer.passages) == 1


class Torn(tuple[Citation, ...]):
    """Citations that can't be read."""

    def __iter__(self) -> Iterator[Citation]:
        raise ModelError("The model went away. Start the service again.")


def test_a_failure_in_mid_stream_is_the_last_event(
    client: httpx.Client, fake: FakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = fake.ask(QUESTION)
    object.__setattr__(answered, "citations", Torn())
    monkeypatch.setattr(fake, "ask", lambda *_, **__: answered)
    response = client.post("/v1/ask", json={"question": QUESTION, "stream": True})
    sent = events(response.text)
    assert [name for name, _ in sent] == ["passages", "error"]
    assert sent[1][1] == {
        "type": "/problems/not-ready",
        "title": "Not ready",
        "status": 503,
        "detail": "The model went away. Start the service again.",
        "instance": "/v1/ask",
        "request_id": response.headers["x-request-id"],
    }


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    "more, status", [({"document_ids": ["none"]}, 404), ({"mode": "generative"}, 409), ({"top_k": 0}, 422)]
)
def test_what_is_known_before_a_stream_starts_is_in_the_status(
    client: httpx.Client, stream: bool, more: dict[str, Any], status: int
) -> None:
    response = client.post("/v1/ask", json={"question": QUESTION, "stream": stream, **more})
    assert (response.status_code, response.json()["status"]) == (status, status)
    assert response.headers["content-type"] == "application/problem+json"


def test_a_client_that_goes_away_harms_nobody(client: httpx.Client) -> None:
    body = json.dumps({"question": QUESTION, "stream": True}).encode()
    head = f"POST /v1/ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    for cut in (len(body), len(body) - 5):
        with socket.create_connection((client.base_url.host, client.base_url.port or 0)) as gone:
            gone.sendall(head.encode() + body[:cut])
    assert client.post("/v1/ask", json={"question": QUESTION}).status_code == 200


def test_thirty_two_at_once_are_all_answered(client: httpx.Client) -> None:
    async def ask_all() -> list[httpx.Response]:
        async with httpx.AsyncClient(base_url=client.base_url, trust_env=False) as many:
            body = {"question": QUESTION}
            return await asyncio.gather(*(many.post("/v1/ask", json=body) for _ in range(32)))

    assert [response.json()["status"] for response in asyncio.run(ask_all())] == ["answered"] * 32


def test_search_gives_passages_alone(client: httpx.Client) -> None:
    found = client.post("/v1/search", json={"question": QUESTION, "top_k": 3}).json()
    asked = client.post("/v1/ask", json={"question": QUESTION}).json()
    assert found == {"passages": asked["passages"]}
    assert client.post("/v1/search", json={"question": QUESTION, "document_ids": ["none"]}).status_code == 404
