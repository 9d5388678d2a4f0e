"""What tells that a row of the catalogue is still what was written."""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import blake2b, sha256

_SIZE = 16  # bytes


def of_texts(values: Iterable[str | int | None]) -> str:
    """SHA-256 over columns in their order, in hexadecimal."""
    return sha256(json.dumps(list(values), ensure_ascii=False).encode(errors="surrogatepass")).hexdigest()


def of_blobs(place: Iterable[str | int | None], blobs: Iterable[bytes]) -> bytes:
    """BLAKE2b over where a passage stands and its vectors, each with its length."""
    digest = blake2b(json.dumps(list(place), ensure_ascii=False).encode(), digest_size=_SIZE)
    for blob in blobs:
        digest.update(len(blob).to_bytes(8, "little"))
        digest.update(blob)
    return digest.digest()
