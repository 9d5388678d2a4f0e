"""Every error as RFC 9457 `application/problem+json`: what is wrong, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from api.field_errors import FieldError, field_error
from api.headers import SECURITY
from api.kinds import (
    BROKEN_JSON,
    BUSY,
    CHANGED,
    DAMAGED,
    DELETED,
    INTERNAL,
    INVALID,
    NOT_READY,
    QUEUE_FULL,
    REFUSALS,
    REUSED_KEY,
    STORAGE_FULL,
    UNAVAILABLE_MODE,
    UNKNOWN_ADDRESS,
    UNKNOWN_COLLECTION,
    UNKNOWN_DOCUMENT,
    UNKNOWN_JOB,
    UNKNOWN_VERSION,
    UNREADABLE,
    WRONG_METHOD,
    Kind,
)
from api.logs import note_problem, request_headers, request_id
from yinju.errors import (
    BacklogFull,
    Gone,
    IdempotencyConflict,
    IndexBusy,
    IndexDamaged,
    InvalidRequest,
    NotFound,
    PreconditionFailed,
    StorageFull,
    UnknownCollection,
    UnknownJob,
    UnknownVersion,
    Unreadable,
    Unsupported,
    YinjuError,
)

MEDIA_TYPE = "application/problem+json"
MAX_ERRORS = 20  # a body of a hundred thousand unknown fields gets an answer a person can read
RETRY_SECONDS = "5"


class Problem(BaseModel):
    """An error (RFC 9457)."""

    type: str = Field(description="Stable name of the kind of problem, an address relative to this server.")
    title: str
    status: int
    detail: str = Field(description="What is wrong here, and what to do.")
    instance: str = Field(description="The address asked for.")
    errors: list[FieldError] | None = Field(default=None, description="Each field at fault; on invalid requests only.")
    deleted_at: str | None = Field(default=None, description="When it was deleted; of deleted documents only.")
    request_id: str | None = Field(
        default_factory=request_id, description="What the log knows the request by; also in the header X-Request-ID."
    )


class ProblemError(HTTPException):
    """Raised by routes for what is wrong with a request or this moment.

    An HTTPException because FastAPI makes a 400 of anything else that is raised while it reads a body.
    """

    def __init__(
        self,
        kind: Kind,
        detail: str,
        errors: Sequence[FieldError] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(kind.status, detail, headers)
        self.kind = kind
        self.errors = errors


def _instance(scope: Mapping[str, Any]) -> str:
    return quote(scope["path"], safe="/:@!$&'()*+,;=", errors="replace")


def problem(kind: Kind, detail: str, scope: Mapping[str, Any], errors: Sequence[FieldError] | None = None) -> Problem:
    """What the request is answered with, noted for the log."""
    note_problem(kind.name)
    return described(kind, detail, scope, errors)


def described(kind: Kind, detail: str, scope: Mapping[str, Any], errors: Sequence[FieldError] | None = None) -> Problem:
    """A problem that may be another request's, as that of a job is."""
    return Problem(
        type=f"/problems/{kind.name}",
        title=kind.title,
        status=kind.status,
        detail=detail,
        instance=_instance(scope),
        errors=None if errors is None else list(errors),
    )


def respond(found: Problem, headers: Mapping[str, str] | None = None) -> Response:
    sent = dict(headers or {})
    if found.status == HTTPStatus.SERVICE_UNAVAILABLE:
        sent["Retry-After"] = RETRY_SECONDS
    body = found.model_dump_json(exclude_none=True)
    return Response(body, found.status, sent, media_type=MEDIA_TYPE)


def of_library_error(error: YinjuError, scope: Mapping[str, Any]) -> Problem:
    """What an error of the library is to a client; what a client can't mend is 503, with the reason."""
    kinds: dict[type[YinjuError], Kind] = {
        InvalidRequest: INVALID,
        NotFound: UNKNOWN_DOCUMENT,
        Gone: DELETED,
        UnknownVersion: UNKNOWN_VERSION,
        UnknownCollection: UNKNOWN_COLLECTION,
        UnknownJob: UNKNOWN_JOB,
        PreconditionFailed: CHANGED,
        IdempotencyConflict: REUSED_KEY,
        Unsupported: UNAVAILABLE_MODE,
        IndexBusy: BUSY,
        BacklogFull: QUEUE_FULL,
        IndexDamaged: DAMAGED,
        StorageFull: STORAGE_FULL,
    }
    kind = next((kinds[cls] for cls in type(error).__mro__ if cls in kinds), NOT_READY)
    if isinstance(error, Unreadable):
        kind = REFUSALS.get(error.reason, UNREADABLE)
    detail = str(error)
    if isinstance(error, NotFound):  # the library's own advice is a command, which clients don't have
        detail = f"No document has the id {error.document_id!r}. GET /v1/documents lists them."
    found = problem(kind, detail, scope)
    return found.model_copy(update={"deleted_at": error.deleted_at}) if isinstance(error, Gone) else found


def _of_http_exception(error: HTTPException, request: Request, headers: Mapping[str, str]) -> Problem:
    match error.status_code:
        case 404:
            detail = "Nothing is served at this address. Open /docs for the addresses there are."
            return problem(UNKNOWN_ADDRESS, detail, request.scope)
        case 405:
            detail = f"{request.method} is not possible here. Use one of: {headers.get('Allow', '')}."
            return problem(WRONG_METHOD, detail, request.scope)
        case 400:
            detail = "The body can't be read as JSON. Send one JSON object, encoded in UTF-8."
            return problem(BROKEN_JSON, detail, request.scope)
        case status:
            phrase = HTTPStatus(status).phrase
            return Problem(
                type="about:blank",
                title=phrase,
                status=status,
                detail=f"{phrase}. Open /docs to see what can be asked here.",
                instance=_instance(request.scope),
                errors=None,
            )


def _of_validation_error(error: RequestValidationError, request: Request) -> Problem:
    found = error.errors()
    broken = next((e for e in found if e["type"] == "json_invalid"), None)
    if broken is not None:
        what, where = broken["ctx"]["error"], broken["loc"][1]
        detail = f"The body is not JSON: {what} at character {where}. Mend it and send it again."
        return problem(BROKEN_JSON, detail, request.scope)
    errors = [field_error(e) for e in found[:MAX_ERRORS]]
    first = errors[0]
    where = first.parameter if first.pointer is None else first.pointer
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    detail = f"{where}{more} can't be used: {first.detail} /docs describes every field."
    return problem(INVALID, detail, request.scope, errors)


async def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)
    return respond(problem(error.kind, error.detail, request.scope, error.errors), error.headers)


async def _on_library_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, YinjuError)
    return respond(of_library_error(error, request.scope))


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if "Allow" in headers:
        headers["Allow"] = _allowed(request, headers["Allow"])
    return respond(_of_http_exception(error, request, headers), headers)


def _allowed(request: Request, own: str) -> str:
    """The methods of an address. `own`: of the route that refuses; others may have the same address."""
    routes = request.app.router.routes
    tried = ((method, {**request.scope, "method": method}) for method in ("DELETE", "GET", "POST", "PUT"))
    found = {method for method, scope in tried if any(route.matches(scope)[0] is Match.FULL for route in routes)}
    found.update(own.split(", "))
    return ", ".join(sorted(found | {"HEAD"} if "GET" in found else found))  # middleware.WholeAsAsked


async def _on_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return respond(_of_validation_error(error, request))


async def _on_unforeseen(request: Request, _error: Exception) -> Response:
    """The server logs the traceback; the client gets none of it."""
    detail = "Something failed inside the service. Try again; if it stays so, tell whoever runs it to read the log."
    # The server hangs up after a failure: said here, so that no client sends its next request into a closed line.
    # What adds the headers to other responses lies further in than this handler.
    headers = {**SECURITY, **request_headers(), "Cache-Control": "no-cache", "Connection": "close"}
    return respond(problem(INTERNAL, detail, request.scope), headers)


def install(app: FastAPI) -> None:
    """Make every error of `app` a problem."""
    app.add_exception_handler(ProblemError, _on_problem)
    app.add_exception_handler(YinjuError, _on_library_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(Exception, _on_unforeseen)
