"""What those who run the service are told, against what the service is."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from starlette.types import Message, Receive, Scope, Send
from typer.main import get_command

from api.kinds import KINDS
from api.logs import JsonLines
from api.metrics import Metrics
from api.request_log import RecordRequests
from yinju.cli import app, server
from yinju.cli.options import DEFAULT_HOST, DEFAULT_PORT
from yinju.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[2]
PAGES = ["docs/operations.md", "docs/operations.zh-CN.md"]
DEPLOYED = ["Dockerfile", "compose.yaml", "deploy/yinju.service", "deploy/yinju.env", "deploy/nginx.conf"]
KNOWN = {PREFIX + name.upper() for name in Settings.model_fields}


def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def blocks(page: str) -> list[str]:
    return re.findall(r"^```\w*\n(.*?)^```", text_of(page), re.DOTALL | re.MULTILINE)


def code_of(page: str) -> str:
    """Spans and blocks of code, a line each, without the comments of shells."""
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text_of(page), flags=re.DOTALL | re.MULTILINE))
    return "\n".join(re.sub(r"\s+#.*", "", line) for line in [*"\n".join(blocks(page)).splitlines(), *spans])


def rows(page: str) -> list[list[str]]:
    """Every table row of a page, as its cells."""
    return [re.split(r" \| ", line.strip("| ")) for line in text_of(page).splitlines() if line.startswith("| ")]


# ------------------------------------------------------------------------------------------------- the pages


@pytest.mark.parametrize("page", PAGES)
def test_every_setting_has_its_row_and_default(page: str) -> None:
    documented = {cells[0].strip("`"): cells[1].strip("`") for cells in rows(page) if cells[0].startswith(f"`{PREFIX}")}
    assert set(documented) - {"YINJU_HOME"} == KNOWN - {"YINJU_HOME"}  # which has a row elsewhere, too
    for name, field in Settings.model_fields.items():
        if name == "home":
            assert f"| `YINJU_HOME` | `{field.default}` |" in text_of(page)
        elif field.default is not None:
            default = str(field.default)
            assert documented[PREFIX + name.upper()] == (
                default.lower() if isinstance(field.default, bool) else default
            )
    assert f"| `{DEFAULT_HOST}`" in text_of(page)
    assert f"`{DEFAULT_PORT}` |" in text_of(page)


@pytest.mark.parametrize("name", [*PAGES, *DEPLOYED])
def test_no_setting_is_named_that_does_not_exist(name: str) -> None:
    assert set(re.findall(rf"\b{PREFIX}[A-Z_]*[A-Z]", text_of(name))) <= KNOWN


def commands() -> Iterator[tuple[str, list[str]]]:
    """Where a command of ours is told, and its words."""
    for page in PAGES:
        for line in code_of(page).splitlines():
            told = re.match(r"(?:docker compose .* yinju |\w+=\S+ )?yinju ([a-z].*)", line)
            if told is not None:
                yield page, re.split(r"[\s\"]+", told[1])
    for name in DEPLOYED:
        for words in re.findall(r"(?:bin/|exec |\"| yinju )yinju ([a-z][^\"|;\n]*)", text_of(name)):
            yield name, words.split()


def test_every_command_told_exists_with_its_options() -> None:
    told = list(commands())
    for page in PAGES:
        names = {words[0] for place, words in told if place == page}
        assert {"add", "audit", "backup", "index", "keys", "model", "reindex", "remove", "restore", "verify"} <= names
    assert {"index", "keys", "model", "serve"} <= {words[0] for place, words in told if place not in PAGES}
    for page, words in told:
        command: Any = get_command(app)
        rest = list(words)
        while rest and (known := getattr(command, "commands", None)) is not None:  # a group of commands
            assert rest[0] in known, (page, words)
            command = known[rest.pop(0)]
        options = {name for parameter in command.params for name in [*parameter.opts, *parameter.secondary_opts]}
        assert {word for word in rest if word.startswith("-")} <= options, (page, words)


@pytest.mark.parametrize("page", PAGES)
def test_make_knows_what_it_is_told_to_make(page: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    mentioned = set(re.findall(r"\bmake (?:--directory \S+ )?([a-z-]+)", code_of(page)))
    assert mentioned
    assert mentioned <= targets


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files_and_headings_there_are(page: str) -> None:
    text = text_of(page)
    headings = {
        re.sub(r"[^\w\s-]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    }
    targets = re.findall(r"\]\(([^)]+)\)", text)
    assert targets
    for target in targets:
        if target.startswith("#"):
            assert target[1:] in headings
        else:
            assert (ROOT / "docs" / target).exists(), target


def test_both_languages_tell_the_same() -> None:
    first, second = (
        {
            "headings": re.findall(r"^#+ ", text_of(page), re.MULTILINE),
            "rows": len(rows(page)),
            "code": [re.sub(r"\s*#.*|\"[^\"]*\"", "", block) for block in blocks(page)],
            "names": sorted(set(re.findall(r"\b(?:YINJU|yinju)_[A-Za-z_]+|/[a-z][\w/{}.-]+|--[a-z-]+", code_of(page)))),
        }
        for page in PAGES
    )
    assert first == second


@pytest.mark.parametrize("page", PAGES)
def test_the_metrics_told_are_the_metrics_there_are(page: str) -> None:
    told = {}
    for name, labels in re.findall(r"`(yinju_[a-z_]+)(?:\{([a-z,]+)\})?`", "\n".join(cells[0] for cells in rows(page))):
        told[name.removesuffix("_total")] = set(labels.split(",")) - {""}
    registered: dict[Any, list[str]] = dict(Metrics()._registry._collector_to_names)
    ours = [collector for collector, names in registered.items() if any(name.startswith("yinju_") for name in names)]
    assert told == {family.name: set(each._labelnames) for each in ours for family in each.describe()}


@pytest.mark.parametrize("page", PAGES)
def test_metrics_and_problems_in_alerts_exist(page: str) -> None:
    series = {name for names in Metrics()._registry._collector_to_names.values() for name in names}
    rules = next(block for block in blocks(page) if block.startswith("- alert"))
    used = set(re.findall(r"\byinju_[a-z_]+", rules))
    assert used
    assert used <= series
    reasons = {reason for found in re.findall(r'reason=~?"([^"]+)"', rules) for reason in found.split("|")}
    listed = next(cells[1] for cells in rows(page) if "yinju_rejected_total" in cells[0])
    named = set(re.findall(r"\*\*[（(]`([a-z-]+)`[)）]", text_of(page)))
    for reason in reasons | named | set(re.findall(r"`([a-z-]+)`", listed)):
        assert reason in KINDS


@pytest.mark.parametrize("page", PAGES)
def test_the_line_of_the_log_is_what_is_logged(
    page: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        class Known:
            key_id = "5b1f0c9a7e22"

        scope["state"]["access"] = Known
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x" * 5210})

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        pass

    example = next(json.loads(block) for block in blocks(page) if block.startswith("{"))
    headers = [(b"x-request-id", example["request_id"].encode())]
    scope = {"type": "http", "method": "POST", "headers": headers, "client": ("10.0.0.7", 1), "root_path": "/v1/ask"}
    caplog.set_level(logging.INFO, "yinju.request")
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(JsonLines())
    monkeypatch.setattr(logging.getLogger("yinju.request"), "handlers", [handler])
    asyncio.run(RecordRequests(answer, Metrics())(scope, receive, send))
    logged = json.loads(handler.stream.getvalue())
    assert list(logged) == list(example)
    changing = {"time", "duration_ms"}
    assert {k: v for k, v in logged.items() if k not in changing} == {
        k: v for k, v in example.items() if k not in changing
    }


@pytest.mark.parametrize("page", PAGES)
def test_the_seconds_of_stopping_are_those_of_the_server(page: str) -> None:
    stopping = re.search(r"^## (?:Stopping|停止)\n(.*?)^## ", text_of(page), re.DOTALL | re.MULTILINE)
    assert stopping is not None
    assert [int(number) for number in re.findall(r"(\d+) ?(?:seconds|秒)", stopping[1])] == [
        server.REQUESTS_SECONDS,
        server.STOP_SECONDS,
    ]


# --------------------------------------------------------------------------------------------------- compose


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text_of("compose.yaml"))
    return found


def test_the_compose_file_gives_little_and_publishes_to_this_machine_alone() -> None:
    service = compose()["services"]["yinju"]
    assert all(str(port).startswith("127.0.0.1:") for port in service["ports"])
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert int(service["stop_grace_period"].removesuffix("s")) > server.STOP_SECONDS
    assert "user" not in service  # the image's, which is not root
    assert re.search(r"^USER (\d+)$", text_of("Dockerfile"), re.MULTILINE)[1] != "0"  # type: ignore[index]


def test_the_compose_file_and_the_image_agree() -> None:
    service, dockerfile = compose()["services"]["yinju"], text_of("Dockerfile")
    mounted = {volume.split(":")[1]: volume for volume in service["volumes"]}
    declared = re.search(r"^VOLUME (\[.*\])$", dockerfile, re.MULTILINE)
    assert declared is not None
    assert set(mounted) == set(json.loads(declared[1]))
    assert mounted["/yinju/seeds"].endswith(":ro")
    assert set(service["build"]["args"]) <= set(re.findall(r"^ARG (\w+)", dockerfile, re.MULTILINE))
    environment = service["environment"]
    assert environment["YINJU_HOME"] in dockerfile
    assert {environment["YINJU_SEEDS"], environment["YINJU_INDEX"]} == set(mounted)
    assert environment["HOST"] == "0.0.0.0"
    assert set(environment) - {"HOST", "PORT"} <= KNOWN


def test_what_the_image_is_asked_for_its_health_is_open_to_all() -> None:
    health = re.search(r"^HEALTHCHECK [^\n]*\n +CMD (\[.*\])$", text_of("Dockerfile"), re.MULTILINE)
    assert health is not None
    _, _, script = json.loads(health[1])
    compile(script, "HEALTHCHECK", "exec")
    assert "/readyz" in script  # tests/integration/test_api_operations.py asks it with no key and a strange host


# ------------------------------------------------------------------------------------------- systemd and nginx


def test_the_environment_file_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [line.lstrip("#") for line in text_of("deploy/yinju.env").splitlines() if re.match(r"#?[A-Z_]+=", line)]
    assert len(lines) > 5
    for line in lines:
        name, _, value = line.partition("=")
        monkeypatch.setenv(name, value)
    settings = Settings.load()
    assert settings.log_format == "json"
    assert settings.index.is_relative_to("/var/lib/yinju")  # the unit's StateDirectory, the one place it may write to


def unit(tmp_path: Path) -> Path:
    """The unit as it would be where it is installed: `verify` looks for the programs it starts."""
    text = text_of("deploy/yinju.service").replace("/srv/yinju/.venv/bin/yinju", sys.executable)
    (tmp_path / "yinju.service").write_text(text, "utf-8")
    return tmp_path / "yinju.service"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_accepts_the_unit_and_finds_it_closed(tmp_path: Path) -> None:
    command = ["systemd-analyze", "verify", "--man=no", str(unit(tmp_path))]
    verified = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (verified.returncode, verified.stderr) == (0, "")
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", str(unit(tmp_path))]
    judged = subprocess.run(command, capture_output=True, text=True, check=False)
    assert judged.returncode == 0, judged.stdout


def test_the_unit_waits_longer_than_the_service_takes() -> None:
    waits = re.search(r"^TimeoutStopSec=(\d+)$", text_of("deploy/yinju.service"), re.MULTILINE)
    assert waits is not None
    assert int(waits[1]) > server.STOP_SECONDS


def test_the_proxy_lets_through_what_the_service_takes() -> None:
    nginx = text_of("deploy/nginx.conf")
    size = re.search(r"client_max_body_size (\d+)m;", nginx)
    seconds = re.search(r"proxy_read_timeout (\d+)s;", nginx)
    assert size is not None
    assert seconds is not None
    settings = Settings.load()
    assert int(size[1]) * 1024 * 1024 > settings.max_upload
    assert float(seconds[1]) > settings.request_timeout
    assert f"proxy_pass http://{DEFAULT_HOST}:{DEFAULT_PORT};" in nginx
    assert all(f"proxy_set_header {name} " in nginx for name in ("Host", "X-Forwarded-For", "X-Forwarded-Proto"))
