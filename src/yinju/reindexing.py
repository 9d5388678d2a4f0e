"""Every stored text split and encoded anew, beside what serves: for another model, or another way of splitting."""

from __future__ import annotations

from dataclasses import dataclass

from yinju import audit
from yinju.catalogue import Catalogue
from yinju.encoder import Encoder
from yinju.errors import Gone, NotFound
from yinju.intake import encoded, origin_of
from yinju.passages import split
from yinju.progress import Progress, silent
from yinju.stored import Origin


@dataclass(frozen=True, slots=True)
class Reindexed:
    """documents: how many had to be encoded; those already encoded by this model are not. others: what else is kept."""

    documents: int
    others: tuple[Origin, ...]


def reencode(catalogue: Catalogue, encoder: Encoder, progress: Progress = silent, actor: str = "") -> Reindexed:
    """Encode what this encoder and splitter have yet to encode. What others made stays, and goes on serving.

    A document is a transaction: cut short, it goes on where it was. Going back to another model is doing this with that
    model configured: only what came since is encoded. Raises ModelError, IndexBusy, StorageFull.
    """
    origin = origin_of(encoder)
    done = 0
    while missing := catalogue.unencoded(origin):  # more than one round only where documents come meanwhile
        for number, identifier in enumerate(missing, start=1):
            done += _encode(catalogue, encoder, identifier, progress)
            progress("files", number, len(missing))
    if done:
        with catalogue.writing() as connection:
            audit.write(connection, actor, "reindex")
        catalogue.announce()
    return Reindexed(done, tuple(each for each in catalogue.complete() if each != origin))


def _encode(catalogue: Catalogue, encoder: Encoder, document_id: str, progress: Progress) -> bool:
    try:
        document = catalogue.document(document_id)
        passages = tuple(split(document_id, document))
        vectors = encoded(encoder, document, passages, progress)
        return catalogue.encode(document_id, document.text_sha256, origin_of(encoder), passages, vectors)
    except (NotFound, Gone):  # removed meanwhile
        return False
