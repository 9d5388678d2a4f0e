"""What is said around the quotes, in the question's language. English where a language has no wording of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from yinju.records import Citation, Reason
from yinju.text import terms


@dataclass(frozen=True, slots=True)
class Wording:
    """lead: before the quotes, with {title}; empty where the quote alone reads as the answer. conflict: with
    {values}, what the quotes say that disagree. name: how a missing name is quoted; between: what stands between two
    names or values."""

    lead: str
    quote: str
    joint: str
    conflict: str
    off_topic: str
    no_evidence: str
    empty_index: str
    missing: str
    name: str = "“{name}”"
    between: str = ", "


_WORDINGS = {
    "zh": Wording(
        lead="",
        quote="{quote}[{number}]",
        joint="\n",
        conflict="来源中的说法不一：{values}。请核对原文。",
        off_topic="现有报告没有谈到这个问题。",
        no_evidence="现有报告里没有找到这个问题的答案。",
        empty_index="还没有可供查询的报告。请把报告放进文件夹，运行 yinju index，然后再问。",
        missing="报告里没有出现{terms}。",
        between="、",
    ),
    "zh-Hant": Wording(
        lead="",
        quote="{quote}[{number}]",
        joint="\n",
        conflict="來源中的說法不一：{values}。請核對原文。",
        off_topic="現有報告沒有談到這個問題。",
        no_evidence="現有報告裡沒有找到這個問題的答案。",
        empty_index="還沒有可供查詢的報告。請把報告放進資料夾，執行 yinju index，然後再問。",
        missing="報告裡沒有出現{terms}。",
        between="、",
    ),
    "en": Wording(
        lead="The report “{title}” says: ",
        quote="“{quote}” [{number}]",
        joint=" ",
        conflict="The sources disagree: {values}. Please check the originals.",
        off_topic="The reports do not cover this topic.",
        no_evidence="The reports do not answer this question.",
        empty_index="There is no report to search yet. Put one into the folder, run yinju index, then ask again.",
        missing="They do not mention {terms}.",
    ),
    "ja": Wording(
        lead="報告書「{title}」にはこうあります：",
        quote="「{quote}」[{number}]",
        joint="",
        conflict="資料によって記載が異なります：{values}。原文をご確認ください。",
        off_topic="報告書はこの話題に触れていません。",
        no_evidence="報告書にはこの質問の答えがありません。",
        empty_index=(
            "検索できる報告書がまだありません。フォルダーに入れて yinju index を実行してから、もう一度お尋ねください。"
        ),
        missing="{terms}という語も報告書にはありません。",
        name="「{name}」",
        between="、",
    ),
    "ko": Wording(
        lead="보고서 “{title}”에는 다음과 같이 적혀 있습니다: ",
        quote="“{quote}” [{number}]",
        joint=" ",
        conflict="출처마다 내용이 다릅니다: {values}. 원문을 확인해 주세요.",
        off_topic="보고서는 이 주제를 다루지 않습니다.",
        no_evidence="보고서에는 이 질문에 대한 답이 없습니다.",
        empty_index="아직 검색할 보고서가 없습니다. 폴더에 넣고 yinju index를 실행한 뒤 다시 물어보세요.",
        missing="다음 말도 나오지 않습니다: {terms}.",
    ),
    "ru": Wording(
        lead="В отчёте «{title}» сказано: ",
        quote="«{quote}» [{number}]",
        joint=" ",
        conflict="Источники расходятся: {values}. Проверьте по оригиналу.",
        off_topic="В отчётах об этом не говорится.",
        no_evidence="Отчёты не отвечают на этот вопрос.",
        empty_index="Пока нет отчётов для поиска. Положите отчёт в папку, выполните yinju index и спросите снова.",
        missing="В них не найдено: {terms}.",
        name="«{name}»",
    ),
    "fr": Wording(
        lead="Le rapport « {title} » dit : ",
        quote="« {quote} » [{number}]",
        joint=" ",
        conflict="Les sources divergent : {values}. Veuillez vérifier dans l’original.",
        off_topic="Les rapports ne parlent pas de ce sujet.",
        no_evidence="Les rapports ne répondent pas à cette question.",
        empty_index=(
            "Aucun rapport à consulter pour l’instant. "
            "Déposez-en un dans le dossier, lancez yinju index, puis reposez la question."
        ),
        missing="On n’y trouve pas : {terms}.",
        name="« {name} »",
    ),
    "de": Wording(
        lead="Im Bericht „{title}“ heißt es: ",
        quote="„{quote}“ [{number}]",
        joint=" ",
        conflict="Die Quellen widersprechen sich: {values}. Bitte prüfen Sie das Original.",
        off_topic="Die Berichte enthalten dazu nichts.",
        no_evidence="Die Berichte beantworten diese Frage nicht.",
        empty_index=(
            "Noch gibt es keinen Bericht. "
            "Legen Sie einen in den Ordner, führen Sie yinju index aus und fragen Sie erneut."
        ),
        missing="Darin fehlt: {terms}.",
        name="„{name}“",
    ),
    "es": Wording(
        lead="El informe «{title}» dice: ",
        quote="«{quote}» [{number}]",
        joint=" ",
        conflict="Las fuentes no coinciden: {values}. Compruébelo en el original.",
        off_topic="Los informes no hablan de este tema.",
        no_evidence="Los informes no responden a esta pregunta.",
        empty_index="Todavía no hay informes. Ponga uno en la carpeta, ejecute yinju index y vuelva a preguntar.",
        missing="No mencionan {terms}.",
        name="«{name}»",
    ),
    "it": Wording(
        lead="Il rapporto «{title}» dice: ",
        quote="«{quote}» [{number}]",
        joint=" ",
        conflict="Le fonti non concordano: {values}. Verificate nell’originale.",
        off_topic="I rapporti non parlano di questo argomento.",
        no_evidence="I rapporti non rispondono a questa domanda.",
        empty_index="Non c’è ancora alcun rapporto. Mettetene uno nella cartella, eseguite yinju index e riprovate.",
        missing="Non menzionano {terms}.",
        name="«{name}»",
    ),
    "pt": Wording(
        lead="O relatório «{title}» diz: ",
        quote="«{quote}» [{number}]",
        joint=" ",
        conflict="As fontes divergem: {values}. Verifique no original.",
        off_topic="Os relatórios não falam deste tema.",
        no_evidence="Os relatórios não respondem a esta pergunta.",
        empty_index="Ainda não há relatórios. Ponha um na pasta, execute yinju index e pergunte de novo.",
        missing="Não mencionam {terms}.",
        name="«{name}»",
    ),
}
# How a question marks what it names: titles, quotation marks, years, and Latin letters among Chinese characters.
_NAMED = re.compile(
    r"《([^》\n]{2,30})》|“([^”\n]{2,30})”|「([^」\n]{2,30})」|『([^』\n]{2,30})』|\"([^\"\n]{2,30})\""
    r"|«\s?([^»\n]{2,30}?)\s?»"
    r"|(?<!\d)((?:1[5-9]|20)\d{2}年)"
)
_LATIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9.+-]*[A-Za-z0-9+]")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_UNSPACED = r"[\u3000-\u9fff\uff00-\uffef]"
_BROKEN_LINE = re.compile(rf"(?<={_UNSPACED})[^\S\n]*\n\s*|[^\S\n]*\n\s*(?={_UNSPACED})")
_SAME_LANGUAGE = 0.5  # of a question's words are in the reports: a name in those letters would be there as written
_MOST_MISSING = 2


def wording(language: str) -> Wording:
    """For a BCP 47 tag; English where neither the tag nor its language has one."""
    return _WORDINGS.get(language) or _WORDINGS.get(language.split("-")[0]) or _WORDINGS["en"]


def answer_text(language: str, citations: Sequence[Citation]) -> str:
    """The quotes, each with its number; led in by the report's title where the language is not the source's.

    Quotes of several reports are led in one report after the other. There must be a citation.
    """
    words = wording(language)
    return "\n".join(
        words.lead.format(title=_one_line(title))
        + words.joint.join(words.quote.format(quote=_one_line(each.quote), number=each.number) for each in same)
        for title, same in groupby(citations, key=attrgetter("title"))
    )


def conflict_text(language: str, citations: Sequence[Citation]) -> str:
    """A sentence that says the sources disagree, with what each citation has marked. Each must have a highlight."""
    words = wording(language)
    values = words.between.join(f"{_one_line(each.highlights[0].text)}[{each.number}]" for each in citations)
    return words.conflict.format(values=values)


def refusal_text(language: str, reason: Reason, missing: Sequence[str] = ()) -> str:
    """One or two sentences that say what was not found; `missing`: what the question names and no report does."""
    words = wording(language)
    said = {"off_topic": words.off_topic, "no_evidence": words.no_evidence, "empty_index": words.empty_index}[reason]
    if not missing or reason == "empty_index":
        return said
    named = words.between.join(words.name.format(name=each) for each in missing)
    return said + words.joint.strip("\n") + words.missing.format(terms=named)


def missing_words(question: str, language: str, knows: Callable[[str], bool]) -> list[str]:
    """What the question marks as a name and no report can hold as written; at most two, in the question's order.

    knows: whether any report holds a search term. A name is missing when one of its terms is. Nothing is said of
    words that are not marked, nor of names in a language the reports are not in: what is not certain is not said.
    """
    named = [next(filter(None, match.groups())) for match in _NAMED.finditer(question)]
    if language.startswith("zh"):
        named += _LATIN_NAME.findall(_NAMED.sub(" ", question))
    asked = terms(question)
    known = sum(map(knows, asked))
    enough = 1 if _CHINESE.search("".join(named)) else _SAME_LANGUAGE * len(asked)
    absent = (name for name in dict.fromkeys(named) if not all(map(knows, _telling(name))))
    return list(absent)[:_MOST_MISSING] if known >= enough else []


def _telling(name: str) -> list[str]:
    """Its terms, less single characters: a character beside others is a term of no report."""
    return [term for term in terms(name) if len(term) > 1]


def _one_line(text: str) -> str:
    """Page breaks inside a quote are the page's: closed up beside Chinese characters, a space elsewhere."""
    return _BROKEN_LINE.sub("", text).replace("\n", " ")
