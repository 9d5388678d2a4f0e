"""Record what the independent scorer prints about the set answers of `scored_library`, for a test to compare with.

    python -m tests.record_scores SCORER.py

The scorer is run as it is, as a process of its own, against a real server that gives those answers.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from api.app import create_app
from tests.scored_library import DATA, DOCUMENT, QUESTIONS, ScoredLibrary
from tests.serving import serving
from yinju.settings import Settings


def main(scorer: str) -> None:
    recorded = DATA / "scored.json"
    with serving(create_app(ScoredLibrary(), Settings.load())) as base:
        command = [sys.executable, scorer, "--miss", "--json", str(recorded), base, str(QUESTIONS), str(DOCUMENT)]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    kept = [line for line in printed.splitlines(keepends=True) if not line.startswith("latency_ms")]
    (DATA / "scored.txt").write_text("".join(kept), "utf-8")
    found = json.loads(recorded.read_text("utf-8"))
    del found["summary"]["latency_ms"]
    recorded.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(str(Path(sys.argv[1])))
