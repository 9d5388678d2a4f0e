"""One bad file of each kind through the real worker; all of them are for tests/faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.badfiles import EACH, BadFile, bad_files, moved
from tests.goodfiles import SENTENCE, good_files, repacked
from yinju.errors import Unreadable
from yinju.readers import FORMATS, REASONS, read, read_file
from yinju.readers.formats import ENDINGS, NOUNS, READERS
from yinju.readers.reasons import is_reason, printable


def refusal_of(bad: BadFile) -> Unreadable:
    with pytest.raises(Unreadable) as error:
        read_file(bad.name, bad.data)
    return error.value


@pytest.mark.parametrize("bad", bad_files()[::EACH], ids=str)
def test_a_bad_file_of_each_kind_is_refused_for_what_it_is(bad: BadFile) -> None:
    error = refusal_of(bad)
    assert error.reason in bad.reasons
    assert error.reason in REASONS
    message = str(error)
    assert message.startswith(printable(bad.name))
    assert message.isprintable()
    assert message.endswith(".")
    assert message.count(". ") >= 1  # what is wrong, then what to do
    if error.reason != "bad-name":  # which `read_file` alone looks at
        with pytest.raises(Unreadable) as here:
            read(bad.name, bad.data)
        assert (here.value.reason, str(here.value)) == (error.reason, message)


def test_there_are_forty_kinds_and_two_hundred_files_each_of_its_own() -> None:
    files = bad_files()
    assert len({bad.kind for bad in files}) >= 40
    assert len({(bad.name, bad.data) for bad in files}) == len(files) >= 200
    assert all(is_reason(reason) for bad in files for reason in bad.reasons)


@pytest.mark.parametrize("name", list(good_files()))
def test_a_good_file_of_each_format_is_read_the_same_here_and_apart(name: str, tmp_path: Path) -> None:
    data = good_files()[name]
    reading = read_file(name, data)
    assert SENTENCE in reading.text
    assert reading == read(name, data)
    path = tmp_path / "spooled"
    path.write_bytes(data)
    assert read_file(f"folder/{name}", path) == reading


@pytest.mark.parametrize("ending", sorted(FORMATS))
def test_every_ending_has_a_reader_and_refuses_every_other_format(ending: str) -> None:
    format_ = FORMATS[ending]
    assert set(READERS) == set(NOUNS) == set(ENDINGS)
    for name, data in good_files().items():
        other = FORMATS[Path(name).suffix]
        if other == format_ or {other, format_} <= {"plain", "markdown"}:
            read(f"报告{ending.upper()}", data)
        else:
            with pytest.raises(Unreadable, match=r"Rename it to ") as error:
                read(f"报告{ending}", data)
            assert error.value.reason == "wrong-name"


HIDDEN = [bad for bad in bad_files() if bad.kind.startswith("document type ")]


@pytest.mark.parametrize("bad", HIDDEN, ids=str)
def test_a_document_type_is_found_wherever_it_stands(bad: BadFile) -> None:
    with pytest.raises(Unreadable) as error:
        read(bad.name, bad.data)
    assert error.value.reason in bad.reasons


@pytest.mark.parametrize(
    "ending, name", [(".docx", "document.bin"), (".xlsx", "sheet1.bin"), (".pptx", "slide1.svg"), (".docx", "document")]
)
def test_a_part_is_read_whatever_its_ending(ending: str, name: str) -> None:
    assert SENTENCE in read(f"报告{ending}", moved(ending, name)).text


@pytest.mark.parametrize("ending, media", [(".docx", "word"), (".xlsx", "xl"), (".pptx", "ppt")])
def test_a_drawing_or_page_carried_along_may_have_a_document_type_and_no_entities(ending: str, media: str) -> None:
    good = next(data for name, data in good_files().items() if name.endswith(ending))
    drawing = (
        b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://x/svg11.dtd"><svg xmlns="http://www.w3.org/2000/svg"/>'
    )
    carried: dict[str, bytes | None] = {
        f"{media}/media/a.svg": drawing,
        f"{media}/b.html": b"<!DOCTYPE HTML PUBLIC 'x'><br>",
        f"{media}/c.txt": b"a" * 70_000,
        f"{media}/media/c.png": b"\x89PNG\r\n<!DOCTYPE a [<!ENTITY b 'c'>]>",
    }
    assert SENTENCE in read(f"报告{ending}", repacked(good, carried)).text
    entities = drawing.replace(b">", b" [<!ENTITY a 'b'>]>", 1)
    with pytest.raises(Unreadable) as error:
        read(f"报告{ending}", repacked(good, {f"{media}/media/a.svg": entities}))
    assert error.value.reason == "entities"
