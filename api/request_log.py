"""Every request, counted, timed and logged in one line, under an id that its answer carries too."""

from __future__ import annotations

import logging
from http import HTTPStatus
from time import perf_counter

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.logs import REQUEST_ID, RequestNotes, begin_request
from api.metrics import METHODS, Metrics
from yinju.access import Access

log = logging.getLogger("yinju.request")


class RecordRequests:
    """Names a request by its route's template, never by its address: addresses are without number, and tell ids."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})  # one for all further in, who may pass on a scope of their own
        notes = begin_request(Headers(scope=scope).get(REQUEST_ID))
        started = perf_counter()
        status, sent = 500, 0  # 500 is what the server answers when nothing below it did

        async def observe(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = notes.id
            else:
                sent += len(message.get("body", b""))
            await send(message)

        self.metrics.begun()
        try:
            await self.app(scope, receive, observe)
        finally:
            self._record(scope, notes, status, sent, perf_counter() - started)

    def _record(self, scope: Scope, notes: RequestNotes, status: int, sent: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", None) or scope.get("root_path") or "unknown"
        method = scope["method"] if scope["method"] in METHODS else "other"  # a client may invent others
        self.metrics.requested(route, method, status, seconds, notes.problem)
        client = scope.get("client")
        access: Access | None = scope["state"].get("access")
        fields = {
            "method": method,
            "route": route,
            "status": status,
            "duration_ms": round(1000 * seconds, 2),
            "bytes": sent,
            "client": client[0] if client else None,
            "key": None if access is None else access.key_id,  # the id: it is no secret
            "problem": notes.problem,
        }
        log.log(_level(status), "request", extra={"fields": {k: v for k, v in fields.items() if v is not None}})


def _level(status: int) -> int:
    match status:
        case HTTPStatus.SERVICE_UNAVAILABLE:
            return logging.WARNING
        case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return logging.ERROR
        case _:
            return logging.INFO
