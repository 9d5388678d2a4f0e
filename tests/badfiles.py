"""Files that nobody should be able to hurt the service with: over two hundred, five of each kind, all made here.

The same every time: what is random comes from a generator with a fixed seed.
"""

from __future__ import annotations

import gzip
import random
import sqlite3
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO

from tests.goodfiles import SENTENCE, excel, good_files, html, pdf, powerpoint, repacked, word, writing
from yinju.readers.limits import MOST_CHARACTERS, MOST_PAGES

EACH = 5


@dataclass(frozen=True)
class BadFile:
    """kind: what is wrong with it. reasons: the slugs it may be refused with, one of `yinju.readers.REASONS` each."""

    kind: str
    name: str
    data: bytes
    reasons: frozenset[str]

    def __str__(self) -> str:
        return f"{self.kind}-{self.name[:40]}"


_Made = tuple[str, bytes]
_KINDS: dict[str, tuple[Callable[[random.Random], Iterator[_Made]], frozenset[str]]] = {}


def _kind(name: str, *reasons: str) -> Callable[[Callable[[random.Random], Iterator[_Made]]], None]:
    def register(make: Callable[[random.Random], Iterator[_Made]]) -> None:
        _KINDS[name] = (make, frozenset(reasons))

    return register


@cache
def bad_files() -> tuple[BadFile, ...]:
    """All of them, in a fixed order: five of each kind."""
    found = []
    for kind, (make, reasons) in _KINDS.items():
        made = list(make(random.Random(kind)))
        assert len(made) == EACH, kind
        found += [BadFile(kind, name, data, reasons) for name, data in made]
    return tuple(found)


@cache
def _good(ending: str) -> bytes:
    return next(data for name, data in good_files().items() if name.endswith(ending))


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENDINGS = (".txt", ".md", ".html", ".pdf", ".docx", ".xlsx", ".pptx")
OFFICE = (".docx", ".xlsx", ".pptx")


def _ole(*streams: str) -> bytes:
    """The beginning of a compound file with a directory that names these streams."""
    directory = b"".join(stream.encode("utf-16-le").ljust(64, b"\x00") + b"\x00" * 64 for stream in streams)
    return (OLE + b"\x00" * 16 + b"\x3e\x00\x03\x00\xfe\xff\x09\x00").ljust(512, b"\x00") + directory.ljust(
        4096, b"\x00"
    )


# ----------------------------------------------------------------------------------------------- locked or incomplete


@_kind("PDF under a password", "password")
def _(_: random.Random) -> Iterator[_Made]:
    for number in range(EACH):
        yield f"密{number}.pdf", pdf(writing(SENTENCE), password=f"secret{number}", owner="owner")


@_kind("Office file under a password", "password")
def _(_: random.Random) -> Iterator[_Made]:
    for number, ending in enumerate((*OFFICE, ".docx", ".txt")):
        yield f"密{number}{ending}", _ole("Root Entry", "EncryptionInfo", "EncryptedPackage")


@_kind("zip with encrypted parts", "password")
def _(_: random.Random) -> Iterator[_Made]:
    for number, ending in enumerate((*OFFICE, ".docx", ".xlsx")):
        data = bytearray(_good(ending))
        for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            at = -1
            while (at := data.find(mark, at + 1)) >= 0:
                name = data[at + (30 if offset == 6 else 46) :]
                if not name.startswith((b"[Content", b"_rels")):
                    data[at + offset] |= 1
        yield f"密{number}{ending}", bytes(data)


def _truncated(ending: str) -> Callable[[random.Random], Iterator[_Made]]:
    def make(chance: random.Random) -> Iterator[_Made]:
        data = _good(ending)
        for number in range(EACH):
            yield f"断{number}{ending}", data[: chance.randrange(64, len(data) - 64)]

    return make


for _ending in (".pdf", *OFFICE):
    _kind(f"truncated {_ending}", "truncated")(_truncated(_ending))


@_kind("nothing in it", "empty")
def _(_: random.Random) -> Iterator[_Made]:
    for ending in (".txt", ".md", ".html", ".pdf", ".docx"):
        yield f"空{ending}", b""


@_kind("white space alone", "empty")
def _(_: random.Random) -> Iterator[_Made]:
    yield "白.txt", b" \n\t\r\n" * 100
    yield "白.md", "\u3000\n".encode() * 50
    yield "白.pdf", b"\n" * 3000
    yield "白.xlsx", b"   "
    yield "白16.txt", (" \n" * 20).encode("utf-16")


@_kind("document without a word", "no-text")
def _(_: random.Random) -> Iterator[_Made]:
    yield "无字.docx", word()
    yield "无字.xlsx", excel([])
    yield "无字.pptx", powerpoint()
    yield "无字.html", html("<script>var a = 1;</script><nav>菜单</nav><p hidden>隐</p>")
    yield "无字.pdf", pdf(lambda canvas: canvas.rect(100, 100, 50, 50))


# ------------------------------------------------------------------------------------------------------- another thing


@_kind("one format under another's name", "wrong-name")
def _(_: random.Random) -> Iterator[_Made]:
    yield "报告.txt", _good(".pdf")
    yield "报告.pdf", _good(".docx")
    yield "报告.docx", _good(".xlsx")
    yield "报告.pptx", _good(".txt")
    yield "报告.md", _good(".html")


@_kind("unknown ending", "unknown-format", "wrong-name")
def _(_: random.Random) -> Iterator[_Made]:
    yield "数据.csv", b"a,b\n1,2\n"
    yield "数据.json", b'{"a": 1}'
    yield "无后缀", SENTENCE.encode()
    yield "报告.doc", _good(".docx")
    yield "报告.pdf.exe", b"plain text"


@_kind("picture", "picture")
def _(chance: random.Random) -> Iterator[_Made]:
    starts = (
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0\x00\x10JFIF",
        b"GIF89a",
        b"II*\x00",
        b"RIFF\x24\x00\x00\x00WEBPVP8 ",
    )
    for start, ending in zip(starts, (".txt", ".pdf", ".docx", ".html", ".png"), strict=True):
        yield f"图{ending}", start + chance.randbytes(500)


@_kind("archive", "archive")
def _(_: random.Random) -> Iterator[_Made]:
    tar, plain = BytesIO(), BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        info = tarfile.TarInfo("../../etc/passwd")
        info.size = 4
        archive.addfile(info, BytesIO(b"root"))
    with zipfile.ZipFile(plain, "w") as archive_:
        archive_.writestr("报告.txt", SENTENCE)
    yield "包.txt", tar.getvalue()
    yield "包.docx", plain.getvalue()
    yield "包.xlsx", gzip.compress(SENTENCE.encode(), mtime=0)
    yield "包.md", b"7z\xbc\xaf\x27\x1c" + b"\x00" * 100
    yield "包.zip", plain.getvalue()


@_kind("program", "executable")
def _(chance: random.Random) -> Iterator[_Made]:
    starts = (
        b"\x7fELF\x02\x01\x01\x00",
        b"MZ\x90\x00\x03\x00\x00\x00",
        b"\xca\xfe\xba\xbe\x00\x00",
        b"\x00asm\x01\x00\x00\x00",
        b"\xcf\xfa\xed\xfe",
    )
    for start, ending in zip(starts, (".txt", ".pdf", ".docx", ".html", ".xlsx"), strict=True):
        yield f"程序{ending}", start + chance.randbytes(300)


@_kind("recording", "media")
def _(chance: random.Random) -> Iterator[_Made]:
    starts = (b"ID3\x04\x00", b"OggS\x00\x02", b"fLaC\x00\x00", b"\x00\x00\x00\x18ftypmp42", b"\x1a\x45\xdf\xa3")
    for start, ending in zip(starts, (".txt", ".pdf", ".docx", ".mp4", ".md"), strict=True):
        yield f"声{ending}", start + chance.randbytes(300)


@_kind("database", "database")
def _(_: random.Random) -> Iterator[_Made]:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE a (b)")
    database = connection.serialize()
    connection.close()
    for ending in (".txt", ".pdf", ".docx", ".html", ".db"):
        yield f"库{ending}", database


@_kind("Office before 2007", "old-office")
def _(_: random.Random) -> Iterator[_Made]:
    for ending, stream in (
        (".docx", "WordDocument"),
        (".xlsx", "Workbook"),
        (".pptx", "PowerPoint Document"),
        (".txt", "WordDocument"),
        (".doc", "WordDocument"),
    ):
        yield f"旧{ending}", _ole("Root Entry", stream)


@_kind("document of another family", "unsupported-format")
def _(_: random.Random) -> Iterator[_Made]:
    for name, parts in {
        "开.docx": {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<a/>"},
        "版.pdf": {"OFD.xml": b"<ofd/>"},
        "宏.docx": {"[Content_Types].xml": b"application/vnd.ms-word.document.macroEnabled.main+xml"},
    }.items():
        yield name, _zipped(parts)
    yield "富.docx", b"{\\rtf1\\ansi hello}"
    yield "网.html", b"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\n\r\n<html></html>"


# -------------------------------------------------------------------------------------------------------------- bytes


@_kind("random bytes", "binary", "damaged")
def _(chance: random.Random) -> Iterator[_Made]:
    for ending in (".txt", ".md", ".html", ".pdf", ".docx"):
        yield f"乱{ending}", chance.randbytes(4000)


@_kind("text with null bytes", "binary")
def _(_: random.Random) -> Iterator[_Made]:
    for number, ending in enumerate((".txt", ".md", ".html", ".txt", ".md")):
        yield f"零{number}{ending}", f"<p>{SENTENCE}</p>".encode() + b"\x00" * (number + 1) + SENTENCE.encode()


@_kind("control characters", "binary")
def _(chance: random.Random) -> Iterator[_Made]:
    for number, ending in enumerate((".txt", ".md", ".txt", ".md", ".text")):
        yield (
            f"控{number}{ending}",
            bytes(chance.choice(b"\x01\x02\x03\x04\x05\x06\x0e\x1b") for _ in range(200)) + b"abc",
        )


@_kind("broken UTF-16", "broken-encoding")
def _(_: random.Random) -> Iterator[_Made]:
    yield "奇.txt", b"\xff\xfe" + SENTENCE.encode("utf-16-le")[:-1]
    yield "奇.md", b"\xfe\xff" + SENTENCE.encode("utf-16-be")[:-1]
    yield "单.txt", b"\xff\xfe" + "文字".encode("utf-16-le") + b"\x00\xd8" + "文字".encode("utf-16-le")
    yield "单.md", b"\xfe\xff" + "文字".encode("utf-16-be") + b"\xdc\x00"
    yield "三十二.txt", b"\xff\xfe\x00\x00" + b"\xff\xff\xff\xff"


@_kind("broken GB18030", "wrong-encoding")
def _(_: random.Random) -> Iterator[_Made]:
    for number in range(EACH):
        data = (SENTENCE * 3).encode("gb18030")
        yield f"国{number}.txt", data[: 20 + number * 2] + b"\xff\xff" + data[20 + number * 2 :] + b"\x80"


@_kind("broken UTF-8", "broken-encoding")
def _(_: random.Random) -> Iterator[_Made]:
    for number, part in enumerate((b"\xed\xa0\x80", b"\xc0\xaf", b"\xff", b"\xf8\x88\x80\x80\x80", b"\xe4\xb8")):
        yield f"码{number}.txt", b"\xef\xbb\xbf" + SENTENCE.encode() + part + b"a"


@_kind("text in another encoding", "wrong-encoding")
def _(_: random.Random) -> Iterator[_Made]:
    yield "日.txt", "今年の青年夜校は何回開催されましたか。六回です。".encode("shift-jis")
    yield "俄.txt", "Сколько вечерних школ было открыто в этом году".encode("cp1251")
    yield "韩.txt", "올해 청년 야학은 몇 번 열렸습니까? 여섯 번 열렸습니다.".encode("euc-kr")
    yield "法.md", "Résumé à la façon de Noël, déjà vu – très bien élevé.".encode("cp1252")
    yield "台.txt", ("一年來，機關黨建工作開辦了青年夜校121期，覆蓋青年六千餘人次。" * 3).encode("big5")


@_kind("name that leads astray", "bad-name")
def _(_: random.Random) -> Iterator[_Made]:
    for name in ("../../etc/passwd.txt", "/etc/报告.txt", "a\x00b.txt", "..\\..\\boot.txt", "x" * 300 + ".txt"):
        yield name, SENTENCE.encode()


# ------------------------------------------------------------------------------------------------------------ packages


def _zipped(parts: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0)), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


_MAIN = {".docx": "word/document.xml", ".xlsx": "xl/worksheets/sheet1.xml", ".pptx": "ppt/slides/slide1.xml"}


@_kind("zip bomb", "zip-bomb")
def _(_: random.Random) -> Iterator[_Made]:
    for number, ending in enumerate((*OFFICE, ".docx", ".xlsx")):
        bomb = b"<a>" + b" " * (8 << 20) + b"</a>"
        yield (
            f"弹{number}{ending}",
            repacked(_good(ending), {_MAIN[ending] if number < 3 else "docProps/app.xml": bomb}),
        )


@_kind("too many parts", "zip-bomb")
def _(_: random.Random) -> Iterator[_Made]:
    for number, ending in enumerate((*OFFICE, ".docx", ".xlsx")):
        yield f"多{number}{ending}", repacked(_good(ending), {f"x/{index}.bin": b"" for index in range(20_050)})


@_kind("entity bomb", "entities")
def _(_: random.Random) -> Iterator[_Made]:
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a0 "哈">{laughs}]><a>&a9;</a>'
    for number, ending in enumerate((*OFFICE, ".docx", ".pptx")):
        encoded = bomb.encode("utf-16" if number == 4 else "utf-8")
        yield f"笑{number}{ending}", repacked(_good(ending), {_MAIN[ending]: encoded})


@_kind("external entity", "entities")
def _(_: random.Random) -> Iterator[_Made]:
    for number, target in enumerate(
        ("file:///etc/passwd", "http://127.0.0.1:9/x", "file:///dev/zero", "//host/x", "/etc/hosts")
    ):
        entity = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "{target}">]><a>&x;</a>'
        ending = (*OFFICE, ".docx", ".xlsx")[number]
        yield f"外{number}{ending}", repacked(_good(ending), {_MAIN[ending]: entity.encode()})


_TYPE = '<!DOCTYPE a [<!ENTITY h "哈">]>'


def _typed(ending: str, before: str, form: str = "utf-8") -> bytes:
    """The main part of a good file, well-formed, with `before` and a document type at its beginning."""
    with zipfile.ZipFile(BytesIO(_good(ending))) as archive:
        part = archive.read(_MAIN[ending]).decode()
    root = part[part.index("?>") + 2 :] if part.startswith("<?xml") else part
    return f'<?xml version="1.0" encoding="{form}"?>{before}{_TYPE}{root.lstrip()}'.encode(form)


@_kind("document type after a comment", "entities")
def _(_: random.Random) -> Iterator[_Made]:
    for number, ending in enumerate((*OFFICE, ".docx", ".xlsx")):
        before = "<!-- " + "注" * (1 + number * 4_000) + " -->\n" + "<?a b?>" * number
        yield f"注{number}{ending}", repacked(_good(ending), {_MAIN[ending]: _typed(ending, before)})


@_kind("document type after a comment without an end", "damaged")
def _(_: random.Random) -> Iterator[_Made]:
    for number, ending in enumerate((*OFFICE, ".docx", ".xlsx")):
        before = (f"<!--{' a' * 40_000}-->", " " * 70_000, "<!--a-->" * 9_000, "<?a b?>" * 12_000, "\n" * 66_000)[
            number
        ]
        yield f"长{number}{ending}", repacked(_good(ending), {_MAIN[ending]: _typed(ending, before)})


def moved(ending: str, to: str, part: bytes | None = None) -> bytes:
    """A good file whose main part has another name in its folder, and other words where `part` is given."""
    old = _MAIN[ending]
    name = old.rpartition("/")[2]
    with zipfile.ZipFile(BytesIO(_good(ending))) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    changes: dict[str, bytes | None] = {old: None, old.replace(name, to): part or parts[old]}
    for each, data in parts.items():
        if each.endswith(".rels") or each == "[Content_Types].xml":
            changes[each] = None
            changes[each.replace(name, to)] = data.replace(name.encode(), to.encode())
    return repacked(_good(ending), changes)


@_kind("document type in a part with another ending", "entities")
def _(_: random.Random) -> Iterator[_Made]:
    for ending, name, form in (
        (".docx", "document.bin", "utf-8"),
        (".xlsx", "sheet1.bin", "utf-8"),
        (".pptx", "slide1.svg", "utf-8"),
        (".docx", "document", "gb18030"),
        (".xlsx", "sheet1.png", "utf-16"),
    ):
        yield f"别{name}{ending}", moved(ending, name, _typed(ending, "", form))


@_kind("XML nested deep", "too-deep")
def _(_: random.Random) -> Iterator[_Made]:
    spaces = {
        ".docx": ("w", "http://schemas.openxmlformats.org/wordprocessingml/2006/main", "document"),
        ".xlsx": ("s", "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "worksheet"),
        ".pptx": ("p", "http://schemas.openxmlformats.org/presentationml/2006/main", "sld"),
    }
    for number, ending in enumerate((*OFFICE, ".docx", ".pptx")):
        prefix, space, root = spaces[ending]
        depth = 5_000 * (number + 1)
        deep = (
            f'<{prefix}:{root} xmlns:{prefix}="{space}">'
            + f"<{prefix}:sdt>" * depth
            + f"</{prefix}:sdt>" * depth
            + f"</{prefix}:{root}>"
        )
        yield f"深{number}{ending}", repacked(_good(ending), {_MAIN[ending]: deep.encode()})


@_kind("HTML nested deep", "too-deep")
def _(_: random.Random) -> Iterator[_Made]:
    for number, tag in enumerate(("div", "span", "table><tr><td", "ul><li", "b")):
        yield f"深{number}.html", html(f"<{tag}>" * (3_000 * (number + 1)) + SENTENCE)


@_kind("parts missing", "damaged")
def _(_: random.Random) -> Iterator[_Made]:
    yield "缺.docx", repacked(_good(".docx"), {"word/document.xml": None})
    yield "缺关系.docx", repacked(_good(".docx"), {"_rels/.rels": None})
    yield "缺.xlsx", repacked(_good(".xlsx"), {"xl/worksheets/sheet1.xml": None})
    yield "缺工作簿.xlsx", repacked(_good(".xlsx"), {"xl/workbook.xml": None})
    yield "缺.pptx", repacked(_good(".pptx"), {"ppt/slides/slide1.xml": None})


@_kind("relations in a circle", "damaged")
def _(_: random.Random) -> Iterator[_Made]:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    for number, ending in enumerate((*OFFICE, ".docx", ".pptx")):
        loop = (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r1" Type="{kind}" Target="{"_rels/.rels" if number < 3 else "/"}"/></Relationships>'
        )
        part = "xl/_rels/workbook.xml.rels" if ending == ".xlsx" else "_rels/.rels"  # openpyxl reads no others
        yield f"环{number}{ending}", repacked(_good(ending), {part: loop.encode()})


@_kind("parts with names that lead out", "unsafe-archive")
def _(_: random.Random) -> Iterator[_Made]:
    for number, name in enumerate(("../../etc/passwd", "/etc/passwd", "..\\boot.ini", "word/../../x", "a/../../../b")):
        ending = (*OFFICE, ".docx", ".xlsx")[number]
        yield f"逃{number}{ending}", repacked(_good(ending), {name: b"x"})


@_kind("damaged inside", "damaged")
def _(_: random.Random) -> Iterator[_Made]:
    for number, (ending, part) in enumerate(
        (
            (".docx", b"<not closed"),
            (".xlsx", b"<worksheet><sheetData><row>"),
            (".pptx", b"\x00\x01"),
            (".docx", b""),
            (".pptx", b"<a/>"),
        )
    ):
        yield f"坏{number}{ending}", repacked(_good(ending), {_MAIN[ending]: part})


@_kind("formulas never calculated", "uncalculated")
def _(_: random.Random) -> Iterator[_Made]:
    for number in range(EACH):
        rows: list[list[object]] = [
            ["项目", "上半年", "全年"],
            *([f"第{n}项", n, f"=B{n + 2}*2"] for n in range(number + 1)),
        ]
        yield f"算{number}.xlsx", excel(rows)


# ----------------------------------------------------------------------------------------------------------------- PDF


def _raw_pdf(*objects: str) -> bytes:
    """A PDF of these objects, numbered from 1; the first is its catalogue."""
    out, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    start = len(out)
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    count = len(objects) + 1
    out += f"xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n<</Size {count}/Root 1 0 R>>\n".encode()
    out += f"startxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def _stream(content: str, entries: str = "") -> str:
    return f"<<{entries}/Length {len(content.encode('latin-1'))}>>\nstream\n{content}\nendstream"


_A4 = "[0 0 595 842]"


def _scan(pages: int) -> bytes:
    """Pages that are pictures."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(pages))
    picture = _stream(
        "\x00\x7f\xff\x40", "/Type/XObject/Subtype/Image/Width 2/Height 2/ColorSpace/DeviceGray/BitsPerComponent 8"
    )
    resources = "/Resources<</XObject<</I 3 0 R>>>>"
    objects = ["<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Kids[{kids}]/Count {pages}>>", picture]
    for number in range(pages):
        objects += [
            f"<</Type/Page/Parent 2 0 R/MediaBox{_A4}{resources}/Contents {5 + 2 * number} 0 R>>",
            _stream("q 595 0 0 842 0 0 cm /I Do Q"),
        ]
    return _raw_pdf(*objects)


@_kind("scan without text", "scan")
def _(_: random.Random) -> Iterator[_Made]:
    for number in range(EACH):
        yield f"扫{number}.pdf", _scan(number + 1)


@_kind("fonts without meaning", "unmapped-fonts")
def _(_: random.Random) -> Iterator[_Made]:
    for number in range(EACH):
        font = (
            "<</Type/Font/Subtype/Type0/BaseFont/Secret/Encoding/Identity-H/DescendantFonts[<</Type/Font/Subtype/CIDFontType2"
            "/BaseFont/Secret/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 1000"
            "/FontDescriptor<</Type/FontDescriptor/FontName/Secret/Flags 4/FontBBox[0 0 1000 1000]"
            "/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80>>>>]>>"
        )
        codes = "".join(f"{0x1000 + number * 64 + index:04X}" for index in range(40))
        yield (
            f"无映射{number}.pdf",
            _raw_pdf(
                "<</Type/Catalog/Pages 2 0 R>>",
                "<</Type/Pages/Kids[3 0 R]/Count 1>>",
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 5 0 R>>>>/Contents 4 0 R>>",
                _stream(f"BT /F 12 Tf 72 700 Td <{codes}> Tj ET"),
                font,
            ),
        )


@_kind("PDF of loops and depths", "damaged", "no-text")
def _(_: random.Random) -> Iterator[_Made]:
    page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>"
    yield "树环.pdf", _raw_pdf("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R]/Count 1>>")
    yield (
        "深数组.pdf",
        _raw_pdf("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", page, _stream("[" * 200_000)),
    )
    yield "深字典.pdf", _raw_pdf("<</Type/Catalog/Pages " + "<</A " * 100_000 + ">>" * 100_000 + ">>")
    yield "自指.pdf", _raw_pdf("1 0 R")
    yield "无页.pdf", _raw_pdf("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[]/Count 0>>")


@_kind("PDF with its inside destroyed", "damaged")
def _(chance: random.Random) -> Iterator[_Made]:
    for number in range(EACH):
        data = bytearray(_good(".pdf"))
        data[9:-8] = chance.randbytes(len(data) - 17)
        yield f"毁{number}.pdf", bytes(data)


@_kind("workbook of endless rows", "zip-bomb")
def _(_: random.Random) -> Iterator[_Made]:
    row = "<row>" + '<c t="inlineStr"><is><t>x</t></is></c>' * 1000 + "</row>"
    for number in range(EACH):
        sheet = (
            '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            '<dimension ref="A1:XFD1048576"/><sheetData>' + row * (2001 + number) + "</sheetData></worksheet>"
        )
        yield f"大{number}.xlsx", repacked(_good(".xlsx"), {_MAIN[".xlsx"]: sheet.encode()})


@_kind("enormous", "too-large")
def _(_: random.Random) -> Iterator[_Made]:
    text = b"a" * (MOST_CHARACTERS + 1)
    yield "大.txt", text
    yield "大.md", text
    yield "大.html", b"<p>" + text
    page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
    for number in (MOST_PAGES + 1, 5 * MOST_PAGES):
        kids = "3 0 R " * number
        yield (
            f"大{number}.pdf",
            _raw_pdf("<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Kids[{kids}]/Count {number}>>", page),
        )
