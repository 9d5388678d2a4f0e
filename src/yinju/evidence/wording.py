"""What is said around the quotes, in the question's language. English where a language has no wording of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from yinju.records import Citation, Reason
from yinju.text import fold


@dataclass(frozen=True, slots=True)
class Wording:
    """lead: before the quotes, with {title}; empty where the quote alone reads as the answer."""

    lead: str
    quote: str
    joint: str
    off_topic: str
    no_evidence: str
    empty_index: str
    missing: str


_WORDINGS = {
    "zh": Wording(
        lead="",
        quote="{quote}[{number}]",
        joint="\n",
        off_topic="现有报告没有谈到这个问题。",
        no_evidence="现有报告里没有找到这个问题的答案。",
        empty_index="还没有可供查询的报告。请把报告放进文件夹，运行 yinju index，然后再问。",
        missing="报告里没有出现{terms}。",
    ),
    "zh-Hant": Wording(
        lead="",
        quote="{quote}[{number}]",
        joint="\n",
        off_topic="現有報告沒有談到這個問題。",
        no_evidence="現有報告裡沒有找到這個問題的答案。",
        empty_index="還沒有可供查詢的報告。請把報告放進資料夾，執行 yinju index，然後再問。",
        missing="報告裡沒有出現{terms}。",
    ),
    "en": Wording(
        lead="The report “{title}” says: ",
        quote="“{quote}” [{number}]",
        joint=" ",
        off_topic="The reports do not speak of this.",
        no_evidence="The reports do not answer this question.",
        empty_index="There is no report to search yet. Put one into the folder, run yinju index, then ask again.",
        missing="They do not mention {terms}.",
    ),
    "ja": Wording(
        lead="報告書「{title}」にはこうあります：",
        quote="「{quote}」[{number}]",
        joint="",
        off_topic="報告書はこの話題に触れていません。",
        no_evidence="報告書にはこの質問の答えがありません。",
        empty_index=(
            "検索できる報告書がまだありません。フォルダーに入れて yinju index を実行してから、もう一度お尋ねください。"
        ),
        missing="",
    ),
    "ko": Wording(
        lead="보고서 “{title}”에는 다음과 같이 적혀 있습니다: ",
        quote="“{quote}” [{number}]",
        joint=" ",
        off_topic="보고서는 이 주제를 다루지 않습니다.",
        no_evidence="보고서에는 이 질문에 대한 답이 없습니다.",
        empty_index="아직 검색할 보고서가 없습니다. 폴더에 넣고 yinju index를 실행한 뒤 다시 물어보세요.",
        missing="",
    ),
    "ru": Wording(
        lead="В отчёте «{title}» сказано: ",
        quote="«{quote}» [{number}]",
        joint=" ",
        off_topic="В отчётах об этом не говорится.",
        no_evidence="Отчёты не отвечают на этот вопрос.",
        empty_index="Пока нет отчётов для поиска. Положите отчёт в папку, выполните yinju index и спросите снова.",
        missing="",
    ),
    "fr": Wording(
        lead="Le rapport « {title} » dit : ",
        quote="« {quote} » [{number}]",
        joint=" ",
        off_topic="Les rapports ne parlent pas de ce sujet.",
        no_evidence="Les rapports ne répondent pas à cette question.",
        empty_index=(
            "Aucun rapport à consulter pour l’instant. "
            "Déposez-en un dans le dossier, lancez yinju index, puis reposez la question."
        ),
        missing="",
    ),
    "de": Wording(
        lead="Im Bericht „{title}“ heißt es: ",
        quote="„{quote}“ [{number}]",
        joint=" ",
        off_topic="Die Berichte sprechen nicht davon.",
        no_evidence="Die Berichte beantworten diese Frage nicht.",
        empty_index=(
            "Noch gibt es keinen Bericht. "
            "Legen Sie einen in den Ordner, führen Sie yinju index aus und fragen Sie erneut."
        ),
        missing="",
    ),
    "es": Wording(
        lead="El informe «{title}» dice: ",
        quote="«{quote}» [{number}]",
        joint=" ",
        off_topic="Los informes no hablan de este tema.",
        no_evidence="Los informes no responden a esta pregunta.",
        empty_index="Todavía no hay informes. Ponga uno en la carpeta, ejecute yinju index y vuelva a preguntar.",
        missing="",
    ),
}
_QUESTION_WORDS = re.compile(
    r"(?:请问|请告诉我|为什么|什么时候|什么|怎么样?|如何|多少|哪[些个位家里年天一]*|几[个位次]?|是谁|谁|何时|何地|是否|有没有|吗|呢|啊|吧|了吗|"
    r"以及|分别|一共|总共|[的地得了着过是在有和与及对把被由从为以到也都就这那此])|[^\w]+"
)
_MOST_MISSING = 2


def wording(language: str) -> Wording:
    return _WORDINGS.get(language) or _WORDINGS.get(language.split("-")[0]) or _WORDINGS["en"]


def answer_text(language: str, citations: Sequence[Citation]) -> str:
    """The quotes, each with its number, led in where the language is not the source's."""
    words = wording(language)
    quotes = words.joint.join(words.quote.format(quote=_one_line(each.quote), number=each.number) for each in citations)
    return words.lead.format(title=_one_line(citations[0].title)) + quotes


def refusal_text(language: str, reason: Reason, missing: Sequence[str] = ()) -> str:
    """One or two sentences that say what was not found; `missing`: what the question names and no report does."""
    words = wording(language)
    said = {"off_topic": words.off_topic, "no_evidence": words.no_evidence, "empty_index": words.empty_index}[reason]
    if not missing or not words.missing or reason == "empty_index":
        return said
    named = ("、" if language.startswith("zh") else ", ").join(f"“{each}”" for each in missing)
    return said + (" " if words.joint == " " else "") + words.missing.format(terms=named)


def missing_words(question: str, texts: Sequence[str]) -> list[str]:
    """Words of a Chinese question that stand in none of `texts`, at most two, longest first."""
    known = fold("\n".join(texts))
    absent = {word for word in _QUESTION_WORDS.split(question) if len(word) >= 2 and not _partly_in(fold(word), known)}
    return sorted(absent, key=lambda word: (-len(word), question.find(word)))[:_MOST_MISSING]


def _partly_in(word: str, known: str) -> bool:
    return any(word[i : i + 2] in known for i in range(len(word) - 1))


def _one_line(text: str) -> str:
    """Page breaks inside a quote are the page's: closed up between Chinese characters, a space elsewhere."""
    return re.sub(r"(?<=[^\x00-\x7f])\s*\n\s*|\s*\n\s*(?=[^\x00-\x7f])", "", text).replace("\n", " ")
