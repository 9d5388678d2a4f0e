"""Bytes to text: which encoding a file of text is in."""

from __future__ import annotations

import codecs
import re

from yinju.readers.limits import MOST_CHARACTERS
from yinju.readers.reasons import refusal

# UTF-32 before UTF-16: its mark begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BINARY = "is binary, not text. Save it as plain text or Markdown and add that."
# Tab, line ends and form feed are text; other control characters are not, but stray ones are common and harmless.
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
# The commonest characters of Chinese, in both scripts: a fifth of any Chinese text and next to nothing of other
# text decoded as Chinese.
_COMMON_HAN = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多"
    "定行学法所民得经十三之进着等部度家电力里如水化高自二理起小现实加量都两体制机当使从业本去把性好应开它合"
    "這為個國時來們對會發動過說產種後學經進點實兩體機當從業應開關與"
)
_HAN = re.compile("[\u3400-\u9fff]")
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([a-zA-Z0-9_-]{2,30})", re.IGNORECASE)
_ENCODINGS = re.compile(
    r"(?:gb|big5|utf|iso.?8859|windows|cp125|shift|euc|koi8|ascii|latin|us.ascii|hz)", re.IGNORECASE
)
_SAMPLE = 20_000  # characters judged; the whole file is decoded strictly
_KANA = re.compile("[\u3041-\u30ff]")
_PUNCTUATION = re.compile("[\u2010-\u2027\u3000-\u3017\uff01-\uff5e]")


def document_text(name: str, data: bytes) -> str:
    """`decode` for a whole document. Raises Unreadable for white space alone, and for more than one may hold, too."""
    text = decode(name, data)
    if not text.strip():
        raise refusal(name, "empty", "holds no text. Add a file that does.")
    if len(text) > MOST_CHARACTERS:
        raise refusal(
            name, "too-large", f"holds more than {MOST_CHARACTERS:,} characters. Divide it and add the parts."
        )
    return text


def web_text(name: str, data: bytes) -> str:
    """`document_text` of a web page: in the encoding it names, or else in the one it reads like."""
    named = _CHARSET.search(data[:4096])
    charset = named[1].decode() if named and not data.startswith((codecs.BOM_UTF8, b"\xff\xfe", b"\xfe\xff")) else ""
    if charset and _ENCODINGS.match(charset):
        charset = "gb18030" if charset.lower().startswith(("gb", "hz")) else charset
        try:
            text = data.decode(charset)
        except UnicodeDecodeError:
            pass  # many pages say gb2312 and are UTF-8
        except LookupError:
            pass  # no encoding at all
        else:
            return document_text(name, text.encode())
    return document_text(name, decode(name, data).encode())


def decode(name: str, data: bytes) -> str:
    """The file's text with `\\n` line ends and without a byte-order mark, otherwise as it is.

    Raises Unreadable for what is not text, or not in UTF-8, UTF-16, UTF-32 or GB18030.
    """
    text = _marked(name, data)
    if text is None:
        text = _unmarked(name, data)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x00" in text or len(_CONTROL.findall(text)) * 50 > len(text):
        raise refusal(name, "binary", _BINARY)
    return text


def _marked(name: str, data: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding)
            except UnicodeDecodeError as error:
                raise refusal(
                    name,
                    "broken-encoding",
                    f"says it is {encoding.upper()} and is not, from byte {error.start + len(mark)} on. "
                    "Save it again as UTF-8.",
                ) from error
    return None


def _unmarked(name: str, data: bytes) -> str:
    """Text without a byte-order mark: UTF-8 when it is, otherwise the encoding whose text reads like text."""
    candidates = {encoding: _decoded(data, encoding) for encoding in ("utf-8", "gb18030", "utf-16-le", "utf-16-be")}
    utf_8 = candidates.pop("utf-8")
    if utf_8 is not None and "\x00" not in utf_8:
        return utf_8
    scored = [(_plausibility(text), text) for text in candidates.values() if text]
    best, text = max(scored, default=(0.0, ""))
    if best == 0.0 and b"\x00" in data:
        raise refusal(name, "binary", _BINARY)
    if best == 0.0:
        raise refusal(
            name, "wrong-encoding", "is not text in UTF-8, UTF-16 or GB18030. Save it as UTF-8 and add it again."
        )
    return text


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _plausibility(text: str) -> float:
    """The share of `text` that is what such text is made of; 0 where that is too little to be it.

    Wrongly decoded text passes as rare characters, so characters only count if they are in everyday use: ASCII,
    punctuation, and what GB 2312 or the first level of Big5 holds; and Chinese must use its commonest characters.
    """
    if "\x00" in text or not text.strip():
        return 0.0
    text = text[:_SAMPLE]
    han = _HAN.findall(text)
    if len(_KANA.findall(text)) * 4 > len(han) > 0:
        return 0.0  # EUC-JP: its kana are GB 2312's, its characters are not
    if sum(char in _COMMON_HAN for char in han) * 12 < len(han):
        return 0.0
    rare = sum(not _is_everyday(char) for char in text)
    return 1 - rare / len(text) if rare * 10 <= sum(not char.isascii() for char in text) else 0.0


def _is_everyday(char: str) -> bool:
    if char.isascii():
        return char in "\t\n\r\f" or char.isprintable()
    if _PUNCTUATION.match(char) or char.encode("gb2312", "ignore"):
        return True
    return b"\xa4\x40" <= char.encode("big5", "ignore") <= b"\xc6\x7e"
