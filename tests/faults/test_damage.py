"""Torn and flipped files, a full disk, a read-only folder, a clock that goes back: the service says so or mends it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from tests.faults.service import ROOT, Service, service, surroundings
from tests.faults.writers import Writer
from yinju.keys import FILE as KEYS
from yinju.keys import KeyStore
from yinju.library import CATALOGUE, DERIVED

pytestmark = pytest.mark.faults
WRITES = 6


@pytest.fixture
def written(tmp_path: Path) -> tuple[Path, Writer]:
    """An index with some documents, its service stopped in order."""
    writer = Writer(Random(7))
    with service(tmp_path / "index") as running:
        with running.client() as client:
            for _ in range(WRITES):
                writer.write(client)
        running.stop()
    return tmp_path / "index", writer


def derived_files(index: Path) -> list[Path]:
    return sorted(path for path in (index / DERIVED).rglob("*") if path.is_file() and not path.name.startswith("."))


def flip(path: Path, random: Random) -> None:
    data = bytearray(path.read_bytes())
    data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    path.write_bytes(bytes(data))


def opens_whole(index: Path, writer: Writer) -> None:
    with service(index) as running:
        with running.client() as client:
            writer.check(client)
        assert running.findings() == []
        running.stop()


def test_a_torn_faiss_file(written: tuple[Path, Writer]) -> None:
    index, writer = written
    torn = next(path for path in derived_files(index) if path.name == "vectors.faiss")
    torn.write_bytes(torn.read_bytes()[: torn.stat().st_size // 2])
    opens_whole(index, writer)


def test_a_flipped_byte_in_each_derived_file_is_found_and_mended(written: tuple[Path, Writer]) -> None:
    index, writer = written
    names = [path.relative_to(index / DERIVED) for path in derived_files(index) if path.stat().st_size]
    assert len(names) > 8
    running = Service(index)
    for name in names:
        before = (index / DERIVED / name).read_bytes()
        flip(index / DERIVED / name, Random(str(name)))
        assert [finding.part for finding in running.findings()] == ["indexes"], name
        (index / DERIVED / name).write_bytes(before)
        assert running.findings() == []
    for name in names:
        flip(index / DERIVED / name, Random(str(name)))
    opens_whole(index, writer)


def test_a_torn_write_ahead_log_loses_only_what_was_never_whole(tmp_path: Path) -> None:
    """The log of a killed service, cut anywhere: what is whole in it counts, what is not was never there."""
    writer = Writer(Random(11))
    with service(tmp_path / "index") as running:
        with running.client() as client:
            for _ in range(WRITES):
                writer.write(client)
        running.kill()
    log = tmp_path / "index" / f"{CATALOGUE}-wal"
    whole = log.read_bytes() if log.exists() else b""
    texts = set(writer.known.values())
    for cut in (len(whole) // 3, len(whole) // 2, max(len(whole) - 1, 0)):
        log.write_bytes(whole[:cut])
        with service(tmp_path / "index") as running, running.client() as client:
            listed = client.get("/v1/documents").json()["documents"]
            assert {client.get(f"/v1/documents/{each['id']}/text").text for each in listed} <= texts
            assert running.findings() == []


def test_flipped_bytes_in_the_catalogue_never_make_a_wrong_quote(written: tuple[Path, Writer]) -> None:
    """Each is harmless, or found, or refused in so many words; what is quoted is always what was stored."""
    index, writer = written
    path = index / CATALOGUE
    whole, texts = path.read_bytes(), set(writer.known.values())
    copies = [path.with_name(f"flipped-{seed}.db") for seed in range(60)]
    for seed, copy in enumerate(copies):
        copy.write_bytes(whole)
        flip(copy, Random(seed))
    assert damaged([path], index / DERIVED) == 0
    assert damaged(copies, index / DERIVED)  # one byte in ten of so small a catalogue is in use
    quoted = 0
    for seed in range(6):
        path.write_bytes(whole)
        flip(path, Random(seed))
        quoted += quotes_are_true(index, texts)
    assert quoted  # or nothing was shown: not every flip may be answered by a refusal to open
    path.write_bytes(whole)
    assert Service(index).findings() == []


def test_flipped_bytes_in_the_keys_let_nobody_in(written: tuple[Path, Writer]) -> None:
    """Who has no key, another one or a revoked one stays out, whatever has become of the file."""
    index, _ = written
    path = index / KEYS
    with KeyStore(path) as keys:
        _, given = keys.add("reader")
        former, revoked = keys.add("former reader")
        keys.revoke(former.id)
    whole = path.read_bytes()
    for seed in range(6):
        path.write_bytes(whole)
        flip(path, Random(seed))
        for ending in ("-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        nobody_is_let_in(index, (None, revoked, given[:-1] + ("a" if given[-1] != "a" else "b")))


def nobody_is_let_in(index: Path, keys: Sequence[str | None]) -> None:
    running = Service(index)
    try:
        running.launch()
        running.wait_until_listening()
        if not running.alive:
            return
        with running.client() as client:
            for key in keys:
                headers = {} if key is None else {"Authorization": f"Bearer {key}"}
                for path in ("/v1/documents", "/v1/collections"):
                    told = client.get(path, headers=headers)
                    assert told.status_code in (401, 503), (path, told.text)
                    assert "办结" not in told.text
    finally:
        if running.alive:
            running.kill()


_VERIFY = """
import sys
from pathlib import Path
from yinju.catalogue import Catalogue
from yinju.errors import YinjuError
from yinju.verification import verify
derived, *copies = map(Path, sys.argv[1:])
for copy in copies:
    try:
        with Catalogue(copy) as catalogue:
            print(len(list(verify(catalogue, derived))))
    except YinjuError:
        print(1)
"""


def damaged(copies: Sequence[Path], derived: Path) -> int:
    """How many of these catalogues are found to be damaged, by a process that must come to its end."""
    command = [sys.executable, "-c", _VERIFY, str(derived), *map(str, copies)]
    told = subprocess.run(command, env=surroundings(), capture_output=True, text=True, timeout=300, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    findings = [int(line) for line in told.stdout.split()]
    assert len(findings) == len(copies)
    return sum(each > 0 for each in findings)


def quotes_are_true(index: Path, texts: set[str]) -> int:
    """How many quotes there were; none where the service says that it can't open the index, or can't answer."""
    running = Service(index)
    try:
        running.launch()
        running.wait_until_listening()
        time.sleep(1)
        with running.client() as client:
            if running.status() != 200:
                assert client.get("/readyz").status_code == 503
                return 0
            answer = client.post("/v1/ask", json={"question": "办结了多少件？"})
            assert answer.status_code in (200, 503), answer.text
            cited = answer.json().get("citations", ())
            assert all(any(each["quote"] in text for text in texts) for each in cited)
            return len(cited)
    finally:
        running.kill()


@pytest.mark.parametrize("scenario", ["full_disk", "read_only"])
def test_on_a_disk_of_its_own(tmp_path: Path, scenario: str) -> None:
    """In a mount namespace: root ignores mode bits, and nobody else's disk is to be filled."""
    index = tmp_path / "index"
    index.mkdir()
    inside = f"{sys.executable} -m tests.faults.disks {scenario} {index}"
    script = f"mount -t tmpfs -o size=24m none {index} && exec {inside}"
    told = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script],
        cwd=ROOT, env=surroundings(), capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    if "unshare failed" in told.stderr and os.environ.get("CI") != "true":
        pytest.skip("needs the right to make a mount namespace")
    assert told.returncode == 0, told.stdout + told.stderr


def test_a_clock_that_goes_back(tmp_path: Path) -> None:
    """Every start is a year earlier than the one before, as with an empty battery."""
    writer = Writer(Random(5))
    for years in range(3):
        with service(tmp_path / "index", FAULT_CLOCK=str(-years * 365 * 86400)) as running:
            with running.client() as client:
                writer.check(client)
                for _ in range(WRITES):
                    writer.write(client)
                writer.check(client)
                for each in client.get("/v1/documents").json()["documents"]:
                    assert each["added_at"] <= each["updated_at"]
            running.stop()
            assert running.findings() == []
