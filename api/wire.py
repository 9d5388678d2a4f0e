"""From the library's records to what goes over the wire, and back."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from api import schemas
from yinju import records


def turns(history: Iterable[schemas.Turn]) -> list[records.Turn]:
    return [records.Turn(turn.role, turn.content) for turn in history]


def passages(hits: Iterable[records.Hit]) -> list[schemas.Passage]:
    return [
        schemas.Passage(
            passage_id=hit.passage.id,
            document_id=hit.passage.document_id,
            title=hit.title,
            heading=list(hit.passage.heading),
            text=hit.passage.text,
            start=hit.passage.start,
            end=hit.passage.end,
            score=hit.score,
            signals=dict(hit.signals),
        )
        for hit in hits
    ]


def citation(record: records.Citation, base_url: str) -> schemas.Citation:
    """`base_url` has no slash at its end."""
    page = f"{base_url}/documents/{quote(record.document_id, safe='')}"
    return schemas.Citation(
        number=record.number,
        document_id=record.document_id,
        title=record.title,
        document_date=record.document_date,
        heading=list(record.heading),
        page=record.page,
        passage_id=record.passage_id,
        quote=record.quote,
        start=record.start,
        end=record.end,
        highlights=[schemas.Highlight(start=h.start, end=h.end, text=h.text) for h in record.highlights],
        text_sha256=record.text_sha256,
        url=f"{page}#char={record.start},{record.end}",
    )


def _timing(record: records.Timing) -> schemas.Timing:
    return schemas.Timing(encode=record.encode, search=record.search, total=record.total)


def answer(record: records.Answer, base_url: str) -> schemas.Answer:
    return schemas.Answer(
        id=record.id,
        status=record.status,
        reason=record.reason,
        mode=record.mode,
        language=record.language,
        confidence=record.confidence,
        timing_ms=_timing(record.timing_ms),
        answer=record.answer,
        citations=[citation(c, base_url) for c in record.citations],
        passages=passages(record.passages),
    )


def done(record: records.Answer) -> schemas.AnswerDone:
    return schemas.AnswerDone(
        id=record.id,
        status=record.status,
        reason=record.reason,
        mode=record.mode,
        language=record.language,
        confidence=record.confidence,
        timing_ms=_timing(record.timing_ms),
    )


def document(record: records.DocumentSummary) -> schemas.Document:
    return schemas.Document(
        id=record.id,
        title=record.title,
        document_date=record.date,
        name=record.name,
        characters=record.characters,
        passages=record.passages,
        version=record.version,
        text_sha256=record.text_sha256,
        added_at=record.added_at,
        updated_at=record.updated_at,
    )


def document_detail(summary: records.DocumentSummary, whole: records.Document) -> schemas.DocumentDetail:
    return schemas.DocumentDetail(
        **document(summary).model_dump(),
        headings=[schemas.Heading(text=h.text, level=h.level, start=h.start, end=h.end) for h in whole.headings()],
    )
