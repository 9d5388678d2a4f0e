"""A prepared question to the passages found, within what it asks about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from yinju import retriever
from yinju.catalogue import Catalogue
from yinju.derived import Derived
from yinju.errors import InvalidRequest, NotFound, UnknownCollection
from yinju.question import Question
from yinju.records import DEFAULT_COLLECTION
from yinju.repetition import unrepeated
from yinju.retriever import Found, Rows

LONGEST_QUESTION, MOST_PASSAGES = 2000, 50
_WIDER = 4  # times the candidates, where copies of one report took the places of the rest


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question asks about. Each None stands for everything there is; no collections, for nothing."""

    document_ids: Sequence[str] | None = None
    collections: Sequence[str] | None = None


EVERYTHING = Scope()


def checked(question: str, top_k: int, scope: Scope) -> str:
    """The question, trimmed. Raises InvalidRequest."""
    trimmed = question.strip()
    if not 1 <= len(trimmed) <= LONGEST_QUESTION:
        raise InvalidRequest(
            f"A question has 1 to {LONGEST_QUESTION:,} characters, not {len(trimmed):,}. Ask a shorter one."
            if trimmed
            else "The question is empty. Ask something."
        )
    if not 1 <= top_k <= MOST_PASSAGES:
        raise InvalidRequest(f"top_k is {top_k}; choose 1 to {MOST_PASSAGES}.")
    if scope.document_ids is not None and not scope.document_ids:
        raise InvalidRequest("document_ids is empty. Name at least one, or leave it out.")
    return trimmed


def allowed_rows(derived: Derived, catalogue: Catalogue, scope: Scope) -> Rows | None:
    """The rows a question may find; None for all of them.

    Raises NotFound or Gone for a document that is not there, or not in the collections; UnknownCollection.
    """
    table = derived.passages
    if scope.document_ids is not None:
        for document_id in dict.fromkeys(scope.document_ids):
            found = catalogue.summary(document_id)
            if scope.collections is not None and found.collection not in scope.collections:
                raise NotFound(document_id)
        return table.rows(scope.document_ids)
    if scope.collections is None:
        return None
    wanted = frozenset(scope.collections)
    missing = sorted(wanted - table.collections - {DEFAULT_COLLECTION})
    if missing:
        there = {each.name for each in catalogue.collections()}  # what came since the indexes were made
        for name in missing:
            if name not in there:
                raise UnknownCollection(name)
    return None if wanted >= table.collections else table.rows_in(wanted)


def search(derived: Derived, catalogue: Catalogue, question: Question, limit: int, allowed: Rows | None) -> list[Found]:
    """The best passages that differ, best first."""
    if len(derived.passages) == 0 or (allowed is not None and len(allowed) == 0):
        return []
    # While new indexes are made the last ones serve: a replaced document still in its old version, a removed one not.
    stale = derived.generation != catalogue.generation()
    kept: dict[tuple[str, str], bool] = {}

    def still_stored(found: Found) -> bool:
        key = (found.passage.document_id, found.text_sha256)
        if key not in kept:
            kept[key] = catalogue.slice(*key, 0, 0) is not None
        return kept[key]

    least, reachable = limit, len(derived.passages) if allowed is None else len(allowed)
    while True:
        ranked = retriever.ranked(derived, question, least, allowed)
        found = list(islice(unrepeated(filter(still_stored, ranked) if stale else ranked), limit))
        if len(found) == limit or least >= reachable:
            return found
        least *= _WIDER
