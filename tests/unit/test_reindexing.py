"""Another model: its indexes are made beside what serves, and it is as easy to go back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from tests.fakes import CharacterEncoder, GatedEncoder
from tests.storing import SECONDS, library_at, sent, spooled, texts_found, worked_off
from yinju.catalogue import Catalogue
from yinju.derived import place_of
from yinju.errors import IndexMismatch
from yinju.intake import origin_of
from yinju.library import DERIVED, Library
from yinju.reindexing import reencode

TEXTS = {"a": "开办夜校一百期。", "b": "书画展展出作品若干件。", "c": "食堂添了三道菜。"}


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def library(index: Path) -> Iterator[Library]:
    with library_at(index, CharacterEncoder("old")) as opened:
        for name, text in TEXTS.items():
            opened.add(spooled(opened, text), name=f"{name}.txt")
        yield opened


def folders(library: Library) -> set[Path]:
    return set((library._settings.index / DERIVED).glob("*/*"))


def test_the_old_model_serves_while_the_new_encodes_and_after(library: Library, index: Path) -> None:
    before = library.ask("开办夜校多少期？")
    encoder = GatedEncoder("new")
    with library_at(index, encoder) as other:
        with pytest.raises(IndexMismatch, match=r"made with the model old, and new is configured.*yinju reindex"):
            other.ask("夜校")
        making = Thread(target=other.reindex)
        making.start()
        assert encoder.begun.acquire(timeout=SECONDS)
        assert library.ask("开办夜校多少期？").citations == before.citations
        with library_at(index, CharacterEncoder("old")) as restarted:
            assert restarted.ask("开办夜校多少期？").citations == before.citations
        encoder.open()
        making.join()
        assert set(texts_found(other, "夜校")) == set(TEXTS.values())
        for serving in (library, other):
            assert serving.ask("开办夜校多少期？").citations == before.citations
            assert serving.verify() == []
        library._current.refresh()
        generation = library._catalogue.generation()
        assert folders(library) == {
            place_of(index / DERIVED, origin, generation) for origin in library._catalogue.complete()
        }


def test_going_back_encodes_only_what_came_since(library: Library, index: Path) -> None:
    with library_at(index, CharacterEncoder("new")) as other:
        assert other.reindex().documents == 3
        other.add(spooled(other, "新来的一份。"), name="d.txt")
        worked_off(other, sent(other, "a.txt", "开办夜校二百期。", replaces="a"))
    encoder = CharacterEncoder("old")
    with library_at(index, encoder) as back:
        with pytest.raises(IndexMismatch, match=r"2 of 4 documents .* are not encoded by this model yet"):
            back.ask("夜校")
        done = back.reindex()
        assert (done.documents, [origin.encoder for origin in done.others]) == (2, ["new"])
        assert set(encoder.encoded) >= {"开办夜校二百期。", "新来的一份。"}
        assert not set(encoder.encoded) & {TEXTS["b"], TEXTS["c"]}
        assert set(texts_found(back, "夜校")) == {"开办夜校二百期。", "新来的一份。", TEXTS["b"], TEXTS["c"]}
        assert back.verify() == []
        assert back.reindex().documents == 0


def test_interrupted_it_goes_on_where_it_was(library: Library, index: Path) -> None:
    def stop(stage: str, done: int, total: int) -> None:
        if (stage, done) == ("files", 2):
            raise KeyboardInterrupt

    with library_at(index, CharacterEncoder("new")) as other, pytest.raises(KeyboardInterrupt):
        other.reindex(stop)
    assert set(texts_found(library, "夜校")) == set(TEXTS.values())
    again = CharacterEncoder("new")
    with library_at(index, again) as other:
        with pytest.raises(IndexMismatch, match="1 of 3 documents"):
            other.ask("夜校")
        assert other.reindex().documents == 1
        assert set(again.encoded) == {TEXTS["c"]}
        assert set(texts_found(other, "夜校")) == set(TEXTS.values())


def test_what_comes_and_goes_meanwhile_is_encoded_too_or_left_out(library: Library, index: Path) -> None:
    encoder = GatedEncoder("new")
    with library_at(index, encoder) as other:
        making = Thread(target=other.reindex)
        making.start()
        assert encoder.begun.acquire(timeout=SECONDS)  # the first text of the first document
        library.add(spooled(library, "新来的一份。"), name="d.txt")
        worked_off(library, sent(library, "a.txt", "开办夜校二百期。", replaces="a"))
        library.remove("c")
        assert set(texts_found(library, "夜校")) == {"开办夜校二百期。", "新来的一份。", TEXTS["b"]}
        encoder.open()
        making.join()
        assert other._catalogue.unencoded(origin_of(encoder)) == []
        for serving in (library, other):
            assert set(texts_found(serving, "夜校")) == {"开办夜校二百期。", "新来的一份。", TEXTS["b"]}
        assert other.verify() == []


def test_pruning_forgets_the_others_for_good(library: Library, index: Path) -> None:
    with library_at(index, CharacterEncoder("new")) as other:
        with pytest.raises(IndexMismatch):
            other.forget_others()
        other.reindex()
        assert [origin.encoder for origin in other.forget_others()] == ["old"]
        assert other.forget_others() == []
        other.add(spooled(other, "新来的一份。"), name="d.txt")
        assert {path.parent.name for path in folders(other)} == {
            place_of(index / DERIVED, origin, other._catalogue.generation()).parent.name
            for origin in other._catalogue.complete()
        }
        assert set(texts_found(other, "夜校")) == {*TEXTS.values(), "新来的一份。"}
    with (
        library_at(index, CharacterEncoder("old")) as back,
        pytest.raises(IndexMismatch, match="made with the model new, and old is configured"),
    ):
        back.ask("夜校")


def test_models_are_never_mixed(library: Library, index: Path) -> None:
    """Not in one index, and not in one document: vectors of two lengths could not even be stored together."""
    with library_at(index, CharacterEncoder("new", dimension=8)) as other:
        with pytest.raises(IndexMismatch):
            other.add(spooled(other, "新来的一份。"), name="d.txt")
        assert library.counts().documents == 3
        other.reindex()
        for serving, dimension in ((library, 16), (other, 8)):
            serving.warm_up()
            held = serving._current.held
            assert held is not None
            assert held.vectors.dimension == held.tokens.dimension == dimension


def test_another_way_of_splitting_is_made_beside_too(
    library: Library, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Catalogue(index / "catalogue.db") as catalogue:
        monkeypatch.setattr("yinju.intake.SPLITTER", "sentences-3")
        done = reencode(catalogue, CharacterEncoder("old"))
        assert (done.documents, [origin.splitter for origin in catalogue.complete()]) == (
            3, ["sentences-2", "sentences-3"]
        )  # fmt: skip
        assert set(texts_found(library, "夜校")) == set(TEXTS.values())
        assert library._current.held is not None
        assert library._current.held.origin == catalogue.complete()[0]
        monkeypatch.setattr("yinju.derived.SEARCHABLE", ("sentences-2", "sentences-3"))
        assert library._current.refresh().origin == catalogue.complete()[1]


def test_it_is_in_the_audit(library: Library, index: Path) -> None:
    with library_at(index, CharacterEncoder("new")) as other:
        other.reindex(actor="me")
        other.reindex(actor="nothing to do")
        assert [(entry.actor, entry.action) for entry in other.audit(1)] == [("me", "reindex")]
