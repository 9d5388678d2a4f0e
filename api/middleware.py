"""What every request passes: the headers, and the limit on bodies. Plain ASGI: streams stay streams."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.headers import SECURITY
from api.kinds import TOO_LARGE
from api.problems import ProblemError, problem, respond

MAX_BODY = 1024 * 1024  # bytes
TOO_LARGE_DETAIL = "The body is over 1 MiB. Ask a shorter question or send less of the history."


class AddHeaders:
    """Adds the security headers, and `Cache-Control: no-cache` where a response does not say otherwise."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(SECURITY)
                headers.setdefault("Cache-Control", "no-cache")
                if "Accept-Ranges" in headers:
                    headers["Accept-Ranges"] = "none"  # WholeAsAsked
            await send(message)

        await self.app(scope, receive, add if scope["type"] == "http" else send)


class WholeAsAsked:
    """Answers HEAD as GET (the server leaves the body out), and a part (`Range`) with the whole: all is small here."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            method = "GET" if scope["method"] == "HEAD" else scope["method"]
            headers = [(name, value) for name, value in scope["headers"] if name != b"range"]
            scope = {**scope, "method": method, "headers": headers}
        await self.app(scope, receive, send)


class LimitBodies:
    """Refuses bodies over `MAX_BODY` with 413: by their declared length at once, else while reading."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared) > MAX_BODY:
            # The rest of the body is not wanted, so neither is the connection it would come on.
            refusal = respond(problem(TOO_LARGE, TOO_LARGE_DETAIL, scope), {"Connection": "close"})
            await refusal(scope, receive, send)
            return
        received = 0

        async def limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MAX_BODY:
                raise ProblemError(TOO_LARGE, TOO_LARGE_DETAIL)
            return message

        await self.app(scope, limited, send)
