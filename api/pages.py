"""What people open in a browser: the chat page, a source, the description of the API. Nothing from another host."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles

from api.kinds import KINDS, UNKNOWN_ADDRESS
from api.problems import ProblemError
from api.service import ServiceDep
from yinju.errors import NotFound
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


def _is_unknown(library: Library, document_id: str) -> bool:
    try:
        library.summary(document_id)
    except NotFound:
        return True
    return False


@router.get("/documents/{document_id}")
async def source(document_id: str, request: Request, service: ServiceDep) -> Response:
    """The page says itself what is wrong; the status says it to everyone else."""
    try:
        library = service.readiness.library()
    except ProblemError as error:
        return FileResponse(STATIC / "source.html", error.kind.status)
    if await run_in_threadpool(_is_unknown, library, document_id):
        return FileResponse(STATIC / "source.html", 404)
    return await static.get_response("source.html", request.scope)


@router.get("/problems/{name}")
async def explain(name: str) -> Response:
    """Where the `type` of a problem leads."""
    kind = KINDS.get(name)
    if kind is None:
        raise ProblemError(UNKNOWN_ADDRESS, f"There is no kind of problem of that name. There are: {', '.join(KINDS)}.")
    return PlainTextResponse(f"{kind.title} ({kind.status}): {kind.meaning}\n")
