"""Records as the JSON objects of the HTTP contract: what the application sends and `--json` prints."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from yinju.records import Answer, Citation, DocumentSummary, Hit, Timing

Json = dict[str, Any]


def source_url(base_url: str, document_id: str, version: int, start: int, end: int) -> str:
    """Where a person reads that version of a document, opened at a span. `base_url` has no slash at its end."""
    return f"{base_url}/documents/{quote(document_id, safe='')}?version={version}#char={start},{end}"


def answer(record: Answer, base_url: str) -> Json:
    return {
        "id": record.id,
        "status": record.status,
        "reason": record.reason,
        "mode": record.mode,
        "language": record.language,
        "answer": record.answer,
        "confidence": record.confidence,
        "citations": [citation(cited, base_url) for cited in record.citations],
        "passages": passages(record.passages),
        "timing_ms": timing(record.timing_ms),
    }


def timing(record: Timing) -> Json:
    return {"encode": record.encode, "search": record.search, "total": record.total}


def citation(record: Citation, base_url: str) -> Json:
    return {
        "number": record.number,
        "document_id": record.document_id,
        "title": record.title,
        "document_date": record.document_date,
        "heading": list(record.heading),
        "page": record.page,
        "passage_id": record.passage_id,
        "quote": record.quote,
        "start": record.start,
        "end": record.end,
        "highlights": [{"start": mark.start, "end": mark.end, "text": mark.text} for mark in record.highlights],
        "text_sha256": record.text_sha256,
        "version": record.version,
        "cut": record.cut,
        "url": source_url(base_url, record.document_id, record.version, record.start, record.end),
    }


def passages(hits: Iterable[Hit]) -> list[Json]:
    return [
        {
            "passage_id": hit.passage.id,
            "document_id": hit.passage.document_id,
            "version": hit.version,
            "title": hit.title,
            "heading": list(hit.passage.heading),
            "page": hit.passage.page,
            "text": hit.passage.text,
            "start": hit.passage.start,
            "end": hit.passage.end,
            "score": hit.score,
            "signals": dict(hit.signals),
        }
        for hit in hits
    ]


def document(record: DocumentSummary) -> Json:
    return {
        "id": record.id,
        "collection": record.collection,
        "title": record.title,
        "document_date": record.date,
        "name": record.name,
        "characters": record.characters,
        "passages": record.passages,
        "version": record.version,
        "text_sha256": record.text_sha256,
        "added_at": record.added_at,
        "updated_at": record.updated_at,
    }
