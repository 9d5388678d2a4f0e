"""Documents are added, replaced, deleted, indexed from a folder, asked about, encoded anew, backed up and put back, and
the service started again, in any order; a simple model says what must be there."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.fakes import CharacterEncoder
from yinju.backup import backup, restore
from yinju.catalogue import Catalogue
from yinju.errors import Gone, NotFound
from yinju.indexing import Way
from yinju.library import CATALOGUE, Library
from yinju.records import Job
from yinju.settings import Settings

EXAMPLES = int(os.environ.get("MACHINE_EXAMPLES", "25"))
SECONDS = 20.0
NAMES = st.sampled_from(["年报.txt", "夜校.txt", "食堂.md", "书画.txt"])
COLLECTIONS = st.sampled_from(["default", "后勤"])
FILES = st.sampled_from(["月报.txt", "季报.txt"])
MOST_PASSAGES = 50
QUESTION = "全年工作办结多少件？"


@dataclass(frozen=True)
class State:
    """What a backup brings back: the model's part that lies in the catalogue."""

    texts: dict[str, list[str]]
    where: dict[str, str]
    filed: dict[str, str]
    withdrawn: set[str]


def sentence(number: int) -> str:
    return f"全年第{number}项工作办结{number * 13 + 7}件。"


TEXTS = st.lists(st.integers(1, 400), min_size=1, max_size=3, unique=True).map(
    lambda numbers: "\n\n".join(map(sentence, numbers))
)


class Lives(RuleBasedStateMachine):
    """`texts`: every version of each document that is there, by id. `gone`: the ids of those deleted. `filed`: the id
    of each file's document. `withdrawn`: texts of files a person deleted or replaced. `sent`: jobs not waited for, with
    the text and the document they replace.
    """

    documents = Bundle("documents")

    @initialize()
    def begin(self) -> None:
        self.folder = Path(mkdtemp(prefix="yinju-lives-"))
        self.texts: dict[str, list[str]] = {}
        self.where: dict[str, str] = {}
        self.gone: set[str] = set()
        self.filed: dict[str, str] = {}
        self.withdrawn: set[str] = set()
        self.sent: list[tuple[Job, str, str | None]] = []
        self.model = "first"
        self.saved: State | None = None
        self.reports = self.folder / "reports"
        self.reports.mkdir()
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
        self._settle()
        job = self.library.submit(name, self._file(text), collection=collection)
        return self._added(self.library.wait(job.id, SECONDS), text)

    def _added(self, job: Job, text: str) -> str:
        assert (job.state, job.error) == ("done", None)
        assert job.document_id is not None
        collection = job.collection
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
        self._settle()
        if document not in self.texts:
            with pytest.raises((Gone, NotFound)):  # not found: came after the backup that was put back
                self.library.submit("x.txt", self._file(text), replaces=document)
            return
        job = self.library.submit("x.txt", self._file(text), collection=self.where[document], replaces=document)
        self._replaced(self.library.wait(job.id, SECONDS), text, document)

    def _replaced(self, job: Job, text: str, document: str) -> None:
        assert (job.state, job.document_id) == ("done", document)
        self._withdraw(document)
        if text != self.texts[document][-1]:
            self.texts[document].append(text)

    def _withdraw(self, document: str) -> None:
        """By hand, so that its file stays away."""
        for name in [name for name, filed in self.filed.items() if filed == document]:
            self.withdrawn.add(self.texts[document][-1])
            del self.filed[name]

    @rule(text=TEXTS, document=st.none() | documents)
    def send(self, text: str, document: str | None) -> None:
        """Without waiting."""
        if document is None or document in self.texts:
            collection = "default" if document is None else self.where[document]
            name = "发.txt" if document is None else "x.txt"
            job = self.library.submit(name, self._file(text), collection=collection, replaces=document)
            self.sent.append((job, text, document))

    @rule(target=documents)
    def wait(self) -> MultipleResults[str]:
        """For all that were sent, in their order."""
        return multiple(*self._settle())

    def _settle(self) -> list[str]:
        added = []
        for job, text, document in self.sent:
            ended = self.library.wait(job.id, SECONDS)
            if document is None:
                added.append(self._added(ended, text))
            else:
                self._replaced(ended, text, document)
        self.sent = []
        return added

    @rule(document=documents)
    def delete(self, document: str) -> None:
        self._settle()
        if document not in self.texts:
            with pytest.raises((Gone, NotFound)):
                self.library.remove(document)
            return
        removal = self.library.remove(document)
        self._withdraw(document)
        assert (removal.document_id, removal.versions) == (document, len(self.texts.pop(document)))
        self.gone.add(document)

    @rule(name=FILES, text=st.none() | TEXTS)
    def write_file(self, name: str, text: str | None) -> None:
        """Or delete it. The index knows nothing of it yet."""
        if text is None:
            (self.reports / name).unlink(missing_ok=True)
        else:
            (self.reports / name).write_text(text, "utf-8")

    @rule(target=documents, bring_back=st.booleans())
    def index_folder(self, bring_back: bool) -> MultipleResults[str]:
        self._settle()
        files = {path.name: path.read_text("utf-8") for path in sorted(self.reports.iterdir())}
        report = self.library.index(self.reports, way=Way(restore=bring_back))
        expected: dict[str, list[str]] = {"added": [], "replaced": [], "unchanged": [], "withdrawn": [], "removed": []}
        for name in [name for name in self.filed if name not in files]:
            expected["removed"].append(name)
        for name, text in files.items():
            became = self._became(name, text, bring_back)
            expected[became].append(name)
        assert {what: getattr(report, what) for what in expected} == {
            what: tuple(sorted(names)) for what, names in expected.items()
        }
        assert (report.moved, report.refused) == ((), ())
        new = self._take_in(expected, files)
        return multiple(*new)

    def _became(self, name: str, text: str, bring_back: bool) -> str:
        if name in self.filed:
            return "unchanged" if self.texts[self.filed[name]][-1] == text else "replaced"
        if text in self.withdrawn and not bring_back:
            return "withdrawn"
        self.withdrawn.discard(text)
        return "added"

    def _take_in(self, became: dict[str, list[str]], files: dict[str, str]) -> list[str]:
        for name in became["removed"]:
            removed = self.filed.pop(name)
            del self.texts[removed]
            self.gone.add(removed)
        for name in became["replaced"]:
            self.texts[self.filed[name]].append(files[name])
        at = {each.name: each.id for each in self.library.documents(limit=1000) if each.root == str(self.reports)}
        for name in became["added"]:
            assert at[name] not in self.texts.keys() | self.gone
            self.filed[name], self.texts[at[name]], self.where[at[name]] = at[name], [files[name]], "default"
        return [at[name] for name in became["added"]]

    @rule()
    def restart(self) -> None:
        self.library.close()
        self._open()

    @rule(model=st.sampled_from(["first", "second"]))
    def reindex(self, model: str) -> None:
        """With the same model or the other, while the one before serves."""
        self._settle()
        with Library(self.settings, Catalogue(self.settings.index / CATALOGUE), CharacterEncoder(model)) as other:
            other.reindex()
            self._same(other)
        self.model = model
        self.restart()

    @precondition(lambda self: self.texts)
    @rule()
    def back_up(self) -> None:
        self._settle()
        path = self.folder / "backup.tar"
        path.unlink(missing_ok=True)
        backup(self.settings.index, path)
        texts = {i: list(texts) for i, texts in self.texts.items()}
        self.saved = State(texts, dict(self.where), dict(self.filed), set(self.withdrawn))

    @precondition(lambda self: self.saved is not None)
    @rule(running=st.booleans())
    def put_back(self, running: bool) -> None:
        """What was deleted since stays so; what was added since is not in the backup."""
        assert self.saved is not None
        self._settle()
        if not running:
            self.library.close()
        restored = restore(self.settings.index, self.folder / "backup.tar")
        was = self.saved
        assert set(restored.stayed_deleted) == set(was.texts) & self.gone
        self.texts = {i: list(kept) for i, kept in was.texts.items() if i not in self.gone}
        self.where = dict(was.where)
        self.filed = {name: document for name, document in was.filed.items() if document not in self.gone}
        self.withdrawn |= was.withdrawn
        if not running:
            self._open()
        self.library.reindex()  # the backup may be of before a change of model

    @invariant()
    def everything_is_there(self) -> None:
        if hasattr(self, "library"):
            self._same(self.library)
            self._finds_what_is_there()

    def _same(self, library: Library) -> None:
        """What was sent and not waited for may be there or not, wholly."""
        listed = {each.id: each for each in library.documents(limit=1000)}
        changing = {document for _, _, document in self.sent}
        assert set(self.texts) <= set(listed)
        assert len(set(listed) - set(self.texts)) <= sum(document is None for _, _, document in self.sent)
        for document, texts in self.texts.items():
            assert listed[document].collection == self.where[document]
            kept = [each.version for each in library.versions(document)]
            assert kept[: len(texts)] == list(range(1, len(texts) + 1))
            assert len(kept) == len(texts) or document in changing
            assert [library.document(document, version + 1).text for version in range(len(texts))] == texts
        for document in self.gone:
            with pytest.raises(Gone):
                library.document(document)

    def _finds_what_is_there(self) -> None:
        """Whichever indexes serve: nothing deleted, and each passage of the version it says it is of."""
        for hit in self.library.search(QUESTION, top_k=MOST_PASSAGES):
            assert hit.passage.document_id not in self.gone
            assert hit.passage.text in self.library.document(hit.passage.document_id, hit.version).text

    @rule()
    def ask(self) -> None:
        """Once the indexes are made, each passage is of a newest version, and every document is found."""
        self._settle()
        self.library._current.refresh()  # what another library made is opened by the next question else
        for document, texts in self.texts.items():
            hits = self.library.search(QUESTION, top_k=MOST_PASSAGES, document_ids=[document])
            assert hits
            assert all(hit.passage.text in texts[-1] and hit.version == len(texts) for hit in hits)
        hits = self.library.search(QUESTION, top_k=MOST_PASSAGES)
        assert {hit.passage.document_id for hit in hits} <= set(self.texts)
        assert bool(hits) == bool(self.texts)
        assert all(hit.passage.text in self.texts[hit.passage.document_id][-1] for hit in hits)
        answer = self.library.ask(QUESTION)
        assert answer.status == ("answered" if self.texts else "not_found")
        assert bool(answer.citations) == bool(self.texts)
        for cited in answer.citations:
            assert self.texts[cited.document_id][-1][cited.start : cited.end] == cited.quote

    @rule()
    def verify(self) -> None:
        self._settle()
        assert self.library.verify() == []


def test_lives_of_documents() -> None:
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
