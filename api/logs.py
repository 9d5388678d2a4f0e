"""What the service writes to stderr: one line a request, as JSON or for people, and nothing anyone asked or reads.

Python's own logging with a formatter of thirty lines: uvicorn and every library log through it already, and a logging
package would add a dependency to say the same.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sqlite3
import traceback
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime

REQUEST_ID = "X-Request-ID"
SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_encode = json.JSONEncoder(ensure_ascii=False, default=str).encode  # made once: json.dumps makes one a call
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(slots=True)
class RequestNotes:
    """What is learnt of a request on its way."""

    id: str
    problem: str | None = None


_notes: ContextVar[RequestNotes | None] = ContextVar("yinju_request", default=None)


def begin_request(asked: str | None) -> RequestNotes:
    """Notes for the request this task answers, under the id its client gave it where that is a sane one.

    Nothing takes them off again: a server runs each request in a task, and so in a context, of its own, and what it
    logs of a failure comes after everything here has returned.
    """
    notes = RequestNotes(asked if asked is not None and SANE_ID.fullmatch(asked) else os.urandom(16).hex())
    _notes.set(notes)
    return notes


def request_notes() -> RequestNotes | None:
    """Those of the request being answered; None outside of one."""
    return _notes.get()


def request_id() -> str | None:
    notes = _notes.get()
    return None if notes is None else notes.id


def request_headers() -> dict[str, str]:
    """What the answer carries, so that a person can name the request."""
    return {} if (asked := request_id()) is None else {REQUEST_ID: asked}


def note_problem(name: str) -> None:
    """The request is answered with the problem of that name."""
    if (notes := _notes.get()) is not None:
        notes.problem = name


class JsonLines(logging.Formatter):
    """One JSON object a record. What a record has in `fields` stands beside the message."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if (asked := request_id()) is not None:
            line["request_id"] = asked
        line.update(getattr(record, "fields", {}))
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = trace(record.exc_info[1])
        return _encode(line)


class Readable(logging.Formatter):
    """One line a record, then the traceback where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        fields: Mapping[str, object] = getattr(record, "fields", {})
        asked = request_id()
        parts = [_time(record), f"{record.levelname:7}", CONTROL.sub(" ", record.getMessage()).strip()]
        parts += [f"{name}={CONTROL.sub(' ', str(value))}" for name, value in fields.items()]
        parts += [] if asked is None else [f"request_id={asked}"]
        line = " ".join(parts)
        if record.exc_info and record.exc_info[1] is not None:
            line += "\n" + trace(record.exc_info[1]).rstrip()
        return line


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def trace(error: BaseException) -> str:
    """Where `error` was raised, causes first. Its message is left out where it may repeat what it failed on."""
    return "\n".join(_told(each) for each in _causes_first(error, set()))


def _causes_first(error: BaseException, seen: set[int]) -> Iterator[BaseException]:
    if id(error) in seen:  # `raise error from error` is its own cause
        return
    seen.add(id(error))
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    members = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    for each in (cause, *members):
        if each is not None:
            yield from _causes_first(each, seen)
    yield error


def _told(error: BaseException) -> str:
    match error:
        case OSError():
            message = error.strerror or ""  # without the file, whose name is a document's
        case sqlite3.Error():
            message = str(error)  # names tables and columns, holds no value
        case _:
            message = "(message withheld: it may hold text of a question or a document)"
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{frames}{type(error).__module__}.{type(error).__qualname__}: {message}"
