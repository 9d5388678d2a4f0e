"""The description of the API, with problems described as what they are."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.problems import KINDS, MEDIA_TYPE, Problem

DESCRIPTION = (
    "Answers questions about an organisation's reports and quotes the source for every word it says. "
    "Offsets are Unicode code points into `GET /v1/documents/{document_id}/text`, end exclusive. "
    "Every error is a problem (RFC 9457)."
)
PROBLEM = {"$ref": "#/components/schemas/Problem"}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer with problems of these statuses."""
    return {
        status: {"description": _describe(status), "content": {MEDIA_TYPE: {"schema": PROBLEM}}} for status in statuses
    }


def _describe(status: int) -> str:
    meanings = [kind.meaning for kind in KINDS.values() if kind.status == status]
    return " Or: ".join(meanings) or HTTPStatus(status).phrase


def _with_problems(made: dict[str, Any]) -> dict[str, Any]:
    """Add the schema of problems; take out FastAPI's own error, which no route here answers with."""
    schemas = made["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for operations in made["paths"].values():
        for operation in operations.values():
            if "HTTPValidationError" in str(operation["responses"].get("422")):
                del operation["responses"]["422"]
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs"), Problem=problem)
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
            app.openapi_schema = _with_problems(made)
        return app.openapi_schema

    return openapi
