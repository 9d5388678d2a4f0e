"""kill -9 while documents come, change and go: nothing acknowledged is lost, nothing is half there."""

from __future__ import annotations

import os
import time
from pathlib import Path
from random import Random
from threading import Thread

import pytest

from tests.faults.service import Service, service
from tests.faults.writers import Writer
from yinju.moments import JOB, SWAP

pytestmark = pytest.mark.faults
KILLS = int(os.environ.get("KILLS", "20"))
WITH_THE_MODEL = max(1, KILLS // 20)
CALLS = ("4", "1") if KILLS > 20 else ("4",)  # with something to lose; at length also with nothing there yet


def killed_at_random(running: Service, writer: Writer, longest: float) -> None:
    """One life of the service: checked, written to, killed."""
    with running.client() as client:
        writer.check(client)
    assert running.findings() == []
    thread = Thread(target=writer.write_until_gone, args=(running.base,))
    thread.start()
    time.sleep(writer.random.uniform(0.0, longest))
    running.kill()
    thread.join()


def killed_again_and_again(index: Path, times: int, seed: int, longest: float, **environment: str) -> Writer:
    writer = Writer(Random(seed))
    with service(index, **environment) as running:
        for _ in range(times):
            killed_at_random(running, writer, longest)
            running.start()
        with running.client() as client:
            writer.check(client)
        assert running.findings() == []
        running.stop()
    assert found_in_files(index, writer.deleted_texts) == []
    return writer


def found_in_files(index: Path, texts: set[str]) -> list[tuple[str, str]]:
    """The files that hold the beginning of one of these texts, whatever they are."""
    parts = {text: text.split("\n")[0].encode() for text in texts}
    files = {path: path.read_bytes() for path in sorted(index.rglob("*")) if path.is_file()}
    return [(str(path), text) for path, data in files.items() for text, part in parts.items() if part in data]


def test_killed_at_random_moments(tmp_path: Path) -> None:
    seed = int(time.time())
    print("seed", seed)
    writer = killed_again_and_again(tmp_path / "index", KILLS, seed, 1.0)
    assert writer.sent > KILLS
    assert writer.deleted_texts


def test_killed_at_random_moments_with_the_model_people_use(tmp_path: Path) -> None:
    seed = int(time.time())
    print("seed", seed)
    killed_again_and_again(tmp_path / "index", WITH_THE_MODEL, seed, 3.0, REAL_MODEL="1")


@pytest.mark.parametrize("moment", [*SWAP, *JOB])
def test_killed_at_each_step(tmp_path: Path, moment: str) -> None:
    writer = Writer(Random(moment))
    running = Service(tmp_path / "index")
    try:
        for call in CALLS:
            running.start(FAULT_MOMENT=moment, FAULT_CALL=call)
            if running.alive:
                writer.write_until_gone(running.base)
            assert running.process is not None
            assert running.process.wait(60) == -9
            running.start()
            with running.client() as client:
                writer.check(client)
            assert running.findings() == []
            running.stop()
    finally:
        if running.alive:
            running.kill()
