"""Every error the library raises on purpose. A message says what is wrong and ends with what to do.

YinjuError
├── InvalidRequest          what was asked can't be asked so (empty question, top_k out of range)
├── NotFound                no document of that id
├── Gone                    the document of that id was deleted
├── UnknownVersion          the document never had that version
├── UnknownCollection       no document is in that collection
├── UnknownJob              no job of that id
├── PreconditionFailed      the document is not the one the caller knew
├── IdempotencyConflict     the same idempotency key came with another request
├── Unreadable              a file that can't be read as text (encoding, format, emptiness)
├── ModelError              the model can't be built, loaded or trusted
├── IndexMismatch           the index was made with another encoder or splitter
├── IndexBusy               another process is writing
├── BacklogFull             too many uploads are waiting to be worked off
├── IndexDamaged            the catalogue's file is damaged
├── StorageFull             there is no room to store what was sent
├── SettingsError           a setting that is unknown or out of bounds
└── Unsupported             asked for something this installation has no part for (generative mode)
"""

from __future__ import annotations


class YinjuError(Exception):
    """The root; `str(error)` is fit for a person to read."""


class InvalidRequest(YinjuError):
    """The request itself is at fault; asking again unchanged fails again."""


class NotFound(YinjuError):
    """No document of that id is in the index."""

    def __init__(self, document_id: str) -> None:
        super().__init__(f"No document has the id {document_id!r}. `yinju documents` lists the ids there are.")
        self.document_id = document_id


class Gone(YinjuError):
    """The document was deleted, with all its versions."""

    def __init__(self, document_id: str, deleted_at: str) -> None:
        super().__init__(
            f"The document {document_id!r} was deleted on {deleted_at}; none of its text is kept. Cite another one."
        )
        self.document_id = document_id
        self.deleted_at = deleted_at


class UnknownVersion(YinjuError):
    """The document exists and never had this version."""

    def __init__(self, document_id: str, version: int, newest: int) -> None:
        super().__init__(
            f"The document {document_id!r} has no version {version}. Its versions go from 1 to {newest}; name one of "
            "them, or none for the newest."
        )
        self.document_id = document_id
        self.version = version


class UnknownCollection(YinjuError):
    """No document is in the collection."""

    def __init__(self, collection: str) -> None:
        super().__init__(
            f"No document is in the collection {collection!r}. Check its name, or add a document to it first."
        )
        self.collection = collection


class UnknownJob(YinjuError):
    """No job has this id, or it ended long ago and was forgotten."""

    def __init__(self, job_id: str) -> None:
        super().__init__(
            f"No job has the id {job_id!r}; those that ended are forgotten after a day. Look for the document itself."
        )
        self.job_id = job_id


class PreconditionFailed(YinjuError):
    """The document is no longer the one the caller last read. Nothing was changed."""


class IdempotencyConflict(YinjuError):
    """An idempotency key was used before with another request. Nothing was changed."""


class Unreadable(YinjuError):
    """A file that can't be read as text. Nothing of it was stored. reason: a slug for each way of being unreadable."""

    def __init__(self, message: str, reason: str = "unreadable") -> None:
        super().__init__(message)
        self.reason = reason


class ModelError(YinjuError):
    """The model can't be built, loaded or trusted."""


class IndexMismatch(YinjuError):
    """The index was made with another encoder or splitter than the one configured."""


class IndexBusy(YinjuError):
    """Another process is writing to the same index."""


class BacklogFull(YinjuError):
    """Too many uploads are waiting to be worked off. Nothing was stored; the same request may be sent later."""


class IndexDamaged(YinjuError):
    """The catalogue's file is damaged: what was read of it can't be trusted."""


class StorageFull(YinjuError):
    """There is no room on the disk. Nothing was stored."""


class SettingsError(YinjuError):
    """A setting that is unknown or out of bounds."""


class Unsupported(YinjuError):
    """Something this installation has no part for."""
