"""From where a request comes: which host it was meant for, which site's page made it, through whom it came."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from api.kinds import CROSS_ORIGIN, WRONG_HOST
from api.problems import problem, respond
from yinju.access import is_loopback
from yinju.settings import Settings

PROBES = frozenset({"/healthz", "/readyz"})  # asked by address, by whatever watches the machine; they tell nothing
# Besides all that begin with X-Forwarded-.
FORWARDED = frozenset({b"forwarded", b"via", b"x-real-ip", b"x-client-ip", b"cf-connecting-ip", b"true-client-ip"})
UPLOADS = "/v1/documents"
DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def route_path(scope: Scope) -> str:
    """The path as the routes see it: without what the server is mounted under, nor the line end that `$` lets pass."""
    path, root = str(scope["path"]).removesuffix("\n"), str(scope.get("root_path", ""))
    rest = path.removeprefix(root)
    return rest if root and rest.startswith("/") else path


def is_upload(scope: Scope) -> bool:
    """Does the request bring a document, new or instead of another?"""
    path, method = route_path(scope), scope["method"]
    if method == "POST":
        return path == UPLOADS
    return method == "PUT" and path.startswith(f"{UPLOADS}/") and "/" not in path.removeprefix(f"{UPLOADS}/")


class CheckHost:
    """Refuses requests for hosts this service is not, so that no name of somebody else's leads a browser here.

    A page whose name is made to point at a loopback address (DNS rebinding) is of one origin with the service there:
    only the name tells them apart.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._allowed = settings.allowed_hosts
        self._public = None if settings.public_url is None else urlsplit(settings.public_url).hostname

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or route_path(scope) in PROBES or self._accepts(scope):
            await self.app(scope, receive, send)
            return
        detail = (
            "The service does not answer under the name this request is for. Use one it has, or have whoever runs it "
            "add the name to YINJU_ALLOWED_HOSTS."
        )
        await respond(problem(WRONG_HOST, detail, scope))(scope, receive, send)

    def _accepts(self, scope: Scope) -> bool:
        if self._allowed is None and not arrived_on_loopback(scope):
            return True
        hosts = Headers(scope=scope).getlist("host")
        if len(hosts) != 1:
            return False
        host = _name(hosts[0])
        if self._allowed is None:
            return host == self._public or _is_own_name(host)
        return _is_listed(host, self._allowed)


@lru_cache(maxsize=1024)
def _name(host: str) -> str:
    """The name, or the address without brackets, of a Host header; empty for none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").removesuffix(".")
    except ValueError:
        return ""


def _is_listed(host: str, allowed: Collection[str]) -> bool:
    return any(
        pattern == "*" or host == pattern.strip("[]").removesuffix(".")
        or (pattern.startswith("*.") and host.endswith(pattern[1:]))
        for pattern in allowed
    )  # fmt: skip


class AnswerPreflights(CORSMiddleware):
    """Starlette's CORS, whose refusals are problems too."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" and scope["method"] == "OPTIONS" else Headers()
        if "origin" not in headers or "access-control-request-method" not in headers:
            await super().__call__(scope, receive, send)
            return
        response = self.preflight_response(headers)
        if response.status_code != HTTPStatus.OK:
            what = bytes(response.body).decode().removeprefix("Disallowed CORS ")
            detail = f"Pages of other sites may not send this: {what}. Have the site added to YINJU_CORS_ORIGINS, or "
            detail += "use only the methods and headers that /docs names."
            kept = {name: value for name, value in response.headers.items() if not name.startswith("content-")}
            response = respond(problem(CROSS_ORIGIN, detail, scope), kept)
        await response(scope, receive, send)


def arrived_on_loopback(scope: Scope) -> bool:
    server = scope.get("server")
    return server is not None and is_loopback(server[0])


def is_local(scope: Scope, settings: Settings) -> bool:
    """Was the request made on this machine? Not if a proxy here passes on what others ask.

    A proxy may add no header that shows it; so an address that others can reach shows one, too.
    """
    client = scope.get("client")
    return (
        arrived_on_loopback(scope)
        and client is not None
        and is_loopback(client[0])
        and (settings.public_url is None or _is_own_name(urlsplit(settings.public_url).hostname or ""))
        and not any(name in FORWARDED or name.startswith(b"x-forwarded-") for name, _ in scope["headers"])
    )


def _is_own_name(host: str) -> bool:
    """Does this name lead every machine to itself?"""
    return is_loopback(host) or f".{host}".endswith(".localhost")


def is_cross_origin(scope: Scope, settings: Settings) -> bool:
    """Did a page of another origin make the request? What is no browser says nothing of origins, and is none.

    The way of Go's net/http.CrossOriginProtection: `Sec-Fetch-Site`, which no page can forge, where the browser sends
    it; the host of `Origin` for others. Hosts are compared and schemes are not: a proxy may have taken the TLS off.
    """
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    if origin is not None and origin in (settings.cors_origins or ()):
        return False
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    if origin is None:
        return False
    scheme, _, host = origin.partition("://")
    own = {headers.get("host", ""), urlsplit(settings.public_url or "").netloc}
    default = DEFAULT_PORTS.get(scheme, "")
    return host.lower().removesuffix(default) not in {each.lower().removesuffix(default) for each in own if each}


def is_https(scope: Scope, settings: Settings) -> bool:
    """Does the browser speak TLS, to this server or to a proxy before it?"""
    if scope["scheme"] == "https":
        return True
    behind_tls = (settings.public_url or "").startswith("https:")
    return behind_tls and Headers(scope=scope).get("x-forwarded-proto", "").lower() == "https"
