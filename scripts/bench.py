"""Time a question over HTTP against encoding it alone, alternated in one run: `make bench`.

One client over loopback, every question new, nothing cached. Both are measured in one process, the server's, so that
they share whatever else the machine is doing; the ratio holds where absolute times drift.
"""

from __future__ import annotations

import http.client
import json
import re
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from urllib.parse import urlsplit

from api.app import create_app
from tests.serving import serving
from yinju.library import Library
from yinju.settings import Settings

QUESTIONS = 200
WARM_UP = 10
LENGTH = 24
"""Characters of a question; people's questions about a report are 10 to 40 long."""


def main() -> int:
    settings = Settings.load()
    started = time.perf_counter()
    with Library.open(settings) as library, serving(create_app(library, settings)) as base_url:
        library.warm_up()
        opened = time.perf_counter() - started
        questions = list(islice(questions_from(library), QUESTIONS + WARM_UP))
        if len(questions) <= WARM_UP:
            sys.exit("The index holds too little text to make questions of. Run: yinju index FOLDER")
        connection = http.client.HTTPConnection(urlsplit(base_url).netloc)
        asked, encoded = alternate(
            questions,
            lambda question: ask(connection, question),
            library.encoder.encode_query,
        )
        connection.close()
    report("ask over HTTP", asked)
    report("encode alone", encoded)
    print(f"ratio of medians    {statistics.median(asked) / statistics.median(encoded):8.2f}")
    print(f"open and warm up    {opened:8.1f} s")
    print(f"most memory         {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.0f} MiB")
    return 0


def questions_from(library: Library) -> Iterator[str]:
    """Distinct questions in the documents' own words: their sentences, long ones in several pieces."""
    seen = set()
    for summary in library.documents(limit=1000):
        for sentence in re.split(r"[。！？!?\n]+", library.document(summary.id).text):
            for start in range(0, len(sentence), LENGTH):
                question = sentence[start : start + LENGTH].strip()
                if len(question) >= LENGTH // 2 and question not in seen:
                    seen.add(question)
                    yield f"{question}？"


def alternate(
    questions: list[str], first: Callable[[str], object], second: Callable[[str], object]
) -> tuple[list[float], list[float]]:
    """Milliseconds each took for every question after the warm-up; which goes first takes turns."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn, question in enumerate(questions):
        order = (0, 1) if turn % 2 else (1, 0)
        for which in order:
            begun = time.perf_counter()
            (first, second)[which](question)
            if turn >= WARM_UP:
                times[which].append((time.perf_counter() - begun) * 1000)
    return times


def ask(connection: http.client.HTTPConnection, question: str) -> bytes:
    body = json.dumps({"question": question})
    connection.request("POST", "/v1/ask", body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    reply = response.read()
    if response.status != http.client.OK:
        sys.exit(f"/v1/ask answered {response.status}: {reply.decode()}")
    return reply


def report(name: str, times: list[float]) -> None:
    median, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    print(f"{name:<18}  {median:8.1f} ms median  {p95:8.1f} ms p95  {len(times)} questions")


if __name__ == "__main__":
    sys.exit(main())
