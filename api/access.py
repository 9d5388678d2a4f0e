"""What the request at hand may do, for the routes. Who asks is found out before any route: `api.authentication`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, cast

from fastapi import Depends, Request

from api.authentication import NO_KEY
from api.kinds import KEY_NEEDED, OUT_OF_REACH
from api.problems import ProblemError
from yinju.access import Access

# One wording for what lies elsewhere and what does not exist: the difference is nothing a limited key may learn.
UNREACHABLE = "The key used here does not reach this. Use a key for its collection, or ask for one of your own."


def access_of(request: Request) -> Access:
    """Who asks, and what they may do. Raises ProblemError (401) where that is nobody."""
    access = cast(Access | None, request.state.access)
    if access is None:
        raise ProblemError(KEY_NEEDED, NO_KEY)
    return access


def reader_of(request: Request) -> Access | None:
    """Who asks, where that is somebody who may read; None where the answer must be the same for everyone."""
    access = cast(Access | None, request.state.access)
    return access if access is not None and "read" in access.scopes else None


def require_collection(access: Access, *collections: str | None) -> None:
    """Raises ProblemError (403), always the same, unless the key reaches every one of the collections.

    None stands for what does not exist (an unknown document's): only a key without limits gets past it.
    """
    if access.collections is None:
        return
    if not all(collection is not None and access.reaches(collection) for collection in collections):
        raise ProblemError(OUT_OF_REACH, UNREACHABLE)


def within_reach(access: Access, asked: Iterable[str] | None) -> Sequence[str] | None:
    """The collections to look in: those asked for, or all the key reaches (None: all there are).

    Raises ProblemError (403) where one that was asked for is out of reach.
    """
    if asked is not None:
        found = list(dict.fromkeys(asked))
        require_collection(access, *found)
        return found
    return None if access.collections is None else sorted(access.collections)


async def _access(request: Request) -> Access:
    return access_of(request)


AccessDep = Annotated[Access, Depends(_access)]
