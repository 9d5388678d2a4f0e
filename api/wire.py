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


def versions(found: Iterable[records.Version]) -> schemas.Versions:
    return schemas.Versions(
        versions=[
            schemas.Version(version=v.version, title=v.title, text_sha256=v.text_sha256, stored_at=v.stored_at)
            for v in found
        ]
    )


def document(record: records.DocumentSummary) -> schemas.Document:
    return schemas.Document(**wire.document(record))


def document_detail(whole: records.Document, passages: int) -> schemas.DocumentDetail:
    """`passages`: how many of this version answer questions."""
    return schemas.DocumentDetail(
        id=whole.id,
        collection=whole.collection,
        title=whole.title,
        document_date=whole.date,
        name=whole.name,
        characters=len(whole.text),
        passages=passages,
        version=whole.version,
        text_sha256=whole.text_sha256,
        added_at=whole.added_at,
        updated_at=whole.updated_at,
        headings=[schemas.Heading(text=h.text, level=h.level, start=h.start, end=h.end) for h in whole.headings()],
        cuts=list(whole.cuts()),
        pages=list(whole.pages),
    )
