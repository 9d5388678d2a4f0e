"""`/v1/documents`: which documents there are, and their text."""

from __future__ import annotations

import base64
import re
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import PlainTextResponse, Response

from api import schemas, wire
from api.kinds import INVALID
from api.openapi import problems
from api.problems import FieldError, ProblemError
from api.service import LibraryDep, json

router = APIRouter(tags=["documents"])

DocumentId = Annotated[str, Path(description="The document's id, percent-encoded.")]
# "after:" and an id, in base64: opaque to clients, told apart from anything else by its beginning.
CURSOR_MARK = b"after:"
CURSOR_PATTERN = r"^YWZ0ZXI6([A-Za-z0-9_-]{4})*([A-Za-z0-9_-]{2}==|[A-Za-z0-9_-]{3}=)?$"


def _cursor(document_id: str) -> str:
    return base64.urlsafe_b64encode(CURSOR_MARK + document_id.encode()).decode()


def _after(cursor: str) -> str:
    """The document id a cursor stands for. Raises ProblemError (422) for what is no cursor of ours."""
    if re.fullmatch(CURSOR_PATTERN, cursor) is None:
        detail = "This is not a cursor of this service. Use `next` of the page before as it is, or leave it out."
        raise ProblemError(INVALID, detail, [FieldError(parameter="cursor", detail=detail)])
    return base64.urlsafe_b64decode(cursor).removeprefix(CURSOR_MARK).decode(errors="replace")


Cursor = Annotated[
    str | None,
    Query(
        description="`next` of the page before; left out for the first page.",
        json_schema_extra={"type": "string", "pattern": CURSOR_PATTERN},
    ),
]


@router.get(
    "/v1/documents",
    operation_id="list_documents",
    summary="List documents",
    response_model=schemas.Documents,
    responses=problems(422, 500, 503),
)
def list_documents(
    library: LibraryDep,
    limit: Annotated[int, Query(ge=1, le=200, description="Documents a page.")] = 50,
    cursor: Cursor = None,
) -> Response:
    """The documents, ordered by id, a page at a time."""
    after = None if cursor is None else _after(cursor)
    found = library.documents(limit=limit + 1, after=after)
    page = found[:limit]
    following = _cursor(page[-1].id) if len(found) > limit else None
    return json(schemas.Documents(documents=[wire.document(d) for d in page], next=following))


@router.get(
    "/v1/documents/{document_id}",
    operation_id="get_document",
    summary="One document",
    response_model=schemas.DocumentDetail,
    responses=problems(404, 500, 503),
)
def get_document(document_id: DocumentId, library: LibraryDep) -> Response:
    """What the list says of a document, and its headings."""
    return json(wire.document_detail(library.summary(document_id), library.document(document_id)))


@router.get(
    "/v1/documents/{document_id}/text",
    operation_id="get_document_text",
    summary="A document's text",
    response_class=PlainTextResponse,
    responses={
        200: {"description": "The exact text that every offset counts in, UTF-8.", "headers": {"ETag": {
            "description": "The text's SHA-256, quoted.", "schema": {"type": "string"}}}},
        304: {"description": "The text is still the one of `If-None-Match`."},
        **problems(404, 500, 503),
    },
)  # fmt: skip
def get_document_text(document_id: DocumentId, request: Request, library: LibraryDep) -> Response:
    """The document's own text with `\\n` line ends and no byte-order mark."""
    document = library.document(document_id)
    tag = f'"{document.text_sha256}"'
    wanted = [t.strip().removeprefix("W/") for t in request.headers.get("if-none-match", "").split(",")]
    if tag in wanted or "*" in wanted:
        return Response(status_code=304, headers={"ETag": tag})
    return PlainTextResponse(document.text.encode(), headers={"ETag": tag})
