from __future__ import annotations

import contextvars
import json
import logging
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from api.logs import JsonLines, Readable, begin_request, note_problem, request_headers, request_notes, trace

ROOT = Path(__file__).resolve().parents[2]
WITHHELD = "(message withheld: it may hold text of a question or a document)"


def record(message: str, *args: object, error: BaseException | None = None, **fields: object) -> logging.LogRecord:
    exc_info = None if error is None else (type(error), error, error.__traceback__)
    made = logging.LogRecord("yinju.test", logging.WARNING, __file__, 1, message, args, exc_info)
    made.created = 1763798400.25  # 2025-11-22, at eight
    if fields:
        made.__dict__["fields"] = fields
    return made


def raised(error: BaseException) -> BaseException:
    try:
        raise error
    except type(error) as caught:
        return caught


def test_a_record_is_one_line_of_json() -> None:
    line = JsonLines().format(record("read %s\nand %d", "夜校", 2, route="/v1/ask", duration_ms=1.5))
    assert "\n" not in line
    assert "夜校" in line
    assert json.loads(line) == {
        "time": "2025-11-22T08:00:00.250Z",
        "level": "warning",
        "logger": "yinju.test",
        "message": "read 夜校\nand 2",
        "route": "/v1/ask",
        "duration_ms": 1.5,
    }


def test_a_record_for_people_is_one_line_whatever_is_in_it() -> None:
    line = Readable().format(record("Invalid\x1b[2J\r\nrequest ", client="1.2.3.4\n2025 forged"))
    assert line == "2025-11-22T08:00:00.250Z WARNING Invalid [2J  request client=1.2.3.4 2025 forged"


def test_records_know_the_request_they_were_made_for() -> None:
    def answering() -> tuple[dict[str, Any], str]:
        begin_request("r-1")
        return json.loads(JsonLines().format(record("x"))), Readable().format(record("x"))

    told, line = contextvars.Context().run(answering)
    assert told["request_id"] == "r-1"
    assert line.endswith(" x request_id=r-1")
    assert "request_id" not in json.loads(JsonLines().format(record("x")))


@pytest.mark.parametrize("asked", ["a", "A-b_c.9", "x" * 64])
def test_a_sane_request_id_is_kept(asked: str) -> None:
    assert contextvars.Context().run(begin_request, asked).id == asked


@pytest.mark.parametrize("asked", [None, "", "x" * 65, "a b", "a\n", 'a"', "夜校", "%0a", "<b>", "a/b"])
def test_any_other_request_id_is_replaced(asked: str | None) -> None:
    first, second = (contextvars.Context().run(begin_request, asked).id for _ in range(2))
    assert first != second
    assert len(first) == 32
    assert set(first) <= set("0123456789abcdef")


def test_what_is_learnt_of_a_request_is_kept_with_it_and_outside_of_one_is_nothing() -> None:
    def answering() -> tuple[object, ...]:
        notes = begin_request("r-1")
        note_problem("busy")
        return notes is request_notes(), notes.problem, request_headers()

    assert contextvars.Context().run(answering) == (True, "busy", {"X-Request-ID": "r-1"})
    note_problem("busy")
    assert (request_notes(), request_headers()) == (None, {})


class Known(BaseModel):
    number: int


def test_a_traceback_tells_where_and_never_what() -> None:
    question = "密"  # every one of these would repeat it
    with pytest.raises(ValidationError) as invalid:
        Known.model_validate({"number": question})
    for error in (invalid.value, KeyError(question), ValueError(question), UnicodeError(question)):
        told = trace(raised(error))
        assert question not in told
        assert WITHHELD in told
        assert f"{type(error).__module__}.{type(error).__qualname__}: " in told
        assert "line " in told
        assert question not in JsonLines().format(record("failed", error=error))


def test_messages_that_hold_no_text_are_told() -> None:
    assert trace(OSError(28, "No space left on device", "密.txt")).endswith("OSError: No space left on device")
    assert trace(sqlite3.OperationalError("disk I/O error")).endswith("sqlite3.OperationalError: disk I/O error")


def test_causes_come_first_and_each_once() -> None:
    group = ExceptionGroup("密", [KeyError("密"), LookupError("密")])
    group.__cause__ = OSError(5, "Input/output error")
    told = trace(raised(group))
    order = [told.index(name) for name in ("builtins.OSError", "KeyError", "LookupError", "ExceptionGroup: ")]
    assert order == sorted(order)
    assert "密" not in told


def test_an_error_that_is_its_own_cause_ends() -> None:
    error = ValueError("密")
    error.__cause__ = error
    assert trace(error).count("ValueError") == 1


def test_what_an_error_stands_for_is_told_unless_it_was_suppressed() -> None:
    error = OSError(5, "Input/output error")
    error.__context__ = KeyError()
    assert "KeyError" in trace(error)
    error.__suppress_context__ = True
    assert "KeyError" not in trace(error)


# What logging is set to is the whole process's: it is looked at in one of its own.
CONFIGURED = """
import logging, sys, threading, warnings
from yinju.cli.logs import configure_logs
from yinju.settings import Settings
configure_logs(Settings.load(log_level=sys.argv[1], log_format="json"))
for name in ("yinju.jobs", "uvicorn.error", "somebody.else"):
    for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
        logging.getLogger(name).log(level, "told")
warnings.warn("old way")
def crash():
    raise ValueError("密")
thread = threading.Thread(target=crash, name="worker")
thread.start()
thread.join()
"""


@pytest.mark.parametrize(
    "level, ours, theirs",
    [
        ("debug", ["debug", "info", "warning", "error"], ["warning", "error"]),
        ("info", ["info", "warning", "error"], ["warning", "error"]),
        ("error", ["error"], ["error"]),
    ],
)
def test_everything_goes_through_one_handler(level: str, ours: list[str], theirs: list[str]) -> None:
    command = [sys.executable, "-W", "default", "-c", CONFIGURED, level]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    lines = [json.loads(line) for line in result.stderr.splitlines()]
    for name, levels in (("yinju.jobs", ours), ("uvicorn.error", ours), ("somebody.else", theirs)):
        assert [line["level"] for line in lines if line["logger"] == name] == levels
    warned = [line["message"] for line in lines if line["logger"] == "py.warnings"]
    assert ["old way" in message for message in warned] == ([] if level == "error" else [True])
    crash = lines[-1]
    assert (crash["level"], crash["message"]) == ("critical", "The thread worker failed.")
    assert "builtins.ValueError" in crash["exception"]
    assert "密" not in result.stderr.replace('raise ValueError("密")', "")
