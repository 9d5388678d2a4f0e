"""What is wrong with one field of a request, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel

from api.names import WRONG

# By pydantic's type of error; {names} are of the error's own context.
_PLAIN = {
    "missing": "This field is required: add it.",
    "extra_forbidden": "This field is not known here: remove it.",
    "string_unicode": "This is not valid Unicode: send it without lone surrogates.",
    "model_attributes_type": "This must be a JSON object.",
    "model_type": "This must be a JSON object.",
    "bool_type": "This must be true or false.",
    "greater_than_equal": "This must be {ge} or more.",
    "int_from_float": "This must be a whole number.",
    "int_parsing": "This must be a whole number.",
    "int_parsing_size": "This number is too large.",
    "int_type": "This must be a whole number.",
    "less_than_equal": "This must be {le} or less.",
    "list_type": "This must be a JSON array.",
    "literal_error": "This must be {expected}.",
    "string_too_long": "This is too long: shorten it to {max_length} characters or fewer.",
    "string_too_short": "This is too short: write {min_length} character or more.",
    "string_type": "This must be a JSON string.",
    "too_long": "This list is too long: send {max_length} entries or fewer.",
    "too_short": "This list is too short: send {min_length} entry or more.",
}


class FieldError(BaseModel):
    """One thing wrong with the request: `pointer` into the body (RFC 6901), or the name of a `parameter`."""

    pointer: str | None = None
    parameter: str | None = None
    detail: str


def field_error(error: Mapping[str, Any]) -> FieldError:
    """From one of pydantic's, whose `loc` begins with the place: `body`, or the kind of parameter."""
    place, *rest = error["loc"]
    context = error.get("ctx", {})
    plain = WRONG.get(context.get("pattern")) or _PLAIN.get(error["type"])
    detail = f"{error['msg']}." if plain is None else plain.format_map(context)
    if place == "body":
        steps = (quote(str(step).replace("~", "~0").replace("/", "~1"), errors="replace") for step in rest)
        return FieldError(pointer="#" + "".join(f"/{step}" for step in steps), detail=detail)
    return FieldError(parameter=".".join(map(str, rest)), detail=detail)
