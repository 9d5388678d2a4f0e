"""What people open in a browser: the chat page, a source, the description of the API. Nothing from another host."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles

from api.access import reader_of
from api.collections import reached
from api.kinds import KINDS, UNKNOWN_ADDRESS
from api.problems import ProblemError
from api.service import ServiceDep
from yinju.access import Access
from yinju.errors import Gone, NotFound
from yinju.library import Library

router = APIRouter(include_in_schema=False)
STATIC = Path(__file__).parent / "static"
static = StaticFiles(directory=STATIC)


@router.get("/")
async def chat(request: Request) -> Response:
    return await static.get_response("index.html", request.scope)


@router.get("/docs")
async def docs(request: Request) -> Response:
    return await static.get_response("vendor/swagger-ui/docs.html", request.scope)


def _status(library: Library, reader: Access, document_id: str, version: str | None) -> int:
    try:
        summary = reached(library, reader, document_id)
    except ProblemError as error:
        return error.kind.status
    except NotFound:
        return 404
    except Gone:
        return 410
    if version is None:
        return 200
    # Versions count from 1 and are all kept, so that none need be read here.
    return 200 if version.isdecimal() and 1 <= int(version[:10]) <= summary.version else 404


@router.get("/documents/{document_id}")
async def source(document_id: str, request: Request, service: ServiceDep, version: str | None = None) -> Response:
    """The page says itself what is wrong; the status says it to everyone else who may read."""
    reader = reader_of(request)
    if reader is None:
        return await static.get_response("source.html", request.scope)
    try:
        library = service.readiness.library()
    except ProblemError as error:
        return FileResponse(STATIC / "source.html", error.kind.status)
    status = await run_in_threadpool(_status, library, reader, document_id, version)
    if status != 200:
        return FileResponse(STATIC / "source.html", status)
    return await static.get_response("source.html", request.scope)


@router.get("/problems/{name}")
async def explain(name: str) -> Response:
    """Where the `type` of a problem leads."""
    kind = KINDS.get(name)
    if kind is None:
        raise ProblemError(UNKNOWN_ADDRESS, f"There is no kind of problem of that name. There are: {', '.join(KINDS)}.")
    return PlainTextResponse(f"{kind.title} ({kind.status}): {kind.meaning}\n")
