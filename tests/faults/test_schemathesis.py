"""Whatever the description of the API allows, and much that it forbids, asked of the real service."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.errors import FlakyStrategyDefinition, InvalidDefinition
from schemathesis import Case, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.app import create_app
from tests.fakes import CharacterEncoder
from tests.faults.service import service, surroundings
from tests.serving import serving
from yinju.catalogue import Catalogue
from yinju.library import CATALOGUE, Library
from yinju.settings import Settings

pytestmark = pytest.mark.faults
CASES = int(os.environ.get("FUZZ_CASES", "300"))
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
RUN = settings(
    max_examples=20,
    stateful_step_count=10,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
    deadline=None,
    database=None,
)
CHANGES = ("POST /v1/documents", "PUT /v1/documents/{document_id}", "DELETE /v1/documents/{document_id}")


def test_each_operation_does_as_it_describes(tmp_path: Path) -> None:
    """With examples, at the bounds of every field, and with what chance makes."""
    with service(tmp_path / "index", YINJU_MAX_UPLOAD="1MiB") as running:
        report = tmp_path / "report.json"
        command = [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIGURATION)),
            *("run", f"{running.base}/openapi.json", "--checks", "all", "--phases", "examples,coverage,fuzzing"),
            *("--max-examples", str(max(1, CASES // 50)), "--report", "json", "--report-json-path", str(report)),
        ]
        done = subprocess.run(command, cwd=tmp_path, env=surroundings(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-5_000:]
        found = json.loads(report.read_text())
        assert found["test_cases"]["generated"] >= CASES / 4
        for operation in CHANGES:
            accepted = sum(phase["accepted"] for phase in found["valid_rates"][operation].values())
            assert accepted > 0, operation
        running.stop()
        assert running.findings() == []


class Stage:
    """One server for many services, each new and empty: the same requests meet the same answers again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._begun = 0
        self.begin()

    def begin(self) -> None:
        self._begun += 1
        index = self._folder / str(self._begun)
        index.mkdir()
        given = Settings.load(index=index, min_confidence=0.0001, max_upload="1MiB")
        self._library = Library(given, Catalogue(index / CATALOGUE), CharacterEncoder())
        self._library.start_jobs()
        self._app: ASGIApp = create_app(self._library, given)

    def settle(self) -> None:
        """Wait until no job is left: when one ends must not decide what the next request meets."""
        while set(self._library.status().jobs) - {"done", "failed"}:
            time.sleep(0.005)

    def end(self) -> None:
        assert self._library.verify() == []
        self._library.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


def test_operations_in_any_order_do_as_they_describe(tmp_path: Path) -> None:
    """What one answers with is asked for next: documents that were added are read, replaced, deleted, read again."""
    stage = Stage(tmp_path)
    met: Counter[tuple[str, int]] = Counter()
    with serving(stage) as base:
        configuration = schemathesis.Config.from_path(str(CONFIGURATION))
        machine: Any = schemathesis.openapi.from_url(f"{base}/openapi.json", config=configuration).as_state_machine()

        class Office(machine):  # type: ignore[misc]
            def setup(self) -> None:
                stage.end()
                stage.begin()

            def validate_response(self, response: Response, case: Case[Any], **more: Any) -> None:
                met[case.operation.label, response.status_code] += 1
                super().validate_response(response, case, **more)
                stage.settle()

        begun = int(time.time())
        print("seeds from", begun)
        for number in count(begun):
            if met.total() >= CASES:
                break
            # Schemathesis does not always draw alike after the same answers, and may run out of what to ask next. That
            # ends a run, and says nothing of the service.
            with suppress(FlakyStrategyDefinition, InvalidDefinition):
                seed(number)(Office).run(settings=RUN)
    stage.end()
    print(*sorted(met.items()), sep="\n")
    for operation in CHANGES:
        assert met[operation, 200] + met[operation, 201] > 0, operation
