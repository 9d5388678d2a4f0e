"""Unpack the bundle, run it where there is no network but loopback, and ask it a question.

    python3 scripts/prove_offline.py [ARCHIVE]

Needs `unshare` (util-linux) and `ip` (iproute2), and either root or unprivileged user namespaces. Only the standard
library is used: what is proved is the bundle, not this checkout's environment.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

PORT = 8765
QUESTION = "开办了多少期青年夜校？"
ANSWER = "121期"
START_LIMIT = 900.0
"""Seconds from `make run` to readiness; five minutes is usual on two cores."""

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--inside"]:
        return run_inside(Path(arguments[1]))
    archives = [Path(arguments[0])] if arguments else sorted(ROOT.glob("yinju-bundle-*.tar.gz"))
    if not archives:
        sys.exit("There is no yinju-bundle-*.tar.gz here. Make one first: make bundle")
    missing = [tool for tool in ("unshare", "ip") if shutil.which(tool) is None]
    if missing:
        sys.exit(f"{' and '.join(missing)} not found. Install util-linux and iproute2.")
    with tempfile.TemporaryDirectory(prefix="yinju-offline-") as folder:
        subprocess.run(["tar", "-xzf", str(archives[-1]), "-C", folder], check=True)
        (bundle,) = Path(folder).glob("yinju-bundle-*")
        as_user = [] if os.geteuid() == 0 else ["--map-root-user"]
        inside = [sys.executable, str(Path(__file__).resolve()), "--inside", str(bundle)]
        # Nothing of this environment goes along: no pip settings, no caches, no proxies.
        environment = {"PATH": os.environ["PATH"], "HOME": folder, "LANG": "C.UTF-8"}
        return subprocess.run(["unshare", "--net", *as_user, *inside], env=environment, check=False).returncode


def run_inside(bundle: Path) -> int:
    """Start `make run` in `bundle`, wait for it, ask, stop it. Runs with loopback alone."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    refuse_a_network()
    started = time.monotonic()
    server = subprocess.Popen(["make", "run", f"PORT={PORT}"], cwd=bundle, start_new_session=True)
    try:
        wait_until_ready(server, started)
        print(f"ready after {time.monotonic() - started:.0f} s", flush=True)
        reply = fetch("/v1/ask", {"question": QUESTION})
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)
    print(json.dumps(reply["citations"], ensure_ascii=False, indent=1))
    quotes = "".join(citation["quote"] for citation in reply["citations"])
    if ANSWER not in quotes:
        print(f"No quote holds {ANSWER}; status {reply['status']}: {reply['answer']}")
        return 1
    print(f"Proved: {bundle.name} answered {QUESTION} with no network.")
    return 0


def refuse_a_network() -> None:
    """Exit unless every route but loopback is gone."""
    routes = subprocess.run(["ip", "route"], check=True, capture_output=True, text=True).stdout
    if routes.strip() or any(name != "lo" for _, name in socket.if_nameindex()):
        sys.exit("There still is a network here, so nothing would be proved.")


def wait_until_ready(server: subprocess.Popen[bytes], started: float) -> None:
    while time.monotonic() - started < START_LIMIT:
        if server.poll() is not None:
            sys.exit(f"make run ended with {server.returncode} before it was ready.")
        try:
            fetch("/readyz")
        except (urllib.error.URLError, ConnectionError):
            time.sleep(1.0)
        else:
            return
    sys.exit(f"Not ready after {START_LIMIT:.0f} s.")


def fetch(path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT}{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        answer: dict[str, Any] = json.load(response)
        return answer


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
