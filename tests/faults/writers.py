"""Someone who adds, replaces and deletes documents, and remembers what the service acknowledged."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from threading import Event

import httpx

DELETED = "deleted"
FAR_MORE_THAN_ALL = 50


@dataclass
class Writer:
    """One request after the other, until the service is gone.

    known: by document id, the text it must have, or DELETED. doubtful: (id or None for a new one, text or DELETED) of
    the request that was under way when the service went: it may have been done, wholly, or not. deleted_texts: the last
    ones of what was deleted.
    """

    random: Random
    known: dict[str, str] = field(default_factory=dict)
    doubtful: tuple[str | None, str] | None = None
    sent: int = 0
    deleted_texts: set[str] = field(default_factory=set)

    def write_until_gone(self, base: str, stop: Event | None = None) -> None:
        with httpx.Client(base_url=base, trust_env=False, timeout=60) as client:
            try:
                while stop is None or not stop.is_set():
                    self.write(client)
            except httpx.TransportError:
                return

    def write(self, client: httpx.Client) -> None:
        alive = sorted(known for known, text in self.known.items() if text != DELETED)
        draw = self.random.random()
        if len(alive) < 3 or (draw < 0.3 and len(alive) < 12):
            self._store(client, None)
        elif draw < 0.7:
            self._store(client, self.random.choice(alive))
        else:
            self._delete(client, self.random.choice(alive))

    def _store(self, client: httpx.Client, document_id: str | None) -> None:
        self.sent += 1
        pages = self.random.randint(1, 4)
        text = "\n\n".join(
            f"第{self.sent}次记载，第{page}件事项办结{self.sent * 7 + page}件。" for page in range(pages)
        )
        self.doubtful = (document_id, text)
        if document_id is None:
            found = client.post("/v1/documents", json={"name": f"文件{self.sent}.txt", "text": text})
        else:
            found = client.put(f"/v1/documents/{document_id}", json={"text": text})
        if found.status_code in (429, 503):
            assert "Retry-After" in found.headers
            self.doubtful = None
            return
        assert found.status_code in (200, 201), found.text
        self.known[found.json()["id"]] = text
        self.doubtful = None

    def _delete(self, client: httpx.Client, document_id: str) -> None:
        self.doubtful = (document_id, DELETED)
        found = client.delete(f"/v1/documents/{document_id}")
        if found.status_code in (429, 503):
            assert "Retry-After" in found.headers
            self.doubtful = None
            return
        assert found.status_code == 200, found.text
        assert found.json()["versions"] >= 1
        self._deleted(document_id)
        self.doubtful = None

    def _deleted(self, document_id: str) -> None:
        self.deleted_texts.add(self.known[document_id])
        self.known[document_id] = DELETED

    def check(self, client: httpx.Client) -> None:
        """Everything acknowledged is there, nothing else is half there, and questions find just that."""
        listed = client.get("/v1/documents", params={"limit": 200}).json()["documents"]
        texts = {each["id"]: client.get(f"/v1/documents/{each['id']}/text").text for each in listed}
        self._settle(texts)
        alive = {known: text for known, text in self.known.items() if text != DELETED}
        assert texts == alive
        for gone in (known for known, text in self.known.items() if text == DELETED):
            assert client.get(f"/v1/documents/{gone}/text").status_code == 410
        found = client.post("/v1/search", json={"question": "记载事项办结", "top_k": FAR_MORE_THAN_ALL}).json()
        shown = {(each["document_id"], each["text"]) for each in found["passages"]}
        assert {document_id for document_id, _ in shown} == set(alive)
        assert all(passage in alive[document_id] for document_id, passage in shown)

    def _settle(self, texts: dict[str, str]) -> None:
        """What became of the request that was never answered: the old state or the new, and nothing between."""
        if self.doubtful is None:
            return
        document_id, text = self.doubtful
        self.doubtful = None
        if document_id is None:
            new = set(texts) - set(self.known)
            assert len(new) <= 1
            self.known |= dict.fromkeys(new, text)
        elif text == DELETED:
            if document_id not in texts:
                self._deleted(document_id)
        elif texts.get(document_id) == text:
            self.known[document_id] = text
