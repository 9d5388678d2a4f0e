"""What the routes share, and how they get it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request
from pydantic import BaseModel
from pydantic_core import to_json
from starlette.responses import Response

from api.kinds import NOT_JSON
from api.metrics import Metrics
from api.problems import ProblemError
from api.queue import Queue
from api.readiness import Readiness
from yinju.keys import KeyStore
from yinju.library import Library
from yinju.settings import Settings

JSON_TYPE = re.compile(r"application/(?:[^\s/]+\+)?json")


@dataclass(frozen=True, slots=True)
class Service:
    settings: Settings
    readiness: Readiness
    metrics: Metrics
    keys: KeyStore
    queue: Queue


def service_of(request: Request) -> Service:
    return cast(Service, request.app.state.service)


def base_url(request: Request) -> str:
    """What links in answers start with, without a slash at the end."""
    public = service_of(request).settings.public_url
    if public is not None:
        return public.rstrip("/")
    return f"{request.url.scheme}://{request.url.netloc}"


# The dependencies are coroutines because FastAPI would send plain functions through the thread pool each.
async def _service(request: Request) -> Service:
    return service_of(request)


async def _library(request: Request) -> Library:
    return service_of(request).readiness.library()


async def require_json(request: Request) -> None:
    """Raises ProblemError (415) for a body that is not declared as JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not JSON_TYPE.fullmatch(kind) and await request.body():
        raise ProblemError(NOT_JSON, "Send the body with the header Content-Type: application/json.")


ServiceDep = Annotated[Service, Depends(_service)]
LibraryDep = Annotated[Library, Depends(_library)]


def json(
    content: BaseModel | Mapping[str, object], status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Serialised here, in the route's thread: FastAPI would validate it once more and take another thread."""
    return Response(to_json(content), status, headers, media_type="application/json")
