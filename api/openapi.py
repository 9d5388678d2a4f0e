"""The description of the API, with problems described as what they are."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from api import schemas
from api.kinds import KINDS
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


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": REFERENCE.format(model=model.__name__)}


def _event(name: str, model: type[BaseModel]) -> dict[str, Any]:
    data = {"type": "string", "contentMediaType": "application/json", "contentSchema": _reference(model)}
    return {"type": "object", "properties": {"event": {"const": name}, "data": data}, "required": ["event", "data"]}


STREAM = {"itemSchema": {"oneOf": [_event(name, model) for name, model in EVENTS.items()]}}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer with problems of these statuses."""
    return {
        status: {"description": _describe(status), "content": {MEDIA_TYPE: {"schema": _reference(Problem)}}}
        for status in statuses
    }


def _describe(status: int) -> str:
    meanings = [kind.meaning for kind in KINDS.values() if kind.status == status]
    return " Or: ".join(meanings) or HTTPStatus(status).phrase


def _complete(made: dict[str, Any]) -> dict[str, Any]:
    """Add problems and the events of streams; take out FastAPI's own error, which no route here answers with."""
    known = made["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        known.pop(name, None)
    for operations in made["paths"].values():
        for operation in operations.values():
            if "HTTPValidationError" in str(operation["responses"].get("422")):
                del operation["responses"]["422"]
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = [(model, "serialization") for model in EVENTS.values()]
    _, added = models_json_schema(models, ref_template=REFERENCE)
    known.update(added["$defs"])
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
