"""`/healthz`, `/readyz` and `/metrics`: what those who run the service ask it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from api import schemas
from api.access import AccessDep, reader_of, require_collection
from api.authentication import UNTOLD
from api.kinds import KEY_NEEDED, NO_ANONYMOUS, NOT_READY, OUT_OF_REACH, OUT_OF_SCOPE
from api.metrics import CONTENT_TYPE
from api.openapi import ANYWHERE, problems
from api.problems import ProblemError
from api.readiness import OPENING
from api.service import ServiceDep, json
from yinju.errors import YinjuError

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
async def readyz(request: Request, service: ServiceDep) -> Response:
    """Ready when the model is warm and the index open; 503 until then, with the reason for those who may read."""
    try:
        service.readiness.library()
    except ProblemError as error:  # the reason names folders, and everyone may ask this
        if error.detail != OPENING and reader_of(request) is None:
            raise ProblemError(NOT_READY, UNTOLD) from error
        raise
    return json(schemas.Health(status="ready"))


@router.get(
    "/metrics",
    operation_id="metrics",
    summary="Measurements for Prometheus",
    response_class=PlainTextResponse,
    responses=problems(*ANYWHERE, KEY_NEEDED, OUT_OF_SCOPE, OUT_OF_REACH, NO_ANONYMOUS),
)
def metrics(service: ServiceDep, access: AccessDep) -> Response:
    """Of the whole service: not for keys limited to collections. `yinju_ready` is 0 while the index can't be read."""
    require_collection(access, None)
    try:
        status = service.readiness.library().status()
    except (ProblemError, YinjuError):  # not ready: the figures of the index wait, the others do not
        service.metrics.indexed(None)
    else:
        service.metrics.indexed(status)
    service.metrics.queued(service.queue.depth)
    return Response(service.metrics.exposition(), headers={"Content-Type": CONTENT_TYPE})
