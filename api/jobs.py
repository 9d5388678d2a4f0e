"""`/v1/jobs`, and the answer to a request that a job carries out."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Any
from urllib.parse import quote

import anyio
from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from api import change_schemas, threads, wire
from api.access import AccessDep, require_collection
from api.conditions import tag_of
from api.kinds import CHANGED, INTERNAL, KINDS, UNKNOWN_JOB, Kind
from api.openapi import ABOUT_DOCUMENTS, problems
from api.problems import described, problem, respond
from api.service import LibraryDep, json
from yinju.errors import Gone, NotFound, UnknownJob
from yinju.library import Library
from yinju.records import Job, JobError

router = APIRouter(tags=["documents"])

WAIT_SECONDS = 5.0
"""How long an upload is waited for before its job is the answer."""
_ASK_AGAIN = {"Retry-After": "1"}  # seconds
REPLAYED = {"Idempotency-Replayed": "true"}


@router.get(
    "/v1/jobs/{job_id}",
    operation_id="get_job",
    summary="How far is a job?",
    response_model=change_schemas.Job,
    responses=problems(*ABOUT_DOCUMENTS, UNKNOWN_JOB),
)
def get_job(
    job_id: Annotated[str, Path(description="The job's id.")], request: Request, library: LibraryDep, access: AccessDep
) -> Response:
    """A job that ended is forgotten after a day."""
    try:
        job = library.job(job_id)
    except UnknownJob:
        require_collection(access, None)
        raise
    require_collection(access, job.collection)
    return json(_job(job, request.scope), headers={} if job.ended else _ASK_AGAIN)


async def settled(library: Library, job: Job, seconds: float) -> Job:
    """The job when it has ended, or as it is after `seconds`."""
    if job.ended:
        return job
    with anyio.move_on_after(seconds):
        return await threads.run("wait", lambda: library.wait(job.id, seconds))
    return job


def outcome(library: Library, job: Job, scope: Mapping[str, Any]) -> Response:
    """What to answer to the upload that made the job: the document, the job, or why it failed. Raises Gone."""
    headers = dict(REPLAYED) if job.replayed else {}
    if job.error is not None:
        kind = _kind(job.error)
        if kind is CHANGED and job.document_id is not None:
            with suppress(NotFound, Gone):
                headers["ETag"] = tag_of(library.summary(job.document_id).text_sha256)
        return respond(problem(kind, job.error.detail, scope), headers)
    if not job.ended or job.document_id is None:
        headers |= _ASK_AGAIN | {"Location": f"/v1/jobs/{quote(job.id, safe='')}"}
        return json(change_schemas.Accepted(job=_job(job, scope)), 202, headers)
    document = library.summary(job.document_id)
    headers["ETag"] = tag_of(document.text_sha256)
    added = job.created and job.kind == "add"
    if added:
        headers["Location"] = f"/v1/documents/{quote(document.id, safe='')}"
    return json(wire.document(document), 201 if added else 200, headers)


def _job(job: Job, scope: Mapping[str, Any]) -> change_schemas.Job:
    return change_schemas.Job(
        id=job.id,
        kind=job.kind,
        state=job.state,
        progress=change_schemas.Progress(stage=job.stage, done=job.done, total=job.total),
        name=job.name,
        collection=job.collection,
        document_id=job.document_id,
        version=job.version,
        created=job.created,
        error=None if job.error is None else described(_kind(job.error), job.error.detail, scope),
        created_at=job.created_at,
        updated_at=job.updated_at,
    )


def _kind(error: JobError) -> Kind:
    return KINDS.get(error.reason, INTERNAL)
