"""Search terms: what the lexical index matches on. The same for a question and for a passage."""

from __future__ import annotations

import re
from unicodedata import category

from yinju.text.folding import fold

# Scripts written without spaces between words: Han, kana, Thai, Lao, Burmese, Khmer. Hangul is written with spaces,
# but its particles stick to the noun, and bigrams see through that.
_UNSPACED = (
    "\u2e80-\u2fdf\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff\uac00-\ud7a3\u0e01-\u0eff\u1000-\u109f\u1780-\u17d3"
)
# `\w` leaves out combining marks, and would cut Hindi and Arabic words at every vowel sign.
_MARKS = "".join(char for char in map(chr, range(0x300, 0xFE30)) if category(char)[0] == "M")
_TERM = re.compile(
    rf"(?P<number>(?<![^\W{_UNSPACED}])\d+(?:,\d{{3}})*(?:\.\d+)*%?(?!(?![{_UNSPACED}\d])\w))"
    rf"|(?P<unspaced>[{_UNSPACED}]+)"
    rf"|(?P<word>(?:(?![{_UNSPACED}_])[\w{_MARKS}])+)"
)
# A line break inside a run of such a script is the page's, not the writer's.
_BROKEN_LINE = re.compile(rf"(?<=[{_UNSPACED}])[ \t]*\n[ \t]*(?=[{_UNSPACED}])")


def terms(text: str) -> list[str]:
    """Terms in order, repeated as often as they occur.

    Character bigrams in scripts without spaces (the character alone where nothing is beside it), whole words in
    others, numbers with their decimals and percent sign, thousands separators taken out.
    """
    # NFKC would make a comma between two figures ("第5，100支") look like a thousands separator.
    text = fold(text.replace("，", "、"))
    found: list[str] = []
    for match in _TERM.finditer(_BROKEN_LINE.sub("", text)):
        term = match.group()
        if match.lastgroup == "unspaced" and len(term) > 1:
            found.extend(term[index : index + 2] for index in range(len(term) - 1))
        else:
            found.append(term.replace(",", ""))
    return found
