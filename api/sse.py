"""An answer as server-sent events: passages, then text and citations as they are fixed, then the rest."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from starlette.responses import StreamingResponse

from api import schemas, wire
from api.problems import of_library_error
from yinju.errors import YinjuError
from yinju.records import Answer, Citation

HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}  # proxies pass every event on at once
CUT = re.compile(r"(?<=[，。！？；：!?;\n])|(\[[0-9]{1,3}\])")  # behind clause marks, and around [n]


def _frame(event: str, data: BaseModel) -> bytes:
    return f"event: {event}\ndata: {data.model_dump_json(exclude_none=event == 'error')}\n\n".encode()


def pieces(text: str) -> list[str]:
    """Cut a text behind its clause marks and around each `[n]`; joined, the pieces are the text."""
    return [piece for piece in CUT.split(text) if piece]


def events(answer: Answer, base_url: str) -> Iterator[bytes]:
    """The frames of one answer. The deltas joined are `answer.answer`; each citation comes once."""
    yield _frame("passages", schemas.Passages(passages=wire.passages(answer.passages)))
    if answer.status == "not_found":
        yield _frame("delta", schemas.Delta(text=answer.answer))
    else:
        yield from _text_and_citations(answer, base_url)
    yield _frame("done", wire.done(answer))


def _text_and_citations(answer: Answer, base_url: str) -> Iterator[bytes]:
    waiting = {f"[{citation.number}]": citation for citation in answer.citations}
    for piece in pieces(answer.answer):
        yield _frame("delta", schemas.Delta(text=piece))
        if piece in waiting:
            yield _citation(waiting.pop(piece), base_url)
    for citation in waiting.values():
        yield _citation(citation, base_url)


def _citation(record: Citation, base_url: str) -> bytes:
    return _frame("citation", schemas.CitationEvent(citation=wire.citation(record, base_url)))


async def _until_error(frames: Iterator[bytes], scope: Mapping[str, Any]) -> AsyncIterator[bytes]:
    # The status line is sent by now: an event is the only way left to say that something failed.
    try:
        for frame in frames:
            yield frame
    except YinjuError as error:
        yield _frame("error", of_library_error(error, scope))


def stream(answer: Answer, base_url: str, scope: Mapping[str, Any]) -> StreamingResponse:
    frames = events(answer, base_url)
    return StreamingResponse(_until_error(frames, scope), headers=HEADERS, media_type="text/event-stream")
