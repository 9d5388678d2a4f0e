"""A folder of files into the catalogue: what is new is added, what changed replaced, what is gone removed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from yinju import folder_rows
from yinju.catalogue import Catalogue
from yinju.encoder import Encoder
from yinju.errors import Gone, InvalidRequest, NotFound, Unreadable
from yinju.folders import Listing, list_folder
from yinju.intake import NONE_READY, Ready, Source, digest_of, drafted, origin_of, ready_from
from yinju.passages import SPLITTER
from yinju.progress import Progress, silent
from yinju.readers import STRUCTURE
from yinju.records import DEFAULT_COLLECTION
from yinju.stored import Known, Origin

__all__ = ["IndexReport", "Progress", "index_folder"]


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What an indexing did, by file names relative to the folder.

    `refused` pairs a name with the reason. A document whose file can no longer be read keeps its last readable
    version. A file moved to another place below the folder is in `moved` alone, as (old name, new name), and keeps
    its id. `withdrawn` are files of documents that a person deleted or replaced by hand: they stay away until their
    bytes change.
    """

    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    moved: tuple[tuple[str, str], ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """How a folder is indexed. restore: bring back what a person deleted. actor: who, for the audit."""

    collection: str = DEFAULT_COLLECTION
    restore: bool = False
    actor: str = ""


def index_folder(
    catalogue: Catalogue, encoder: Encoder, folder: Path, progress: Progress = silent, way: Way | None = None
) -> IndexReport:
    """Make the catalogue hold what the folder holds; documents of other folders are not touched.

    Each document is one transaction: whenever this is cut short, every document is either its old or its new version,
    and the next run does the rest. Raises InvalidRequest for a folder that is none, IndexMismatch, IndexBusy.
    """
    root = folder.resolve()
    if not root.is_dir():
        raise InvalidRequest(f"{folder} is not a folder. Nothing was changed; check the path.")
    _check(catalogue, encoder)
    return _Indexing(catalogue, encoder, root, list_folder(root), progress, way or Way()).run()


def _check(catalogue: Catalogue, encoder: Encoder) -> None:
    """Raises IndexMismatch. Asked of what is stored, so that a folder with nothing new loads no model."""
    made_by = (encoder.fingerprint, SPLITTER)
    if made_by not in [(origin.encoder, origin.splitter) for origin in catalogue.complete()]:
        catalogue.check(Origin(*made_by, 0))


class _Indexing:
    """One run over one folder."""

    def __init__(
        self, catalogue: Catalogue, encoder: Encoder, root: Path, listing: Listing, progress: Progress, way: Way
    ) -> None:
        self._catalogue = catalogue
        self._encoder = encoder
        self._root = root
        self._listing = listing
        self._progress = progress
        self._way = way
        self._known = catalogue.known(str(root))
        self._withdrawn = catalogue.withdrawn()
        gone = listing.gone(frozenset(self._known))
        self._gone = {name: known for name, known in self._known.items() if name in gone}
        self._done: dict[str, list[str]] = {"added": [], "replaced": [], "unchanged": [], "withdrawn": []}
        self._moved: list[tuple[str, str]] = []
        self._refused = list(listing.refused)

    def run(self) -> IndexReport:
        for done, name in enumerate(self._listing.files, start=1):
            try:
                self._index(name)
            except Unreadable as error:
                self._refused.append((name, str(error)))
            self._progress("files", done, len(self._listing.files))
        for name in self._gone:
            self._remove(name)
        return IndexReport(
            added=tuple(self._done["added"]),
            replaced=tuple(self._done["replaced"]),
            moved=tuple(self._moved),
            removed=tuple(self._gone),
            unchanged=tuple(self._done["unchanged"]),
            withdrawn=tuple(self._done["withdrawn"]),
            refused=tuple(sorted(self._refused)),
        )

    def _index(self, name: str) -> None:
        data = _bytes_of(self._root, name)
        digest = digest_of(data)
        known, twin = self._known.get(name), self._gone_twin(digest)
        if known is not None and known == Known(known.id, digest, STRUCTURE, self._way.collection):
            self._done["unchanged"].append(name)
        elif known is None and self._stays_away(digest):
            self._done["withdrawn"].append(name)
        elif known is None and twin is not None and _same_file_name(twin, name) and self._move(twin, name):
            self._moved.append((twin, name))
        else:
            near = self._gone[twin] if known is None and twin is not None else known
            self._store(Source(name, data, digest, self._way.collection, str(self._root)), known, near)

    def _stays_away(self, digest: str) -> bool:
        if digest not in self._withdrawn:
            return False
        if self._way.restore:
            self._catalogue.readmit(digest)
        return not self._way.restore

    def _gone_twin(self, digest: str) -> str | None:
        """A file that is gone and held the same bytes, read by the same readers."""
        wanted = (digest, STRUCTURE, self._way.collection)
        return next(
            (name for name, old in self._gone.items() if (old.bytes_sha256, old.structure, old.collection) == wanted),
            None,
        )

    def _move(self, old: str, new: str) -> bool:
        moved = self._catalogue.rename(str(self._root), old, new)
        if moved:
            del self._gone[old]
        return moved

    def _store(self, source: Source, known: Known | None, near: Known | None) -> None:
        """near: the document it most likely shares passages with, which then need not be encoded again."""
        origin = origin_of(self._encoder)
        draft = drafted(source, self._encoder, self._progress, self._ready(near))
        with self._catalogue.writing() as connection:
            if folder_rows.stays_away(connection, draft):  # deleted since this run began
                self._done["withdrawn"].append(source.name)
                return
            stored = self._catalogue.put_in(connection, draft, origin, self._way.actor)
        self._done["replaced" if known is not None and known.id == stored else "added"].append(source.name)

    def _ready(self, near: Known | None) -> Ready:
        try:
            return NONE_READY if near is None else ready_from(self._catalogue, near.id, origin_of(self._encoder))
        except (NotFound, Gone):  # deleted since this run began
            return NONE_READY

    def _remove(self, name: str) -> None:
        """Where another process came first, or an upload replaced the document, there is nothing to remove."""
        with self._catalogue.writing() as connection:
            found = folder_rows.document_of(connection, str(self._root), name)
            if found is not None:
                self._catalogue.remove_in(connection, found, False, None, self._way.actor)


def _same_file_name(one: str, other: str) -> bool:
    # The file's own name decides its reader, and may be its title: with another, the same bytes are another document.
    return PurePosixPath(one).name == PurePosixPath(other).name


def _bytes_of(root: Path, name: str) -> bytes:
    try:
        return (root / name).read_bytes()
    except OSError as error:
        raise Unreadable(
            f"{name} can't be read ({error.strerror}). Check that it is there and may be read.", "unreadable"
        ) from error
