"""`create_app`: the application, ready for a server."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig

from api import changes, collections, documents, jobs, operations, pages, problems, questions, session
from api.authentication import Authenticate, warn_if_open
from api.limits import LimitQueue, LimitRate, LimitTime
from api.logs import REQUEST_ID
from api.metrics import Metrics
from api.middleware import AddHeaders, LimitBodies, WholeAsAsked
from api.openapi import DESCRIPTION, describe
from api.origins import AnswerPreflights, CheckHost
from api.queue import Queue
from api.readiness import Readiness
from api.request_log import RecordRequests
from api.service import Service
from yinju.keys import FILE as KEYS
from yinju.keys import KeyStore
from yinju.library import Library
from yinju.settings import Settings

CONTRACT_VERSION = "1.0.0"  # of the HTTP contract under /v1, not of the package
NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}


# Headers that pages of other origins may send and read, where YINJU_CORS_ORIGINS lists them.
ASKED_ACROSS = (
    "Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "Prefer", REQUEST_ID,
)  # fmt: skip
TOLD_ACROSS = (
    "ETag", "Idempotency-Replayed", "Location", "Preference-Applied", "Retry-After", "WWW-Authenticate", REQUEST_ID,
)  # fmt: skip


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    # More questions than this wait their turn; cores, not threads, answer them.
    anyio.to_thread.current_default_thread_limiter().total_tokens = min(32, (os.cpu_count() or 1) + 4)
    service: Service = app.state.service
    warn_if_open(service.keys, service.settings)
    service.readiness.open(service.settings)
    yield
    service.readiness.close()
    service.keys.close()


def _guard(app: FastAPI, service: Service) -> None:
    """What stands between a request and the routes; the last added comes first."""
    app.add_middleware(LimitTime, seconds=service.settings.request_timeout)
    app.add_middleware(LimitQueue, queue=service.queue, settings=service.settings)
    app.add_middleware(LimitRate, settings=service.settings)
    app.add_middleware(Authenticate, keys=service.keys, settings=service.settings)
    if service.settings.cors_origins:
        app.add_middleware(
            AnswerPreflights,
            allow_origins=service.settings.cors_origins,
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=ASKED_ACROSS,
            expose_headers=TOLD_ACROSS,
        )
    app.add_middleware(CheckHost, settings=service.settings)


def create_app(library: Library | None = None, settings: Settings | None = None) -> FastAPI:
    """The application over `library`, or over the one `settings` (default: the environment's) name.

    A library given stays its giver's to close; without one, the server's start opens it in the background and
    questions are answered with 503 until it is open. Raises SettingsError.
    """
    app = FastAPI(
        title="Yinju 引据",
        version=CONTRACT_VERSION,
        description=DESCRIPTION,
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=NO_TELEMETRY,
    )
    settings = settings or Settings.load()
    keys, queue = KeyStore(settings.index / KEYS), Queue(settings.queue)
    metrics = Metrics()
    app.state.service = service = Service(settings, Readiness(library, metrics.worked), metrics, keys, queue)
    problems.install(app)
    for room in (questions, documents, changes, collections, jobs, session, operations, pages):
        app.include_router(room.router)
    app.mount("/static", pages.static, name="static")
    app.add_middleware(LimitBodies, max_upload=service.settings.max_upload)
    _guard(app, service)
    app.add_middleware(AddHeaders, settings=settings)
    app.add_middleware(RecordRequests, metrics=service.metrics)
    app.add_middleware(WholeAsAsked)
    app.openapi = describe(app)  # type: ignore[method-assign]
    return app
