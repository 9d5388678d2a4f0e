"""`yinju ask` and `yinju search`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from yinju import wire
from yinju.cli.drawing import draw_answer, draw_passages
from yinju.cli.opening import opened
from yinju.cli.options import AsJson, DocumentIds, Question, TopK, base_url
from yinju.cli.terminal import note, print_json, stdout
from yinju.cli.wording import say
from yinju.errors import InvalidRequest
from yinju.records import Turn
from yinju.settings import Settings


def ask(
    question: Question,
    top_k: TopK = 5,
    document: DocumentIds = None,
    history: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help=say(
                'The conversation so far: a JSON file [{"role": "user", "content": "…"}, …].',
                '此前的对话：JSON 文件 [{"role": "user", "content": "…"}, …]。',
            ),
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    settings = Settings.load()
    turns = [] if history is None else _turns(history)
    with opened(settings) as (library, _):
        answer = library.ask(question, history=turns, top_k=top_k, document_ids=document or None)
    if as_json:
        print_json(wire.answer(answer, base_url(settings)))
    else:
        draw_answer(stdout(), answer, base_url(settings))


def _turns(path: Path) -> list[Turn]:
    try:
        return TypeAdapter(list[Turn]).validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        what = f"{where}: {first['msg']}" if where else first["msg"]
        raise InvalidRequest(
            f'{path} is no conversation ({what}). Write [{{"role": "user", "content": "…"}}, …], in UTF-8.'
        ) from error


def search(question: Question, top_k: TopK = 5, document: DocumentIds = None, as_json: AsJson = False) -> None:
    settings = Settings.load()
    with opened(settings) as (library, _):
        hits = library.search(question, top_k=top_k, document_ids=document or None)
    if as_json:
        print_json({"passages": wire.passages(hits)})
    elif hits:
        draw_passages(stdout(), hits)
    else:
        note(
            say(
                "No passages: nothing is indexed. Run: yinju index FOLDER",
                "没有段落：还没有收录文件。请运行：yinju index 文件夹",
            )
        )
