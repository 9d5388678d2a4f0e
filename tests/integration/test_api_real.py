"""The application over the real model and the real report."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import httpx
import pytest

from api.app import create_app
from tests.serving import serving
from yinju.library import Library
from yinju.settings import Settings

QUESTION = "开办了多少期青年夜校？"


@pytest.fixture(scope="module")
def real(library: Library) -> Iterator[httpx.Client]:
    base = serving(create_app(library, Settings.load()))
    with base as url, httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        yield client


def ask(client: httpx.Client, question: str, **more: Any) -> dict[str, Any]:
    response = client.post("/v1/ask", json={"question": question, **more})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def text_of(client: httpx.Client, document_id: str) -> str:
    return client.get(f"/v1/documents/{quote(document_id, safe='')}/text").raise_for_status().text


def assert_exact(client: httpx.Client, answer: dict[str, Any]) -> None:
    """Every offset of an answer leads to the text it stands for."""
    for citation in answer["citations"]:
        text = text_of(client, citation["document_id"])
        assert hashlib.sha256(text.encode()).hexdigest() == citation["text_sha256"]
        assert text[citation["start"] : citation["end"]] == citation["quote"]
        assert 0 < len(citation["quote"]) <= 400
        for mark in citation["highlights"]:
            assert citation["start"] <= mark["start"] < mark["end"] <= citation["end"]
            assert text[mark["start"] : mark["end"]] == mark["text"]
    for passage in answer["passages"]:
        text = text_of(client, passage["document_id"])
        assert text[passage["start"] : passage["end"]] == passage["text"]
        assert passage["passage_id"] == f"{passage['document_id']}:{passage['start']}-{passage['end']}"
        assert 0 <= passage["score"] <= 1
        assert all(0 <= signal <= 1 for signal in passage["signals"].values())


def test_a_question_is_answered_with_the_sentence_that_says_it(real: httpx.Client) -> None:
    answer = ask(real, QUESTION)
    assert (answer["status"], answer["reason"], answer["language"]) == ("answered", None, "zh")
    assert "121期" in answer["answer"]
    assert "121期" in answer["citations"][0]["quote"]
    assert any("121" in mark["text"] for mark in answer["citations"][0]["highlights"])
    assert_exact(real, answer)


def test_a_citation_leads_to_the_page_of_its_source(real: httpx.Client) -> None:
    citation = ask(real, QUESTION)["citations"][0]
    url = urlsplit(citation["url"])
    assert unquote(url.path) == f"/documents/{citation['document_id']}"
    assert url.fragment == f"char={citation['start']},{citation['end']}"
    assert real.get(citation["url"]).status_code == 200


def test_a_stream_says_what_the_whole_says(real: httpx.Client) -> None:
    whole = ask(real, QUESTION)
    body = real.post("/v1/ask", json={"question": QUESTION, "stream": True}).text
    frames = [frame.split("\n", 1) for frame in body.removesuffix("\n\n").split("\n\n")]
    sent = [(event.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for event, data in frames]
    assert sent[0] == ("passages", {"passages": whole["passages"]})
    assert "".join(data["text"] for event, data in sent if event == "delta") == whole["answer"]
    assert [data["citation"] for event, data in sent if event == "citation"] == whole["citations"]
    assert (sent[-1][0], sent[-1][1]["status"]) == ("done", "answered")


def test_what_is_far_off_the_reports_is_not_found(real: httpx.Client) -> None:
    answer = ask(real, "如何用烤箱做一个巧克力蛋糕？")
    assert (answer["status"], answer["citations"]) == ("not_found", [])
    assert answer["reason"] in ("off_topic", "no_evidence")
    assert_exact(real, answer)


def test_the_reports_are_listed_with_their_text(real: httpx.Client) -> None:
    document = real.get("/v1/documents").json()["documents"][0]
    text = text_of(real, document["id"])
    assert (len(text), document["passages"] > 1) == (document["characters"], True)
    detail = real.get(f"/v1/documents/{quote(document['id'], safe='')}").json()
    assert all(text_end <= detail["characters"] for text_end in detail.pop("cuts"))
    assert detail.pop("pages") == []  # a text has none
    headings = detail.pop("headings")
    assert detail == document
    assert headings
    assert all(text[heading["start"] : heading["end"]] == heading["text"] for heading in headings)


def test_one_document_alone_can_be_asked(real: httpx.Client) -> None:
    document_id = real.get("/v1/documents").json()["documents"][0]["id"]
    found = real.post("/v1/search", json={"question": QUESTION, "top_k": 50, "document_ids": [document_id]}).json()
    assert {passage["document_id"] for passage in found["passages"]} == {document_id}
    scores = [passage["score"] for passage in found["passages"]]
    assert scores == sorted(scores, reverse=True)
    assert real.post("/v1/search", json={"question": QUESTION, "document_ids": ["none"]}).status_code == 404


def test_generative_answers_need_a_language_model(real: httpx.Client) -> None:
    response = real.post("/v1/ask", json={"question": QUESTION, "mode": "generative"})
    assert (response.status_code, response.json()["type"]) == (409, "/problems/unavailable-mode")


@pytest.mark.parametrize("question", ["\u0000", "\u200b", "？？？", "🎓"])
def test_without_a_word_nothing_is_asked(real: httpx.Client, question: str) -> None:
    answer = ask(real, question)
    assert (answer["status"], answer["reason"], answer["citations"]) == ("not_found", "off_topic", [])


@pytest.mark.parametrize("question", ["a" * 2000, "夜校" * 1000, '"NEAR(" OR *'])
def test_odd_questions_get_an_exact_answer_or_a_reason(real: httpx.Client, question: str) -> None:
    answer = ask(real, question)
    assert (answer["status"] == "answered") == (answer["reason"] is None) == bool(answer["citations"])
    assert_exact(real, answer)


def test_thirty_two_at_once_are_all_answered_alike(real: httpx.Client) -> None:
    alone = ask(real, QUESTION)
    with ThreadPoolExecutor(32) as crowd:
        answers = list(crowd.map(lambda _: ask(real, QUESTION), range(32)))
    for answer in answers:
        assert [c["quote"] for c in answer["citations"]] == [c["quote"] for c in alone["citations"]]
        assert answer["confidence"] == pytest.approx(alone["confidence"])
