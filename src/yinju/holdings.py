"""The documents of an index: listed, read, added, replaced, removed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import file_digest
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Self

from threadpoolctl import ThreadpoolController

from yinju import backup, clock, idempotency, jobs
from yinju.catalogue import Catalogue
from yinju.current import Current
from yinju.encoder import Encoder
from yinju.encoder.lazy import LazyEncoder
from yinju.indexing import IndexReport, Way, index_folder
from yinju.intake import Source, drafted, origin_of
from yinju.jobs import Upload
from yinju.memory import share_arenas
from yinju.progress import Progress, silent
from yinju.records import DEFAULT_COLLECTION, Collection, Document, DocumentSummary, Job, Removal, Version
from yinju.runner import Runner
from yinju.settings import Settings
from yinju.stored import Counts

CATALOGUE, DERIVED = "catalogue.db", "derived"
_POLL = 0.02  # seconds


class Holdings:
    """What `yinju.library.Library` does with documents, questions aside. Opens and closes what both need."""

    def __init__(self, settings: Settings, catalogue: Catalogue, encoder: Encoder) -> None:
        """For encoders of one's own; `open` gives the configured ones. `close` closes the catalogue."""
        _spare_the_other_cores()
        share_arenas()
        self._settings = settings
        self._catalogue = catalogue
        self._encoder = encoder
        self._current = Current(catalogue, settings.index / DERIVED, encoder)
        self._runner: Runner | None = None

    @classmethod
    def open(cls, settings: Settings, progress: Progress = silent) -> Self:
        """Open the catalogue, made new where there is none. `progress` hears of a model being built.

        Raises SettingsError for a folder that can't be used.
        """
        catalogue = Catalogue(settings.index / CATALOGUE)
        backup.clear(settings.index)
        return cls(settings, catalogue, LazyEncoder(settings, progress))

    def close(self) -> None:
        """Wait for what is being written, and let go of the files. Jobs not done go on when they are started again."""
        if self._runner is not None:
            self._runner.stop()
        self._current.close()
        self._catalogue.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def encoder(self) -> Encoder:
        """The model. Its first use may load it, which takes seconds and may raise ModelError."""
        return self._encoder

    def documents(
        self, *, limit: int = 100, after: str | None = None, collections: Sequence[str] | None = None
    ) -> list[DocumentSummary]:
        """Summaries ordered by id, those after the id `after` only, of some collections or of all."""
        return self._catalogue.documents(limit, after, collections)

    def collections(self) -> list[Collection]:
        """Those that hold a document, by name."""
        return self._catalogue.collections()

    def counts(self) -> Counts:
        """How many documents and passages there are."""
        return self._catalogue.counts()

    def summary(self, document_id: str) -> DocumentSummary:
        """Raises NotFound, Gone."""
        return self._catalogue.summary(document_id)

    def document(self, document_id: str, version: int | None = None) -> Document:
        """The newest version, or the one named. Raises NotFound, Gone, UnknownVersion."""
        return self._catalogue.document(document_id, version)

    def versions(self, document_id: str) -> list[Version]:
        """The oldest first. Raises NotFound, Gone."""
        return self._catalogue.versions(document_id)

    def index(self, folder: Path, progress: Progress = silent, way: Way | None = None) -> IndexReport:
        """Add what is new in `folder`, replace what changed, remove what is gone from it.

        Raises InvalidRequest for a folder that is none, IndexMismatch, ModelError.
        """
        report = index_folder(self._catalogue, self._encoder, folder, progress, way)
        self._current.refresh(progress)
        return report

    def add(
        self,
        path: Path,
        *,
        name: str | None = None,
        collection: str = DEFAULT_COLLECTION,
        actor: str = "",
        progress: Progress = silent,
    ) -> DocumentSummary:
        """Add a file as an upload, here and now; the document there is where its bytes are in the collection already.

        Raises Unreadable, IndexMismatch, ModelError.
        """
        with path.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        with self._catalogue.reading() as connection:
            there = jobs.same_bytes(connection, digest, Upload(name or path.name, path, collection))
        if there is not None:
            return self.summary(there[0])
        self._catalogue.check(origin_of(self._encoder))
        draft = drafted(Source(name or path.name, path, digest, collection), self._encoder, progress)
        with self._catalogue.writing() as connection:
            same = jobs.same_bytes(connection, digest, Upload(draft.name, path, collection))
            if same is None:
                identifier = self._catalogue.put_in(connection, draft, origin_of(self._encoder), actor)
                jobs.keep_original(connection, identifier, digest, path)
            else:
                identifier = same[0]
        self._current.refresh(progress)
        return self.summary(identifier)

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
        """Take a file to be added, or to replace a document, by the thread `start_jobs` starts. Durable on return.

        path: where its bytes are; not needed afterwards. if_match: the SHA-256 the replaced text must have. The same
        bytes in that collection already are a job done, with `created` False. Raises NotFound, Gone,
        PreconditionFailed, IdempotencyConflict, BacklogFull.
        """
        upload = Upload(name, path, collection, replaces, if_match, actor, idempotency_key)
        job = jobs.submit(self._catalogue, upload)
        if self._runner is not None:
            self._runner.wake()
        return job

    def job(self, job_id: str) -> Job:
        """Raises UnknownJob."""
        return jobs.job(self._catalogue, job_id)

    def wait(self, job_id: str, seconds: float) -> Job:
        """The job once it has ended, or as it is after so many seconds. Raises UnknownJob."""
        until = monotonic() + seconds
        while not (found := self.job(job_id)).ended and monotonic() < until:
            sleep(_POLL)
        return found

    def start_jobs(self, observe: Callable[[str, float], None] = lambda *_: None) -> None:
        """Work off what was submitted, in a thread of its own, until `close`. One process at a time does.

        observe: hears how many seconds each stage of a job took: `read` (encoding included), `store`, `index`.
        """
        if self._runner is None:
            self._runner = Runner(self._catalogue, self._settings.index, self._encoder, self._current.refresh, observe)
            self._runner.start()

    def remove(
        self,
        document_id: str,
        *,
        if_match: str | None = None,
        actor: str = "",
        idempotency_key: str | None = None,
    ) -> Removal:
        """Delete a document with all its versions. No question finds it once this returns.

        Raises NotFound, Gone, PreconditionFailed, IdempotencyConflict.
        """
        with self._catalogue.writing() as connection:
            before = idempotency.removal_of(connection, idempotency_key, document_id)
            if before is not None:
                return before
            removal = self._catalogue.remove_in(connection, document_id, True, if_match, actor)
            idempotency.remember(connection, idempotency_key, removal, clock.stamp())
        self._current.refresh_soon()
        return removal


def _spare_the_other_cores() -> None:
    """Keep NumPy's products to the thread they are called in.

    They take a millisecond; shared out, their threads fight the encoder's and wait for them. Measured on two busy
    cores: 24 ms a search instead of 2.
    """
    ThreadpoolController().select(user_api="blas").limit(limits=1)
