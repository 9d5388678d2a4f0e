"""Cut short at any numbered step of a write, what was acknowledged is there, and nothing is half there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.storing import library_at, sent, spooled, texts_found, worked_off
from yinju import moments
from yinju.library import Library
from yinju.runner import Runner

OLD, NEW = "开办夜校一百期。", "开办夜校二百期，覆盖六千人。"


class Cut(BaseException):
    """Stands for the end of the process."""


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with library_at(tmp_path / "index") as opened:
        opened.add(spooled(opened, OLD), name="夜校.txt")
        yield opened


def test_the_moments_of_a_job_come_in_their_order(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    reached: list[str] = []
    monkeypatch.setattr(moments, "reached", reached.append)
    worked_off(library, sent(library, "夜校.txt", NEW, replaces="夜校"))
    library.close()
    assert reached == [*moments.JOB[:3], *moments.SWAP, *moments.JOB[3:]]


def cut_at(monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    def reached(here: str) -> None:
        if here == moment:
            raise Cut(moment)

    monkeypatch.setattr(moments, "reached", reached)


@pytest.mark.parametrize("moment", moments.SWAP)
def test_cut_while_indexes_are_swapped_the_old_serve_or_the_new(
    library: Library, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    before = texts_found(library, "夜校")
    library._catalogue.announce()
    cut_at(monkeypatch, moment)
    with pytest.raises(Cut):
        library._current.refresh()
    monkeypatch.undo()
    assert texts_found(library, "夜校") == before == [OLD]
    with library_at(library._settings.index) as again:
        assert texts_found(again, "夜校") == [OLD]
        assert again.verify() == []
        again.add(spooled(again, NEW), name="neu.txt")
        assert sorted(texts_found(again, "夜校")) == sorted([OLD, NEW])
        assert len([path for path in (again._settings.index / "derived").glob("*/*") if path.is_dir()]) == 1


@pytest.mark.parametrize("moment", [*moments.JOB, *moments.SWAP])
def test_cut_in_the_middle_of_a_job_it_is_done_at_the_next_start(
    library: Library, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    job = sent(library, "夜校.txt", NEW, replaces="夜校")
    cut_at(monkeypatch, moment)
    runner = Runner(
        library._catalogue, library._settings.index, library.encoder, library._current.refresh, lambda *_: None
    )
    with pytest.raises(Cut):
        runner._turn()
    monkeypatch.undo()
    assert texts_found(library, "夜校") in ([OLD], [NEW])
    with library_at(library._settings.index) as again:
        assert texts_found(again, "夜校") in ([OLD], [NEW])
        assert worked_off(again, job).state == "done"
        assert texts_found(again, "夜校") == [NEW]
        assert [each.version for each in again.versions("夜校")] == [1, 2]
        assert again.verify() == []
