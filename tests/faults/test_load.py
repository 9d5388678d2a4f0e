"""Many clients at once with writes going on: no error but 429 and 503 with Retry-After, no wrong or stale answer."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from threading import Event, Lock, Timer

import httpx
import pytest

from tests.faults.service import Service, service

pytestmark = pytest.mark.faults
SECONDS = float(os.environ.get("LOAD_SECONDS", "12"))
CLIENTS = 64
DOCUMENTS = 6
GROWTH = 48 * 2**20  # bytes: what caches and threads that are made once may take


@dataclass
class Version:
    """Answers from `sent`, when it was asked for, until `over`, when the next one had been acknowledged."""

    text: str
    sent: float
    over: float = float("inf")


@dataclass
class Truth:
    """What each document may be quoted with, and when."""

    versions: dict[str, list[Version]] = field(default_factory=dict)
    stored: dict[str, tuple[float, float]] = field(default_factory=dict)  # from acknowledged until asked to be deleted
    lock: Lock = field(default_factory=Lock)

    def may_be(self, document_id: str, passage: str, began: float, ended: float) -> bool:
        with self.lock:
            there = list(self.versions.get(document_id, ()))
        return any(each.sent <= ended and each.over >= began and passage in each.text for each in there)

    def must_be_there(self, document_id: str, began: float, ended: float) -> bool:
        first, last = self.stored.get(document_id, (float("inf"), 0.0))
        return first <= began and ended <= last


def text_of(number: int, turn: int) -> str:
    return f"第{number}号单位在第{turn}轮办结事项{number * 1000 + turn}件。"


def writing(base: str, truth: Truth, stop: Event, told: Counter[int]) -> None:
    """One document after the other is replaced; some are deleted and come again under another id."""
    random = Random(1)
    ids: dict[int, str] = {}
    with httpx.Client(base_url=base, trust_env=False, timeout=60) as client:
        turn = 0
        while not stop.is_set():
            turn += 1
            number = random.randrange(DOCUMENTS)
            if number in ids and random.random() < 0.15:
                delete(client, truth, ids.pop(number), told)
            else:
                store(client, truth, ids, number, turn, told)
            time.sleep(0.02)


def store(client: httpx.Client, truth: Truth, ids: dict[int, str], number: int, turn: int, told: Counter[int]) -> None:
    text, sent = text_of(number, turn), time.monotonic()
    known = ids.get(number)
    new = Version(text, sent)
    if known is None:
        with truth.lock:  # its id is not known yet, and it may be quoted before the answer is here
            for guess in (f"单位{number}-{turn}",):
                truth.versions[guess] = [new]
        found = client.post("/v1/documents", json={"name": f"单位{number}-{turn}.txt", "text": text})
    else:
        with truth.lock:
            truth.versions[known].append(new)
        found = client.put(f"/v1/documents/{known}", json={"text": text})
    told[found.status_code] += 1
    if found.status_code in (429, 503):
        assert "Retry-After" in found.headers
        return
    assert found.status_code in (200, 201), found.text
    now, ids[number] = time.monotonic(), found.json()["id"]
    with truth.lock:
        for old in truth.versions[ids[number]]:
            if old is not new:
                old.over = min(old.over, now)
        if known is None:
            truth.stored[ids[number]] = (now, float("inf"))


def delete(client: httpx.Client, truth: Truth, document_id: str, told: Counter[int]) -> None:
    with truth.lock:
        truth.stored[document_id] = (truth.stored[document_id][0], time.monotonic())
    found = client.delete(f"/v1/documents/{document_id}")
    told[found.status_code] += 1
    assert found.status_code == 200, found.text
    with truth.lock:
        for each in truth.versions[document_id]:
            each.over = min(each.over, time.monotonic())


def asking(base: str, truth: Truth, stop: Event, seed: int) -> Counter[int]:
    random, told = Random(seed), Counter[int]()
    with httpx.Client(base_url=base, trust_env=False, timeout=60) as client:
        while not stop.is_set():
            began = time.monotonic()
            if random.random() < 0.5:
                found = client.post("/v1/ask", json={"question": f"第{random.randrange(DOCUMENTS)}号单位办结多少件？"})
            else:
                found = client.post("/v1/search", json={"question": "单位办结事项", "top_k": 50})
            ended = time.monotonic()
            told[found.status_code] += 1
            if found.status_code in (429, 503):
                assert "Retry-After" in found.headers, found.text
                time.sleep(0.05)
                continue
            assert found.status_code == 200, found.text
            check(found.json(), truth, began, ended)
    return told


def check(answer: dict[str, list[dict[str, str]]], truth: Truth, began: float, ended: float) -> None:
    shown = answer["passages"]
    for passage in shown:
        assert truth.may_be(passage["document_id"], passage["text"], began, ended), passage
    for cited in answer.get("citations", []):
        assert truth.may_be(cited["document_id"], cited["quote"], began, ended), cited
    if "citations" not in answer:  # a search shows every document there is
        found = {passage["document_id"] for passage in shown}
        for document_id in list(truth.stored):
            assert document_id in found or not truth.must_be_there(document_id, began, ended), document_id


def resident(running: Service) -> int:
    with running.client() as client:
        lines = client.get("/metrics").text.splitlines()
    return int(float(next(line.split()[1] for line in lines if line.startswith("process_resident_memory_bytes "))))


def sampled(running: Service, stop: Event) -> Iterator[int]:
    while not stop.wait(SECONDS / 20):
        yield resident(running)


def test_many_clients_while_documents_change(tmp_path: Path) -> None:
    truth, stop, written = Truth(), Event(), Counter[int]()
    with (
        service(tmp_path / "index", REAL_MODEL=os.environ.get("LOAD_MODEL", "0"), YINJU_QUEUE="32") as running,
        ThreadPoolExecutor(CLIENTS + 2) as threads,
    ):
        writer = threads.submit(writing, running.base, truth, stop, written)
        clients = [threads.submit(asking, running.base, truth, stop, seed) for seed in range(CLIENTS)]
        Timer(SECONDS, stop.set).start()
        sizes = list(sampled(running, stop))
        told = sum((each.result() for each in clients), Counter[int]())
        writer.result()
        assert running.findings() == []
    print(f"answers {dict(told)}, writes {dict(written)}, MiB {[size >> 20 for size in sizes]}")
    assert told[200] > CLIENTS
    assert written[200] + written[201] > 1
    assert set(told) | set(written) <= {200, 201, 429, 503}
    settled = sizes[len(sizes) // 3 :]
    assert settled[-1] - settled[0] < GROWTH
