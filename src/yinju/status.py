"""What those who run the service want to know of an index."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from yinju import jobs
from yinju.catalogue import Catalogue
from yinju.records import JobState


@dataclass(frozen=True, slots=True)
class Status:
    """generation: of the catalogue. served: of the indexes that answer now, None before they are open.

    bytes: of the files, by part. jobs: how many are in each state.
    """

    generation: int
    served: int | None
    documents: int
    passages: int
    versions: int
    bytes: Mapping[str, int]
    jobs: Mapping[JobState, int]


def status_of(catalogue: Catalogue, derived_folder: Path, served: int | None) -> Status:
    counted = catalogue.counts()
    with catalogue.borrowed() as connection:
        (versions,) = connection.execute("SELECT count(*) FROM versions").fetchone()
    files = {
        "catalogue": sum(_size(path) for path in catalogue.path.parent.glob(f"{catalogue.path.name}*")),
        # Unlike Path.rglob, os.walk is not put off by a folder that vanishes, as those of older generations do.
        "derived": sum(_size(Path(folder, name)) for folder, _, names in os.walk(derived_folder) for name in names),
    }
    generation = catalogue.generation().number
    return Status(generation, served, counted.documents, counted.passages, versions, files, jobs.counts(catalogue))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except FileNotFoundError:  # an older generation, deleted meanwhile
        return 0
