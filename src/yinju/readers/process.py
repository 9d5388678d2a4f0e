"""Reading a file in a process of its own, which may be killed: the process. Started by `worker`, never by hand."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys

from yinju.errors import Unreadable
from yinju.readers.formats import reader
from yinju.readers.reasons import refusal
from yinju.readers.sniffing import checked_format
from yinju.readers.transfer import values_of
from yinju.records import Reading

_PR_SET_PDEATHSIG = 1
_NO_MEMORY = 77
_DEEPEST = 2000  # calls: more than any reader makes over a document that people wrote


def main() -> int:
    request = json.loads(os.environ["READER_REQUEST"])
    _die_with(request["parent"])
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_AS, request["memory"])
    _limit(resource.RLIMIT_CPU, int(request["seconds"]) + 1, 1)
    sys.setrecursionlimit(_DEEPEST)
    # What libraries print must not get between the parent and the answer.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    try:
        answer = _answer(request["name"])
        with answers:
            json.dump(answer, answers, ensure_ascii=False)
    except MemoryError:
        return _NO_MEMORY
    return 0


def _answer(name: str) -> dict[str, object]:
    try:
        return {"reading": values_of(_reading(name))}
    except Unreadable as error:
        return {"reason": error.reason, "message": str(error)}


def _reading(name: str) -> Reading:
    data = sys.stdin.buffer.read()
    format_ = checked_format(name, data)
    read = reader(format_)
    _limit(resource.RLIMIT_FSIZE, 0)  # only now: loading a library may write its compiled form
    try:
        return read(data, name)
    except RecursionError as error:
        raise refusal(
            name, "too-deep", "is nested deeper than any document. Save its text as a plain file and add that."
        ) from error


def _die_with(parent: int) -> None:
    """Have the system kill this process when the thread that started it ends, however it ends."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before it could be asked
        os._exit(1)


def _limit(which: int, amount: int, grace: int = 0) -> None:
    """Limit a resource. grace: how much more the last limit is, which for processor time kills without a reason."""
    _, most = resource.getrlimit(which)
    hard = amount + grace if most == resource.RLIM_INFINITY else min(amount + grace, most)
    resource.setrlimit(which, (min(amount, hard), hard))


if __name__ == "__main__":
    os._exit(main())  # all is said: taking down what a library made of a file takes time and may go wrong
