"""A service in a process of its own, to be killed, started again and asked what it still knows."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from yinju import working
from yinju.catalogue import Catalogue
from yinju.library import CATALOGUE, DERIVED
from yinju.verification import Finding, verify

ROOT = Path(__file__).parents[2]
START_SECONDS = 90.0


def surroundings(**settings: str) -> dict[str, str]:
    """The environment of a process to be harmed: this one's, but its coverage is not measured.

    Whoever is killed loses the figures anyway, and starts a quarter slower for them.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    return {**kept, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "src"))), **settings}


@dataclass
class Service:
    """`start` and `kill` may be called in turn; `client` speaks to what runs now."""

    index: Path
    environment: dict[str, str] = field(default_factory=dict)
    inside: tuple[str, ...] = ()  # a command that the service is started by, as `unshare`
    process: subprocess.Popen[bytes] | None = None
    port: int = 0

    def start(self, **environment: str) -> None:
        """Returns when the service is ready, or has ended."""
        self.launch(**environment)
        self.wait_until_ready()

    def launch(self, **environment: str) -> None:
        """Returns at once."""
        self.port = _free_port()
        command = (*self.inside, sys.executable, "-m", "uvicorn", "--factory", "tests.faults.app:create")
        options = ("--host", "127.0.0.1", "--port", str(self.port), "--log-level", "error", "--no-access-log")
        given = surroundings(YINJU_INDEX=str(self.index), **{**self.environment, **environment})
        with self.log.open("ab") as log:
            self.process = subprocess.Popen((*command, *options), env=given, cwd=ROOT, stdout=log, stderr=log)

    @property
    def log(self) -> Path:
        return self.index.with_name(f"{self.index.name}.log")

    def wait_until_ready(self) -> None:
        """Until it answers and has done what was left over; or has ended."""
        deadline = time.monotonic() + START_SECONDS
        while self.alive and not (self.status() == 200 and not self._has_jobs()):
            assert time.monotonic() < deadline, self.log.read_text(errors="replace")[-3000:]
            time.sleep(0.05)

    def status(self) -> int | None:
        """Of /readyz; None where nobody listens."""
        try:
            return httpx.get(f"{self.base}/readyz", trust_env=False, timeout=5).status_code
        except httpx.TransportError:
            return None

    def wait_until_listening(self) -> None:
        """Until it says whether it is ready; or has ended."""
        deadline = time.monotonic() + START_SECONDS
        while self.alive and self.status() is None:
            assert time.monotonic() < deadline, self.log.read_text(errors="replace")[-3000:]
            time.sleep(0.05)

    def _has_jobs(self) -> bool:
        with Catalogue(self.index / CATALOGUE) as catalogue:
            return working.waiting(catalogue)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def client(self, timeout: float = 30.0) -> httpx.Client:
        return httpx.Client(base_url=self.base, trust_env=False, timeout=timeout)

    def kill(self) -> None:
        """As the power does: no handler runs."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)

    def stop(self) -> None:
        """As an administrator does. uvicorn ends by the very signal once everything is closed."""
        assert self.process is not None
        self.process.terminate()
        assert self.process.wait(60) in (0, -signal.SIGTERM)

    def findings(self) -> list[Finding]:
        """What `yinju verify` finds."""
        with Catalogue(self.index / CATALOGUE) as catalogue:
            return list(verify(catalogue, self.index / DERIVED))


@contextmanager
def service(index: Path, **environment: str) -> Iterator[Service]:
    """Started, and killed at the end if it still runs."""
    found = Service(index, environment)
    try:
        found.start()
        yield found
    finally:
        if found.alive:
            found.kill()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
