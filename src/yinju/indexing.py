"""A folder of files into the catalogue: what is new is added, what changed replaced, what is gone removed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from yinju.blobs import PassageVectors, unpack_spans
from yinju.catalogue import Catalogue
from yinju.document_ids import document_id
from yinju.encoder import Encoder
from yinju.errors import InvalidRequest, NotFound, Unreadable
from yinju.folders import Listing, list_folder
from yinju.passage_vectors import PassageText, encode
from yinju.passages import SPLITTER, document_sentences, sentence_spans, split
from yinju.progress import Progress, silent
from yinju.readers import STRUCTURE, read
from yinju.records import Document, Passage, Reading
from yinju.stored import Draft, Known, Origin

__all__ = ["IndexReport", "Progress", "index_folder", "origin_of", "reencode"]


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What an indexing did, by file names relative to the folder.

    `refused` pairs a name with the reason. A document whose file can no longer be read keeps its last readable
    version. A file moved to another place below the folder is in `moved` alone, as (old name, new name), and keeps
    its id.
    """

    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    moved: tuple[tuple[str, str], ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()


def origin_of(encoder: Encoder) -> Origin:
    """What the catalogue records about passages and vectors made with this encoder and this version's splitter."""
    return Origin(encoder.fingerprint, SPLITTER, encoder.dimension)


def index_folder(catalogue: Catalogue, encoder: Encoder, folder: Path, progress: Progress = silent) -> IndexReport:
    """Make the catalogue hold what the folder holds; documents of other folders are not touched.

    Each document is one transaction: whenever this is cut short, every document is either its old or its new version,
    and the next run does the rest. Raises InvalidRequest for a folder that is none, IndexMismatch, IndexBusy.
    """
    root = folder.resolve()
    if not root.is_dir():
        raise InvalidRequest(f"{folder} is not a folder. Nothing was changed; check the path.")
    made_by = catalogue.origin()
    if made_by is not None:  # asked of what was stored, so that a folder with nothing new loads no model
        catalogue.check(Origin(encoder.fingerprint, SPLITTER, made_by.dimension))
    return _Indexing(catalogue, encoder, root, list_folder(root), progress).run()


def reencode(catalogue: Catalogue, encoder: Encoder, progress: Progress = silent) -> int:
    """Split and encode every stored text again, whatever made the old vectors; returns the number of documents.

    One transaction: cut short, the catalogue is as before. Others can read but not write meanwhile.
    """
    origin = origin_of(encoder)
    with catalogue.rewriting(origin) as rewriting:
        identifiers = rewriting.document_ids()
        for done, identifier in enumerate(identifiers, start=1):
            found = rewriting.document(identifier)
            passages = tuple(split(identifier, found))
            rewriting.put(identifier, passages, _encoded(encoder, found, passages, progress))
            progress("files", done, len(identifiers))
    return len(identifiers)


class _Indexing:
    """One run over one folder."""

    def __init__(
        self, catalogue: Catalogue, encoder: Encoder, root: Path, listing: Listing, progress: Progress
    ) -> None:
        self._catalogue = catalogue
        self._encoder = encoder
        self._root = root
        self._listing = listing
        self._progress = progress
        self._known = catalogue.known(str(root))
        gone = listing.gone(frozenset(self._known))
        self._gone = {name: known for name, known in self._known.items() if name in gone}
        self._done: dict[str, list[str]] = {"added": [], "replaced": [], "unchanged": []}
        self._moved: list[tuple[str, str]] = []
        self._refused = list(listing.refused)

    def run(self) -> IndexReport:
        for done, name in enumerate(self._listing.files, start=1):
            try:
                self._index(name)
            except Unreadable as error:
                self._refused.append((name, str(error)))
            self._progress("files", done, len(self._listing.files))
        for known in self._gone.values():
            with suppress(NotFound):  # another process indexing the same folder came first
                self._catalogue.remove(known.id)
        return IndexReport(
            added=tuple(self._done["added"]),
            replaced=tuple(self._done["replaced"]),
            moved=tuple(self._moved),
            removed=tuple(self._gone),
            unchanged=tuple(self._done["unchanged"]),
            refused=tuple(sorted(self._refused)),
        )

    def _index(self, name: str) -> None:
        data = _bytes_of(self._root, name)
        digest = sha256(data).hexdigest()
        known, twin = self._known.get(name), self._gone_twin(digest)
        if known is not None and (known.bytes_sha256, known.structure) == (digest, STRUCTURE):
            self._done["unchanged"].append(name)
        elif known is None and twin is not None and _same_file_name(twin, name):
            self._catalogue.rename(self._gone.pop(twin).id, name)
            self._moved.append((twin, name))
        else:
            source = self._gone[twin] if known is None and twin is not None else known
            draft = self._draft(name, data, digest, source)
            self._catalogue.put(draft, origin_of(self._encoder))
            self._done["added" if known is None else "replaced"].append(name)

    def _gone_twin(self, digest: str) -> str | None:
        """A file that is gone and held the same bytes, read by the same readers."""
        wanted = (digest, STRUCTURE)
        return next((name for name, old in self._gone.items() if (old.bytes_sha256, old.structure) == wanted), None)

    def _draft(self, name: str, data: bytes, digest: str, source: Known | None) -> Draft:
        """What to store for a file. Passages it shares with the document `source` are not encoded again."""
        reading = read(name, data)
        passages = tuple(split(document_id(name), reading))
        ready = {} if source is None else self._vectors_by_text(source)
        vectors = _encoded(self._encoder, reading, passages, self._progress, ready)
        return Draft(str(self._root), name, digest, STRUCTURE, reading, passages, vectors)

    def _vectors_by_text(self, source: Known) -> dict[PassageText, PassageVectors]:
        return {
            PassageText(stored.passage.text, tuple(unpack_spans(stored.vectors.spans))): stored.vectors
            for stored in self._catalogue.stored(source.id)
        }


def _same_file_name(one: str, other: str) -> bool:
    # The file's own name decides its reader, and may be its title: with another, the same bytes are another document.
    return PurePosixPath(one).name == PurePosixPath(other).name


def _bytes_of(root: Path, name: str) -> bytes:
    try:
        return (root / name).read_bytes()
    except OSError as error:
        raise Unreadable(f"{name} can't be read ({error.strerror}). Check that it is there and may be read.") from error


def _encoded(
    encoder: Encoder,
    source: Reading | Document,
    passages: tuple[Passage, ...],
    progress: Progress,
    ready: Mapping[PassageText, PassageVectors] = MappingProxyType({}),
) -> tuple[PassageVectors, ...]:
    """The passages' vectors, in order; those of a text in `ready` are taken from there."""
    found = document_sentences(source.blocks, source.text)
    texts = [
        PassageText.of(each.text, each.start, sentence_spans(found, source.text, each.start, each.end))
        for each in passages
    ]
    missing = list(dict.fromkeys(text for text in texts if text not in ready))
    made: dict[PassageText, PassageVectors] = {}
    for text, vectors in zip(missing, encode(encoder, missing), strict=True):
        made[text] = vectors
        progress("encode", len(made), len(missing))
    return tuple(made.get(text) or ready[text] for text in texts)
