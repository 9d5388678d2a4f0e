"""Requests that depend on what the client knows, or how it wants its answer: entity tags and preferences."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Header, Request
from starlette.responses import Response

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The `ETag` of the text the client knows, or several; the request is carried out only while the "
        "document still has it. `*`: whatever it has.",
    ),
]
Prefer = Annotated[
    str | None, Header(alias="Prefer", description="`respond-async`: answer with a job at once (RFC 7240).")
]
_TAG = re.compile(r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')


def tag_of(text_sha256: str) -> str:
    """The entity tag of a text, and of the document that has it."""
    return f'"{text_sha256}"'


def not_modified(request: Request, tag: str) -> Response | None:
    """304 where `If-None-Match` names what the client has already."""
    wanted = request.headers.get("if-none-match", "")
    if wanted.strip() == "*" or tag in (found for _, found in _TAG.findall(wanted)):
        return Response(status_code=304, headers={"ETag": tag})
    return None


def expected(if_match: str | None, text_sha256: str) -> str | None:
    """The SHA-256 to insist on when writing; None to insist on nothing.

    text_sha256: of the present text. Where it is not among those named, one that no text has is the answer: the
    refusal is the library's, because the same request may have been carried out before. A weak tag names no text
    (RFC 9110, 13.1.1).
    """
    if if_match is None or if_match.strip() == "*":
        return None
    named = [found for weak, found in _TAG.findall(if_match) if not weak]
    return text_sha256 if tag_of(text_sha256) in named else ""


def wants_job(prefer: str | None) -> bool:
    preferences = (preference.partition(";")[0].strip().lower() for preference in (prefer or "").split(","))
    return "respond-async" in preferences
