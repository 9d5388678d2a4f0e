from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from api.kinds import KINDS
from tests.fake_library import LATER, WHEN, FakeLibrary
from tests.integration.test_api_problems import problem_of
from yinju.records import JobError

NOW = {"Prefer": "respond-async"}


@pytest.fixture
def job_id(client: httpx.Client, fake: FakeLibrary) -> str:
    """A job that was begun and goes no further by itself."""
    body = {"name": "报告.txt", "text": "扫描件", "collection": "督查"}
    accepted = client.post("/v1/documents", json=body, headers=NOW)
    found: str = accepted.json()["job"]["id"]
    return found


def test_a_job_under_way_says_how_far_it_is(client: httpx.Client, fake: FakeLibrary, job_id: str) -> None:
    fake.jobs[job_id] = replace(fake.jobs[job_id], state="running", stage="encode", done=3, total=10)
    response = client.get(f"/v1/jobs/{job_id}")
    assert response.json() == {
        "id": job_id,
        "kind": "add",
        "state": "running",
        "progress": {"stage": "encode", "done": 3, "total": 10},
        "name": "报告.txt",
        "collection": "督查",
        "document_id": None,
        "version": None,
        "created": False,
        "error": None,
        "created_at": WHEN,
        "updated_at": WHEN,
    }
    assert int(response.headers["retry-after"]) > 0


def test_a_job_that_failed_holds_the_problem_an_upload_would_be_answered_with(
    client: httpx.Client, fake: FakeLibrary, job_id: str
) -> None:
    fake.finish(job_id)
    response = client.get(f"/v1/jobs/{job_id}")
    assert (response.status_code, response.json()["state"]) == (200, "failed")
    assert "retry-after" not in response.headers
    at_once = problem_of(client.post("/v1/documents", json={"name": "报告.txt", "text": "扫描件"}), 422, "scan")
    error = response.json()["error"]
    assert error["instance"] == f"/v1/jobs/{job_id}"
    for name in ("type", "title", "status", "detail"):
        assert error[name] == at_once[name]


def test_a_failure_of_the_service_itself_is_told_as_one(client: httpx.Client, fake: FakeLibrary, job_id: str) -> None:
    fake.jobs[job_id] = replace(fake.jobs[job_id], state="failed", error=JobError("no such slug", "It broke. Retry."))
    error = client.get(f"/v1/jobs/{job_id}").json()["error"]
    assert (error["type"], error["status"], error["detail"]) == ("/problems/internal", 500, "It broke. Retry.")


def test_a_job_that_is_done_names_the_document(client: httpx.Client, fake: FakeLibrary) -> None:
    job = client.put("/v1/documents/a-1", json={"text": "新。"}, headers=NOW).json()["job"]
    assert (job["kind"], job["document_id"], job["version"]) == ("replace", "a-1", None)
    fake.finish(job["id"])
    found = client.get(f"/v1/jobs/{job['id']}").json()
    assert (found["state"], found["document_id"], found["version"], found["created"]) == ("done", "a-1", 2, True)
    assert found["updated_at"] == LATER


@pytest.mark.parametrize("job_id", ["none", "%00", "a" * 1000])
def test_an_unknown_job_is_404(client: httpx.Client, job_id: str) -> None:
    problem_of(client.get(f"/v1/jobs/{job_id}"), 404, "unknown-job")


def test_every_way_of_being_refused_has_its_own_explanation(client: httpx.Client) -> None:
    meanings = {kind.meaning for kind in KINDS.values()}
    assert len(meanings) == len(KINDS)
