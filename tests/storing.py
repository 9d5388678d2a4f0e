"""A library over an encoder whose numbers can be computed by hand, and ways to bring documents into it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

from tests.fakes import CharacterEncoder
from yinju.catalogue import Catalogue
from yinju.encoder import Encoder
from yinju.library import CATALOGUE, Library
from yinju.records import Job
from yinju.settings import Settings

SECONDS = 20.0
"""Enough for any job here, however busy the machine."""
_numbers = count(1)


def library_at(index: Path, encoder: Encoder | None = None, least: float = 0.0001) -> Library:
    """Open an index, or make one. Twice at once is what two processes are to each other.

    least: the confidence an answer must have.
    """
    settings = Settings.load(index=index, min_confidence=least)
    return Library(settings, Catalogue(index / CATALOGUE), encoder or CharacterEncoder())


def spooled(library: Library, content: str | bytes) -> Path:
    """A file of its own with what was sent."""
    place = library._settings.index.parent / "sent"
    place.mkdir(exist_ok=True)
    path = place / f"{next(_numbers)}.part"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def sent(
    library: Library,
    name: str,
    content: str | bytes,
    *,
    replaces: str | None = None,
    if_match: str | None = None,
    collection: str = "default",
    key: str | None = None,
) -> Job:
    """Submit a document; the file it was sent in is gone at once."""
    path = spooled(library, content)
    try:
        return library.submit(
            name,
            path,
            collection=collection,
            replaces=replaces,
            if_match=if_match,
            actor="key:1",
            idempotency_key=key,
        )
    finally:
        path.unlink()


def worked_off(library: Library, job: Job) -> Job:
    """The job, ended."""
    library.start_jobs()
    return library.wait(job.id, SECONDS)


def texts_found(library: Library, question: str, **scope: list[str]) -> list[str]:
    return [hit.passage.text for hit in library.search(question, top_k=50, **scope)]


def flipped(path: Path, place: Callable[[bytes], int], bit: int = 1) -> None:
    """Turn one bit of a file."""
    data = path.read_bytes()
    at = place(data)
    path.write_bytes(data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :])
