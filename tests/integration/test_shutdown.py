"""How `yinju serve` ends: real processes, told to stop at awkward moments."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import httpx
import pytest

from yinju.settings import Settings

REPORT = "# 年度报告\n\n## 青年工作\n\n全年开办青年夜校121期，覆盖青年6000余人次。\n"
QUESTION = "开办了多少期青年夜校？"
SOON = 15.0  # seconds in which what need not wait is over, on a busy machine too
START = 60.0

# A limit of its own for the seconds requests are given: nobody waits twenty for a test.
HURRIED = """
import sys
from yinju.cli import app, server
server.REQUESTS_SECONDS, server.STOP_SECONDS = map(int, sys.argv.pop(1).split(","))
app()
"""

# What a thread meets that is still importing when Python takes itself apart.
OPENING = """
import atexit, threading, time
from yinju.library import Library
def open_for_ever(settings):
    while threading.main_thread().is_alive():
        time.sleep(0.01)
    raise RuntimeError("overtaken by the end")
Library.open = open_for_ever
atexit.register(time.sleep, 1)
"""


@dataclass
class Served:
    process: subprocess.Popen[str]
    base: str
    log: list[str]

    def wait_for_request(self) -> None:
        """Until one request is being answered, beside the one that asks."""
        deadline = time.monotonic() + SOON
        while "yinju_requests_in_flight 2.0" not in httpx.get(f"{self.base}/metrics", trust_env=False).text:
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def connect(self) -> socket.socket:
        host, _, port = self.base.removeprefix("http://").partition(":")
        return socket.create_connection((host, int(port)), timeout=30)

    def wait_for(self, words: str, seconds: float = START) -> str:
        """The first line of the log with `words` in it."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = next((line for line in list(self.log) if words in line), None)
            if found is not None:
                return found
            time.sleep(0.02)
        raise AssertionError(f"no line with {words!r} in: " + "".join(self.log))


@contextmanager
def served(place: Path, *driver: str, **settings: str) -> Iterator[Served]:
    """`yinju serve` on a free loopback port, its log being read; killed at the end if it still runs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YINJU_")}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**kept, "PORT": str(port), "YINJU_LOG_FORMAT": "json", **settings}
    command = [sys.executable, *(driver or ("-m", "yinju.cli")), "serve"]
    process = subprocess.Popen(command, cwd=place, env=environment, stderr=subprocess.PIPE, text=True)
    found = Served(process, f"http://127.0.0.1:{port}", [])
    assert process.stderr is not None
    reading = Thread(target=found.log.extend, args=(process.stderr,))
    reading.start()
    try:
        found.wait_for("running on http://127.0.0.1:")
        yield found
    finally:
        process.kill()
        process.wait()
        reading.join()
        process.stderr.close()


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """Settings without a model: the service is up in a second and answers every question with 503."""
    nowhere = tmp_path / "model"
    nowhere.mkdir()
    return {"YINJU_MODEL": str(nowhere)}


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Settings with the model and an index of one report."""
    place = tmp_path_factory.mktemp("indexed")
    (place / "reports").mkdir()
    (place / "reports" / "report.md").write_text(REPORT, encoding="utf-8")
    settings = {
        "YINJU_HOME": str(Settings.load().home.absolute()),
        "YINJU_INDEX": str(place / "index"),
        "YINJU_SEEDS": str(place / "reports"),
    }
    command = [sys.executable, "-m", "yinju.cli", "index"]
    subprocess.run(command, cwd=place, env={**os.environ, **settings}, check=True, capture_output=True)
    return settings


def ask(connection: socket.socket, *, stream: bool) -> bytes:
    """Send the headers and half the body of a question; gives the other half."""
    body = json.dumps({"question": QUESTION, "stream": stream}).encode()
    head = f"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    connection.sendall(f"{head}\r\n\r\n".encode() + body[:5])
    return body[5:]


def everything(connection: socket.socket) -> str:
    """What comes until the other side closes."""
    received = b""
    while chunk := connection.recv(65536):
        received += chunk
    return received.decode()


def refused(served: Served) -> bool:
    try:
        served.connect().close()
    except ConnectionRefusedError:
        return True
    return False


def wait_until_ready(service: Served) -> None:
    deadline = time.monotonic() + START
    while httpx.get(f"{service.base}/readyz", trust_env=False).status_code != 200:
        assert time.monotonic() < deadline, "".join(service.log)
        time.sleep(0.1)


def state_of(service: Served, job: str) -> str:
    state: str = httpx.get(f"{service.base}{job}", trust_env=False).json()["state"]
    return state


@pytest.mark.parametrize("stream", [False, True])
def test_a_request_under_way_gets_its_whole_answer(indexed: dict[str, str], tmp_path: Path, stream: bool) -> None:
    with served(tmp_path, **indexed) as service, closing(service.connect()) as connection:
        wait_until_ready(service)
        rest = ask(connection, stream=stream)
        service.wait_for_request()
        service.stop()
        service.wait_for("Waiting for connections to close")
        assert refused(service)
        connection.sendall(rest)
        answer = everything(connection)
        assert answer.startswith("HTTP/1.1 200 ")
        assert "121期" in answer
        if stream:
            assert answer.rindex("event: done") > answer.rindex("event: citation")
            assert answer.endswith("\r\n0\r\n\r\n")
        assert service.process.wait(SOON) == 0
        assert '"route": "/v1/ask"' in "".join(service.log)


def test_a_document_being_read_goes_on_at_the_next_start(indexed: dict[str, str], tmp_path: Path) -> None:
    text = "\n\n".join(f"第{number}项工作。" + "各单位按计划推进，年底前全部完成验收。" * 12 for number in range(4))
    long, short = {"name": "long.txt", "text": text}, {"name": "short.txt", "text": "食堂全年节约粮食37吨。"}
    with served(tmp_path, **indexed) as service:
        wait_until_ready(service)
        prompt = {"Prefer": "respond-async"}
        sent = [
            httpx.post(f"{service.base}/v1/documents", json=body, headers=prompt, trust_env=False)
            for body in (long, short)
        ]
        assert [answer.status_code for answer in sent] == [202, 202]
        first, second = (answer.headers["location"].removeprefix(service.base) for answer in sent)
        deadline = time.monotonic() + SOON
        while state_of(service, first) != "running":
            assert time.monotonic() < deadline
        service.stop()
        assert service.process.wait(SOON) == 0
        service.wait_for("Finished server process")
    with served(tmp_path, **indexed) as service:
        wait_until_ready(service)
        deadline = time.monotonic() + START
        while not {state_of(service, job) for job in (first, second)} <= {"done", "failed"}:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert [state_of(service, job) for job in (first, second)] == ["done", "done"]
        listed = httpx.get(f"{service.base}/v1/documents", trust_env=False).json()["documents"]
        assert {"long.txt", "short.txt"} <= {document["name"] for document in listed}


def test_without_anything_to_do_it_ends_at_once(bare: dict[str, str], tmp_path: Path) -> None:
    for sent in (signal.SIGTERM, signal.SIGINT):
        with served(tmp_path, **bare) as service, httpx.Client(base_url=service.base, trust_env=False) as idle:
            assert idle.get("/healthz").status_code == 200  # its connection stays open, with nothing asked on it
            service.process.send_signal(sent)
            assert service.process.wait(SOON) == 0
        assert "Finished server process" in service.log[-1]


def test_while_the_model_is_being_opened_it_ends_as_well(indexed: dict[str, str], tmp_path: Path) -> None:
    for seconds in (0.0, 1.5):
        with served(tmp_path, **indexed) as service:
            time.sleep(seconds)
            service.stop()
            assert service.process.wait(SOON) == 0


def test_what_is_still_being_opened_is_left_in_peace(bare: dict[str, str], tmp_path: Path) -> None:
    with served(tmp_path, "-c", OPENING + HURRIED, "1,10", **bare) as service:
        service.stop()
        assert service.process.wait(SOON) == 0
    assert "Finished server process" in service.log[-1]


def test_a_second_signal_ends_it_at_once(bare: dict[str, str], tmp_path: Path) -> None:
    with served(tmp_path, **bare) as service, closing(service.connect()) as connection:
        ask(connection, stream=False)
        service.wait_for_request()
        service.stop()
        service.wait_for("Waiting for connections to close")
        assert service.process.poll() is None
        service.stop()
        assert service.process.wait(SOON) == 128 + signal.SIGTERM


def test_a_request_that_does_not_end_is_given_up(bare: dict[str, str], tmp_path: Path) -> None:
    with served(tmp_path, "-c", HURRIED, "1,10", **bare) as service, closing(service.connect()) as connection:
        ask(connection, stream=False)
        service.wait_for_request()
        started = time.monotonic()
        service.stop()
        assert service.process.wait(SOON) == 0
        assert time.monotonic() - started >= 1


def test_what_hangs_ends_with_the_process(bare: dict[str, str], tmp_path: Path) -> None:
    hanging = "import threading; threading.Thread(target=threading.Event().wait).start()\n" + HURRIED
    with served(tmp_path, "-c", hanging, "1,2", **bare) as service:
        service.stop()
        service.wait_for("Finished server process")
        assert service.process.wait(SOON) == -signal.SIGALRM


def test_every_line_of_the_log_is_json(bare: dict[str, str], tmp_path: Path) -> None:
    with served(tmp_path, **bare) as service:
        with closing(service.connect()) as connection:
            connection.sendall(b"nonsense\r\n\r\n")
            everything(connection)
        answer = httpx.get(f"{service.base}/healthz?q=密", headers={"X-Request-ID": "r-1"}, trust_env=False)
        assert answer.headers["x-request-id"] == "r-1"
        service.wait_for('"request_id": "r-1"')
        service.stop()
        assert service.process.wait(SOON) == 0
    lines = [json.loads(line) for line in service.log]
    assert [line["level"] for line in lines if line["logger"] == "uvicorn.error"].count("warning") == 1  # the nonsense
    (request,) = (line for line in lines if line.get("request_id") == "r-1")
    assert (request["method"], request["route"], request["status"]) == ("GET", "/healthz", 200)
    assert "密" not in "".join(service.log)


def test_a_connection_that_asks_nothing_is_closed_and_one_that_is_answered_is_not(
    bare: dict[str, str], tmp_path: Path
) -> None:
    impatient = "from yinju.cli import server; server.HEADERS_SECONDS, server.TICKS = 1, 1\n" + HURRIED
    with (
        served(tmp_path, "-c", impatient, "1,10", **bare) as service,
        closing(service.connect()) as slow,
        closing(service.connect()) as again,
        closing(service.connect()) as busy,
    ):
        ask(busy, stream=False)
        slow.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        again.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        answered = b""
        while not answered.endswith(b'"alive"}'):
            answered += again.recv(65536)
        again.sendall(b"GET /healthz HTTP/1.1\r\n")  # takes the time limit for idle connections away
        started = time.monotonic()
        assert (slow.recv(1), again.recv(1)) == (b"", b"")
        assert 0.5 < time.monotonic() - started < SOON
        busy.setblocking(False)
        with pytest.raises(BlockingIOError):
            busy.recv(1)
