"""Files read in a process of their own: the same reading as here, and every way that process can end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from yinju import readers
from yinju.errors import Unreadable
from yinju.readers import read, read_apart, read_file
from yinju.readers.limits import LIMITS, MIB, READ_HERE, Limits
from yinju.readers.transfer import reading_of, values_of

REPORT = "# 年度报告\n\n一年来，开办青年夜校121期。\n\n## 一、学习\n\n覆盖青年6000余人次。\n"


def refused(name: str, data: bytes | Path, limits: Limits | None = None) -> Unreadable:
    with pytest.raises(Unreadable) as error:
        read_apart(name, data, limits or LIMITS)
    return error.value


def children() -> set[int]:
    listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
    return set(map(int, listed.split()))


@pytest.mark.parametrize("name", ["报告.md", "folder/报告.txt"])
def test_a_worker_reads_what_would_be_read_here(name: str, tmp_path: Path) -> None:
    expected = read(name, REPORT.encode())
    assert read_apart(name, REPORT.encode()) == expected
    path = tmp_path / "anything.bin"
    path.write_bytes(REPORT.encode())
    assert read_apart(name, path) == expected
    assert read_file(name, path) == read_file(name, REPORT.encode()) == expected


def test_a_refusal_comes_through_with_its_reason_and_sentence() -> None:
    with pytest.raises(Unreadable) as here:
        read("a.txt", b"\x89PNG\r\n\x1a\n")
    there = refused("a.txt", b"\x89PNG\r\n\x1a\n")
    assert (str(there), there.reason) == (str(here.value), "picture")


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    for name in ("a.txt", "a.pdf"):
        with pytest.raises(Unreadable, match=r"can't be read \(No such file or directory\)") as error:
            read_file(name, tmp_path / "gone")
        assert error.value.reason == "inaccessible"


def test_small_text_needs_no_worker_and_large_text_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent")
    read_file("a.txt", b"a" * READ_HERE)
    for name, data in (("a.txt", b"a" * (READ_HERE + 1)), ("a.html", b"<p>a")):
        with pytest.raises(FileNotFoundError):
            read_file(name, data)


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd.txt", "/etc/passwd.txt", "a/../../b.txt", "..\\b.txt", "a\x00.txt", "\ud800.txt", "", "x" * 300],
)
def test_names_that_lead_astray_are_refused(name: str) -> None:
    with pytest.raises(Unreadable) as error:
        read_file(name, REPORT.encode())
    assert error.value.reason == "bad-name"
    assert str(error.value).isprintable()


@pytest.mark.parametrize(
    "name",
    [
        "年度　报告（终稿） v2.txt",
        "r\u00e9sum\u00e9\u00a0.txt",
        "folder/子 夹/a..b.txt",
        "👩\u200d🏫.txt",
        "字" * 83 + ".txt",
    ],
)
def test_names_that_people_give_are_taken(name: str) -> None:
    assert read_file(name, REPORT.encode()).text == REPORT


# ------------------------------------------------------------------------------------------- how a worker can end


def stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str) -> None:
    """Have workers run `code` in place of the reading process."""
    program = tmp_path / "python"
    script = tmp_path / "program.py"
    script.write_text("import os, sys, time, signal, subprocess\n" + textwrap.dedent(code))
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}"\n')
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))


READING: dict[str, object] = {"text": "a", "title": "", "date": None, "blocks": [], "pages": []}


@pytest.mark.parametrize(
    "code, reason",
    [
        ("sys.exit(1)", "crashed"),
        ("os.abort()", "crashed"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "crashed"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "memory"),
        ("os.kill(os.getpid(), signal.SIGXCPU)", "timeout"),
        ("sys.exit(77)", "memory"),
        ("", "crashed"),
        ("print('{')", "crashed"),
        ("print('[' * 100000)", "crashed"),
        ("print('[]')", "crashed"),
        ("""print('{"reason": "made-up", "message": "x"}')""", "crashed"),
        (f"print({json.dumps({'reading': READING | {'text': 1}})!r})", "crashed"),
        (f"print({json.dumps({'reading': READING | {'blocks': [['paragraph', 0, 2, 0, False]]}})!r})", "crashed"),
        (f"print({json.dumps({'reading': READING | {'pages': [2]}})!r})", "crashed"),
        ("os.write(1, b'x' * 3000000)", "too-large"),
        ("time.sleep(60)", "timeout"),
        ("os.close(1); time.sleep(60)", "timeout"),
    ],
)
def test_every_end_of_a_worker_is_a_refusal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str, reason: str
) -> None:
    stand_in(monkeypatch, tmp_path, code)
    before = children()
    started = time.monotonic()
    error = refused("报告.pdf", b"%PDF-", Limits(seconds=1.5, output=2 * MIB))
    assert error.reason == reason
    assert str(error).startswith("报告.pdf ")
    assert str(error).endswith(".")
    assert time.monotonic() - started < 5
    assert children() == before


def test_a_worker_s_own_children_are_killed_with_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stand_in(
        monkeypatch,
        tmp_path,
        f"""
        child = subprocess.Popen(["sleep", "60"])
        open({str(tmp_path / "pid")!r}, "w").write(str(child.pid))
        time.sleep(60)
        """,
    )
    assert refused("a.pdf", b"%PDF-", Limits(seconds=1.5)).reason == "timeout"
    assert not is_running(int((tmp_path / "pid").read_text()))


def is_running(pid: int) -> bool:
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return False
        if state == "Z":
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize("ending", [".md", ".txt"])
def test_a_small_text_may_not_take_long(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ending: str) -> None:
    asked: list[float] = []
    monkeypatch.setattr(readers, "read_apart", lambda _name, _data, limits, _progress: asked.append(limits.seconds))
    large = tmp_path / f"large{ending}"
    large.write_bytes(b"")
    os.truncate(large, 50 * MIB)
    for data in (b"a" * (READ_HERE + 1), b"a" * 3 * MIB, large):
        read_file(f"a{ending}", data)
    read_file("a.pdf", b"%PDF-")
    assert asked == [30, 50, 180, 180]
    read_file(f"a{ending}", b"a" * 3 * MIB, Limits(seconds=2))
    assert asked[-1] == 2


@pytest.mark.parametrize("text", ["[" * 1_500_000, "![" * 750_000, "`a" * 400_000], ids=["links", "pictures", "code"])
def test_markdown_that_means_harm_takes_no_longer_than_other(text: str) -> None:
    started = time.process_time()
    assert read("a.md", text.encode()).text == text
    assert time.process_time() - started < 5  # by the square of its length it would be minutes


def test_memory_has_an_end() -> None:
    data = "字。\n\n".encode() * 900_000  # paragraphs that take many times the room of their text
    assert refused("a.md", data, Limits(memory=96 * MIB)).reason == "memory"


def test_processor_time_has_an_end_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stand_in(
        monkeypatch,
        tmp_path,
        """
        import resource
        from yinju.readers.process import _limit
        _limit(resource.RLIMIT_CPU, 1, 1)
        while True: pass
        """,
    )
    assert refused("a.pdf", b"%PDF-", Limits(seconds=20)).reason == "timeout"


def test_the_worker_ends_when_whoever_waits_for_it_is_killed(tmp_path: Path) -> None:
    """The parent stops its worker in the middle, so that it could never end by itself, and is then killed."""
    code = textwrap.dedent(
        """
        import os, signal, subprocess, threading
        from yinju.readers import worker
        def announce(*arguments, **options):
            process = subprocess.Popen(*arguments, **options)
            print(process.pid, flush=True)
            return process
        class stub: Popen, PIPE, DEVNULL, TimeoutExpired = announce, subprocess.PIPE, subprocess.DEVNULL, Exception
        worker.subprocess = stub
        read, write = os.pipe()
        from pathlib import Path
        threading.Thread(target=worker.read_apart, args=("a.txt", Path(f"/proc/self/fd/{read}"))).start()
        """
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    time.sleep(0.5)  # the worker now waits for a file that never ends
    assert is_running(pid)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert not is_running(pid)


def test_many_threads_read_at_once() -> None:
    before = children()
    data = REPORT.encode() * 600
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda number: read_file(f"{number}.md", data).text, range(12)))
    assert len(data) > READ_HERE
    assert found == [data.decode()] * 12
    assert children() == before


def test_a_worker_writes_no_file(tmp_path: Path) -> None:
    code = f"""
        import os, resource
        from yinju.readers import process
        process._limit(resource.RLIMIT_FSIZE, 0)
        try:
            with open({str(tmp_path / "left")!r}, "w") as file:
                file.write("x")
        except OSError as error:
            print(error.strerror, flush=True)
        os._exit(0)
    """
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False)
    assert ended.stdout == "File too large\n"
    assert (tmp_path / "left").stat().st_size == 0


def test_a_reading_survives_the_way_through_json() -> None:
    for name in ("a.md", "a.txt"):
        reading = read(name, REPORT.encode())
        assert reading_of(values_of(reading)) == reading


def test_who_waits_hears_of_it_and_can_end_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stand_in(monkeypatch, tmp_path, f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)")
    told: list[tuple[str, int, int]] = []

    def progress(*stage: object) -> None:
        told.append(stage)  # type: ignore[arg-type]
        if (tmp_path / "pid").exists():
            raise InterruptedError

    with pytest.raises(InterruptedError):
        read_apart("a.txt", REPORT.encode(), progress=progress)
    assert set(told) == {("read", 0, 0)}
    assert not Path("/proc", (tmp_path / "pid").read_text()).exists()


def test_a_documents_name_is_not_on_a_command_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stand_in(monkeypatch, tmp_path, f"open({str(tmp_path / 'seen')!r}, 'w').write(open('/proc/self/cmdline').read())")
    with pytest.raises(Unreadable):
        read_apart("secret.txt", REPORT.encode())
    assert "secret" not in (tmp_path / "seen").read_text()
