"""A library of one document whose set answers, good and bad, exercise every figure of an evaluation."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from yinju.errors import InvalidRequest, NotFound
from yinju.library import Library
from yinju.records import Answer, Citation, Document, DocumentSummary, Highlight, Hit, Passage, Reason, Timing, Turn

DATA = Path(__file__).parent / "data" / "evaluation"
QUESTIONS = DATA / "questions.jsonl"
DOCUMENT = DATA / "report.txt"
TEXT = DOCUMENT.read_text("utf-8")
REPORT = "report"

SCHOOLS = "开办青年夜校121期，覆盖青年6000余人次。"
MEETING = "今年2月5日，全省召开“新春第一会”，吹响冲锋号角。"
PRIZES = "《清风润家》《家风故事》两部作品获奖，职工参赛人数达到4321人。"
TRAINING = "工委党校举办各类培训班30期，培训规模较去年同期实现翻番。"
ESSAY = TEXT[TEXT.index("附录：") :].strip()


def citation(number: int, quote: str, mark: str = "", shift: int = 0) -> Citation:
    """A quote of the document with one highlight; with `shift`, one that claims to stand elsewhere."""
    start = TEXT.index(quote) + shift
    marks = (Highlight(TEXT.index(mark), TEXT.index(mark) + len(mark), mark),) if mark else ()
    end = start + len(quote)
    passage_id = f"{REPORT}:{start}-{end}"
    return Citation(number, REPORT, "年度报告", None, (), None, passage_id, quote, start, end, marks, "0" * 64)


def hit(text: str, shift: int = 0) -> Hit:
    start = TEXT.index(text) + shift
    return Hit(Passage(REPORT, start, start + len(text), text), "年度报告", 0.5, {})


def answered(confidence: float, citations: Sequence[Citation], hits: Sequence[Hit], more: str = "") -> Answer:
    text = "".join(f"{cited.quote}[{cited.number}]" for cited in citations) + more
    timing = Timing(1.0, 1.0, 2.0)
    return Answer("a", "answered", None, "extractive", "zh", text, confidence, tuple(citations), tuple(hits), timing)


def refused(confidence: float, reason: Reason, hits: Sequence[Hit] = (), citations: Sequence[Citation] = ()) -> Answer:
    timing = Timing(1.0, 1.0, 2.0)
    text = "报告中没有写明。"
    return Answer("r", "not_found", reason, "extractive", "zh", text, confidence, tuple(citations), tuple(hits), timing)


ANSWERS = {
    "开办了多少期青年夜校？": answered(0.9, [citation(1, SCHOOLS, "121期")], [hit(SCHOOLS), hit(MEETING)]),
    # The highlight is far wider than the answer, and the evidence is second.
    "新春第一会是哪天？": answered(
        0.8, [citation(1, MEETING, "2月5日，全省召开“新春第一会”")], [hit(TRAINING), hit(MEETING)]
    ),
    # Half the evidence sentence, with the answer in it; the second citation shows nothing.
    "夜校覆盖多少青年？": answered(
        0.7,
        [citation(1, "121期，覆盖青年6000余人次。", "6000余人次"), citation(2, TRAINING)],
        [hit(TRAINING)] * 3 + [hit(SCHOOLS)],
    ),
    "哪两部作品获奖？": answered(0.6, [citation(1, PRIZES, "《清风润家》")], [hit(PRIZES)]),
    # One of the two asked for.
    "夜校和培训班各多少期？": answered(0.55, [citation(1, SCHOOLS, "121期")], [hit(SCHOOLS)]),
    # 21 is not in 4321, nor 121.
    "有多少支队伍？": answered(0.5, [citation(1, PRIZES, "4321人")], [hit(PRIZES)]),
    # Not what stands at the offsets, be it a quote or a passage.
    "培训班办了多少期？": answered(0.45, [citation(1, TRAINING, "30期", shift=3)], [hit(TRAINING, shift=3)]),
    # Longer than a quote and a passage may be.
    "附录讲了什么？": answered(0.4, [citation(1, ESSAY)], [hit(ESSAY)]),
    "规模怎么样？": answered(0.85, [citation(1, TRAINING, "翻番")], [hit(TRAINING)], more="（以上为要点。）" * 40),
    "How many evening schools were run?": refused(0.3, "no_evidence", [hit(SCHOOLS)]),
    "谁写的报告？": answered(0.65, [], [hit(MEETING)]),
    "夜校的经费是多少？": refused(0.3, "no_evidence", [hit(SCHOOLS)]),
    "夜校的校长是谁？": answered(0.75, [citation(1, SCHOOLS)], [hit(SCHOOLS)]),
    "夜校在哪里？": refused(0.2, "no_evidence", [hit(SCHOOLS)], [citation(1, SCHOOLS)]),
    "今天天气如何？": refused(0.05, "off_topic"),
    "How tall is Everest?": refused(0.3, "off_topic"),
}
HISTORY = [Turn("user", "工委党校举办了多少期培训班？"), Turn("assistant", "30期。")]


class ScoredLibrary(Library):
    """root: the folder the document is said to have been indexed from."""

    def __init__(self, root: Path = DATA) -> None:
        self._root = root
        self.indexed: list[Path] = []

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        top_k: int = 5,
        document_ids: Sequence[str] | None = None,
        collections: Sequence[str] | None = None,
        mode: str | None = None,
    ) -> Answer:
        if (top_k, mode, document_ids, collections) != (5, "extractive", None, None):
            raise AssertionError("evaluations ask for five passages, extractively, over all documents")
        if question == "坏了？":
            raise InvalidRequest("This question can't be asked. Ask another.")
        if question == "规模怎么样？" and list(history) != HISTORY:
            return refused(0.1, "off_topic")
        return ANSWERS[question]

    def close(self) -> None:
        pass

    def documents(
        self, *, limit: int = 100, after: str | None = None, collections: Sequence[str] | None = None
    ) -> list[DocumentSummary]:
        d = self.document(REPORT)
        return [DocumentSummary(d.id, d.title, d.date, d.name, d.root, len(d.text), 1, 1, d.text_sha256, "", "")]

    def document(self, document_id: str, version: int | None = None) -> Document:
        if document_id != REPORT:
            raise NotFound(document_id)
        digest = hashlib.sha256(TEXT.encode()).hexdigest()
        root = str(self._root)
        return Document(REPORT, "年度报告", None, DOCUMENT.name, root, TEXT, (), (), digest, digest, 1, "", "")
