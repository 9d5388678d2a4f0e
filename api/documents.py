"""`/v1/documents`: which documents there are, and their text."""

from __future__ import annotations

import base64
import re
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import PlainTextResponse, Response

from api import schemas, wire
from api.access import AccessDep, within_reach
from api.collections import reached
from api.conditions import not_modified, tag_of
from api.field_errors import FieldError
from api.kinds import DELETED, INVALID, UNKNOWN_DOCUMENT, UNKNOWN_VERSION
from api.names import MOST_COLLECTIONS, CollectionName
from api.openapi import ABOUT_DOCUMENTS, headers, problems
from api.problems import ProblemError
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


Version = Annotated[
    int | None,
    Query(ge=1, le=2**31 - 1, description="One that was replaced, as it was; left out for the one that answers."),
]
Collections = Annotated[
    list[CollectionName],
    Query(
        alias="collection",
        max_length=MOST_COLLECTIONS,
        description="Only documents of this collection; may come several times. Left out: of all the key reaches.",
    ),
]
_ONE = problems(*ABOUT_DOCUMENTS, UNKNOWN_DOCUMENT, DELETED)
_ONE_VERSION = problems(*ABOUT_DOCUMENTS, INVALID, UNKNOWN_DOCUMENT, UNKNOWN_VERSION, DELETED)
_SAME: dict[int | str, dict[str, Any]] = {
    304: {"description": "The text is the one of `If-None-Match`.", "headers": headers("ETag")}
}


@router.get(
    "/v1/documents",
    operation_id="list_documents",
    summary="List documents",
    response_model=schemas.Documents,
    responses=problems(*ABOUT_DOCUMENTS, INVALID),
)
def list_documents(
    library: LibraryDep,
    access: AccessDep,
    limit: Annotated[int, Query(ge=1, le=200, description="Documents a page.")] = 50,
    cursor: Cursor = None,
    collection: Collections = [],  # noqa: B006 - never changed
) -> Response:
    """The documents, ordered by id, a page at a time."""
    after = None if cursor is None else _after(cursor)
    found = library.documents(limit=limit + 1, after=after, collections=within_reach(access, collection or None))
    page = found[:limit]
    following = _cursor(page[-1].id) if len(found) > limit else None
    return json(schemas.Documents(documents=[wire.document(d) for d in page], next=following))


@router.get(
    "/v1/documents/{document_id}",
    operation_id="get_document",
    summary="One document",
    response_model=schemas.DocumentDetail,
    responses={200: {"headers": headers("ETag")}, **_ONE_VERSION},
)
def get_document(document_id: DocumentId, library: LibraryDep, access: AccessDep, version: Version = None) -> Response:
    """What the list says of a document, and its headings. `ETag`, for `If-Match`, is of the text alone."""
    summary = reached(library, access, document_id)
    document = library.document(document_id, version)
    passages = summary.passages if document.version == summary.version else 0
    # If-None-Match is not looked at: a name may change, and what the text is split into, while the text stays.
    return json(wire.document_detail(document, passages), headers={"ETag": tag_of(document.text_sha256)})


@router.get(
    "/v1/documents/{document_id}/text",
    operation_id="get_document_text",
    summary="A document's text",
    response_class=PlainTextResponse,
    responses={
        200: {
            "description": "The exact text that every offset counts in, UTF-8.",
            "headers": headers("ETag"),
        },
        **_SAME,
        **_ONE_VERSION,
    },
)
def get_document_text(
    document_id: DocumentId, request: Request, library: LibraryDep, access: AccessDep, version: Version = None
) -> Response:
    """The document's own text with `\\n` line ends and no byte-order mark."""
    if access.collections is not None:
        reached(library, access, document_id)
    document = library.document(document_id, version)
    tag = tag_of(document.text_sha256)
    return not_modified(request, tag) or PlainTextResponse(document.text.encode(), headers={"ETag": tag})


@router.get(
    "/v1/documents/{document_id}/versions",
    operation_id="list_versions",
    summary="A document's versions",
    response_model=schemas.Versions,
    responses=_ONE,
)
def list_versions(document_id: DocumentId, library: LibraryDep, access: AccessDep) -> Response:
    """Every text the document had, oldest first. The last one answers questions; all can be read."""
    if access.collections is not None:
        reached(library, access, document_id)
    return json(wire.versions(library.versions(document_id)))
