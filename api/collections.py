"""`/v1/collections`, and which of them a request is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from fastapi import APIRouter
from starlette.responses import Response

from api import schemas
from api.access import AccessDep, require_collection, within_reach
from api.openapi import ABOUT_DOCUMENTS, problems
from api.service import LibraryDep, json
from yinju.access import Access
from yinju.errors import Gone, NotFound
from yinju.library import Library
from yinju.records import DEFAULT_COLLECTION, DocumentSummary

router = APIRouter(tags=["documents"])


@router.get(
    "/v1/collections",
    operation_id="list_collections",
    summary="List collections",
    response_model=schemas.Collections,
    responses=problems(*ABOUT_DOCUMENTS),
)
def list_collections(library: LibraryDep, access: AccessDep) -> Response:
    """The collections the key reaches, ordered by name; `default` is one of them even while it is empty."""
    found = {each.name: each for each in library.collections() if access.reaches(each.name)}
    listed = [schemas.Collection(name=c.name, documents=c.documents, passages=c.passages) for c in found.values()]
    if DEFAULT_COLLECTION not in found and access.reaches(DEFAULT_COLLECTION):
        listed.append(schemas.Collection(name=DEFAULT_COLLECTION, documents=0, passages=0))
    return json(schemas.Collections(collections=sorted(listed, key=lambda collection: collection.name)))


def asked(
    library: Library, access: Access, named: Sequence[str] | None, document_ids: Sequence[str] | None
) -> Sequence[str] | None:
    """The collections a question is about; None for all, none of them where nothing is in any that the key reaches.

    Raises ProblemError (403) where the key does not reach one, or one of the documents.
    """
    if access.collections is not None:
        for document_id in document_ids or ():
            reached(library, access, document_id)
    elif named is None and document_ids is None:
        return (DEFAULT_COLLECTION,)
    within = within_reach(access, named)
    if named is None and within is not None:  # one that no document is in yet is no reason to refuse what names none
        return [each.name for each in library.collections() if each.name in within]
    return within


def reached(library: Library, access: Access, document_id: str) -> DocumentSummary:
    """The document, if the key reaches it. Raises ProblemError (403), or without limits NotFound or Gone."""
    with alike(access):
        summary = library.summary(document_id)
    require_collection(access, summary.collection)
    return summary


@contextmanager
def alike(access: Access) -> Iterator[None]:
    """A limited key is not told apart what is not there and what it does not reach."""
    try:
        yield
    except (NotFound, Gone):
        require_collection(access, None)
        raise
