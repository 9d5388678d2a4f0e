"""How much one client may ask, how many may wait, and how long. Plain ASGI: streams stay streams."""

from __future__ import annotations

import asyncio
import math
from typing import cast

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from throttled import Throttled
from throttled.rate_limiter import per_min
from throttled.store import MemoryStore

from api.authentication import OPEN, SESSION, is_question
from api.headers import HANG_UP
from api.kinds import QUEUE_FULL, SLOW_BODY, TIMED_OUT, TOO_MANY
from api.origins import is_local, is_upload, route_path
from api.problems import RETRY_SECONDS, ProblemError, problem, respond
from api.queue import Queue
from yinju.access import Access
from yinju.settings import Settings

MOST_CLIENTS = 10_000  # whose last requests are remembered, for each server process
LEAST_RATE = 4096  # bytes a second that an upload must bring on average, or it would hold its place in line for ever


class LimitRate:
    """So many requests a minute for each key, or for each address where no key is needed; that many at once at most.

    What is open to all is not counted (a session's begin is), nor what this very machine asks without a key.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._settings, limit = settings, settings.rate_limit
        # GCRA by the monotonic clock: a clock set back locks nobody out.
        store = MemoryStore(options={"MAX_SIZE": MOST_CLIENTS})
        self._limiter = Throttled(using="gcra", quota=per_min(limit, burst=limit), store=store) if limit else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = _client(scope, self._settings) if self._limiter is not None and scope["type"] == "http" else None
        if client is None or self._limiter is None:
            await self.app(scope, receive, send)
            return
        result = self._limiter.limit(client)
        if not result.limited:
            await self.app(scope, receive, send)
            return
        seconds = max(1, math.ceil(result.state.retry_after))
        detail = f"Too many requests came from here. Wait {seconds} s, then send fewer in a minute."
        await respond(problem(TOO_MANY, detail, scope), {"Retry-After": str(seconds)})(scope, receive, send)


def _client(scope: Scope, settings: Settings) -> str | None:
    """Whom a request counts for; None for nobody. Found out once."""
    state = scope["state"]
    if "counts_for" not in state:
        state["counts_for"] = _counts_for(scope, settings)
    return cast(str | None, state["counts_for"])


def _counts_for(scope: Scope, settings: Settings) -> str | None:
    access: Access | None = scope["state"]["access"]
    path = route_path(scope)
    if path in OPEN or (access is None and path != SESSION):
        return None
    if access is not None and not access.anonymous:
        return f"key {access.key_id}"
    if access is not None and is_local(scope, settings):
        return None
    client = scope.get("client")
    return f"address {client[0] if client else ''}"


class LimitQueue:
    """Refuses questions and uploads with 503 while `Queue` is full of their like: waiting longer would help nobody.

    An upload joins when it begins, a question when all of it has arrived: one that trickles in takes nobody's place.
    A client over its share of a line is refused with 429.
    """

    def __init__(self, app: ASGIApp, queue: Queue, settings: Settings) -> None:
        self.app = app
        self._queue = queue
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        line = _line(scope) if scope["type"] == "http" else None
        if line is None:
            await self.app(scope, receive, send)
            return
        with self._queue.share(line, _client(scope, self._settings)) as fair:
            if fair:
                await self._stand(line, scope, receive, send)
                return
        detail = f"Too many {line} came from here at once. Wait for some to be answered, then send this again."
        refusal = respond(problem(TOO_MANY, detail, scope), {**HANG_UP, "Retry-After": RETRY_SECONDS})
        await refusal(scope, receive, send)

    async def _stand(self, line: str, scope: Scope, receive: Receive, send: Send) -> None:
        joined = False

        def join() -> None:
            nonlocal joined
            if not joined and not self._queue.enter(line):
                detail = f"Too many {line} are waiting already. Send this again in a few seconds."
                raise ProblemError(QUEUE_FULL, detail, headers=HANG_UP)
            joined = True

        async def received() -> Message:
            message = await receive()
            if message["type"] == "http.request" and not message.get("more_body", False):
                join()
            return message

        try:
            if line == "uploads":
                join()
            await self.app(scope, received, send)
        except ProblemError as error:  # the line is full; one raised where a route reads is answered there
            await respond(problem(error.kind, error.detail, scope), error.headers)(scope, receive, send)
        finally:
            if joined:
                self._queue.leave(line)


def _line(scope: Scope) -> str | None:
    if is_question(scope):
        return "questions"
    return "uploads" if is_upload(scope) else None


class LimitTime:
    """Answers in time: 408 where the body is still on its way when it is over, else 503.

    The time runs anew from each piece of an upload, and from each piece of an answer that is sent: what is large may
    take long as long as it keeps coming, an upload at `LEAST_RATE`.
    """

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self.app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await _Timed(self._seconds, scope, receive, send).run(self.app)
        else:
            await self.app(scope, receive, send)


class _Timed:
    """One request and its time."""

    def __init__(self, seconds: float, scope: Scope, receive: Receive, send: Send) -> None:
        self._seconds = seconds
        self._scope, self._receive, self._send = scope, receive, send
        self._is_upload = is_upload(scope)
        self._loop = asyncio.get_running_loop()
        self._began, self._bytes = self._loop.time(), 0
        self._body_ended = self._answered = False
        self._refusal: asyncio.Task[None] | None = None
        self._over = False

    async def run(self, app: ASGIApp) -> None:
        with anyio.CancelScope() as self._running:
            self._timer = self._loop.call_later(self._seconds, self._end)
            try:
                await app(self._scope, self._received, self._sent)
            finally:
                self._timer.cancel()
        if self._refusal is not None:
            await self._refusal

    async def _received(self) -> Message:
        message = await self._receive()
        self._body_ended = self._body_ended or not message.get("more_body", False)
        if self._is_upload:
            self._bytes += len(message.get("body", b""))
            latest = self._began + self._seconds + self._bytes / LEAST_RATE
            self._restart(math.inf if self._body_ended else latest)
        return message

    async def _sent(self, message: Message) -> None:
        if self._refusal is None:
            self._answered = True
            await self._send(message)
            if message.get("more_body", False):
                self._restart()

    def _restart(self, latest: float = math.inf) -> None:
        """latest: by the loop's clock."""
        if not self._over:
            self._timer.cancel()
            self._timer = self._loop.call_at(min(self._loop.time() + self._seconds, latest), self._end)

    def _end(self) -> None:
        self._over = True
        # The answer does not wait for the thread that may still work on the question: that one can't be stopped.
        if not self._answered:
            self._refusal = self._loop.create_task(self._refuse())
        self._running.cancel()

    async def _refuse(self) -> None:
        if self._body_ended:
            detail = "This took longer than a request may take. Ask again later, or for less at once."
            refusal = respond(problem(TIMED_OUT, detail, self._scope), HANG_UP)
        else:
            detail = "The body did not arrive in the time allowed. Send it again over a faster line."
            refusal = respond(problem(SLOW_BODY, detail, self._scope), HANG_UP)
        await refusal(self._scope, self._receive, self._send)
