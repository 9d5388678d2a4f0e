"""A library of three small documents whose every answer can be worked out by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from yinju.errors import InvalidRequest, NotFound, Unsupported
from yinju.library import Library
from yinju.records import (
    Answer,
    Block,
    Citation,
    Document,
    DocumentSummary,
    Highlight,
    Hit,
    Passage,
    Timing,
    Turn,
)
from yinju.stored import Counts

# An emoji before the quote: code points and UTF-16 units differ from there on.
TEXT = "年度报告\n一、青年工作\n🎓开办青年夜校121期。\n覆盖青年6000余人次。\n"
REPORT = "2025-报告 甲"  # a space and Chinese in an id: both need percent-encoding
WHEN = "2025-11-22T08:00:00Z"


def _document(document_id: str, text: str) -> Document:
    digest = hashlib.sha256(text.encode()).hexdigest()
    title, heading = Block("title", 0, 4, 1), Block("heading", 5, 11, 1)
    return Document(
        document_id, text[:4], "2025", f"{document_id}.txt", None, text, (title, heading), (), digest, digest,
        1, WHEN, WHEN,
    )  # fmt: skip


class FakeLibrary(Library):
    """Quotes sentence 1 and 2 of `TEXT` for a question with 夜校 in it, and finds nothing for others."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.found = {i: _document(i, TEXT) for i in sorted([REPORT, "a-1", "b-2"])}
        self.asked: list[tuple[str, list[Turn], int, Sequence[str] | None, str | None]] = []
        self.fails: BaseException | None = None
        self.warm = self.closed = False

    def warm_up(self) -> None:
        if self.fails is not None:
            raise self.fails
        self.warm = True

    def close(self) -> None:
        self.closed = True

    def counts(self) -> Counts:
        return Counts(len(self.found), 2 * len(self.found))

    def _check(self, document_ids: Sequence[str] | None) -> None:
        if self.fails is not None:
            raise self.fails
        for document_id in document_ids or ():
            self.document(document_id)

    def search(self, question: str, *, top_k: int = 5, document_ids: Sequence[str] | None = None) -> list[Hit]:
        self._check(document_ids)
        passage = Passage(REPORT, 12, 37, TEXT[12:37], ("一、青年工作",), 1)
        return [Hit(passage, "年度报告", 0.75, {"dense": 0.5, "lexical": 1.0, "late": 0.25})][:top_k]

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        top_k: int = 5,
        document_ids: Sequence[str] | None = None,
        mode: str | None = None,
    ) -> Answer:
        self.asked.append((question, list(history), top_k, document_ids, mode))
        hits = tuple(self.search(question, top_k=top_k, document_ids=document_ids))
        if mode == "generative":
            raise Unsupported("No language model is configured. Ask with mode extractive.")
        if question == "\u0000":
            raise InvalidRequest("The question holds no words. Write a question.")
        timing = Timing(encode=8.0, search=2.0, total=10.5)
        if "夜校" not in question:
            text = "这些文件没有提到所问的内容。请换一种问法。"
            return Answer("q-2", "not_found", "off_topic", "extractive", "zh", text, 0.25, (), hits, timing)
        citations = (self._citation(1, 12, 24, 19, 23), self._citation(2, 25, 37, 29, 36))
        text = f"{citations[0].quote}[1]{citations[1].quote}[2]"
        return Answer("q-1", "answered", None, "extractive", "zh", text, 0.875, citations, hits, timing)

    def _citation(self, number: int, start: int, end: int, first: int, last: int) -> Citation:
        document = self.found[REPORT]
        return Citation(
            number,
            REPORT,
            document.title,
            document.date,
            ("一、青年工作",),
            1,
            f"{REPORT}:12-37",
            TEXT[start:end],
            start,
            end,
            (Highlight(first, last, TEXT[first:last]),),
            document.text_sha256,
        )

    def documents(self, *, limit: int = 100, after: str | None = None) -> list[DocumentSummary]:
        return [self.summary(i) for i in self.found if after is None or i > after][:limit]

    def summary(self, document_id: str) -> DocumentSummary:
        d = self.document(document_id)
        return DocumentSummary(
            d.id, d.title, d.date, d.name, d.root, len(d.text), 2, d.version, d.text_sha256, d.added_at, d.updated_at
        )

    def document(self, document_id: str) -> Document:
        if document_id not in self.found:
            raise NotFound(document_id)
        return self.found[document_id]
