"""The command line as its users start it: a process of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import httpx

from tests.fake_library import FakeLibrary
from yinju import wire

WRONG_OR_LIGHT = {
    "--help": 0,
    "--version": 0,
    "": 2,
    "ask --help": 0,
    "index --help": 0,
    "search --help": 0,
    "documents --help": 0,
    "serve --help": 0,
    "model --help": 0,
    "eval --help": 0,
    "eval answers --help": 0,
    "documents": 0,
    "nonsense": 2,
    "ask": 2,
    "ask question --bad": 2,
    "ask question --top-k 0": 2,
    "ask question --history nowhere.json": 2,
    "index nowhere": 2,
    "index": 2,
    "eval answers nowhere.jsonl": 2,
    "serve --port 65536": 2,
}
EVERY = ["ask question", "search question", "index", "documents", "serve", "model"]
HEAVY = ["faiss", "onnxruntime", "sentence_transformers", "torch", "transformers"]
# One process for all: starting Python many times would take longer than everything else here.
WATCHED = """
import json, sys
from typer.testing import CliRunner
from yinju.cli import app
commands, heavy = map(json.loads, sys.argv[1:])
results = {command: CliRunner().invoke(app, command.split()) for command in commands}
said = {command: (result.exit_code, result.output) for command, result in results.items()}
json.dump({"said": said, "loaded": [name for name in heavy if name in sys.modules]}, sys.stdout)
"""


def environment(**settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("YINJU_", "LC_", "LANG"))}
    return {**kept, "LC_ALL": "C.UTF-8", **settings}


def watched(place: Path, commands: Iterable[str], **settings: str) -> dict[str, tuple[int, str]]:
    """What each command ended with and said; fails when any of them loaded a heavy module."""
    command = [sys.executable, "-c", WATCHED, json.dumps(list(commands)), json.dumps(HEAVY)]
    printed = subprocess.run(command, cwd=place, env=environment(**settings), capture_output=True, check=True).stdout
    found = json.loads(printed)
    assert found["loaded"] == []
    said: dict[str, tuple[int, str]] = found["said"]
    return said


def test_help_and_errors_of_use_load_no_model(tmp_path: Path) -> None:
    said = watched(tmp_path, WRONG_OR_LIGHT)
    assert {command: status for command, (status, _) in said.items()} == WRONG_OR_LIGHT
    assert all(output for _, output in said.values())
    assert list(tmp_path.iterdir()) == []


def test_a_setting_that_does_not_exist_is_named_before_a_model_is_loaded(tmp_path: Path) -> None:
    for status, output in watched(tmp_path, EVERY, YINJU_NONSENSE="1").values():
        assert status == 2
        assert "YINJU_NONSENSE" in output
    assert list(tmp_path.iterdir()) == []


def test_text_the_terminal_cannot_write_is_replaced(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "yinju.cli", "documents", "--help"]
    settings = environment(LC_ALL="zh_CN.UTF-8", PYTHONIOENCODING="latin-1")
    result = subprocess.run(command, cwd=tmp_path, env=settings, capture_output=True, check=False)
    assert (result.returncode, result.stderr) == (0, b"")
    assert b"--json" in result.stdout


def test_json_is_what_the_service_answers(client: httpx.Client, fake: FakeLibrary) -> None:
    base = str(client.base_url).rstrip("/")
    for question in ("夜校几期？", "天气？"):
        sent = client.post("/v1/ask", json={"question": question}).json()
        assert sent == wire.answer(fake.ask(question), base)


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_serve_finds_the_application_from_any_folder(tmp_path: Path) -> None:
    nowhere = tmp_path / "model"
    nowhere.mkdir()  # no model is in it, so that none is built for this test
    base = f"http://127.0.0.1:{unused_port()}"
    settings = environment(YINJU_MODEL=str(nowhere), PORT=base.rpartition(":")[2])
    command = [sys.executable, "-m", "yinju.cli", "serve"]
    server = subprocess.Popen(command, cwd=tmp_path, env=settings, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        assert f"There is no index in {tmp_path / 'index'}" in server.stderr.readline()
        assert server.stderr.readline() == f"Yinju is at {base}\n"
        assert any(f"running on {base}" in line for line in server.stderr)
        assert httpx.get(f"{base}/healthz", trust_env=False).json() == {"status": "alive"}
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=30)
