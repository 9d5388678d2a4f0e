"""Who asks, found out before anything else of the application sees the request. What is not named here is closed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Receive, Scope, Send

from api.kinds import (
    BUSY,
    CROSS_ORIGIN,
    DAMAGED,
    KEY_NEEDED,
    NO_ANONYMOUS,
    NOT_READY,
    OUT_OF_SCOPE,
    STORAGE_FULL,
    Kind,
)
from api.origins import is_cross_origin, is_local, route_path
from api.problems import ProblemError, problem, respond
from yinju.access import ANONYMOUS, SCOPES, Access
from yinju.access import Scope as AccessScope
from yinju.errors import IndexBusy, IndexDamaged, StorageFull, YinjuError
from yinju.keys import KeyStore
from yinju.settings import Settings

log = logging.getLogger("yinju.access")

COOKIE = "yinju_session"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
SESSION = "/v1/session"
ASKING = frozenset({"/v1/ask", "/v1/search"})
READY = "/readyz"
OPEN = frozenset({"/", "/healthz", READY})  # beside what lies in /static/: none of it depends on who asks
_OF_THE_KEYS: dict[type[YinjuError], Kind] = {IndexBusy: BUSY, IndexDamaged: DAMAGED, StorageFull: STORAGE_FULL}
READ, WRITE = frozenset(SCOPES[:1]), frozenset(SCOPES[1:])

NO_KEY = (
    "This needs a key. Send one as the header Authorization: Bearer KEY, or enter it on the page; whoever runs the "
    "service makes them."
)
WRONG_KEY = "The key, or the session, is not valid, or no longer. Send another; whoever runs the service makes them."
UNTOLD = (
    "The service can't answer now, and tells the reason only to those it knows. Try again later; whoever runs it finds "
    "the reason in its log."
)
ELSEWHERE = (
    "Without keys this service answers only the machine it runs on, and this request comes from elsewhere or through a "
    "proxy, or YINJU_PUBLIC_URL is an address for others. Whoever runs it makes a key with `yinju keys add NAME`, or "
    "sets YINJU_ALLOW_ANONYMOUS=true."
)


class Decision(NamedTuple):
    """What a request may do; `by_page` where a browser may have been made to send it by a page of another site."""

    access: Access | None
    by_page: bool
    kind: Kind = KEY_NEEDED
    detail: str = NO_KEY


def is_open(method: str, path: str) -> bool:
    """Is this answered to everyone, whoever asks?"""
    if method in SAFE:
        return path in OPEN or path.startswith("/static/")
    return method in ("POST", "DELETE") and path == SESSION


def is_shell(method: str, path: str) -> bool:
    """Open to everyone, and says more to those with a key: whether there is such a document, what readiness waits for.

    To all others the page of a document is the same for every id.
    """
    if method not in SAFE:
        return False
    return path == READY or (path.startswith("/documents/") and "/" not in path.removeprefix("/documents/"))


def is_question(scope: Scope) -> bool:
    return scope["method"] == "POST" and route_path(scope) in ASKING


def scopes_for(method: str, path: str) -> frozenset[AccessScope]:
    """The scopes of which a key needs one; none for what every key may do. Whatever changes something is to write."""
    if path == SESSION:
        return frozenset()
    if method in SAFE:
        return READ | WRITE if path.startswith("/v1/jobs/") else READ
    return READ if method == "POST" and path in ASKING else WRITE


def warn_if_open(keys: KeyStore, settings: Settings) -> None:
    """Say loudly, at the start, that everyone may do everything, or nobody, or that the setting for it does nothing."""
    try:
        keyed = keys.exists()
    except YinjuError as error:
        log.error("Nobody is let in: %s", error)
        return
    if not settings.allow_anonymous:
        return
    if keyed:
        log.warning("YINJU_ALLOW_ANONYMOUS is set and does nothing: there are keys, so every request needs one.")
        return
    log.warning(
        "YINJU_ALLOW_ANONYMOUS is set and there is no key: EVERYONE who can reach this service may READ, ADD, REPLACE "
        "AND DELETE documents. Make a key with `yinju keys add NAME` to end this."
    )


@contextmanager
def reason_untold() -> Iterator[None]:
    """Turns an error of the keys into a ProblemError without the reason, which names files: that is for the log."""
    try:
        yield
    except YinjuError as error:
        log.error("Nobody is let in: %s", error)
        raise ProblemError(_OF_THE_KEYS.get(type(error), NOT_READY), UNTOLD) from error


class Authenticate:
    """Puts the Access of a request into its state, or refuses it: 401 without a valid key, 403 for what it lacks.

    The state holds None for what is open and for the page of a document asked for without a key.
    """

    def __init__(self, app: ASGIApp, keys: KeyStore, settings: Settings) -> None:
        self.app = app
        self._keys = keys
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["access"] = None
        try:
            state["access"] = self._admit(scope, scope["method"], route_path(scope))
        except ProblemError as error:
            await respond(problem(error.kind, error.detail, scope), error.headers)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _admit(self, scope: Scope, method: str, path: str) -> Access | None:
        """Raises ProblemError (401 or 403, 503 where the keys can't be read: then nobody has one)."""
        if is_shell(method, path):
            with suppress(ProblemError):  # the keys can't be read; the page asks on, and says so
                return self._decide(scope).access
            return None
        if is_open(method, path):
            if method not in SAFE:
                self._refuse_other_sites(scope)
            return None
        access, by_page, kind, detail = self._decide(scope)
        if access is None:
            wrong = ', error="invalid_token"' if detail == WRONG_KEY else ""
            challenge = {"WWW-Authenticate": f'Bearer realm="yinju"{wrong}'} if kind is KEY_NEEDED else None
            raise ProblemError(kind, detail, headers=challenge)
        if by_page and method not in SAFE:
            self._refuse_other_sites(scope)
        needed = scopes_for(method, path)
        if needed and not needed & access.scopes:
            names = " or ".join(sorted(needed))
            detail = f"This needs a key with the scope {names}. Use one, or ask whoever runs the service for it."
            challenge = {"WWW-Authenticate": f'Bearer realm="yinju", error="insufficient_scope", scope="{names}"'}
            raise ProblemError(OUT_OF_SCOPE, detail, headers=challenge)
        return access

    @reason_untold()
    def _decide(self, scope: Scope) -> Decision:
        if not self._keys.exists():
            if self._settings.allow_anonymous or is_local(scope, self._settings):
                return Decision(ANONYMOUS, by_page=True)
            return Decision(None, True, NO_ANONYMOUS, ELSEWHERE)
        headers = Headers(scope=scope)
        # Other schemes are of others, as of a proxy that asks for a password of its own.
        sent = [text.partition(" ") for text in headers.getlist("authorization")]
        keys = [text.strip() for scheme, _, text in sent if scheme.lower() == "bearer"]
        if keys:
            return Decision(self._keys.access(keys[0]) if len(sent) == 1 else None, False, detail=WRONG_KEY)
        token = cookie_parser(headers.get("cookie", "")).get(COOKIE)
        if token is None:
            return Decision(None, True)
        return Decision(self._keys.session_access(token), True, detail=WRONG_KEY)

    def _refuse_other_sites(self, scope: Scope) -> None:
        if is_cross_origin(scope, self._settings):
            detail = (
                "A page of another site may not change anything here. Use this service's own page, send a key as the "
                "header Authorization, or have the site added to YINJU_CORS_ORIGINS."
            )
            raise ProblemError(CROSS_ORIGIN, detail)
