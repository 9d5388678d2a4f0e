"""Documents are added, replaced, deleted, asked about, encoded anew and the service started again, in any order; a
simple model says what must be there."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.fakes import CharacterEncoder
from yinju.backup import backup, restore
from yinju.catalogue import Catalogue
from yinju.errors import Gone, NotFound
from yinju.library import CATALOGUE, Library
from yinju.settings import Settings

EXAMPLES = int(os.environ.get("MACHINE_EXAMPLES", "25"))
SECONDS = 20.0
NAMES = st.sampled_from(["年报.txt", "夜校.txt", "食堂.md", "书画.txt"])
COLLECTIONS = st.sampled_from(["default", "后勤"])
MOST_PASSAGES = 50


def sentence(number: int) -> str:
    return f"全年第{number}项工作办结{number * 13 + 7}件。"


TEXTS = st.lists(st.integers(1, 400), min_size=1, max_size=3, unique=True).map(
    lambda numbers: "\n\n".join(map(sentence, numbers))
)


class Lives(RuleBasedStateMachine):
    """`texts`: every version of each document that is there, by id. `gone`: the ids of those deleted."""

    documents = Bundle("documents")

    @initialize()
    def begin(self) -> None:
        self.folder = Path(mkdtemp(prefix="yinju-lives-"))
        self.texts: dict[str, list[str]] = {}
        self.where: dict[str, str] = {}
        self.gone: set[str] = set()
        self.model = "first"
        self.saved: tuple[Path, dict[str, list[str]], dict[str, str]] | None = None
        self._open()

    def _open(self) -> None:
        self.settings = Settings.load(index=self.folder / "index", min_confidence=0.0)
        catalogue = Catalogue(self.settings.index / CATALOGUE)
        self.library = Library(self.settings, catalogue, CharacterEncoder(self.model))
        self.library.start_jobs()

    def teardown(self) -> None:
        if hasattr(self, "library"):
            self.library.close()
            shutil.rmtree(self.folder)

    def _file(self, text: str) -> Path:
        path = self.folder / "upload"
        path.write_text(text, "utf-8")
        return path

    @rule(target=documents, name=NAMES, text=TEXTS, collection=COLLECTIONS)
    def add(self, name: str, text: str, collection: str) -> str:
        job = self.library.submit(name, self._file(text), collection=collection)
        job = self.library.wait(job.id, SECONDS)
        assert (job.state, job.error) == ("done", None)
        assert job.document_id is not None
        there = [i for i, texts in self.texts.items() if texts[-1] == text and self.where[i] == collection]
        assert job.created == (not there)
        if job.created:
            assert job.document_id not in self.texts.keys() | self.gone
            self.texts[job.document_id] = [text]
            self.where[job.document_id] = collection
        else:
            assert job.document_id in there
        return job.document_id

    @rule(document=documents, text=TEXTS)
    def replace(self, document: str, text: str) -> None:
        if document not in self.texts:
            with pytest.raises((Gone, NotFound)):  # not found: came after the backup that was put back
                self.library.submit("x.txt", self._file(text), replaces=document)
            return
        job = self.library.submit("x.txt", self._file(text), collection=self.where[document], replaces=document)
        assert self.library.wait(job.id, SECONDS).state == "done"
        if text != self.texts[document][-1]:
            self.texts[document].append(text)

    @rule(document=documents)
    def delete(self, document: str) -> None:
        if document not in self.texts:
            with pytest.raises((Gone, NotFound)):
                self.library.remove(document)
            return
        removal = self.library.remove(document)
        assert (removal.document_id, removal.versions) == (document, len(self.texts.pop(document)))
        self.gone.add(document)

    @rule()
    def restart(self) -> None:
        self.library.close()
        self._open()

    @rule(model=st.sampled_from(["first", "second"]))
    def reindex(self, model: str) -> None:
        """With the same model or the other, while the one before serves."""
        with Library(self.settings, Catalogue(self.settings.index / CATALOGUE), CharacterEncoder(model)) as other:
            other.reindex()
            self._same(other)
        self.model = model
        self.restart()

    @precondition(lambda self: self.texts)
    @rule()
    def back_up(self) -> None:
        path = self.folder / "backup.tar"
        path.unlink(missing_ok=True)
        backup(self.settings.index, path)
        self.saved = (path, {i: list(texts) for i, texts in self.texts.items()}, dict(self.where))

    @precondition(lambda self: self.saved is not None)
    @rule()
    def put_back(self) -> None:
        """What was deleted since stays so; what was added since is not in the backup."""
        assert self.saved is not None
        path, texts, where = self.saved
        self.library.close()
        restored = restore(self.settings.index, path)
        assert set(restored.stayed_deleted) == set(texts) & self.gone
        self.texts = {i: list(kept) for i, kept in texts.items() if i not in self.gone}
        self.where = dict(where)
        self._open()
        self.library.reindex()  # the backup may be of before a change of model

    @invariant()
    def everything_is_there(self) -> None:
        if not hasattr(self, "library"):
            return
        self._same(self.library)

    def _same(self, library: Library) -> None:
        listed = {each.id: each for each in library.documents(limit=1000)}
        assert set(listed) == set(self.texts)
        for document, texts in self.texts.items():
            assert (listed[document].version, listed[document].collection) == (len(texts), self.where[document])
            kept = [library.document(document, version + 1).text for version in range(len(texts))]
            assert kept == texts
        for document in self.gone:
            with pytest.raises(Gone):
                library.document(document)

    @rule()
    def ask(self) -> None:
        """Every passage shown is of a document's newest version, and every document's passage can be found."""
        self.library._current.refresh()  # what another library made is opened by the next question else
        for document, texts in self.texts.items():
            hits = self.library.search("办结多少件？", top_k=MOST_PASSAGES, document_ids=[document])
            assert hits
            assert all(hit.passage.text in texts[-1] and hit.version == len(texts) for hit in hits)
        answer = self.library.ask("全年工作办结多少件？")
        assert (answer.status == "answered") == bool(self.texts) or not answer.citations
        for cited in answer.citations:
            assert self.texts[cited.document_id][-1][cited.start : cited.end] == cited.quote

    @rule()
    def verify(self) -> None:
        assert self.library.verify() == []


def test_lives_of_documents() -> None:
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
