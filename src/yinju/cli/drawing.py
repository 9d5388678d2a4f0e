"""Answers and passages, drawn for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from yinju import wire
from yinju.cli import wording
from yinju.cli.terminal import paragraph, printable
from yinju.cli.wording import say
from yinju.records import Answer, Citation, Hit, Reason

_NEAREST_SHOWN = 160  # characters of a passage that does not answer


def draw_answer(console: Console, answer: Answer, base_url: str) -> None:
    if answer.status == "answered":
        _draw_answered(console, answer, base_url)
    else:
        _draw_not_found(console, answer)


def _draw_answered(console: Console, answer: Answer, base_url: str) -> None:
    paragraph(console, answer.answer, style="bold")
    words = wording.confidence(answer.confidence)
    sure = say(f"Confidence {answer.confidence:.2f} ({words})", f"置信度 {answer.confidence:.2f}（{words}）")
    paragraph(console, sure, style="dim")
    for citation in answer.citations:
        console.print()
        _draw_citation(console, citation, base_url)


def _draw_citation(console: Console, citation: Citation, base_url: str) -> None:
    indent = len(f"[{citation.number}] ")
    place = Text.assemble((f"[{citation.number}] ", "bold green"))
    place.append(_place(citation.title, *citation.heading), "green")
    details = [citation.document_date] if citation.document_date else []
    if citation.page is not None:
        details.append(say(f"page {citation.page}", f"第 {citation.page} 页"))
    place.append("".join(f"  {printable(detail)}" for detail in details), "dim")
    paragraph(console, place)
    quote = marked(citation)
    if citation.cut:
        quote.append(say(" (the source breaks off here)", "（原文至此中断）"), "dim")
    paragraph(console, quote, indent)
    url = wire.source_url(base_url, citation.document_id, citation.version, citation.start, citation.end)
    # Never wrapped: a link cut in two opens nothing.
    console.print(Text(" " * indent).append(url, f"dim link {url}"), soft_wrap=True)


def marked(citation: Citation) -> Text:
    """The quote with its highlights in colour."""
    text = Text(printable(citation.quote))
    for mark in citation.highlights:
        text.stylize("bold black on yellow", mark.start - citation.start, mark.end - citation.start)
    return text


def _refusal(reason: Reason | None) -> str:
    if reason == "empty_index":
        return say("Nothing is indexed yet", "还没有收录报告")
    return say("Not found in these reports", "这些报告里没有找到")


def _draw_not_found(console: Console, answer: Answer) -> None:
    paragraph(console, _refusal(answer.reason), style="bold yellow")
    paragraph(console, answer.answer)
    if answer.reason == "empty_index":
        return
    chance = say("Probability that they answer this:", "报告中有答案的可能性：")
    paragraph(console, f"{chance} {answer.confidence:.2f}", style="dim")
    if not answer.passages:
        return
    console.print()
    paragraph(
        console, say("Nearest passages, which do not answer this question:", "最接近的段落（没有回答这个问题）：")
    )
    title = None
    for hit in answer.passages:
        repeated = hit.title == title and hit.passage.heading
        place = hit.passage.heading if repeated else (hit.title, *hit.passage.heading)
        title = hit.title  # once for passages that follow each other: titles of reports are long
        paragraph(console, f"- {_place(*place)}", style="dim")
        paragraph(console, _beginning(hit.passage.text), 2, "dim")


def _beginning(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _NEAREST_SHOWN else line[:_NEAREST_SHOWN] + "…"


def _place(*names: str) -> str:
    return printable(" › ".join(names))


def draw_passages(console: Console, hits: Sequence[Hit]) -> None:
    """For each passage its rank, its score, what each signal gave, where it stands and what it says."""
    for rank, hit in enumerate(hits, start=1):
        if rank > 1:
            console.print()
        number = f"[{rank}] "
        signals = "".join(f"  {name} {value:.2f}" for name, value in hit.signals.items())
        place = _place(hit.title, *hit.passage.heading)
        paragraph(console, Text.assemble((number, "bold green"), (place, "green")))
        paragraph(console, Text(f"{say('score', '得分')} {hit.score:.2f}{signals}", "dim"), len(number))
        paragraph(console, hit.passage.text.strip(), len(number))
