"""Every error the library raises on purpose. A message says what is wrong and ends with what to do.

YinjuError
├── InvalidRequest          what was asked can't be asked so (empty question, top_k out of range)
├── NotFound                no document of that id
├── Unreadable              a file that can't be read as text (encoding, format, emptiness)
├── ModelError              the model can't be built, loaded or trusted
├── IndexMismatch           the index was made with another encoder or splitter
├── IndexBusy               another process is writing
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


class Unreadable(YinjuError):
    """A file that can't be read as text. Nothing of it was stored."""


class ModelError(YinjuError):
    """The model can't be built, loaded or trusted."""


class IndexMismatch(YinjuError):
    """The index was made with another encoder or splitter than the one configured."""


class IndexBusy(YinjuError):
    """Another process is writing to the same index."""


class SettingsError(YinjuError):
    """A setting that is unknown or out of bounds."""


class Unsupported(YinjuError):
    """Something this installation has no part for."""
