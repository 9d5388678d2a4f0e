"""`/v1/ask` and `/v1/search`."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api import schemas, sse, wire
from api.access import AccessDep, access_of
from api.collections import asked
from api.kinds import BROKEN_JSON, DELETED, NOT_JSON, UNAVAILABLE_MODE, UNKNOWN_COLLECTION, UNKNOWN_DOCUMENT
from api.openapi import ABOUT_DOCUMENTS, STREAM, WITH_A_BODY, problems
from api.service import LibraryDep, base_url, json, require_json, service_of
from yinju import wire as objects

_MAY_FAIL = (
    *ABOUT_DOCUMENTS, *WITH_A_BODY, BROKEN_JSON, NOT_JSON, UNKNOWN_DOCUMENT, UNKNOWN_COLLECTION, DELETED,
)  # fmt: skip
router = APIRouter(tags=["questions"], dependencies=[Depends(require_json)])


@router.post(
    "/v1/ask",
    operation_id="ask",
    summary="Ask a question",
    response_model=schemas.Answer,
    responses={
        200: {
            "description": "The answer with its quotes; with `stream`, the events `passages`, `delta` {text}, "
            "`citation` {citation}, and at the end `done` (the answer object without answer, citations and passages) "
            "or `error` (a problem).",
            "content": {"text/event-stream": STREAM},
        },
        **problems(*_MAY_FAIL, UNAVAILABLE_MODE),
    },
)
def ask(body: schemas.AskRequest, request: Request) -> Response:
    """Answers with verbatim quotes, or says that the documents do not answer (`status: not_found`)."""
    service = service_of(request)  # by hand: each dependency costs a question a twentieth of a millisecond
    library = service.readiness.library()
    answer = library.ask(
        body.question,
        history=wire.turns(body.history),
        top_k=body.top_k,
        document_ids=body.document_ids,
        collections=asked(library, access_of(request), body.collection, body.document_ids),
        mode=body.mode,
    )
    service.metrics.answered(answer)
    links = base_url(request)
    return sse.stream(answer, links, request.scope) if body.stream else json(objects.answer(answer, links))


@router.post(
    "/v1/search",
    operation_id="search",
    summary="Find passages",
    response_model=schemas.Passages,
    responses=problems(*_MAY_FAIL),
)
def search(body: schemas.SearchRequest, library: LibraryDep, access: AccessDep) -> Response:
    """The passages nearest to a question, best first, and no answer."""
    collections = asked(library, access, body.collection, body.document_ids)
    hits = library.search(body.question, top_k=body.top_k, document_ids=body.document_ids, collections=collections)
    return json({"passages": objects.passages(hits)})
