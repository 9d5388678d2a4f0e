"""The time limit by itself, over applications that never end."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.limits import LEAST_RATE, LimitTime

SECONDS, PIECE, PATIENCE = 0.2, 0.02, 10.0


class Endless:
    """Reads on for ever, or reads once, begins an answer if it `answers`, and waits."""

    def __init__(self, *, reads: bool = False, answers: bool = False) -> None:
        self.reads, self.answers = reads, answers
        self.stopped = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            while self.reads:
                await receive()
            await receive()
            if self.answers:
                await send({"type": "http.response.start", "status": 200, "headers": []})
            await asyncio.Event().wait()
        finally:
            self.stopped = True


def limited(app: ASGIApp, *, method: str = "GET", path: str = "/", more: bool = False, size: int = 1) -> list[Message]:
    """What is sent to a client whose body comes a piece of `size` bytes every `PIECE` seconds; fails where nothing
    ends it.
    """
    scope: dict[str, Any] = {"type": "http", "method": method, "path": path, "root_path": "", "headers": []}
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.sleep(PIECE)
        return {"type": "http.request", "body": b" " * size, "more_body": more}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(asyncio.wait_for(LimitTime(app, SECONDS)(scope, receive, send), PATIENCE))
    return sent


def test_what_does_not_answer_is_stopped_and_answered_for() -> None:
    app = Endless()
    sent = limited(app)
    assert [message.get("status") for message in sent] == [503, None]
    assert app.stopped


def test_a_body_that_keeps_coming_does_not_put_the_end_off() -> None:
    app = Endless(reads=True)
    assert limited(app, method="POST", path="/v1/ask", more=True)[0]["status"] == 408
    assert app.stopped


def test_an_upload_that_keeps_coming_does() -> None:
    async def reads_for_a_while(scope: Scope, receive: Receive, send: Send) -> None:
        until = asyncio.get_running_loop().time() + 3 * SECONDS
        while asyncio.get_running_loop().time() < until:
            await receive()
        await send({"type": "http.response.start", "status": 201, "headers": []})

    fast_enough = int(LEAST_RATE * PIECE * 4)
    sent = limited(reads_for_a_while, method="PUT", path="/v1/documents/a", more=True, size=fast_enough)
    assert sent[0]["status"] == 201


def test_an_upload_that_trickles_in_is_given_up_though_no_piece_is_late() -> None:
    app = Endless(reads=True)
    assert limited(app, method="PUT", path="/v1/documents/a", more=True)[0]["status"] == 408
    assert app.stopped
    app = Endless(reads=True)
    half = int(LEAST_RATE * PIECE / 2)
    assert limited(app, method="POST", path="/v1/documents", more=True, size=half)[0]["status"] == 408


def test_an_upload_that_came_slowly_is_worked_on_for_as_long_as_any_other() -> None:
    async def reads_and_works(scope: Scope, receive: Receive, send: Send) -> None:
        until = asyncio.get_running_loop().time() + SECONDS / 2
        while asyncio.get_running_loop().time() < until:
            await receive()
        ended.set()
        await receive()
        await asyncio.sleep(0.8 * SECONDS)
        await send({"type": "http.response.start", "status": 201, "headers": []})

    ended = asyncio.Event()
    scope: dict[str, Any] = {
        "type": "http", "method": "POST", "path": "/v1/documents", "root_path": "", "headers": [],
    }  # fmt: skip
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.sleep(PIECE)
        return {"type": "http.request", "body": b" ", "more_body": not ended.is_set()}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(asyncio.wait_for(LimitTime(reads_and_works, SECONDS)(scope, receive, send), PATIENCE))
    assert sent[0]["status"] == 201


def test_an_answer_that_stops_half_way_is_cut_off_and_not_answered_twice() -> None:
    app = Endless(answers=True)
    assert [message.get("status") for message in limited(app)] == [200]
    assert app.stopped


def test_an_answer_that_keeps_coming_is_not() -> None:
    async def sends_for_a_while(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        until = asyncio.get_running_loop().time() + 3 * SECONDS
        while asyncio.get_running_loop().time() < until:
            await send({"type": "http.response.body", "body": b" ", "more_body": True})
            await asyncio.sleep(PIECE)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    assert limited(sends_for_a_while)[-1] == {"type": "http.response.body", "body": b"", "more_body": False}
