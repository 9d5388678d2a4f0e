"""Names that come from outside: of files, of collections, of requests. The words for refused ones are `WRONG`."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Annotated

from fastapi import Header
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, TypeAdapter, WithJsonSchema
from pydantic_core import PydanticCustomError

# Neither path marks, nor control characters, nor what can't be seen (Unicode's category Cf, by its ranges because not
# all who read the pattern know \p in a list of exceptions): such marks make two names look the same, or turn the
# direction of writing, so that "gpj.exe" looks like a picture. Joiners alone have their place, between letters
# (Persian, Hindi) and between the parts of an emoji. And one character at least is more than a dot or a space.
_UNSEEN = (
    "\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f"
)
_NOT_IN_NAMES = rf"\x00-\x1f\x7f-\x9f/\\\u2028\u2029{_UNSEEN}"
_JOINED = r"[\p{L}\p{M}\p{S}](?:[\u200c\u200d][\p{L}\p{M}\p{S}])+"
_ANY = rf"(?:[^{_NOT_IN_NAMES}]|{_JOINED})*"
FILE_NAME = rf"^{_ANY}(?:[^\s.{_NOT_IN_NAMES}]|{_JOINED}){_ANY}$"
LONGEST_FILE_NAME = 255
COLLECTION = r"^[\p{L}\p{N}]([\p{L}\p{M}\p{N}._-]*[\p{L}\p{M}\p{N}])?$"
LONGEST_COLLECTION = 64
MOST_COLLECTIONS = 50
IDEMPOTENCY_KEY = r"^[!-~]([ -~]*[!-~])?$"
LONGEST_IDEMPOTENCY_KEY = 255

WRONG = {
    FILE_NAME: "This is no file name: leave out slashes, control characters and characters that can't be seen, "
    "and write more than dots.",
    COLLECTION: "This is no name of a collection: use letters and digits of any script, with - _ . between them.",
    IDEMPOTENCY_KEY: "This is no idempotency key: use printable ASCII, such as a UUID.",
    r"\S": "This must hold more than white space: write something.",
}
"""What is said of a text that does not match, by the pattern."""


def _composed(value: object) -> object:
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _distinct(values: Sequence[str]) -> Sequence[str]:
    if len(set(values)) < len(values):
        raise PydanticCustomError("not_distinct", "An entry comes twice: name each once")
    return values


FileName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_FILE_NAME, pattern=FILE_NAME),
    Field(description="What the document's file is called."),
    BeforeValidator(_composed),
]
CollectionName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_COLLECTION, pattern=COLLECTION),
    Field(examples=["default"]),
    BeforeValidator(_composed),
]
_COLLECTION_SCHEMA = TypeAdapter(CollectionName).json_schema()
CollectionNames = Annotated[
    list[CollectionName],
    BeforeValidator(_listed),
    AfterValidator(_distinct),
    Field(min_length=1, max_length=MOST_COLLECTIONS),
    WithJsonSchema({
        "anyOf": [
            _COLLECTION_SCHEMA,
            {
                "type": "array", "items": _COLLECTION_SCHEMA, "minItems": 1, "maxItems": MOST_COLLECTIONS,
                "uniqueItems": True,
            },
        ],
    }),
]  # fmt: skip
"""One name or several."""

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Any name for this request, 1 to 255 characters of printable ASCII. Sent again with the same name "
        "within a day, the request is not carried out again: the answer says what came of it, after an upload with "
        "the document as it is now, and has `Idempotency-Replayed: true`. The same name with another request is "
        "refused.",
        max_length=LONGEST_IDEMPOTENCY_KEY,
        pattern=IDEMPOTENCY_KEY,
    ),
]
