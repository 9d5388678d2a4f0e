"""What every upload and every deletion asks while others wait to write does not read through all texts."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from tests.storing import library_at, sent, worked_off
from yinju import jobs
from yinju.catalogue import forget_originals
from yinju.library import Library

TEXT = "开办夜校一百期。"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with library_at(tmp_path / "index") as opened:
        worked_off(opened, sent(opened, "夜校.txt", TEXT))
        yield opened


def test_what_is_long_comes_last(library: Library) -> None:
    with library._catalogue.reading() as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(versions)")]
    assert columns[-3:] == ["text", "blocks", "pages"]


def upload(collection: str = "default", replaces: str | None = None) -> jobs.Upload:
    return jobs.Upload("夜校.txt", Path(), collection, replaces)


@pytest.mark.parametrize(
    "ask",
    [
        lambda connection: jobs.same_bytes(connection, sha256(TEXT.encode()).hexdigest(), upload()),
        lambda connection: jobs.same_bytes(connection, sha256(TEXT.encode()).hexdigest(), upload(replaces="夜校")),
        lambda connection: connection.execute("DELETE FROM originals WHERE sha256 = ''").fetchall(),
        forget_originals,
    ],
)
def test_it_goes_by_an_index(library: Library, ask: Callable[[sqlite3.Connection], object]) -> None:
    with library._catalogue.writing() as connection:
        asked: list[str] = []
        connection.set_trace_callback(asked.append)
        ask(connection)
        connection.set_trace_callback(None)
        assert asked
        for query in asked:
            assert whole_tables(connection, query) <= {"originals"}, query  # few: what waits, and newest uploads


def whole_tables(connection: sqlite3.Connection, query: str) -> set[str]:
    """What a statement, with the checks of foreign keys it brings, goes through row by row."""
    names = dict(connection.execute("SELECT rootpage, name FROM sqlite_schema WHERE rootpage > 0"))
    opened: dict[int, str] = {}
    scanned = set()
    for _, operation, first, second, *_ in connection.execute(f"EXPLAIN {query}"):
        if operation in ("OpenRead", "OpenWrite", "ReopenIdx"):
            opened[first] = names[second]
        if operation == "Rewind" and first in opened:
            scanned.add(opened[first])
    return scanned
