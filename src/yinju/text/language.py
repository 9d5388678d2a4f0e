"""The language a question is written in."""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import category, name

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from yinju.text.folding import is_traditional

_HAN = re.compile("[\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d]")
_WORD = re.compile(r"[^\W\d_]{2,}")
# Words a Chinese question is built with; a foreign question that quotes a Chinese name has none of them.
_CHINESE_FRAME = re.compile("[的了是在吗呢么麼什哪谁誰几幾多少何怎请請问問]")
# Scripts one language has to itself, as far as questions go, by the first word of the characters' Unicode names.
_SCRIPTS = {
    "HANGUL": "ko", "GREEK": "el", "HEBREW": "he", "THAI": "th", "BENGALI": "bn", "TAMIL": "ta", "TELUGU": "te",
    "GUJARATI": "gu", "GURMUKHI": "pa", "KANNADA": "kn", "MALAYALAM": "ml", "SINHALA": "si", "GEORGIAN": "ka",
    "ARMENIAN": "hy", "KHMER": "km", "LAO": "lo", "MYANMAR": "my", "ETHIOPIC": "am", "TIBETAN": "bo",
    "MONGOLIAN": "mn",
}  # fmt: skip
# Scripts several languages share: the identifier chooses among these, likeliest first where it can't.
_SHARED = {
    "LATIN": (
        "en",
        "de",
        "fr",
        "es",
        "it",
        "pt",
        "nl",
        "pl",
        "vi",
        "id",
        "tr",
        "cs",
        "sv",
        "da",
        "no",
        "fi",
        "hu",
        "ro",
    ),
    "CYRILLIC": ("ru", "uk", "bg", "be", "sr", "mk", "kk", "ky", "mn"),
    "ARABIC": ("ar", "fa", "ur", "ug"),
    "DEVANAGARI": ("hi", "mr", "ne"),
}
# Letters no text of any length in that language does without; the identifier errs on single words.
_OWN_LETTERS = {
    "uk": "іїєґ", "be": "іў", "sr": "ђћљњџј", "mk": "ѓќљњџјѕ", "kk": "әғқңөұүһі", "ky": "өүң", "mn": "өү",
    "fa": "پچژگکی", "ur": "ٹڈڑںےہ", "ug": "ەېۆۇۈ",
}  # fmt: skip


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    """Half a second to load, so only when a script leaves the language open."""
    return LanguageIdentifier.from_model_file(MODEL_FILE)


def language(question: str) -> str:
    """The BCP 47 tag of the question's language; `und` where it holds no letters.

    Chinese in traditional characters is `zh-Hant`. A question of Han characters alone is taken as Chinese.
    """
    han, kana = len(_HAN.findall(question)), len(_KANA.findall(question))
    if kana * 5 > han:
        return "ja"
    if han and not _quotes_chinese(question):
        return "zh-Hant" if is_traditional(question) else "zh"
    script = _script(question)
    if script in _SHARED:
        return _identified(question, _SHARED[script])
    return _SCRIPTS.get(script, "und")


def _quotes_chinese(question: str) -> bool:
    """Whether this is a question in another language that only names something in Chinese."""
    words = [word for word in _WORD.findall(_HAN.sub(" ", question)) if not word.isupper()]
    foreign = len(words) >= 3 or any(not word.isascii() for word in words)
    return foreign and not _CHINESE_FRAME.search(question)


def _script(text: str) -> str:
    """The script most letters are in, Han aside; empty where there are none."""
    counts: dict[str, int] = {}
    for char in _HAN.sub("", text):
        if category(char)[0] == "L":
            script = name(char, "").split(" ")[0]
            counts[script] = counts.get(script, 0) + 1
    return max(counts, key=counts.__getitem__, default="")


def _identified(text: str, candidates: tuple[str, ...]) -> str:
    ranked = _identifier().rank(_HAN.sub(" ", text))
    letters = set(text.lower())
    possible = {tag for tag in candidates if letters & set(_OWN_LETTERS.get(tag, letters))}
    return next((tag for tag, _ in ranked if tag in possible), candidates[0])
