from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from tests.documents import passages_of
from tests.fakes import CharacterEncoder
from yinju import indexing, intake
from yinju.blobs import unpack_offsets, unpack_spans
from yinju.catalogue import Catalogue
from yinju.derived import open_derived
from yinju.encoder import Encoder
from yinju.errors import IndexMismatch
from yinju.indexing import IndexReport, index_folder
from yinju.intake import origin_of
from yinju.reindexing import Reindexed, reencode

REPORT = (
    "工作总结\n\n一、青年工作\n\n开办青年夜校121期，覆盖青年6000余人次。\n\n二、结对关爱\n\n结对关爱留守儿童828名。\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "报告"
    write(folder, "工作总结.txt", REPORT)
    write(folder, "b/nested.md", "# Title\n\nA sentence of its own.\n")
    return folder


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with Catalogue(tmp_path / "index" / "catalogue.db", busy_timeout=5) as opened:
        yield opened


@pytest.fixture
def encoder() -> CharacterEncoder:
    return CharacterEncoder()


def write(folder: Path, name: str, content: str | bytes) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def test_a_folder_is_indexed(catalogue: Catalogue, encoder: CharacterEncoder, folder: Path) -> None:
    report = index_folder(catalogue, encoder, folder)
    assert report == IndexReport(added=("b/nested.md", "工作总结.txt"))
    assert [summary.id for summary in catalogue.documents()] == ["nested", "工作总结"]
    document = catalogue.document("工作总结")
    assert (document.text, document.root, document.name) == (REPORT, str(folder), "工作总结.txt")
    assert any("121期" in passage.text for passage in passages_of(catalogue, "工作总结"))
    assert encoder.encoded == [
        passage.text for identifier in ("nested", "工作总结") for passage in passages_of(catalogue, identifier)
    ]
    assert catalogue.complete() == [origin_of(encoder)]


def test_a_second_run_encodes_and_writes_nothing(catalogue: Catalogue, encoder: CharacterEncoder, folder: Path) -> None:
    index_folder(catalogue, encoder, folder)
    generation, encoder.encoded = catalogue.generation(), []
    assert index_folder(catalogue, encoder, folder) == IndexReport(unchanged=("b/nested.md", "工作总结.txt"))
    assert (encoder.encoded, catalogue.generation()) == ([], generation)


def test_a_changed_file_replaces_its_document(catalogue: Catalogue, encoder: CharacterEncoder, folder: Path) -> None:
    index_folder(catalogue, encoder, folder)
    encoder.encoded = []
    write(folder, "工作总结.txt", REPORT.replace("121期", "122期"))
    report = index_folder(catalogue, encoder, folder)
    assert (report.replaced, report.unchanged) == (("工作总结.txt",), ("b/nested.md",))
    assert catalogue.document("工作总结").version == 2
    # Only what changed is encoded again, and every passage still has its own vectors.
    assert len(encoder.encoded) == 1
    assert "122期" in encoder.encoded[0]
    derived = open_derived(catalogue, catalogue.path.parent / "derived", encoder.fingerprint)
    for row in derived.passages.rows(["工作总结"]):
        pooled = encoder.encode_query(derived.passages.passage(int(row)).text).pooled
        assert derived.vectors.scores(pooled, derived.passages.rows(["工作总结"])).argmax() == row - 1


def test_a_passage_is_encoded_whole_and_each_of_its_sentences_alone(
    catalogue: Catalogue, encoder: CharacterEncoder, tmp_path: Path
) -> None:
    sentences = ["全年开办青年夜校121期。", "覆盖青年6000余人次！", "结对关爱留守儿童828名。"]
    write(tmp_path / "more", "多句.txt", f"多句总结\n\n　　{''.join(sentences[:2])}\n\n{sentences[2]}\n")
    index_folder(catalogue, encoder, tmp_path / "more")
    (stored,) = catalogue.stored("多句", origin_of(CharacterEncoder()))
    text = stored.passage.text
    assert encoder.encoded == [text, *sentences]
    assert [span.of(text) for span in unpack_spans(stored.vectors.spans)] == sentences
    covered = [text[start:end] for start, end in unpack_offsets(stored.vectors.sentences.offsets)]
    assert "".join(covered) == "".join(sentences)


def test_a_changed_sentence_leaves_other_passages_as_they_are(
    catalogue: Catalogue, encoder: CharacterEncoder, tmp_path: Path
) -> None:
    folder = tmp_path / "more"
    report = "总结\n\n一、夜校\n\n开办121期。覆盖6000人次。\n\n二、关爱\n\n结对828名。走访12次。\n"
    write(folder, "总结.txt", report)
    index_folder(catalogue, encoder, folder)
    before = {stored.passage.text: stored.vectors for stored in catalogue.stored("总结", origin_of(CharacterEncoder()))}
    encoder.encoded = []
    write(folder, "总结.txt", report.replace("12次", "13次"))
    index_folder(catalogue, encoder, folder)
    assert encoder.encoded == ["结对828名。走访13次。", "结对828名。", "走访13次。"]
    after = {stored.passage.text: stored.vectors for stored in catalogue.stored("总结", origin_of(CharacterEncoder()))}
    kept = "开办121期。覆盖6000人次。"
    assert after[kept] == before[kept]
    assert len(unpack_spans(after[kept].spans)) == 2


def test_a_file_that_is_gone_is_removed_from_its_folder_alone(
    catalogue: Catalogue, encoder: CharacterEncoder, folder: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    write(other, "工作总结.txt", REPORT)
    index_folder(catalogue, encoder, folder)
    index_folder(catalogue, encoder, other)
    assert catalogue.summary("工作总结-2").root == str(other)
    (folder / "工作总结.txt").unlink()
    report = index_folder(catalogue, encoder, folder)
    assert report == IndexReport(removed=("工作总结.txt",), unchanged=("b/nested.md",))
    assert [summary.id for summary in catalogue.documents()] == ["nested", "工作总结-2"]


def test_a_moved_file_keeps_its_id_and_is_not_encoded(
    catalogue: Catalogue, encoder: CharacterEncoder, folder: Path
) -> None:
    index_folder(catalogue, encoder, folder)
    encoder.encoded = []
    (folder / "工作总结.txt").rename(folder / "b" / "工作总结.txt")
    report = index_folder(catalogue, encoder, folder)
    assert report == IndexReport(moved=(("工作总结.txt", "b/工作总结.txt"),), unchanged=("b/nested.md",))
    assert (catalogue.summary("工作总结").name, encoder.encoded) == ("b/工作总结.txt", [])


def test_a_renamed_file_is_another_document_not_encoded_again(
    catalogue: Catalogue, encoder: CharacterEncoder, folder: Path
) -> None:
    index_folder(catalogue, encoder, folder)
    encoder.encoded = []
    (folder / "工作总结.txt").rename(folder / "二〇二五年.txt")
    report = index_folder(catalogue, encoder, folder)
    assert (report.added, report.removed) == (("二〇二五年.txt",), ("工作总结.txt",))
    assert ([summary.id for summary in catalogue.documents()], encoder.encoded) == (["nested", "二〇二五年"], [])


def test_another_encoder_is_refused_before_anything_is_encoded(
    catalogue: Catalogue, encoder: CharacterEncoder, folder: Path
) -> None:
    index_folder(catalogue, encoder, folder)
    other = CharacterEncoder("other", dimension=8)
    write(folder, "new.txt", "新的一句。")
    with pytest.raises(IndexMismatch, match="yinju reindex"):
        index_folder(catalogue, other, folder)
    assert (other.encoded, catalogue.counts().documents) == ([], 2)


def test_reencoding_takes_the_other_encoder(catalogue: Catalogue, encoder: CharacterEncoder, folder: Path) -> None:
    index_folder(catalogue, encoder, folder)
    texts = [passage.text for summary in catalogue.documents() for passage in passages_of(catalogue, summary.id)]
    (folder / "工作总结.txt").unlink()  # the stored text is enough
    other = CharacterEncoder("other", dimension=8)
    assert reencode(catalogue, other) == Reindexed(2, (origin_of(encoder),))
    assert (other.encoded, catalogue.complete()) == (texts, [origin_of(encoder), origin_of(other)])
    assert catalogue.document("工作总结").version == 1
    derived = open_derived(catalogue, catalogue.path.parent / "derived", "other")
    assert derived.vectors.dimension == derived.tokens.dimension == derived.sentence_tokens.dimension == 8


def test_reencoding_cut_short_serves_as_before_and_goes_on_where_it_was(
    catalogue: Catalogue, encoder: CharacterEncoder, folder: Path
) -> None:
    index_folder(catalogue, encoder, folder)
    generation = catalogue.generation()
    other = CharacterEncoder("other")

    def stop(stage: str, done: int, total: int) -> None:
        if stage == "files":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reencode(catalogue, other, stop)
    assert (catalogue.generation(), catalogue.complete()) == (generation, [origin_of(encoder)])
    with pytest.raises(IndexMismatch, match=r"1 of 2 documents .* not encoded by this model yet.*yinju reindex"):
        catalogue.check(origin_of(other))
    other.encoded = []
    assert reencode(catalogue, other).documents == 1
    assert other.encoded == [passage.text for passage in passages_of(catalogue, "工作总结", origin_of(other))]


def test_files_read_by_older_readers_are_read_again(
    catalogue: Catalogue, encoder: CharacterEncoder, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index_folder(catalogue, encoder, folder)
    encoder.encoded = []
    for module in (indexing, intake):
        monkeypatch.setattr(module, "STRUCTURE", "newer")
    report = index_folder(catalogue, encoder, folder)
    assert report.replaced == ("b/nested.md", "工作总结.txt")
    assert (encoder.encoded, catalogue.document("工作总结").version) == ([], 1)
    assert len(index_folder(catalogue, encoder, folder).unchanged) == 2


def test_progress_is_told(catalogue: Catalogue, encoder: CharacterEncoder, folder: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    index_folder(catalogue, encoder, folder, lambda *event: seen.append(event))
    assert [event for event in seen if event[0] == "files"] == [("files", 1, 2), ("files", 2, 2)]
    count = len(passages_of(catalogue, "工作总结"))
    assert [event for event in seen if event[0] == "encode"][-1] == ("encode", count, count)


def test_two_runs_over_one_folder_agree(catalogue: Catalogue, folder: Path) -> None:
    for i in range(5):
        write(folder, f"{i}.txt", f"第{i}份报告的一句话。")
    index_folder(catalogue, CharacterEncoder(), folder)
    for i in range(3):
        write(folder, f"{i}.txt", f"第{i}份报告改过的一句话。")
    (folder / "3.txt").unlink()
    failed: list[BaseException] = []

    def run(encoder: Encoder) -> None:
        with Catalogue(catalogue.path, busy_timeout=10) as own:
            try:
                index_folder(own, encoder, folder)
            except Exception as error:  # noqa: BLE001 - whatever it is, the test is to fail for it
                failed.append(error)

    threads = [Thread(target=run, args=(CharacterEncoder(),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    versions = {summary.name: summary.version for summary in catalogue.documents()}
    assert versions == {"0.txt": 2, "1.txt": 2, "2.txt": 2, "4.txt": 1, "b/nested.md": 1, "工作总结.txt": 1}
