"""Makes anew what a verification found wrong and can be made anew: from the stored text, from the uploaded bytes, or
from the file in its folder. What can't be is left as it is, for a backup."""

from __future__ import annotations

import logging
import shutil
import sqlite3
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from yinju import encoding_rows, rows
from yinju.catalogue import Catalogue
from yinju.encoder import Encoder
from yinju.errors import Gone, IndexDamaged, NotFound, Unreadable
from yinju.intake import NONE_READY, Source, drafted, encoded, origin_of
from yinju.passages import SEARCHABLE, split
from yinju.progress import Progress, silent
from yinju.stored import Draft, Origin
from yinju.verification import Finding

log = logging.getLogger(__name__)


def repair(
    catalogue: Catalogue, folder: Path, encoder: Encoder, findings: Iterable[Finding], progress: Progress = silent
) -> list[Finding]:
    """Repair what can be; returns what can't. Texts come first: vectors are made of them."""
    found = sorted(findings, key=lambda finding: _ORDER.index(finding.part))
    left = [finding for finding in found if not _settled(catalogue, folder, encoder, finding, progress)]
    if len(left) < len(found):
        catalogue.announce()  # whoever has the damaged files open takes the new ones
    return left


_ORDER = ("catalogue", "original", "text", "structure", "vectors", "indexes")


def _settled(catalogue: Catalogue, folder: Path, encoder: Encoder, finding: Finding, progress: Progress) -> bool:
    try:
        return _repaired(catalogue, folder, encoder, finding, progress)
    except (NotFound, Gone):  # deleted since: nothing of it is left to be wrong
        return True


def _repaired(catalogue: Catalogue, folder: Path, encoder: Encoder, finding: Finding, progress: Progress) -> bool:
    match finding.part:
        case "text" | "structure":
            return _read_again(catalogue, encoder, finding, progress)
        case "vectors":
            return _encoded_again(catalogue, encoder, finding, progress)
        case "indexes":  # what serves is made again from the catalogue, by whoever needs it
            shutil.rmtree(folder / finding.where, ignore_errors=True)
            return True
        case _:
            return False


def _encoded_again(catalogue: Catalogue, encoder: Encoder, finding: Finding, progress: Progress) -> bool:
    origin = origin_of(encoder)
    if finding.origin != origin and finding.origin is not None:  # another model's: it can do it again when it is back
        return _forgotten(catalogue, finding.where, finding.origin)
    try:
        document = catalogue.document(finding.where)
    except IndexDamaged:  # its structure could not be read again
        return False
    passages = tuple(split(document.id, document))
    vectors = encoded(encoder, document, passages, progress)
    catalogue.encode(document.id, document.text_sha256, origin, passages, vectors)
    return True  # also where it was replaced meanwhile, and encoded with its new text


def _forgotten(catalogue: Catalogue, document_id: str, origin: Origin) -> bool:
    """Delete what another model made of a document; not where it is the only one that serves."""
    with catalogue.writing() as connection:
        if _serving(connection) == [origin]:
            return False
        encoding_rows.forget_one(connection, document_id, origin)
    return True


def _serving(connection: sqlite3.Connection) -> list[Origin]:
    return [each for each in encoding_rows.complete(connection) if each.splitter in SEARCHABLE]


def _read_again(catalogue: Catalogue, encoder: Encoder, finding: Finding, progress: Progress) -> bool:
    """Read the newest version once more, from the very bytes it was read from."""
    identifier, _, version = finding.where.rpartition("@")
    summary = catalogue.summary(identifier)
    if int(version) != summary.version:
        return False
    with TemporaryDirectory(prefix="yinju-") as scratch:
        path = _source_of(catalogue, identifier, Path(scratch))
        if path is None:
            return False
        digest = sha256(path.read_bytes()).hexdigest()
        source = Source(summary.name, path, digest, summary.collection, summary.root)
        try:
            draft = drafted(source, encoder, progress, NONE_READY)
        except Unreadable as error:
            log.error("%s can't be read again: %s", identifier, error)
            return False
        return _put_back(catalogue, identifier, summary.version, draft, encoder)


def _source_of(catalogue: Catalogue, identifier: str, scratch: Path) -> Path | None:
    """A file of the very bytes a document was read from; None where there is none any more."""
    query = """
        SELECT root, name, bytes_sha256, data FROM documents
        JOIN versions ON versions.document = documents.key AND versions.version = documents.version
        LEFT JOIN originals ON originals.sha256 = versions.original WHERE id = ?
    """
    with catalogue.borrowed() as connection:
        found = connection.execute(query, (identifier,)).fetchone()
        if found is None:
            raise rows.absent(connection, identifier)
    root, name, digest, data = found
    path = scratch / "original" if root is None else Path(root, name)
    if root is None and data is not None:
        path.write_bytes(data)
    there = path.is_file() and sha256(path.read_bytes()).hexdigest() == digest
    return path if there else None


def _put_back(catalogue: Catalogue, identifier: str, version: int, draft: Draft, encoder: Encoder) -> bool:
    """False, and nothing changed, where the version is another by now, or nothing would serve afterwards."""
    with catalogue.writing() as connection:
        key, *there = rows.current(connection, identifier)
        if there != [version, draft.bytes_sha256]:
            return False
        origin, serving = origin_of(encoder), _serving(connection)
        if not rows.rewrite(connection, key, version, draft):  # read otherwise than when it was encoded
            encoding_rows.forget(connection, key)
            encoding_rows.store(connection, key, origin, draft.passages, draft.vectors)
            if serving and origin not in serving:
                connection.rollback()
                return False
        rows.bump(connection)
    return True
