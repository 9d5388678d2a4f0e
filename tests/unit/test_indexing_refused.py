"""Files that can't be read are told, and what was stored of them stays."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes import CharacterEncoder
from yinju.catalogue import Catalogue
from yinju.errors import InvalidRequest
from yinju.indexing import index_folder

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


def test_a_folder_that_is_not_there_changes_nothing(
    catalogue: Catalogue, encoder: CharacterEncoder, folder: Path
) -> None:
    index_folder(catalogue, encoder, folder)
    moved = folder.rename(folder.parent / "away")
    for wrong in (folder, moved / "工作总结.txt"):
        with pytest.raises(InvalidRequest, match=r"not a folder\. Nothing was changed"):
            index_folder(catalogue, encoder, wrong)
    assert catalogue.counts().documents == 2


def test_one_folder_by_any_path_is_one_root(
    catalogue: Catalogue, encoder: CharacterEncoder, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index_folder(catalogue, encoder, folder)
    link = folder.parent / "link"
    link.symlink_to(folder)
    monkeypatch.chdir(folder.parent)
    for path in (Path("报告"), Path("报告/../报告/"), link):
        assert len(index_folder(catalogue, encoder, path).unchanged) == 2


def test_what_can_not_be_read_is_reported(catalogue: Catalogue, encoder: CharacterEncoder, folder: Path) -> None:
    write(folder, "empty.txt", "")
    write(folder, "binary.txt", bytes(range(256)) * 20)
    write(folder, "picture.png", b"\x89PNG")
    write(folder, "README", "no ending")
    write(folder, ".hidden.txt", "秘密")
    write(folder, ".git/config.txt", "秘密")
    (folder / "broken.txt").symlink_to(folder / "nowhere")
    os.mkfifo(folder / "pipe.txt")
    report = index_folder(catalogue, encoder, folder)
    assert report.added == ("b/nested.md", "工作总结.txt")
    reasons = dict(report.refused)
    names = [".git/", ".hidden.txt", "README", "binary.txt", "broken.txt", "empty.txt", "picture.png", "pipe.txt"]
    assert list(reasons) == names
    assert "Rename it" in reasons[".git/"]
    assert "Save it as one of .docx, " in reasons["picture.png"]
    assert "regular file" in reasons["pipe.txt"]
    assert all(reason.endswith(".") for reason in reasons.values())


def test_readme_files_are_documents_like_others(catalogue: Catalogue, encoder: CharacterEncoder, folder: Path) -> None:
    write(folder, "README.md", "# 说明\n\n这里放报告。\n")
    assert "README.md" in index_folder(catalogue, encoder, folder).added


def test_a_name_that_is_not_utf8_is_reported(catalogue: Catalogue, encoder: CharacterEncoder, folder: Path) -> None:
    (folder / os.fsdecode(b"\xb1\xa8\xb8\xe6.txt")).write_text("报告")
    report = index_folder(catalogue, encoder, folder)
    assert report.refused == (("????.txt", "The name is not valid UTF-8. Rename it."),)


@pytest.mark.parametrize("content", [b"", bytes(range(256)) * 20])
def test_a_file_that_became_unreadable_keeps_its_last_version(
    catalogue: Catalogue, encoder: CharacterEncoder, folder: Path, content: bytes
) -> None:
    index_folder(catalogue, encoder, folder)
    write(folder, "工作总结.txt", content)
    report = index_folder(catalogue, encoder, folder)
    assert [name for name, _ in report.refused] == ["工作总结.txt"]
    assert (report.removed, catalogue.document("工作总结").text) == ((), REPORT)


def refusing(monkeypatch: pytest.MonkeyPatch, method: str, refused: Path) -> None:
    """The file system denies one path (modes alone would not keep an administrator out)."""
    allowed = getattr(Path, method)

    def denied(self: Path, *arguments: object) -> object:
        if self == refused:
            raise PermissionError(13, "Permission denied", str(self))
        return allowed(self, *arguments)

    monkeypatch.setattr(Path, method, denied)


def test_a_file_that_may_not_be_read_keeps_its_last_version(
    catalogue: Catalogue, encoder: CharacterEncoder, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index_folder(catalogue, encoder, folder)
    refusing(monkeypatch, "read_bytes", folder / "工作总结.txt")
    report = index_folder(catalogue, encoder, folder)
    assert "Permission denied" in dict(report.refused)["工作总结.txt"]
    assert catalogue.counts().documents == 2


@pytest.mark.parametrize("place, kept", [("b", "b/"), (".", "./")])
def test_documents_of_a_folder_that_may_not_be_listed_stay(
    catalogue: Catalogue,
    encoder: CharacterEncoder,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    kept: str,
) -> None:
    index_folder(catalogue, encoder, folder)
    refusing(monkeypatch, "iterdir", folder / place)
    report = index_folder(catalogue, encoder, folder)
    assert dict(report.refused).keys() == {kept}
    assert (report.removed, catalogue.counts().documents) == ((), 2)


def test_links_are_followed_and_loops_are_not(
    catalogue: Catalogue, encoder: CharacterEncoder, folder: Path, tmp_path: Path
) -> None:
    write(tmp_path / "elsewhere", "linked.txt", "别处的一句话。")
    (folder / "b" / "up").symlink_to(folder)
    (folder / "b" / "self").symlink_to(folder / "b")
    (folder / "c").symlink_to(tmp_path / "elsewhere")
    (folder / "d").symlink_to(tmp_path / "elsewhere")
    report = index_folder(catalogue, encoder, folder)
    assert report.added == ("b/nested.md", "c/linked.txt", "工作总结.txt")
