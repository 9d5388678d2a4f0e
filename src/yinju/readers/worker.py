"""Reading a file in a process of its own, which may be killed: the side that waits for it.

The worker gets the file as its standard input and the rest as JSON in its environment, and answers with one JSON
object.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from yinju.errors import Unreadable
from yinju.progress import Progress, silent
from yinju.readers.limits import LIMITS, Limits
from yinju.readers.reasons import Reason, is_reason, refusal
from yinju.readers.transfer import reading_of
from yinju.records import Reading

REQUEST = "READER_REQUEST"
"""The variable of the worker's environment that holds what it is asked."""
_CHUNK = 1 << 16
_LOOK = 0.5  # seconds
_OPEN_AGAIN = "Open it in its own program, save it again, and add that; or save it as text."
_NO_MEMORY = 77
"""The worker's exit status when it could not even say that memory ran out."""


def read_apart(name: str, data: bytes | Path, limits: Limits = LIMITS, progress: Progress = silent) -> Reading:
    """Read a file in a process that ends with it: killed, with all it started, once it goes over `limits`.

    It also ends when the thread or process that waits for it does, and when `progress`, told of the stage `read` twice
    a second, raises something. Raises Unreadable for what the reader refuses and
    for a worker that ran out of time (`timeout`) or memory (`memory`), or broke down (`crashed`).
    """
    with _opened(name, data) as source:
        process = _started(name, source, limits)
        try:
            output = _collected(name, process, limits, progress)
        finally:
            _ended(process)
    return _answer(name, process.returncode, output)


def _opened(name: str, data: bytes | Path) -> BinaryIO:
    if isinstance(data, Path):
        try:
            return data.open("rb")
        except OSError as error:
            raise refusal(
                name, "inaccessible", f"can't be read ({error.strerror}). Check that it is there and may be read."
            ) from error
    # In memory, so that nothing of a refused file was ever on a disk.
    source = os.fdopen(os.memfd_create("document", os.MFD_CLOEXEC), "w+b")
    source.write(data)
    source.seek(0)
    return source


def _started(name: str, source: BinaryIO, limits: Limits) -> subprocess.Popen[bytes]:
    request = {"name": name, "parent": os.getpid(), "seconds": limits.seconds, "memory": limits.memory}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "yinju.readers.process"],
        stdin=source,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # libraries write parts of documents there
        start_new_session=True,
        # numpy comes in with the text functions; on many cores its threads alone would take all the memory there is.
        # A command line can be read by every user of the machine, and names of documents are nobody's business.
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", REQUEST: json.dumps(request)},
    )


def _collected(name: str, process: subprocess.Popen[bytes], limits: Limits, progress: Progress) -> bytes:
    """All the worker says until it closes its output and ends."""
    assert process.stdout is not None
    deadline = time.monotonic() + limits.seconds
    output = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            if not selector.select(min(_LOOK, max(0.0, deadline - time.monotonic()))):
                if time.monotonic() >= deadline:
                    raise _too_slow(name, limits)
                progress("read", 0, 0)
                continue
            chunk = os.read(process.stdout.fileno(), _CHUNK)
            if not chunk:
                break
            output += chunk
            if len(output) > limits.output:
                raise refusal(name, "too-large", "holds more text than one document may. Divide it and add the parts.")
    try:
        process.wait(max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired as error:
        raise _too_slow(name, limits) from error
    return bytes(output)


def _ended(process: subprocess.Popen[bytes]) -> None:
    assert process.stdout is not None
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    process.stdout.close()


def _answer(name: str, status: int, output: bytes) -> Reading:
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        # Only the limit on processor time and the system's own hand do this: the clock's limit was told apart above.
        reason: Reason = "timeout" if status == -signal.SIGXCPU else "memory"
        raise refusal(name, reason, f"takes too much to read. {_OPEN_AGAIN}")
    if status == _NO_MEMORY:
        raise _too_much_memory(name)
    try:
        answer = json.loads(output) if status == 0 else {}
        if "reason" in answer and is_reason(answer["reason"]) and isinstance(answer["message"], str):
            raise Unreadable(answer["message"], answer["reason"])
        return reading_of(answer["reading"])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        how = f"signal {-status}" if status < 0 else f"status {status}"
        raise refusal(name, "crashed", f"broke the program that reads it ({how}). {_OPEN_AGAIN}") from error


def _too_slow(name: str, limits: Limits) -> Unreadable:
    return refusal(
        name, "timeout", f"takes longer than {limits.seconds:g} seconds to read. Divide it, or save it as text."
    )


def _too_much_memory(name: str) -> Unreadable:
    return refusal(name, "memory", f"takes more memory to read than one document may. {_OPEN_AGAIN}")
