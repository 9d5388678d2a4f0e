"""What happens on a small disk of its own, run inside `unshare --mount`: `python -m tests.faults.disks NAME FOLDER`."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from random import Random

import httpx

from tests.faults.service import Service
from tests.faults.writers import Writer
from yinju.library import DERIVED

WRITES = 6
ASKED = {"question": "办结了多少件？"}


def full_disk(running: Service) -> None:
    """Writes are refused with 503 and Retry-After while questions go on; with room again, writing goes on, too."""
    writer = Writer(Random(3))
    running.start()
    with running.client() as client:
        for _ in range(WRITES):
            writer.write(client)
        writer.check(client)
        filler = running.index / "filler"
        fill(filler)
        full = client.post("/v1/documents", json={"name": "大.txt", "text": "很长的一句话。" * 20_000})
        assert full.status_code == 503, full.text
        assert full.json()["type"] == "/problems/storage-full", full.text
        assert "Retry-After" in full.headers
        assert client.post("/v1/ask", json=ASKED).status_code == 200
        writer.check(client)
        assert list((running.index / DERIVED).glob("*/unfinished")) == []
        filler.unlink()
        writes_again(running, client, writer)
        fill(filler)
        running.kill()
    filler.unlink()
    running.start()
    with running.client() as client:
        writes_again(running, client, writer)
    assert running.findings() == []
    running.stop()


def writes_again(running: Service, client: httpx.Client, writer: Writer) -> None:
    """Documents and the indexes they are found by, with no restart."""
    sent = writer.sent
    while writer.sent < sent + 2:
        writer.write(client)
    running.wait_until_ready()
    writer.check(client)


def fill(path: Path) -> None:
    """To the last byte."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(b"0" * 4096):
            pass


def read_only(running: Service) -> None:
    """Nothing can be opened there, and the reason is said; once it can be written, the service opens by itself."""
    remount(running, "ro")
    running.launch()
    running.wait_until_listening()
    with running.client() as client:
        refused = client.get("/readyz")
        assert refused.status_code == 503
        assert "writable" in refused.json()["detail"], refused.text
        remount(running, "rw")
        running.wait_until_ready()
        writer = Writer(Random(3))
        for _ in range(WRITES):
            writer.write(client)
        writer.check(client)
        running.stop()
        remount(running, "ro")
        running.launch()
        running.wait_until_listening()
        remount(running, "rw")
    running.wait_until_ready()
    with running.client() as client:
        writer.check(client)
    assert running.findings() == []
    running.stop()


def remount(running: Service, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(running.index)], check=True)


if __name__ == "__main__":
    scenario = {"full_disk": full_disk, "read_only": read_only}[sys.argv[1]]
    started = Service(Path(sys.argv[2]))
    try:
        scenario(started)
    finally:
        if started.alive:
            started.kill()
