"""What a request, or a person at the command line, may do. Imports nothing of ours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import Literal, get_args

Scope = Literal["read", "write"]

SCOPES: tuple[Scope, ...] = get_args(Scope)


@dataclass(frozen=True, slots=True)
class Access:
    """The rights of one key, or of whoever asks where no key is needed.

    key_id: None without a key. collections: those the key is limited to; None where it is not.
    """

    key_id: str | None
    name: str
    scopes: frozenset[Scope]
    collections: frozenset[str] | None = None

    @property
    def anonymous(self) -> bool:
        return self.key_id is None

    @property
    def actor(self) -> str:
        """Who is named where it is written down what was done: the key's id, which is no secret."""
        return self.key_id or "anonymous"

    def reaches(self, collection: str) -> bool:
        return self.collections is None or collection in self.collections

    def may_read(self, collection: str) -> bool:
        return "read" in self.scopes and self.reaches(collection)

    def may_write(self, collection: str) -> bool:
        return "write" in self.scopes and self.reaches(collection)


ANONYMOUS = Access(None, "", frozenset(SCOPES))
"""Whoever asks where there is no key yet: everything is allowed."""


@lru_cache(maxsize=1024)
def is_loopback(address: str) -> bool:
    """Is this numeric address one that only this machine can reach? A name is not looked up: it is none."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback
