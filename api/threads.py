"""Threads for what takes long, apart from the few that answer questions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeVar

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar

Result = TypeVar("Result")
Work = Literal["parse", "store", "wait"]

# parse: a text in JSON is read whole and takes several times its length meanwhile. store: one process writes at a
# time; the others wait in line. wait: for a job, doing nothing.
AT_ONCE: dict[Work, int] = {"parse": 2, "store": 4, "wait": 32}
_limiters: RunVar[dict[Work, CapacityLimiter]] = RunVar("yinju_limiters")


async def run(work: Work, function: Callable[[], Result]) -> Result:
    """What `function` gives, called in a thread. Cancelled, it is left to end by itself when it only waits."""
    return await to_thread.run_sync(function, limiter=_limiter(work), abandon_on_cancel=work == "wait")


def _limiter(work: Work) -> CapacityLimiter:
    try:
        limiters = _limiters.get()
    except LookupError:
        limiters = {name: CapacityLimiter(number) for name, number in AT_ONCE.items()}
        _limiters.set(limiters)
    return limiters[work]
