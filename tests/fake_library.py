"""A library of three small documents whose every answer can be worked out by hand."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from yinju.document_ids import document_id as new_id
from yinju.document_ids import unused_id
from yinju.errors import (
    Gone,
    IdempotencyConflict,
    InvalidRequest,
    NotFound,
    PreconditionFailed,
    UnknownCollection,
    UnknownJob,
    UnknownVersion,
    Unsupported,
)
from yinju.library import Library
from yinju.records import (
    DEFAULT_COLLECTION,
    Answer,
    Block,
    Citation,
    Collection,
    Document,
    DocumentSummary,
    Highlight,
    Hit,
    Job,
    JobError,
    JobState,
    Passage,
    Removal,
    Timing,
    Turn,
    Version,
)
from yinju.status import Status
from yinju.stored import Counts

# An emoji before the quote: code points and UTF-16 units differ from there on.
TEXT = "年度报告\n一、青年工作\n🎓开办青年夜校121期。\n覆盖青年6000余人次。\n"
REPORT = "2025-报告 甲"  # a space and Chinese in an id: both need percent-encoding
WHEN = "2025-11-22T08:00:00Z"
LATER = "2025-11-23T08:00:00Z"


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
        self.replaced: dict[str, list[Document]] = {}
        self.deleted: set[str] = set()
        self.jobs: dict[str, Job] = {}
        self.texts: dict[str, str] = {}
        self.removals: dict[str, Removal] = {}
        self.sent: dict[tuple[str, str], tuple[tuple[str | None, ...], str]] = {}
        self.actors: list[str] = []
        self.waited: list[float] = []
        self.slow, self.hold = False, 0.0
        self.asked: list[tuple[str, list[Turn], int, Sequence[str] | None, str | None]] = []
        self.within: list[Sequence[str] | None] = []
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

    def status(self) -> Status:
        jobs: dict[JobState, int] = Counter(job.state for job in self.jobs.values())
        documents = len(self.found)
        return Status(7, 6, documents, 2 * documents, documents, {"catalogue": 4096, "derived": 8192}, jobs)

    def start_jobs(self, observe: Callable[[str, float], None] = lambda *_: None) -> None:
        observe("read", 1.5)

    def _check(self, document_ids: Sequence[str] | None) -> None:
        if self.fails is not None:
            raise self.fails
        for document_id in document_ids or ():
            self.document(document_id)

    def search(
        self,
        question: str,
        *,
        top_k: int = 5,
        document_ids: Sequence[str] | None = None,
        collections: Sequence[str] | None = None,
    ) -> list[Hit]:
        self._check(document_ids)
        self.within.append(collections)
        for collection in collections or ():
            if collection not in {DEFAULT_COLLECTION, *(d.collection for d in self.found.values())}:
                raise UnknownCollection(collection)
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
        collections: Sequence[str] | None = None,
    ) -> Answer:
        self.asked.append((question, list(history), top_k, document_ids, mode))
        hits = tuple(self.search(question, top_k=top_k, document_ids=document_ids, collections=collections))
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

    def documents(
        self, *, limit: int = 100, after: str | None = None, collections: Sequence[str] | None = None
    ) -> list[DocumentSummary]:
        summaries = [self.summary(i) for i in sorted(self.found) if after is None or i > after]
        return [s for s in summaries if collections is None or s.collection in collections][:limit]

    def collections(self) -> list[Collection]:
        counts = Counter(document.collection for document in self.found.values())
        return [Collection(name, number, 2 * number) for name, number in sorted(counts.items())]

    def summary(self, document_id: str) -> DocumentSummary:
        d = self.document(document_id)
        return DocumentSummary(
            d.id, d.title, d.date, d.name, d.root, len(d.text), 2, d.version, d.text_sha256, d.added_at, d.updated_at,
            d.collection,
        )  # fmt: skip

    def document(self, document_id: str, version: int | None = None) -> Document:
        if document_id in self.deleted:
            raise Gone(document_id, LATER)
        if document_id not in self.found:
            raise NotFound(document_id)
        document = self.found[document_id]
        if version is None or version == document.version:
            return document
        older = self.replaced.get(document_id, [])
        if not 1 <= version <= len(older):
            raise UnknownVersion(document_id, version, document.version)
        return older[version - 1]

    def versions(self, document_id: str) -> list[Version]:
        all_of_them = [*self.replaced.get(document_id, []), self.document(document_id)]
        return [Version(d.version, d.title, d.text_sha256, d.updated_at) for d in all_of_them]

    # ------------------------------------------------------------------------------------- changes

    def submit(
        self,
        name: str,
        path: Path,
        *,
        collection: str = DEFAULT_COLLECTION,
        replaces: str | None = None,
        if_match: str | None = None,
        actor: str = "",
        idempotency_key: str | None = None,
    ) -> Job:
        if self.fails is not None:
            raise self.fails
        text = path.read_bytes().decode(errors="replace")
        request = (name, text, collection, replaces)
        earlier = self._sent_before(actor, idempotency_key, request)
        if earlier is not None:
            return replace(self.jobs[earlier], replayed=True)
        self.actors.append(actor)
        if replaces is not None:
            self._match(replaces, if_match)
        job = Job(
            f"job-{len(self.jobs) + 1}", "add" if replaces is None else "replace", "queued", "", 0, 0, name, collection,
            replaces, None, False, None, WHEN, WHEN,
        )  # fmt: skip
        self.jobs[job.id], self.texts[job.id] = job, text
        if idempotency_key is not None:
            self.sent[actor, idempotency_key] = (request, job.id)
        same = self._same(text, collection, replaces)
        if same is not None:
            self.jobs[job.id] = replace(job, state="done", document_id=same.id, version=same.version)
        return self.jobs[job.id]

    def job(self, job_id: str) -> Job:
        if job_id not in self.jobs:
            raise UnknownJob(job_id)
        return self.jobs[job_id]

    def wait(self, job_id: str, seconds: float) -> Job:
        """Ends the job, unless the library is `slow`; after `hold` seconds."""
        self.waited.append(seconds)
        time.sleep(self.hold)
        return self.job(job_id) if self.slow else self.finish(job_id)

    def finish(self, job_id: str) -> Job:
        """A text with 扫描件 in it is refused, as a scan is."""
        job, text = self.job(job_id), self.texts[job_id]
        if job.ended:
            return job
        if "扫描件" in text:
            error = JobError("scan", "The PDF holds pictures of pages and no text. Send one with text in it.")
            self.jobs[job_id] = replace(job, state="failed", error=error, updated_at=LATER)
            return self.jobs[job_id]
        document_id = job.document_id or unused_id(new_id(job.name), {*self.found, *self.deleted}.__contains__)
        document = replace(_document(document_id, text), name=job.name, collection=job.collection)
        if job.kind == "replace":
            old = self.found[document_id]
            self.replaced.setdefault(document_id, []).append(old)
            document = replace(document, version=old.version + 1, updated_at=LATER)
        self.found[document_id] = document
        self.jobs[job_id] = replace(
            job, state="done", document_id=document_id, version=document.version, created=True, updated_at=LATER
        )
        return self.jobs[job_id]

    def remove(
        self,
        document_id: str,
        *,
        if_match: str | None = None,
        actor: str = "",
        idempotency_key: str | None = None,
    ) -> Removal:
        earlier = self._sent_before(actor, idempotency_key, (document_id,))
        if earlier is not None:
            return replace(self.removals[earlier], replayed=True)
        self._match(document_id, if_match)
        self.actors.append(actor)
        del self.found[document_id]
        self.deleted.add(document_id)
        self.removals[document_id] = Removal(document_id, 2, 2, 1 + len(self.replaced.pop(document_id, [])))
        if idempotency_key is not None:
            self.sent[actor, idempotency_key] = ((document_id,), document_id)
        return self.removals[document_id]

    def _sent_before(self, actor: str, key: str | None, request: tuple[str | None, ...]) -> str | None:
        if key is None or (actor, key) not in self.sent:
            return None
        earlier, made = self.sent[actor, key]
        if earlier != request:
            raise IdempotencyConflict("This key came with another request. Send a new key.")
        return made

    def _match(self, document_id: str, if_match: str | None) -> None:
        if if_match not in (None, self.summary(document_id).text_sha256):
            raise PreconditionFailed("The document has changed. Read it again.")

    def _same(self, text: str, collection: str, replaces: str | None) -> Document | None:
        candidates = self.found.values() if replaces is None else [self.found[replaces]]
        return next((d for d in candidates if (d.text, d.collection) == (text, collection)), None)
