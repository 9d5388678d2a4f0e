"""Bytes to text: encodings told apart, binaries refused by name."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinju.errors import Unreadable
from yinju.readers import is_readable, read
from yinju.readers.decoding import decode

CHINESE = (
    "一年来，省委直属机关工委坚持政治领航，开办青年夜校121期。\n覆盖青年6000余人次——“五型”模范机关建设步履坚实。\n"
)
TRADITIONAL = "一年來，機關黨建工作開辦了青年夜校121期，覆蓋青年六千餘人次。\n"
ENGLISH = "The committee held 121 night school sessions.\nMore than 6,000 people came.\n"


@pytest.mark.parametrize("text", [CHINESE, TRADITIONAL, ENGLISH, "短\n", "一句话没有常用字眼：碧蟾鹭鸶。\n"])
@pytest.mark.parametrize(
    "mark, encoding",
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_marked_text_and_utf_8_are_read_whatever_they_say(text: str, mark: bytes, encoding: str) -> None:
    assert decode("a.txt", mark + text.encode(encoding)) == text


@pytest.mark.parametrize("text", [CHINESE, TRADITIONAL, CHINESE + ENGLISH * 5])
@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "utf-16-le", "utf-16-be"])
def test_chinese_without_a_mark_is_told_by_how_it_reads(text: str, encoding: str) -> None:
    assert decode("a.txt", text.encode(encoding)) == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_english_in_utf_16_without_a_mark_is_read(encoding: str) -> None:
    assert decode("a.txt", ENGLISH.encode(encoding)) == ENGLISH


@pytest.mark.parametrize(
    "text, encoding",
    [
        ("Résumé à la façon de Noël, déjà vu – très bien élevé.", "cp1252"),
        ("Сколько вечерних школ было открыто в этом году", "cp1251"),
        ("올해 청년 야학은 몇 번 열렸습니까? 여섯 번 열렸습니다.", "euc-kr"),
        ("今年の青年夜校は何回開催されましたか。六回です。", "shift-jis"),
        ("今年の青年夜校は何回開催されましたか。六回です。", "euc-jp"),
        (TRADITIONAL * 3, "big5"),
    ],
)
def test_other_encodings_are_refused_rather_than_read_as_gibberish(text: str, encoding: str) -> None:
    with pytest.raises(Unreadable, match=r"^a\.txt is not text in .* Save it as UTF-8 and add it again\.$"):
        decode("a.txt", text.encode(encoding))


@pytest.mark.parametrize(
    "data, what",
    [
        (b"text\x00text", "binary"),
        (b"\x01\x02\x03\x04" * 20, "binary"),
        (bytes(range(256)) * 4, "binary"),
        (bytes(range(1, 256)) * 4, "not text in"),
    ],
)
def test_what_is_not_text_is_refused_and_named(data: bytes, what: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        decode("folder/a.txt", data)
    assert str(refusal.value).startswith("folder/a.txt is ")
    assert what in str(refusal.value)
    assert str(refusal.value).rsplit(". ", 1)[1].startswith("Save it")


def test_a_mark_that_lies_is_refused() -> None:
    with pytest.raises(Unreadable, match="says it is UTF-8 and is not, from byte 5 on"):
        decode("a.txt", codecs.BOM_UTF8 + b"ab\xff\xfe")


def test_line_ends_become_newlines_and_nothing_else_changes() -> None:
    assert (
        decode("a.txt", "一\r\n二\r三\n\u2028四\x85\f\t 五\ufeff".encode()) == "一\n二\n三\n\u2028四\x85\f\t 五\ufeff"
    )


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])))
def test_utf_8_round_trips(text: str) -> None:
    assert decode("a.txt", text.encode()) == text.removeprefix("\ufeff")


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", codecs.BOM_UTF8, "\u3000\n".encode("utf-16")])
def test_a_file_without_text_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable, match=r"^a\.txt holds no text\."):
        read("a.txt", data)


@pytest.mark.parametrize("name", ["a.json", "a.csv", "a", "archive.tar.gz"])
def test_a_format_without_a_reader_is_refused_and_the_known_ones_named(name: str) -> None:
    assert not is_readable(name)
    with pytest.raises(
        Unreadable, match=r"in no format read here\. Known endings are \.docx, \.htm, .*, \.txt, \.xhtml, \.xlsx;"
    ):
        read(name, b"text")


@pytest.mark.parametrize("name", ["报告.txt", "folder/REPORT.TXT", "a.md", "2025.10 report.markdown"])
def test_known_formats_are_told_by_the_ending(name: str) -> None:
    assert is_readable(name)
