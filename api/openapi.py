"""The description of the API, with problems described as what they are."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from api import change_schemas, schemas
from api.authentication import COOKIE
from api.kinds import (
    BUSY,
    CROSS_ORIGIN,
    CUT_OFF,
    DAMAGED,
    INTERNAL,
    INVALID,
    KEY_NEEDED,
    NO_ANONYMOUS,
    NOT_READY,
    OUT_OF_REACH,
    OUT_OF_SCOPE,
    QUEUE_FULL,
    SLOW_BODY,
    TIMED_OUT,
    TOO_LARGE,
    TOO_MANY,
    WRONG_HOST,
    Kind,
)
from api.problems import MEDIA_TYPE, Problem

DESCRIPTION = (
    "Answers questions about an organisation's reports and quotes the source for every word it says. "
    "Offsets are Unicode code points into `GET /v1/documents/{document_id}/text`, end exclusive. "
    "Every error is a problem (RFC 9457)."
)
REFERENCE = "#/components/schemas/{model}"
EVENTS: dict[str, type[BaseModel]] = {
    "passages": schemas.Passages,
    "delta": schemas.Delta,
    "citation": schemas.CitationEvent,
    "done": schemas.AnswerDone,
    "error": Problem,
}

BODIES = (
    change_schemas.DocumentForm, change_schemas.DocumentText, change_schemas.VersionForm, change_schemas.VersionText,
)  # fmt: skip


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": REFERENCE.format(model=model.__name__)}


def _event(name: str, model: type[BaseModel]) -> dict[str, Any]:
    data = {"type": "string", "contentMediaType": "application/json", "contentSchema": _reference(model)}
    return {"type": "object", "properties": {"event": {"const": name}, "data": data}, "required": ["event", "data"]}


def body_of(form: type[BaseModel], text: type[BaseModel]) -> dict[str, Any]:
    """A body that is a form with a file, or JSON with a text: read by hand, and so described by hand."""
    content = {"multipart/form-data": {"schema": _reference(form)}, "application/json": {"schema": _reference(text)}}
    return {"requestBody": {"required": True, "content": content}}


def links(**fields: str) -> dict[str, Any]:
    """What can be asked next: operations by their id, each with the field of this answer that is its parameter."""
    parameter = {"get_job": "job_id"}
    return {
        name: {"operationId": name, "parameters": {parameter.get(name, "document_id"): f"$response.body#/{field}"}}
        for name, field in fields.items()
    }


STREAM = {"itemSchema": {"oneOf": [_event(name, model) for name, model in EVENTS.items()]}}


ANYWHERE = (INTERNAL, WRONG_HOST, TOO_MANY)
ABOUT_DOCUMENTS = (
    *ANYWHERE, NOT_READY, BUSY, DAMAGED, QUEUE_FULL, TIMED_OUT, KEY_NEEDED, OUT_OF_SCOPE, OUT_OF_REACH, NO_ANONYMOUS,
)  # fmt: skip
"""What every route that tells of documents may answer with, whatever is asked of it."""
WITH_A_BODY = (TOO_LARGE, SLOW_BODY, CUT_OFF, INVALID, CROSS_ORIGIN)


def problems(*kinds: Kind) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer with these problems."""
    meanings: dict[int, list[str]] = {}
    for kind in sorted(set(kinds), key=lambda kind: (kind.status, kind.name)):
        meanings.setdefault(kind.status, []).append(kind.meaning)
    return {status: _response(status, " Or: ".join(found)) for status, found in meanings.items()}


def _response(status: int, description: str) -> dict[str, Any]:
    described: dict[str, Any] = {
        "description": description,
        "content": {MEDIA_TYPE: {"schema": _reference(Problem)}},
    }
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        described["headers"] = headers("Retry-After")
    if status == HTTPStatus.PRECONDITION_FAILED:
        described["headers"] = headers(optional=("ETag",))
    return described


_HEADERS = {
    "ETag": "The SHA-256 of the document's text, quoted.",
    "Location": "The address of what was made.",
    "Retry-After": "Seconds after which to ask again.",
    "Idempotency-Replayed": "`true` where the request came before with the same key, and was not carried out again.",
    "Preference-Applied": "`respond-async` where a job was asked for.",
}


def headers(*names: str, optional: tuple[str, ...] = ()) -> dict[str, dict[str, Any]]:
    """Headers of a response: `names` always, `optional` at times."""
    return {
        name: {"description": _HEADERS[name], "required": name in names, "schema": {"type": "string"}}
        for name in (*names, *optional)
    }


WHO_ASKS = {
    "key": {"type": "http", "scheme": "bearer", "description": "A key, as `yinju keys add` printed it."},
    "session": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": "What `open_session` sets."},
}
NEEDED: list[dict[str, list[str]]] = [{"key": []}, {"session": []}, {}]  # the last: nothing, as long as there is no key
OPEN_TO_ALL = ("healthz", "readyz", "open_session", "close_session")


def _complete(made: dict[str, Any]) -> dict[str, Any]:
    """Add problems, the events of streams and who may ask; take out FastAPI's own error: no route answers with it."""
    known = made["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        known.pop(name, None)
    for operations in made["paths"].values():
        for operation in operations.values():
            if operation["operationId"] in OPEN_TO_ALL:
                operation["security"] = []
            if "HTTPValidationError" in str(operation["responses"].get("422")):
                del operation["responses"]["422"]
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = [(model, "serialization") for model in EVENTS.values()]
    models += [(model, "validation") for model in BODIES]
    _, added = models_json_schema(models, ref_template=REFERENCE)
    known.update(added["$defs"])
    made["components"]["securitySchemes"] = WHO_ASKS
    made["security"] = NEEDED
    return made


def describe(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """A stand-in for `app.openapi` that adds the schema of problems; made once."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
                tags=app.openapi_tags,
            )
            app.openapi_schema = _complete(made)
        return app.openapi_schema

    return openapi
