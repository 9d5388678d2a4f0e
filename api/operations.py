"""`/healthz`, `/readyz` and `/metrics`: what those who run the service ask it."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import PlainTextResponse, Response

from api import schemas
from api.kinds import KEY_NEEDED, NO_ANONYMOUS, NOT_READY, OUT_OF_SCOPE
from api.metrics import CONTENT_TYPE
from api.openapi import ANYWHERE, problems
from api.problems import ProblemError
from api.service import LibraryDep, ServiceDep, json

router = APIRouter(tags=["operations"])


@router.get(
    "/healthz",
    operation_id="healthz",
    summary="Is the process alive?",
    response_model=schemas.Health,
    responses=problems(*ANYWHERE),
)
async def healthz() -> Response:
    return json(schemas.Health(status="alive"))


@router.get(
    "/readyz",
    operation_id="readyz",
    summary="Can it answer?",
    response_model=schemas.Health,
    responses=problems(*ANYWHERE, NOT_READY),
)
async def readyz(_library: LibraryDep) -> Response:
    """Ready when the model is warm and the index open; 503 with the reason until then."""
    return json(schemas.Health(status="ready"))


@router.get(
    "/metrics",
    operation_id="metrics",
    summary="Measurements for Prometheus",
    response_class=PlainTextResponse,
    responses=problems(*ANYWHERE, KEY_NEEDED, OUT_OF_SCOPE, NO_ANONYMOUS),
)
def metrics(service: ServiceDep) -> Response:
    try:
        status = service.readiness.library().status()
    except ProblemError:  # not ready: the figures of the index wait, the others do not
        service.metrics.indexed(None)
    else:
        service.metrics.indexed(status)
    service.metrics.queued(service.queue.depth)
    return Response(service.metrics.exposition(), headers={"Content-Type": CONTENT_TYPE})
