"""`/v1/session`: a browser hands in a key once and has a cookie instead, which no script can read."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from starlette.responses import Response

from api.access import AccessDep
from api.authentication import COOKIE, WRONG_KEY, reason_untold
from api.kinds import BROKEN_JSON, BUSY, CROSS_ORIGIN, DAMAGED, KEY_NEEDED, NO_ANONYMOUS, NOT_JSON, NOT_READY, TIMED_OUT
from api.openapi import ANYWHERE, WITH_A_BODY, problems
from api.origins import is_https
from api.problems import ProblemError
from api.service import Service, ServiceDep, json, require_json
from yinju.access import Access
from yinju.access import Scope as AccessScope
from yinju.keys import SESSION_SECONDS

router = APIRouter(tags=["session"])
_KEYS = (KEY_NEEDED, BUSY, DAMAGED, NOT_READY)
PRIVATE = {"Cache-Control": "no-store"}


class Login(BaseModel):
    model_config = ConfigDict(extra="forbid")

    key: SecretStr = Field(min_length=1, description="A key, as `yinju keys add` printed it.")


class Session(BaseModel):
    """What whoever asks may do."""

    anonymous: bool = Field(description="No key is needed here.")
    name: str = Field(description="The key's name; empty without one.")
    scopes: list[AccessScope]
    collections: list[str] | None = Field(description="Those the key is limited to; null where it is not.")


def _session(access: Access) -> Session:
    return Session(
        anonymous=access.anonymous,
        name=access.name,
        scopes=sorted(access.scopes),
        collections=None if access.collections is None else sorted(access.collections),
    )


@router.post(
    "/v1/session",
    operation_id="open_session",
    summary="Hand in a key for a cookie",
    response_model=Session,
    responses=problems(*ANYWHERE, *WITH_A_BODY, *_KEYS, BROKEN_JSON, NOT_JSON, TIMED_OUT),
    dependencies=[Depends(require_json)],
)
def open_session(body: Login, request: Request, service: ServiceDep) -> Response:
    """Sets the cookie `yinju_session`, good for half a day or until the key is revoked.

    The session of a cookie sent along ends.
    """
    text = body.key.get_secret_value()
    with reason_untold():
        access, token = service.keys.access(text), service.keys.open_session(text)
        if access is None or token is None:
            raise ProblemError(KEY_NEEDED, WRONG_KEY, headers={"WWW-Authenticate": 'Bearer realm="yinju"'})
        _close(request, service)
    response = json(_session(access), headers=PRIVATE)
    secure = is_https(request.scope, service.settings)
    response.set_cookie(COOKIE, token, SESSION_SECONDS, secure=secure, httponly=True, samesite="strict")
    return response


@router.get(
    "/v1/session",
    operation_id="get_session",
    summary="Who asks, and what they may do",
    response_model=Session,
    responses=problems(*ANYWHERE, *_KEYS, CROSS_ORIGIN, NO_ANONYMOUS),
)
async def get_session(access: AccessDep) -> Response:
    return json(_session(access), headers=PRIVATE)


@router.delete(
    "/v1/session",
    operation_id="close_session",
    summary="End the session",
    status_code=204,
    responses=problems(*ANYWHERE, BUSY, DAMAGED, NOT_READY, CROSS_ORIGIN),
)
def close_session(request: Request, service: ServiceDep) -> Response:
    """The cookie is good for nothing any more, in this browser or any other. Without one nothing changes."""
    with reason_untold():
        _close(request, service)
    response = Response(status_code=204, headers=PRIVATE)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response


def _close(request: Request, service: Service) -> None:
    token = request.cookies.get(COOKIE)
    if token is not None:
        service.keys.close_session(token)
