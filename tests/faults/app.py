"""The real service, for tests that kill it: `uvicorn --factory tests.faults.app:create`.

FAULT_MOMENT: the moment (yinju.moments) at which the process kills itself, with no chance to tidy up. FAULT_CALL: the
how-manieth time that it is reached. REAL_MODEL=1: with the model people use; otherwise with one whose numbers can be
computed by hand and that needs no loading. FAULT_CLOCK: seconds the clock is ahead.
"""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime, timedelta

from fastapi import FastAPI

from api.app import create_app
from tests.fakes import CharacterEncoder
from yinju import clock, holdings, moments
from yinju.progress import Progress
from yinju.settings import Settings


def create() -> FastAPI:
    moment = os.environ.get("FAULT_MOMENT")
    if moment is not None:
        _die_at(moment, int(os.environ.get("FAULT_CALL", "1")))
    ahead = timedelta(seconds=float(os.environ.get("FAULT_CLOCK", "0")))
    clock.utc = lambda: datetime.now(UTC) + ahead
    if os.environ.get("REAL_MODEL") != "1":
        setattr(holdings, "LazyEncoder", _no_model)  # noqa: B010 (a test's own seam)
    return create_app(settings=Settings.load(min_confidence=0.0001))


def _no_model(_settings: Settings, _progress: Progress) -> CharacterEncoder:
    return CharacterEncoder()


def _die_at(last: str, call: int) -> None:
    left = call

    def reached(moment: str) -> None:
        nonlocal left
        left -= moment == last
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    moments.reached = reached
