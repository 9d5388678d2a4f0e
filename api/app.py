"""`create_app`: the application, ready for a server."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig

from api import documents, operations, pages, problems, questions
from api.metrics import Metrics
from api.middleware import AddHeaders, LimitBodies, WholeAsAsked
from api.openapi import DESCRIPTION, describe
from api.readiness import Readiness
from api.request_log import RecordRequests
from api.service import Service
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


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    # More questions than this wait their turn; cores, not threads, answer them.
    anyio.to_thread.current_default_thread_limiter().total_tokens = min(32, (os.cpu_count() or 1) + 4)
    service: Service = app.state.service
    service.readiness.open(service.settings)
    yield
    service.readiness.close()


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
    app.state.service = service = Service(settings or Settings.load(), Readiness(library), Metrics())
    problems.install(app)
    for room in (questions, documents, operations, pages):
        app.include_router(room.router)
    app.mount("/static", pages.static, name="static")
    app.add_middleware(LimitBodies)
    app.add_middleware(AddHeaders)
    app.add_middleware(RecordRequests, metrics=service.metrics)
    app.add_middleware(WholeAsAsked)
    app.openapi = describe(app)  # type: ignore[method-assign]
    return app
