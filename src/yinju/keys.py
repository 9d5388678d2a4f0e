"""API keys and the sessions of browsers, apart from the catalogue: one restored from a backup revives no revoked key.

A key is `yj_<id>_<secret>`. Only the SHA-256 of the secret is kept: of 256 random bits it can't be guessed back.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import cast

from yinju.access import SCOPES, Access, Scope
from yinju.errors import InvalidRequest
from yinju.key_file import KeyFile, damaged, lost

FILE = "keys.db"
SESSION_SECONDS = 12 * 3600
CLOCK_SLACK = 300  # seconds a clock may be set back before sessions opened "in the future" end
MOST_SESSIONS = 1000
LONGEST_NAME = 100  # characters, of a key and of a collection

_KEY = re.compile(r"yj_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_Values = tuple[str, str, str, str, str | None, str, str | None]
_COLUMNS = "id, name, secret_sha256, scopes, collections, created_at, revoked_at, seal"


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is kept: without its secret."""

    id: str
    name: str
    scopes: frozenset[Scope]
    collections: frozenset[str] | None  # None: all
    created_at: str  # ISO 8601, UTC
    revoked_at: str | None
    secret_sha256: str = field(repr=False)

    @property
    def access(self) -> Access:
        return Access(self.id, self.name, self.scopes, self.collections)


class KeyStore:
    """The keys of an index folder. Safe to use from several threads, and together with other processes.

    Every question reads the file: a key that was added or revoked anywhere is so at once. Whatever it is asked raises
    IndexDamaged, IndexBusy or SettingsError where the file can't be read or trusted; no key is accepted then.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._file = KeyFile(path)
        self._clock = clock
        self._keyed = False

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> KeyStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def exists(self) -> bool:
        """Was there ever a key? Revoked ones count: a service does not open up when its last key is revoked.

        Raises IndexDamaged where there was one and the file is gone: that must open nothing, after a restart either.
        """
        if not self._keyed and self._file.row("SELECT 1 FROM keys LIMIT 1") is not None:
            self._file.mark()
            self._keyed = True
        if not self._keyed and self._file.is_marked():
            raise lost(self._file.path)
        return self._keyed

    def all_keys(self) -> list[Key]:
        """All of them, revoked ones too, oldest first."""
        rows = self._file.rows(f"SELECT {_COLUMNS} FROM keys ORDER BY created_at, id")  # noqa: S608
        return [self._key(row) for row in rows]

    def add(
        self, name: str, scopes: Collection[str] = ("read",), collections: Collection[str] | None = None
    ) -> tuple[Key, str]:
        """A new key, and its text, which can't be had again. Raises InvalidRequest."""
        _check(name, scopes, collections)
        secret = secrets.token_urlsafe(32)
        limits = None if collections is None else frozenset(map(str.strip, collections))
        key_id, digest = secrets.token_hex(6), _sha256(secret)
        key = Key(key_id, name.strip(), frozenset(cast(Collection[Scope], scopes)), limits, self._now(), None, digest)
        with self._file.writing() as connection:
            connection.execute(
                f"INSERT INTO keys ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                (*_values(key), _seal(_values(key))),
            )
        self._file.mark()
        return key, f"yj_{key.id}_{secret}"

    def revoke(self, key_id: str) -> Key:
        """End a key and its sessions; it stays listed. Once more changes nothing. Raises InvalidRequest."""
        found = self._find(key_id)
        if found is None:
            raise InvalidRequest(f"No key has the id {key_id!r}. `yinju keys list` shows the ids there are.")
        if found.revoked_at is not None:
            return found
        revoked = replace(found, revoked_at=self._now())
        with self._file.writing() as connection:
            connection.execute(
                "UPDATE keys SET revoked_at = ?, seal = ? WHERE id = ?",
                (revoked.revoked_at, _seal(_values(revoked)), key_id),
            )
            connection.execute("DELETE FROM sessions WHERE key = ?", (key_id,))
        return revoked

    def access(self, text: str) -> Access | None:
        """What the key of that text may do; None for one that is malformed, unknown, wrong or revoked."""
        parts = _KEY.fullmatch(text)
        key_id, secret = parts.groups() if parts else ("", "")
        # What is unknown is compared with a row no secret fits: it takes the time that a wrong secret takes.
        found = self._key(self._row(key_id) or _DECOY)
        right = hmac.compare_digest(found.secret_sha256, _sha256(secret))
        return found.access if right and found.revoked_at is None else None

    def open_session(self, text: str) -> str | None:
        """The token of a new session for the key of that text; None where the key is not accepted."""
        access = self.access(text)
        if access is None:
            return None
        token, now = secrets.token_urlsafe(32), self._clock()
        with self._file.writing() as connection:
            connection.execute(
                "DELETE FROM sessions WHERE created NOT BETWEEN ? AND ?", (now - SESSION_SECONDS, now + CLOCK_SLACK)
            )
            connection.execute(
                "DELETE FROM sessions WHERE token_sha256 IN "
                "(SELECT token_sha256 FROM sessions WHERE key = ? ORDER BY created DESC LIMIT -1 OFFSET ?)",
                (access.key_id, MOST_SESSIONS - 1),
            )
            connection.execute("INSERT INTO sessions VALUES (?, ?, ?)", (_sha256(token), access.key_id, now))
        return token

    def session_access(self, token: str) -> Access | None:
        """What the session of that token may do; None where it has ended, by itself or with its key."""
        row = self._file.row("SELECT key, created FROM sessions WHERE token_sha256 = ?", (_sha256(token),))
        if row is None:
            return None
        # A session from the future shows that the clock was set back: it would otherwise live on for as long.
        if not -CLOCK_SLACK <= self._clock() - cast(float, row[1]) < SESSION_SECONDS:
            return None
        found = self._find(cast(str, row[0]))
        return found.access if found is not None and found.revoked_at is None else None

    def close_session(self, token: str) -> None:
        """Ends it, if there is one: whoever makes tokens up makes nothing be written."""
        digest = (_sha256(token),)
        if self._file.row("SELECT 1 FROM sessions WHERE token_sha256 = ?", digest) is not None:
            with self._file.writing() as connection:
                connection.execute("DELETE FROM sessions WHERE token_sha256 = ?", digest)

    def _find(self, key_id: str) -> Key | None:
        row = self._row(key_id)
        return None if row is None else self._key(row)

    def _row(self, key_id: str) -> tuple[object, ...] | None:
        return self._file.row(f"SELECT {_COLUMNS} FROM keys WHERE id = ?", (key_id,))  # noqa: S608

    def _key(self, row: tuple[object, ...]) -> Key:
        *values, seal = row
        if seal != _seal(values):
            raise damaged(self._file.path, f"the key {values[0]!r} is not as it was written")
        key_id, name, secret, scopes, collections, created, revoked = cast(_Values, tuple(values))
        limits = None if collections is None else frozenset(json.loads(collections))
        granted = frozenset(cast(list[Scope], scopes.split()))
        return Key(key_id, name, granted, limits, created, revoked, secret)

    def _now(self) -> str:
        return datetime.fromtimestamp(self._clock(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _values(key: Key) -> _Values:
    """The columns of a key but its seal."""
    limits = None if key.collections is None else json.dumps(sorted(key.collections), ensure_ascii=False)
    return key.id, key.name, key.secret_sha256, " ".join(sorted(key.scopes)), limits, key.created_at, key.revoked_at


def _seal(values: Collection[object]) -> str:
    """Shows that a row is as it was written: a flipped bit must not widen what a key may do. No defence from people."""
    return _sha256(json.dumps(list(values), ensure_ascii=False))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


_NOBODY: _Values = ("0" * 12, "nobody", "0" * 64, "", None, "", None)  # no secret has this digest
_DECOY = (*_NOBODY, _seal(_NOBODY))


def _check(name: str, scopes: Collection[str], collections: Collection[str] | None) -> None:
    for what, text in [("name of a key", name), *(("collection", each) for each in collections or ())]:
        if not 0 < len(text.strip()) <= LONGEST_NAME or not text.isprintable():
            raise InvalidRequest(
                f"{text!r} can't be the {what}. Give 1 to {LONGEST_NAME} characters, without line breaks."
            )
    if not scopes or set(scopes) - set(SCOPES):
        raise InvalidRequest(f"A key needs a scope. Give one or both of {', '.join(SCOPES)}.")
    if collections is not None and not collections:
        raise InvalidRequest("A key limited to no collection could do nothing. Name one, or leave the limit out.")
