"""Documents come, change and go: `POST`, `PUT` and `DELETE`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import change_schemas, jobs, schemas, threads
from api.access import AccessDep, access_of, require_collection
from api.collections import alike, reached
from api.conditions import IfMatch, Prefer, expected, tag_of, wants_job
from api.documents import DocumentId
from api.kinds import (
    BROKEN_FORM,
    BROKEN_JSON,
    CHANGED,
    DELETED,
    NOT_UPLOAD,
    REFUSALS,
    REUSED_KEY,
    STORAGE_FULL,
    UNKNOWN_DOCUMENT,
)
from api.names import IdempotencyKey
from api.openapi import ABOUT_DOCUMENTS, WITH_A_BODY, body_of, headers, links, problems
from api.problems import ProblemError
from api.service import LibraryDep, json, service_of
from api.uploads import receive
from yinju.access import Access
from yinju.errors import Gone, PreconditionFailed
from yinju.library import Library
from yinju.records import DEFAULT_COLLECTION, Job

router = APIRouter(tags=["documents"])

_MAY_FAIL = (
    *ABOUT_DOCUMENTS, *WITH_A_BODY, BROKEN_JSON, BROKEN_FORM, NOT_UPLOAD, DELETED, REUSED_KEY, STORAGE_FULL,
    *REFUSALS.values(),
)  # fmt: skip
_MADE = {
    "links": links(
        get_document="id", get_document_text="id", list_versions="id", replace_document="id", delete_document="id"
    )
}
_DONE = {"headers": headers("ETag", optional=("Idempotency-Replayed",)), **_MADE}
_ACCEPTED: dict[str, Any] = {
    "description": "It takes longer, or a job was asked for: ask for the job until it has ended.",
    "model": change_schemas.Accepted,
    "headers": headers("Location", "Retry-After", optional=("Idempotency-Replayed", "Preference-Applied")),
    "links": links(get_job="job/id"),
}


@router.post(
    "/v1/documents",
    operation_id="add_document",
    summary="Add a document",
    status_code=201,
    response_model=schemas.Document,
    responses={
        200: {"description": "The same bytes are in that collection already.", "model": schemas.Document, **_DONE},
        201: {
            "description": "The document, which answers questions from now on.",
            "headers": headers("ETag", "Location", optional=("Idempotency-Replayed",)),
            **_MADE,
        },
        202: _ACCEPTED,
        **problems(*_MAY_FAIL),
    },
    openapi_extra=body_of(change_schemas.DocumentForm, change_schemas.DocumentText),
)
async def add_document(
    request: Request,
    library: LibraryDep,
    access: AccessDep,
    idempotency_key: IdempotencyKey = None,
    prefer: Prefer = None,
) -> Response:
    """A file as a form, or a text as JSON. Once this answers 200, 201 or 202, nothing loses what was sent."""
    most = service_of(request).settings.max_upload
    async with receive(request, most, change_schemas.DocumentForm, change_schemas.DocumentText) as upload:
        collection = upload.collection or DEFAULT_COLLECTION
        require_collection(access, collection)
        job = await threads.run(
            "store",
            lambda: library.submit(
                upload.called(),
                upload.path,
                collection=collection,
                actor=access.actor,
                idempotency_key=_own(access, idempotency_key),
            ),
        )
    return await _answer(request, library, job, prefer)


@router.put(
    "/v1/documents/{document_id}",
    operation_id="replace_document",
    summary="Replace a document",
    response_model=schemas.Document,
    responses={
        200: {"description": "The document in its new version; the id stays.", **_DONE},
        202: _ACCEPTED,
        **problems(*_MAY_FAIL, UNKNOWN_DOCUMENT, CHANGED),
    },
    openapi_extra=body_of(change_schemas.VersionForm, change_schemas.VersionText),
)
async def replace_document(
    document_id: DocumentId,
    request: Request,
    library: LibraryDep,
    access: AccessDep,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
    prefer: Prefer = None,
) -> Response:
    """A new version. The old one answers questions until the new one does, and can be read ever after."""
    known = await threads.run("store", lambda: reached(library, access, document_id))
    most = service_of(request).settings.max_upload
    async with receive(request, most, change_schemas.VersionForm, change_schemas.VersionText) as upload:

        def submit() -> Job:
            with _telling_the_tag(library, document_id):
                return library.submit(
                    upload.called(known.name),
                    upload.path,
                    collection=known.collection,
                    replaces=document_id,
                    if_match=expected(if_match, known.text_sha256),
                    actor=access.actor,
                    idempotency_key=_own(access, idempotency_key),
                )

        job = await threads.run("store", submit)
    return await _answer(request, library, job, prefer)


@router.delete(
    "/v1/documents/{document_id}",
    operation_id="delete_document",
    summary="Delete a document",
    response_model=change_schemas.Removal,
    responses={
        200: {
            "description": "What was removed.",
            "headers": headers(optional=("Idempotency-Replayed",)),
            "links": links(get_document="document_id", get_document_text="document_id"),
        },
        **problems(*ABOUT_DOCUMENTS, *WITH_A_BODY, UNKNOWN_DOCUMENT, DELETED, CHANGED, REUSED_KEY),
    },
)
async def delete_document(
    document_id: DocumentId,
    request: Request,
    library: LibraryDep,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Removes all versions for good. What stays is that the document was there: its id, a hash and the time."""
    access = access_of(request)

    def remove() -> Response:
        with alike(access), _telling_the_tag(library, document_id):
            try:
                known = library.summary(document_id)
            except Gone:
                wanted = None  # removing can but say so, or what it answered to the same key before
            else:
                require_collection(access, known.collection)
                wanted = expected(if_match, known.text_sha256)
            own = _own(access, idempotency_key)
            removal = library.remove(document_id, if_match=wanted, actor=access.actor, idempotency_key=own)
        body = change_schemas.Removal(
            document_id=removal.document_id,
            passages=removal.passages,
            vectors=removal.vectors,
            versions=removal.versions,
        )
        return json(body, headers=jobs.REPLAYED if removal.replayed else None)

    return await threads.run("store", remove)


async def _answer(request: Request, library: Library, job: Job, prefer: str | None) -> Response:
    at_once = wants_job(prefer)
    if not at_once:
        # Half of what a request may take, so that the job is told of before time is up.
        seconds = min(jobs.WAIT_SECONDS, service_of(request).settings.request_timeout / 2)
        replayed = job.replayed
        job = replace(await jobs.settled(library, job, seconds), replayed=replayed)
    response = await threads.run("store", lambda: jobs.outcome(library, job, request.scope))
    if at_once and response.status_code == 202:
        response.headers["Preference-Applied"] = "respond-async"
    return response


def _own(access: Access, idempotency_key: str | None) -> str | None:
    """Two who choose the same name for their requests know nothing of each other."""
    return None if idempotency_key is None else f"{access.actor} {idempotency_key}"


@contextmanager
def _telling_the_tag(library: Library, document_id: str) -> Iterator[None]:
    try:
        yield
    except PreconditionFailed as error:
        tag = tag_of(library.summary(document_id).text_sha256)
        detail = (
            f"The document is not the one that If-Match names: its ETag is now {tag}. Nothing was changed; read it, "
            "and if the change is still right, send it again with this ETag."
        )
        raise ProblemError(CHANGED, detail, headers={"ETag": tag}) from error
