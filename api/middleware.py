"""What every request passes: the headers, and the limit on bodies. Plain ASGI: streams stay streams."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.authentication import is_question
from api.headers import HANG_UP, SECURITY, STRICT_TRANSPORT
from api.kinds import TOO_LARGE
from api.origins import is_https, is_upload
from api.problems import ProblemError, problem, respond
from api.uploads import is_json, too_large
from yinju.settings import Settings

MAX_BODY = 1024 * 1024  # bytes
TOO_LARGE_DETAIL = "The body is over 1 MiB. Send a shorter one, or none where none is needed."
TOO_LARGE_QUESTION = "The body is over 1 MiB. Ask a shorter question or send less of the history."
FRAMING = 64 * 1024
"""Bytes the body of an upload may hold beside the document: names, and the marks between the parts of a form."""


class AddHeaders:
    """Adds the security headers, and `Cache-Control: no-cache` where a response does not say otherwise."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(SECURITY)
                headers.setdefault("Cache-Control", "no-cache")
                if is_https(scope, self._settings):
                    headers["Strict-Transport-Security"] = STRICT_TRANSPORT
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
    """Refuses bodies that are too large with 413: by their declared length at once, else while reading."""

    def __init__(self, app: ASGIApp, max_upload: int) -> None:
        """max_upload: bytes a document may have; other bodies may have `MAX_BODY`."""
        self.app = app
        self.max_upload = max_upload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most, detail = MAX_BODY, TOO_LARGE_QUESTION if is_question(scope) else TOO_LARGE_DETAIL
        headers = Headers(scope=scope)
        if is_upload(scope):
            # In JSON a character of three bytes may be written with six; its text is measured when it has been read.
            longest = self.max_upload * (2 if is_json(headers) else 1)
            most, detail = longest + FRAMING, too_large(self.max_upload)
        declared = headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > most:
            refusal = respond(problem(TOO_LARGE, detail, scope), HANG_UP)
            await refusal(scope, receive, send)
            return
        received = 0

        async def limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most:
                raise ProblemError(TOO_LARGE, detail, headers=HANG_UP)
            return message

        await self.app(scope, limited, send)
