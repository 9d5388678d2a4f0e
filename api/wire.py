"""From the library's records to what goes over the wire, and back. The objects' shapes are `yinju.wire`'s."""

from __future__ import annotations

from collections.abc import Iterable

from api import schemas
from yinju import records, wire


def turns(history: Iterable[schemas.Turn]) -> list[records.Turn]:
    return [records.Turn(turn.role, turn.content) for turn in history]


def passages(hits: Iterable[records.Hit]) -> list[schemas.Passage]:
    return [schemas.Passage(**passage) for passage in wire.passages(hits)]


def citation(record: records.Citation, base_url: str) -> schemas.Citation:
    """`base_url` has no slash at its end."""
    return schemas.Citation(**wire.citation(record, base_url))


def done(record: records.Answer) -> schemas.AnswerDone:
    return schemas.AnswerDone(
        id=record.id,
        status=record.status,
        reason=record.reason,
        mode=record.mode,
        language=record.language,
        confidence=record.confidence,
        timing_ms=schemas.Timing(**wire.timing(record.timing_ms)),
    )


def document(record: records.DocumentSummary) -> schemas.Document:
    return schemas.Document(**wire.document(record))


def document_detail(summary: records.DocumentSummary, whole: records.Document) -> schemas.DocumentDetail:
    return schemas.DocumentDetail(
        **wire.document(summary),
        headings=[schemas.Heading(text=h.text, level=h.level, start=h.start, end=h.end) for h in whole.headings()],
        cuts=list(whole.cuts()),
    )
