"""Text as it comes out of documents, made fit to be quoted: no control characters, nothing unseen, plain spaces."""

from __future__ import annotations

import re
import unicodedata

# Never seen, and used to hide words in others: zero-width marks, marks of direction, tags, fillers of pictures.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufdd0-\ufdef\ufeff\ufff0-\uffff\ud800-\udfff\U000e0000-\U000e007f\ue000-\uf8ff]"
    # Joiners mean something in Arabic, Indic scripts and emoji alone.
    "|(?<![\u0600-\u0dff\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]"
)
_SPACES = re.compile(r"[^\S\n]+")
_AROUND_BREAK = re.compile(r" *\n[ \n]*")
# Characters that some PDFs and Word files hold in place of the ordinary ones they look like.
_LOOKALIKES = re.compile("[\u2f00-\u2fd5\uf900-\ufaff\ufb00-\ufb06\U0002f800-\U0002fa1d\u2e80-\u2ef3]")
# The radicals Unicode gives no decomposition, as EquivalentUnifiedIdeograph.txt pairs them.
_RADICALS = dict(
    zip(
        "⺁⺅⺇⺉⺌⺍⺎⺏⺐⺒⺓⺔⺖⺗⺘⺙⺛⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺶⺷⺹⺺⺼⺽⺾⻁⻂⻃⻄⻅⻆⻈⻉⻋⻐⻑⻒⻓⻔⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻳",
        "厂亻几刂小小尢尢尣巳幺彑忄㣺扌攵旡月歺母民氵氺灬爫爫丬牛犭王疋罒示礻竹糹纟罓羊羊耂肀月臼艹虎衤覀西见角讠贝车钅長镸长门雨青韦页风飞食飠饣马骨鬼鱼鸟卤麦黄黾齐齿龙龟",
        strict=True,
    )
)


def clean(words: str) -> str:
    """Text without what can't be seen, with single spaces and no empty lines; trimmed. Idempotent."""
    words = words.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").replace("\x85", "\n")
    words = _LOOKALIKES.sub(_ordinary, _UNSEEN.sub("", words))
    words = _SPACES.sub(" ", words.replace("\u2028", "\n").replace("\u2029", "\n"))
    return _AROUND_BREAK.sub("\n", words).strip()


def on_one_line(words: str) -> str:
    """Cleaned, its line breaks made spaces between Western words and left out beside Chinese characters."""
    lines = clean(words).split("\n")
    line = lines[0]
    for following in lines[1:]:
        line += ("" if is_wide(line[-1:]) or is_wide(following[:1]) else " ") + following
    return line


def is_wide(char: str) -> bool:
    """Whether it is a Chinese or Japanese character or mark, beside which no space stands."""
    return (
        bool(char)
        and (unicodedata.east_asian_width(char) in "WF" or char in "“”‘’—…·")
        and not "\uac00" <= char <= "\ud7a3"
    )


def _ordinary(match: re.Match[str]) -> str:
    char = match[0]
    return _RADICALS.get(char) or unicodedata.normalize("NFKC", char)
