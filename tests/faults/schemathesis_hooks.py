"""What schemathesis can't know: what a file is like, and which refusals of one are right."""

from __future__ import annotations

from typing import Any

import schemathesis
from hypothesis import strategies as st
from schemathesis import Case, CheckContext, HookContext, Response

from api.kinds import REFUSALS, REUSED_KEY

WORDS = ["本年开办青年夜校", "121期", "覆盖青年", "6000余人次", "，", "。", "#", "How", "many?", "\u200b", "\x00", "🎓"]
UPLOADS = {"add_document", "replace_document"}

texts = st.lists(st.sampled_from([*WORDS, " ", "\n"]), min_size=1).map("".join).filter(str.strip)
schemathesis.openapi.format("document", texts)
schemathesis.openapi.format("binary", texts.map(str.encode) | st.binary(max_size=64))


@schemathesis.hook
def map_headers(context: HookContext, headers: dict[str, Any] | None) -> dict[str, Any] | None:
    """Of headers that may hold anything, half have a meaning."""
    for name, meant in (("Prefer", "respond-async"), ("If-Match", "*")):
        if headers and name in headers and len(str(headers[name])) % 2:
            headers[name] = meant
    return headers


@schemathesis.hook
def filter_case(context: HookContext, case: Case[Any]) -> bool:
    """In a form everything is text: a number where text belongs is as it should be."""
    if case.media_type != "multipart/form-data" or not isinstance(case.body, dict):
        return True
    return isinstance(case.body.get("collection", ""), str)


@schemathesis.hook
def before_load_schema(context: HookContext, raw_schema: dict[str, Any]) -> None:
    """Files get a name that says what they are, and words as documents have them."""
    for name in ("DocumentForm", "VersionForm"):
        raw_schema["components"]["schemas"][name]["properties"]["file"]["format"] = "binary"
    for name in ("DocumentText", "VersionText"):
        text = raw_schema["components"]["schemas"][name]["properties"]["text"]
        text["format"] = "document"
        del text["pattern"]  # a format and a pattern are not made at once
    _leave_out_marks(raw_schema)
    named = {"file": {"headers": {"Content-Disposition": {"example": 'form-data; name="file"; filename="报告.txt"'}}}}
    for operations in raw_schema["paths"].values():
        for operation in operations.values():
            form = operation.get("requestBody", {}).get("content", {}).get("multipart/form-data")
            if form is not None:
                form["encoding"] = named


def _leave_out_marks(value: Any) -> None:
    """schemathesis takes characters for marks (\\p{M}) that are not assigned."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        if key == "pattern" and isinstance(inner, str):
            value[key] = inner.replace(r"\p{M}", "")
        _leave_out_marks(inner)


@schemathesis.check
def refused_for_a_reason(context: CheckContext, response: Response, case: Case[Any]) -> None:
    """An upload as described is refused for what is in the file, or not at all."""
    if case.operation.definition.raw.get("operationId") not in UPLOADS or response.status_code not in (413, 415, 422):
        return
    generated = case.meta.generation.mode if case.meta is not None else None
    if generated is schemathesis.GenerationMode.POSITIVE:
        name = response.json()["type"].removeprefix("/problems/")
        assert name in REFUSALS or name == REUSED_KEY.name, f"refused as {name}"


@schemathesis.check
def told_to_come_again(context: CheckContext, response: Response, case: Case[Any]) -> None:
    """Who is refused for now is told when to try again."""
    if response.status_code in (429, 503):
        assert int(response.headers["retry-after"][0]) > 0
