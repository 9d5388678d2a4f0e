"""Makes anew what a verification found wrong and can be made anew: from the stored text, from the uploaded bytes, or
from the file in its folder. What can't be is left as it is, for a backup."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from yinju import encoding_rows, rows
from yinju.catalogue import Catalogue
from yinju.encoder import Encoder
from yinju.errors import IndexDamaged, Unreadable
from yinju.intake import NONE_READY, Source, drafted, encoded, origin_of
from yinju.passages import split
from yinju.progress import Progress, silent
from yinju.stored import Draft
from yinju.verification import Finding

log = logging.getLogger(__name__)


def repair(
    catalogue: Catalogue, folder: Path, encoder: Encoder, findings: Iterable[Finding], progress: Progress = silent
) -> list[Finding]:
    """Repair what can be; returns what can't. Texts come first: vectors are made of them."""
    found = sorted(findings, key=lambda finding: _ORDER.index(finding.part))
    left = [finding for finding in found if not _repaired(catalogue, folder, encoder, finding, progress)]
    if len(left) < len(found):
        catalogue.announce()  # whoever has the damaged files open takes the new ones
    return left


_ORDER = ("catalogue", "original", "text", "structure", "vectors", "indexes")


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
        with catalogue.writing() as connection:
            encoding_rows.forget_one(connection, finding.where, finding.origin)
        return True
    try:
        document = catalogue.document(finding.where)
    except IndexDamaged:  # its structure could not be read again
        return False
    passages = tuple(split(document.id, document))
    vectors = encoded(encoder, document, passages, progress)
    return catalogue.encode(document.id, document.text_sha256, origin, passages, vectors)


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
        root, name, digest, data = connection.execute(query, (identifier,)).fetchone()
    path = scratch / "original" if root is None else Path(root, name)
    if root is None and data is not None:
        path.write_bytes(data)
    there = path.is_file() and sha256(path.read_bytes()).hexdigest() == digest
    return path if there else None


def _put_back(catalogue: Catalogue, identifier: str, version: int, draft: Draft, encoder: Encoder) -> bool:
    with catalogue.writing() as connection:
        key = rows.stored_key(connection, identifier)
        rows.rewrite(connection, key, version, draft)
        encoding_rows.forget(connection, key)
        encoding_rows.store(connection, key, origin_of(encoder), draft.passages, draft.vectors)
        rows.bump(connection)
    return True
