"""How much may be asked, how many may wait, and how long: refused in time, and nothing else suffers."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from api.limits import LEAST_RATE
from api.queue import Queue
from tests.fake_library import FakeLibrary
from tests.integration.conftest import Serve
from tests.integration.test_api_origins import asked
from yinju.keys import FILE, KeyStore
from yinju.records import Answer, Turn
from yinju.settings import Settings

QUESTION = {"question": "夜校？"}
SECONDS = 1.0  # a request may take
PATIENCE = 10.0  # seconds after which a test is given up


class Blocked(FakeLibrary):
    """Answers no question before it is released."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = threading.Semaphore(0)
        self.released = threading.Event()

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        top_k: int = 5,
        document_ids: Sequence[str] | None = None,
        mode: str | None = None,
        collections: Sequence[str] | None = None,
    ) -> Answer:
        self.begun.release()
        assert self.released.wait(PATIENCE)
        return super().ask(question, collections=collections)


def made(folder: Path, library: FakeLibrary | None = None, **settings: Any) -> FastAPI:
    return create_app(library or FakeLibrary(), Settings.load(index=folder, **settings))


def until(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.01)
    return holds()


# --------------------------------------------------------------------------------------------------- rate


def test_each_key_has_a_rate_of_its_own(tmp_path: Path, serve: Serve) -> None:
    with KeyStore(tmp_path / FILE) as store:
        first, second = (store.add(name)[1] for name in "ab")
        token = store.open_session(first)
    base = serve(made(tmp_path, rate_limit=3))

    def status(key: str, **headers: str) -> int:
        headers = headers or {"Authorization": f"Bearer {key}"}
        return httpx.get(f"{base}/v1/documents", headers=headers, trust_env=False).status_code

    assert [status(first) for _ in range(4)] == [200, 200, 200, 429]
    assert status("", Cookie=f"yinju_session={token}") == 429  # a session is its key's
    assert status(second) == 200
    response = httpx.get(f"{base}/v1/documents", headers={"Authorization": f"Bearer {first}"}, trust_env=False)
    assert response.json()["type"] == "/problems/too-many-requests"
    assert 1 <= int(response.headers["retry-after"]) <= 20
    assert all(httpx.get(f"{base}{path}", trust_env=False).status_code == 200 for path in ["/", "/healthz"] * 3)


def test_a_wrong_key_takes_nothing_from_the_right_one(tmp_path: Path, serve: Serve) -> None:
    with KeyStore(tmp_path / FILE) as store:
        _, key = store.add("a")
    base = serve(made(tmp_path, rate_limit=2))
    for _ in range(5):
        headers = {"Authorization": f"Bearer {key[:-4]}AAAA"}
        assert httpx.get(f"{base}/v1/documents", headers=headers, trust_env=False).status_code == 401
    headers = {"Authorization": f"Bearer {key}"}
    assert httpx.get(f"{base}/v1/documents", headers=headers, trust_env=False).status_code == 200


def test_sessions_are_begun_at_a_rate(tmp_path: Path, serve: Serve) -> None:
    base = serve(made(tmp_path, rate_limit=3))
    codes = [httpx.post(f"{base}/v1/session", json={"key": "x"}, trust_env=False).status_code for _ in range(4)]
    assert codes == [401, 401, 401, 429]


def test_without_keys_each_address_elsewhere_has_a_rate_and_this_machine_has_none(tmp_path: Path) -> None:
    app = made(tmp_path, rate_limit=2, allow_anonymous=True)
    one: dict[str, Any] = {"server": ("192.0.2.1", 8000), "client": ("192.0.2.7", 50_000)}
    other = one | {"client": ("192.0.2.8", 50_000)}
    assert [asked(app, **one) for _ in range(3)] == [200, 200, 429]
    assert asked(app, **other) == 200
    assert [asked(app) for _ in range(5)] == [200] * 5


def test_no_rate_is_no_limit(tmp_path: Path, serve: Serve) -> None:
    with KeyStore(tmp_path / FILE) as store:
        _, key = store.add("a")
    with httpx.Client(
        base_url=serve(made(tmp_path, rate_limit=0)), headers={"Authorization": f"Bearer {key}"}, trust_env=False
    ) as client:
        assert {client.get("/v1/documents").status_code for _ in range(50)} == {200}


# -------------------------------------------------------------------------------------------------- queue


@contextmanager
def waiting(base: str, blocked: Blocked, number: int) -> Iterator[list[Future[httpx.Response]]]:
    """So many questions on their way; ended with the block."""
    with ThreadPoolExecutor(number) as pool:
        sent = [
            pool.submit(httpx.post, f"{base}/v1/ask", json=QUESTION, timeout=PATIENCE, trust_env=False)
            for _ in range(number)
        ]
        try:
            for _ in range(number):
                assert blocked.begun.acquire(timeout=PATIENCE)
            yield sent
        finally:
            blocked.released.set()


def test_questions_over_the_queue_are_told_to_come_back(tmp_path: Path, serve: Serve) -> None:
    blocked = Blocked()
    app = made(tmp_path, blocked, queue=2)
    base, queue = serve(app), app.state.service.queue
    with waiting(base, blocked, 2) as sent:
        assert queue.depth == {"questions": 2, "uploads": 0}
        for path in ("ask", "search", "ask%0A"):
            response = httpx.post(f"{base}/v1/{path}", json=QUESTION, trust_env=False)
            assert (response.status_code, response.json()["type"]) == (503, "/problems/queue-full")
            assert int(response.headers["retry-after"]) > 0
        assert httpx.get(f"{base}/v1/documents", trust_env=False).status_code == 200
        body = {"name": "a.txt", "text": "一份。"}
        assert httpx.post(f"{base}/v1/documents", json=body, trust_env=False).status_code == 201
        blocked.released.set()
        assert [future.result(PATIENCE).status_code for future in sent] == [200, 200]
    assert until(lambda: queue.depth == {"questions": 0, "uploads": 0})
    assert httpx.post(f"{base}/v1/ask", json=QUESTION, trust_env=False).status_code == 200


def test_a_question_that_fails_leaves_the_queue(tmp_path: Path, serve: Serve) -> None:
    fake = FakeLibrary()
    app = made(tmp_path, fake, queue=1)
    base = serve(app)
    fake.fails = RuntimeError("unforeseen")
    statuses = [
        httpx.post(f"{base}/v1/ask", json=body, trust_env=False).status_code for body in (QUESTION, {}, QUESTION)
    ]
    assert statuses == [500, 422, 500]
    assert until(lambda: app.state.service.queue.depth["questions"] == 0)


def test_a_question_that_trickles_in_takes_nobody_s_place(tmp_path: Path, serve: Serve) -> None:
    app = made(tmp_path, queue=2)
    base = serve(app)
    slow = [Slowly(base, "POST /v1/ask", "application/json", 1000) for _ in range(4)]
    for each in slow:
        each.send(b"{")
    assert until(lambda: "yinju_requests_in_flight 5.0" in httpx.get(f"{base}/metrics", trust_env=False).text)
    assert httpx.post(f"{base}/v1/ask", json=QUESTION, trust_env=False).status_code == 200
    assert app.state.service.queue.depth == {"questions": 0, "uploads": 0}
    for each in slow:
        each.socket.close()


@pytest.mark.parametrize("line", ["POST /v1/ask", "POST /v1/documents"])
def test_a_key_holds_half_a_line_at_most(tmp_path: Path, serve: Serve, line: str) -> None:
    with KeyStore(tmp_path / FILE) as store:
        keys = [store.add(name, ["read", "write"])[1] for name in "ab"]
        token = store.open_session(keys[0])
    base = serve(made(tmp_path, queue=4))
    kind = f"application/json\r\nAuthorization: Bearer {keys[0]}"
    held = [Slowly(base, line, kind, 1000) for _ in range(2)]

    def sent(**headers: str) -> httpx.Response:
        body = QUESTION if line.endswith("ask") else {"name": "a.txt", "text": "一份。"}
        return httpx.post(f"{base}{line.removeprefix('POST ')}", json=body, headers=headers, trust_env=False)

    assert until(lambda: sent(Authorization=f"Bearer {keys[0]}").status_code == 429)
    refused = sent(Cookie=f"yinju_session={token}")  # a session is its key's
    assert (refused.status_code, refused.json()["type"]) == (429, "/problems/too-many-requests")
    assert int(refused.headers["retry-after"]) > 0
    assert sent(Authorization=f"Bearer {keys[1]}").status_code in (200, 201)
    held.pop().socket.close()
    assert until(lambda: sent(Authorization=f"Bearer {keys[0]}").status_code in (200, 201))
    held.pop().socket.close()


def test_without_keys_an_address_elsewhere_has_a_share_and_this_machine_the_whole_line() -> None:
    queue = Queue(4)
    with ExitStack() as held:
        assert [held.enter_context(queue.share("questions", "address a")) for _ in range(3)] == [True, True, False]
        assert held.enter_context(queue.share("questions", "address b"))
        assert held.enter_context(queue.share("uploads", "address a"))
        assert all(held.enter_context(queue.share("questions", None)) for _ in range(9))
    with queue.share("questions", "address a") as fair:
        assert fair


# --------------------------------------------------------------------------------------------------- time


def test_an_answer_that_takes_too_long_is_not_waited_for(tmp_path: Path, serve: Serve) -> None:
    blocked = Blocked()
    app = made(tmp_path, blocked, request_timeout=SECONDS)
    base, queue = serve(app), app.state.service.queue
    started, used = time.monotonic(), time.process_time()
    with waiting(base, blocked, 1) as sent:
        response = sent[0].result(PATIENCE)
        assert SECONDS <= time.monotonic() - started < SECONDS + 1
        assert (response.status_code, response.json()["type"]) == (503, "/problems/timed-out")
        assert int(response.headers["retry-after"]) > 0
        assert response.headers["x-content-type-options"] == "nosniff"
        time.sleep(0.3)
        assert queue.depth["questions"] == 1  # its thread works on, and is counted
        assert time.process_time() - used < 1  # and nothing spins while it does
    assert until(lambda: queue.depth["questions"] == 0)
    assert httpx.post(f"{base}/v1/ask", json=QUESTION, trust_env=False).status_code == 200


class Slowly:
    """A request whose body is sent piece by piece over a socket of its own."""

    def __init__(self, base: str, line: str, kind: str, length: int) -> None:
        where = urlsplit(base)
        self.socket = socket.create_connection((where.hostname or "", where.port or 0), timeout=PATIENCE)
        head = f"{line} HTTP/1.1\r\nHost: {where.netloc}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
        self.send(head.encode())

    def send(self, piece: bytes) -> None:
        self.socket.sendall(piece)

    def answer(self) -> tuple[int, dict[str, Any]]:
        """Status and body, when the server has hung up."""
        with self.socket:
            received = b"".join(iter(lambda: self.socket.recv(65536), b""))
        head, _, body = received.partition(b"\r\n\r\n")
        return int(head.split()[1]), json.loads(body)


def test_a_body_that_trickles_in_is_given_up(tmp_path: Path, serve: Serve) -> None:
    base = serve(made(tmp_path, request_timeout=SECONDS))
    started = time.monotonic()
    slowly = Slowly(base, "POST /v1/ask", "application/json", 1000)
    for _ in range(3):  # each piece comes soon after the last, and all together too late
        slowly.send(b" ")
        time.sleep(0.25)
    status, found = slowly.answer()
    assert (status, found["type"]) == (408, "/problems/slow-body")
    assert SECONDS <= time.monotonic() - started < SECONDS + 1


def upload(size: int = 1) -> bytes:
    return json.dumps({"name": "a.txt", "text": "一份。" + "x" * size}).encode()


def test_an_upload_may_take_long_while_it_keeps_coming(tmp_path: Path, serve: Serve) -> None:
    body, piece = upload(6 * LEAST_RATE), LEAST_RATE
    slowly = Slowly(
        serve(made(tmp_path, request_timeout=SECONDS)),
        "POST /v1/documents",
        "application/json\r\nConnection: close",
        len(body),
    )
    for begin in range(0, len(body), piece):
        time.sleep(0.4)
        slowly.send(body[begin : begin + piece])
    assert slowly.answer()[0] == 201


@pytest.mark.parametrize("line", ["POST /v1/documents", "PUT /v1/documents/a-1"])
def test_an_upload_that_stops_coming_is_given_up(tmp_path: Path, serve: Serve, line: str) -> None:
    fake = FakeLibrary()
    app = made(tmp_path, fake, request_timeout=SECONDS)
    slowly = Slowly(serve(app), line, "application/json", 1000)
    slowly.send(upload()[:10])
    status, found = slowly.answer()
    assert (status, found["type"]) == (408, "/problems/slow-body")
    assert until(lambda: app.state.service.queue.depth["uploads"] == 0)
    assert fake.jobs == {}


def test_a_client_that_hangs_up_leaves_nothing_behind(tmp_path: Path, serve: Serve) -> None:
    app = made(tmp_path, request_timeout=PATIENCE)
    base, queue = serve(app), app.state.service.queue
    for line in ("POST /v1/ask", "POST /v1/documents"):
        slowly = Slowly(base, line, "application/json", 1000)
        slowly.send(b"{")
        assert until(lambda: "yinju_requests_in_flight 2.0" in httpx.get(f"{base}/metrics", trust_env=False).text)
        assert queue.depth == {"questions": 0, "uploads": int(line.endswith("documents"))}
        slowly.socket.close()
        assert until(lambda: "yinju_requests_in_flight 1.0" in httpx.get(f"{base}/metrics", trust_env=False).text)
        assert queue.depth == {"questions": 0, "uploads": 0}
    assert httpx.post(f"{base}/v1/ask", json=QUESTION, trust_env=False).status_code == 200


# --------------------------------------------------------------------------------------------------- size


@pytest.mark.parametrize(
    "method, path, words",
    [("POST", "/v1/ask", "shorter question"), ("POST", "/v1/search%0A", "shorter question"),
     ("DELETE", "/v1/documents/a-1", "or none"), ("PUT", "/v1/documents/a-1/text", "or none")],
)  # fmt: skip
def test_a_body_that_is_too_large_is_answered_with_what_helps(
    tmp_path: Path, serve: Serve, method: str, path: str, words: str
) -> None:
    base = serve(made(tmp_path))
    response = httpx.request(method, f"{base}{path}", content=b"x" * 1_100_000, trust_env=False)
    assert (response.status_code, response.json()["type"]) == (413, "/problems/too-large")
    assert words in response.json()["detail"]


def test_an_upload_is_one_to_every_limit_however_its_address_is_written(tmp_path: Path, serve: Serve) -> None:
    base = serve(made(tmp_path))
    body = {"name": "a.txt", "text": "x" * 1_100_000}
    for method, path in (("POST", "/v1/documents%0A"), ("PUT", "/v1/documents/a-1%0A")):
        response = httpx.request(method, f"{base}{path}", json=body, trust_env=False)
        assert response.status_code != 413, response.text
