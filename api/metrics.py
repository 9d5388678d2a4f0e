"""What Prometheus reads. One registry an application, so that two in one process do not mix."""

from __future__ import annotations

from contextlib import AbstractContextManager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from yinju.records import Answer

CONTENT_TYPE = CONTENT_TYPE_LATEST
BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)  # seconds
METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})  # a client may invent others


class Metrics:
    """Counts what was asked and answered; holds no text of any question."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        self._count_requests(registry)
        self._count_index(registry)

    def _count_requests(self, registry: CollectorRegistry) -> None:
        self._questions = Counter(
            "yinju_questions", "Questions answered or refused.", ["status", "reason", "mode"], registry=registry
        )
        self._stages = Histogram(
            "yinju_stage_seconds", "Time a question takes, by stage.", ["stage"], buckets=BUCKETS, registry=registry
        )
        self._requests = Counter(
            "yinju_http_requests", "HTTP requests.", ["route", "method", "status"], registry=registry
        )
        self._seconds = Histogram(
            "yinju_http_request_seconds",
            "Time from a request's headers to the end of its answer.",
            ["route", "method"],
            buckets=BUCKETS,
            registry=registry,
        )
        self._in_flight = Gauge("yinju_requests_in_flight", "HTTP requests being answered.", registry=registry)
        self._rejected = Counter(
            "yinju_rejected", "Requests answered with a problem, by its name.", ["reason"], registry=registry
        )

    def _count_index(self, registry: CollectorRegistry) -> None:
        self._documents = Gauge("yinju_index_documents", "Documents in the index.", registry=registry)
        self._passages = Gauge("yinju_index_passages", "Passages in the index.", registry=registry)

    def answered(self, answer: Answer) -> None:
        self._questions.labels(answer.status, answer.reason or "", answer.mode).inc()
        timing = answer.timing_ms
        for stage, milliseconds in (("encode", timing.encode), ("search", timing.search), ("total", timing.total)):
            self._stages.labels(stage).observe(milliseconds / 1000)

    def in_flight(self) -> AbstractContextManager[object]:
        """Counts a request as being answered while it is open."""
        return self._in_flight.track_inprogress()

    def requested(self, route: str, method: str, status: int, seconds: float, problem: str | None) -> None:
        """`problem`: the name of the problem the request was answered with, if it was."""
        method = method if method in METHODS else "other"
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route, method).observe(seconds)
        if problem is not None:
            self._rejected.labels(problem).inc()

    def indexed(self, documents: int, passages: int) -> None:
        self._documents.set(documents)
        self._passages.set(passages)

    def exposition(self) -> bytes:
        return generate_latest(self._registry)
