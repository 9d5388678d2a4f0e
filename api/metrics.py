"""What Prometheus reads. One registry an application, so that two in one process do not mix."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from yinju.records import Answer, JobState
from yinju.status import Status

CONTENT_TYPE = CONTENT_TYPE_LATEST
BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)  # seconds
JOB_BUCKETS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 180.0, 600.0, 1800.0)  # seconds
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
        self._queue = Gauge("yinju_queue", "Questions and uploads under way or waiting.", ["line"], registry=registry)
        self._rejected = Counter(
            "yinju_rejected", "Requests answered with a problem, by its name.", ["reason"], registry=registry
        )

    def _count_index(self, registry: CollectorRegistry) -> None:
        self._ready = Gauge("yinju_ready", "1 when questions are answered, else 0.", registry=registry)
        self._documents = Gauge("yinju_index_documents", "Documents in the index.", registry=registry)
        self._passages = Gauge("yinju_index_passages", "Passages in the index.", registry=registry)
        self._versions = Gauge("yinju_index_versions", "Versions kept of all documents.", registry=registry)
        self._generation = Gauge("yinju_index_generation", "Generation of the catalogue.", registry=registry)
        self._served = Gauge(
            "yinju_index_served_generation", "Generation of the indexes that answer.", registry=registry
        )
        self._bytes = Gauge("yinju_index_bytes", "Bytes on disk, by part.", ["part"], registry=registry)
        self._jobs = Gauge(
            "yinju_jobs", "Uploads not yet indexed, and those of the last day.", ["state"], registry=registry
        )
        self._job_seconds = Histogram(
            "yinju_job_seconds",
            "Time an upload spends in each stage.",
            ["stage"],
            buckets=JOB_BUCKETS,
            registry=registry,
        )

    def answered(self, answer: Answer) -> None:
        self._questions.labels(answer.status, answer.reason or "", answer.mode).inc()
        timing = answer.timing_ms
        for stage, milliseconds in (("encode", timing.encode), ("search", timing.search), ("total", timing.total)):
            self._stages.labels(stage).observe(milliseconds / 1000)

    def begun(self) -> None:
        """A request is being answered, until `requested`."""
        self._in_flight.inc()

    def requested(self, route: str, method: str, status: int, seconds: float, problem: str | None) -> None:
        """`problem`: the name of the problem the request was answered with, if it was."""
        method = method if method in METHODS else "other"
        self._in_flight.dec()
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route, method).observe(seconds)
        if problem is not None:
            self._rejected.labels(problem).inc()

    def worked(self, stage: str, seconds: float) -> None:
        """A job has spent so long in a stage."""
        self._job_seconds.labels(stage).observe(seconds)

    def indexed(self, status: Status | None) -> None:
        """None while the index is not open: its figures stay as they were."""
        self._ready.set(status is not None)
        if status is None:
            return
        self._documents.set(status.documents)
        self._passages.set(status.passages)
        self._versions.set(status.versions)
        self._generation.set(status.generation)
        self._served.set(status.served or 0)
        for part, size in status.bytes.items():
            self._bytes.labels(part).set(size)
        for state in get_args(JobState):  # those without a job too: a figure that is not told stays as it was
            self._jobs.labels(state).set(status.jobs.get(state, 0))

    def queued(self, depth: Mapping[str, int]) -> None:
        for line, count in depth.items():
            self._queue.labels(line).set(count)

    def exposition(self) -> bytes:
        return generate_latest(self._registry)
