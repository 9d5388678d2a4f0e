"""The bodies that documents come in."""

from __future__ import annotations

import json
import socket
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from pydantic import TypeAdapter, ValidationError

from api.app import create_app
from api.middleware import FRAMING
from api.names import FileName
from tests.fake_library import FakeLibrary
from tests.integration.conftest import Serve
from tests.integration.test_api_problems import problem_of
from yinju.errors import StorageFull
from yinju.settings import Settings

TEXT = "全年开办青年夜校12期。\n"
MOST = 2 * 1024 * 1024  # bytes a document may have on the `small` server
DESCRIPTORS = Path("/proc/self/fd")
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def small(serve: Serve, fake: FakeLibrary, tmp_path: Path) -> Iterator[httpx.Client]:
    """A server that takes documents of 2 MiB at most."""
    base = serve(create_app(fake, Settings.load(max_upload=MOST, index=tmp_path)))
    with httpx.Client(base_url=base, trust_env=False) as client:
        yield client


def form(boundary: str, *parts: tuple[str, bytes]) -> tuple[bytes, dict[str, str]]:
    """A form as written by hand: (header lines, content) for each part."""
    body = b"".join(f"--{boundary}\r\n{head}\r\n\r\n".encode() + content + b"\r\n" for head, content in parts)
    kind = f'multipart/form-data; boundary="{boundary}"'
    return body + f"--{boundary}--\r\n".encode(), {"Content-Type": kind}


def test_a_file_is_stored_as_its_bytes_are(client: httpx.Client, fake: FakeLibrary) -> None:
    response = client.post("/v1/documents", files={"file": ("年度 总结.txt", TEXT.encode())})
    assert response.status_code == 201
    document = response.json()
    assert (document["id"], document["name"], document["collection"]) == ("年度-总结", "年度 总结.txt", "default")
    assert fake.found["年度-总结"].text == TEXT


def test_a_text_is_stored_as_it_is_written(client: httpx.Client, fake: FakeLibrary) -> None:
    text = "﻿年报\r\n\U0001f393\u2028结束"
    assert client.post("/v1/documents", json={"name": "年报.md", "text": text}).status_code == 201
    assert fake.found["年报"].text == text


@pytest.mark.parametrize(
    "name, kept",
    [
        ("会议纪要", "会议纪要.txt"),
        ("a.MD", "a.MD"),
        ("a.html", "a.html"),
        ("v1.2", "v1.2.txt"),
        ("a.pdf", "a.pdf.txt"),
    ],
)
def test_a_text_is_a_text_whatever_it_is_called(client: httpx.Client, fake: FakeLibrary, name: str, kept: str) -> None:
    document = client.post("/v1/documents", json={"name": name, "text": TEXT}).json()
    assert document["name"] == kept
    path = f"/v1/documents/{document['id']}"
    client.put(path, files={"file": ("a.docx", b"1")}).raise_for_status()
    assert client.put(path, json={"text": "2"}).json()["name"] == "a.docx.txt"


@pytest.mark.parametrize("first", ["file", "collection"])
def test_the_fields_of_a_form_come_in_any_order(client: httpx.Client, fake: FakeLibrary, first: str) -> None:
    parts = [
        ('Content-Disposition: form-data; name="file"; filename="a.txt"', TEXT.encode()),
        ('Content-Disposition: form-data; name="collection"', "督查".encode()),
    ]
    body, headers = form("x", *(parts if first == "file" else reversed(parts)))
    assert client.post("/v1/documents", content=body, headers=headers).status_code == 201
    assert (fake.found["a"].text, fake.found["a"].collection) == (TEXT, "督查")


@pytest.mark.parametrize(
    "sent, kept",
    [
        ("报告.txt", "报告.txt"),
        ("C:\\Users\\张三\\报告.txt", "报告.txt"),
        ("../../etc/报告.txt", "报告.txt"),
        ("/tmp/报告.txt", "报告.txt"),
        ("e\u0301.txt", "\u00e9.txt"),
        ('👨\u200d👩\u200d👧 100% "a".txt', '👨\u200d👩\u200d👧 100% "a".txt'),
        ("❤\ufe0f\u200d🔥.txt", "❤\ufe0f\u200d🔥.txt"),
        ("می\u200cخواهم.txt", "می\u200cخواهم.txt"),
        ("क्\u200dष.txt", "क्\u200dष.txt"),
        ("a" * 251 + ".txt", "a" * 251 + ".txt"),
    ],
)
def test_a_file_keeps_its_name_without_the_path(client: httpx.Client, fake: FakeLibrary, sent: str, kept: str) -> None:
    quoted = sent.replace("\\", "\\\\").replace('"', '\\"')
    body, headers = form("x", (f'Content-Disposition: form-data; name="file"; filename="{quoted}"', TEXT.encode()))
    response = client.post("/v1/documents", content=body, headers=headers)
    assert (response.status_code, response.json().get("name")) == (201, kept), response.text


BAD_NAMES = [
    *("", ".", "..", " ", "a\tb.txt", "a\x7f.txt", "a\u202etxt.exe", "a\u2066.txt", "a\u2028.txt", "a" * 256),
    *("a\u200f.txt", "a\u061c.txt", "年\u200b报.txt", "a\ufeffb.txt", "a\U000e0061b.txt", "a\xadb.txt", "\u2060"),
    *("\u200da.txt", "a\u200d.txt", "a\u200d\u200db.txt", "a.txt\u200c", "1\u200c2.txt", "a\u200d b.txt", "\u200c"),
]


def test_no_character_that_cannot_be_seen_is_part_of_a_name() -> None:
    unseen = [c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(c) == "Cf"]
    assert len(unseen) > 150
    names = TypeAdapter(FileName)
    for character in unseen:
        with pytest.raises(ValidationError):
            names.validate_python(f"1{character}2.txt")


@pytest.mark.parametrize("name", [*BAD_NAMES, "a/", "..\\"])
def test_a_name_that_is_none_is_refused(client: httpx.Client, fake: FakeLibrary, name: str) -> None:
    quoted = name.replace("\\", "\\\\")
    body, headers = form("x", (f'Content-Disposition: form-data; name="file"; filename="{quoted}"', TEXT.encode()))
    response = client.post("/v1/documents", content=body, headers=headers)
    if name == "a/":
        assert response.json()["name"] == "a"
        return
    assert problem_of(response, 422, "invalid-request")["errors"][0]["pointer"] == "#/file"
    assert not fake.jobs


@pytest.mark.parametrize("name", [*BAD_NAMES, "a/b.txt", "a\\b.txt", "a\u0000b", None, 1])
def test_a_name_in_json_is_held_to_the_same(client: httpx.Client, fake: FakeLibrary, name: Any) -> None:
    found = problem_of(client.post("/v1/documents", json={"name": name, "text": TEXT}), 422, "invalid-request")
    assert [error["pointer"] for error in found["errors"]] == ["#/name"]
    assert "should" not in found["errors"][0]["detail"]
    assert not fake.jobs


@pytest.mark.parametrize(
    "body, pointer",
    [
        ({"text": TEXT}, "#/name"),
        ({"name": "a.txt"}, "#/text"),
        ({"name": "a.txt", "text": ""}, "#/text"),
        ({"name": "a.txt", "text": " \n\u3000"}, "#/text"),
        ({"name": "a.txt", "text": 5}, "#/text"),
        ({"name": "a.txt", "text": TEXT, "title": "a"}, "#/title"),
        ({"name": "a.txt", "text": TEXT, "collection": None}, "#/collection"),
        ({"name": "a.txt", "text": TEXT, "collection": ["a"]}, "#/collection"),
        ([], "#"),
    ],
)
def test_a_field_that_cannot_be_used_is_pointed_at(client: httpx.Client, body: Any, pointer: str) -> None:
    found = problem_of(client.post("/v1/documents", json=body), 422, "invalid-request")
    assert [error["pointer"] for error in found["errors"]] == [pointer]
    assert "should" not in found["errors"][0]["detail"]  # as pydantic words it


@pytest.mark.parametrize("name", ["a" * 65, "", "a b", "-a", "a.", "a/b", "甲\u200b", "*", "a\n"])
def test_what_is_no_name_of_a_collection_is_refused(client: httpx.Client, fake: FakeLibrary, name: str) -> None:
    for body in ({"data": {"collection": name}, "files": {"file": ("a.txt", b"a")}},
                 {"json": {"name": "a.txt", "text": "a", "collection": name}}):  # fmt: skip
        found = problem_of(client.post("/v1/documents", **body), 422, "invalid-request")
        assert [error["pointer"] for error in found["errors"]] == ["#/collection"]
    assert not fake.jobs


@pytest.mark.parametrize("name", ["a", "督查室", "2025-年度_1.2", "हिन्दी", "a" * 64])
def test_collections_are_named_in_any_script(client: httpx.Client, fake: FakeLibrary, name: str) -> None:
    response = client.post("/v1/documents", json={"name": "a.txt", "text": TEXT, "collection": name})
    assert response.json()["collection"] == name


def test_collections_are_the_same_however_their_letters_are_composed(client: httpx.Client) -> None:
    response = client.post("/v1/documents", json={"name": "a.txt", "text": TEXT, "collection": "e\u0301te"})
    assert response.json()["collection"] == "\u00e9te"


PART = 'Content-Disposition: form-data; name="file"; filename="a.txt"'


@pytest.mark.parametrize(
    "parts, status, pointer",
    [
        ([], 422, "#/file"),
        ([(PART, b"a"), (PART, b"b")], 400, None),
        ([('Content-Disposition: form-data; name="file"', b"a")], 422, "#/file"),
        ([('Content-Disposition: form-data; name="datei"; filename="a.txt"', b"a")], 422, "#/datei"),
        ([('Content-Disposition: form-data; name="collection"; filename="a.txt"', b"a")], 422, "#/collection"),
        ([(PART, b"a"), ('Content-Disposition: form-data; name="title"', b"a")], 422, "#/title"),
        ([(PART, b"a")] + [('Content-Disposition: form-data; name="collection"', b"a")] * 2, 400, None),
        ([(PART, b"a"), ('Content-Disposition: form-data; name="collection"', b"a" * 5000)], 400, None),
        ([("Content-Type: text/plain", b"a")], 400, None),
        ([('Content-Disposition: form-data; name="file"; filename="a.txt"\r\nX: ' + "a" * 100_000, b"a")], 400, None),
    ],
)
def test_a_form_holds_one_file(
    client: httpx.Client, fake: FakeLibrary, parts: list[tuple[str, bytes]], status: int, pointer: str | None
) -> None:
    body, headers = form("x", *parts)
    found = problem_of(
        client.post("/v1/documents", content=body, headers=headers),
        status,
        "broken-form" if status == 400 else "invalid-request",
    )
    if pointer is not None:
        assert pointer in [error["pointer"] for error in found["errors"]]
    assert not fake.jobs


WHOLE = form("x", (PART, b"a" * 20))[0]


@pytest.mark.parametrize("length", range(len(WHOLE)))
def test_a_form_that_breaks_off_is_never_taken(client: httpx.Client, fake: FakeLibrary, length: int) -> None:
    """All but the line end after the last boundary, which is no part of it (RFC 2046, 5.1.1)."""
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    response = client.post("/v1/documents", content=WHOLE[:length], headers=headers)
    if length >= len(WHOLE) - 2:
        assert response.status_code in (200, 201)
        return
    assert "breaks off" in problem_of(response, 400, "broken-form")["detail"]
    assert not fake.jobs


@pytest.mark.parametrize("body", [b"nonsense", b"\x00" * 1000, b"--y" + WHOLE[3:]])
def test_what_is_no_form_is_refused(client: httpx.Client, fake: FakeLibrary, body: bytes) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    response = client.post("/v1/documents", content=body, headers=headers)
    assert "can't be read" in problem_of(response, 400, "broken-form")["detail"]
    assert not fake.jobs


@pytest.mark.parametrize("declared", ["", "; charset=gb18030", "; charset=nonsense"])
@pytest.mark.parametrize(
    "field, name, pointer",
    [
        (b"file", "年报.txt".encode("gb18030"), "#/file"),
        (b"file", b"caf\xe9.txt", "#/file"),
        (b"file", b"\xed\xa0\xbc.txt", "#/file"),
        ("文件".encode("gb18030"), b"a.txt", "#"),
    ],
)
def test_names_that_are_not_utf_8_are_refused(
    client: httpx.Client, fake: FakeLibrary, declared: str, field: bytes, name: bytes, pointer: str
) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="%b"; filename="%b"\r\n\r\na\r\n--x--\r\n' % (field, name)
    headers = {"Content-Type": f"multipart/form-data; boundary=x{declared}"}
    found = problem_of(client.post("/v1/documents", content=body, headers=headers), 422, "invalid-request")
    assert [error["pointer"] for error in found["errors"]] == [pointer]
    assert "in UTF-8" in found["detail"]
    assert not fake.jobs


def test_a_collection_that_is_not_utf_8_is_refused(client: httpx.Client, fake: FakeLibrary) -> None:
    parts = [(PART, b"a"), ('Content-Disposition: form-data; name="collection"', "督查".encode("gb18030"))]
    body, headers = form("x", *parts)
    found = problem_of(client.post("/v1/documents", content=body, headers=headers), 422, "invalid-request")
    assert [error["pointer"] for error in found["errors"]] == ["#/collection"]
    assert "in UTF-8" in found["detail"]
    assert not fake.jobs


@pytest.mark.parametrize("name", ["é.txt", "Ã©.txt", "年报.txt"])
def test_names_in_utf_8_are_kept_whatever_they_look_like(client: httpx.Client, name: str) -> None:
    """The second is how the first reads in Latin-1."""
    body, headers = form("x", (f'Content-Disposition: form-data; name="file"; filename="{name}"', TEXT.encode()))
    headers = {"Content-Type": headers["Content-Type"] + "; charset=gb18030"}
    assert client.post("/v1/documents", content=body, headers=headers).json()["name"] == name


def test_a_form_without_a_boundary_is_refused(client: httpx.Client) -> None:
    headers = {"Content-Type": "multipart/form-data"}
    problem_of(client.post("/v1/documents", content=b"--x", headers=headers), 400, "broken-form")


@pytest.mark.parametrize("body", [b"", b"{", b'{"text": }', "文".encode("gb18030"), b"[" * 100_000, b"1" * 5000])
def test_what_is_not_json_is_400_in_the_words_of_other_routes(client: httpx.Client, body: bytes) -> None:
    found = problem_of(client.post("/v1/documents", content=body, headers=JSON), 400, "broken-json")
    if body:  # none at all is a missing field there
        asked = problem_of(client.post("/v1/ask", content=body, headers=JSON), 400, "broken-json")
        assert found["detail"] == asked["detail"]


@pytest.mark.parametrize(
    "body, pointer",
    [
        (rb'{"name": "a.txt", "text": "\ud83c"}', "#/text"),
        (rb'{"name": "\udf93.txt", "text": "a"}', "#/name"),
        (rb'{"name": "a.txt", "text": "a", "\ud83c": 1}', "#"),
    ],
)
def test_lone_surrogates_are_told_as_by_other_routes(client: httpx.Client, body: bytes, pointer: str) -> None:
    found = problem_of(client.post("/v1/documents", content=body, headers=JSON), 422, "invalid-request")
    assert [error["pointer"] for error in found["errors"]] == [pointer]
    assert "lone surrogates" in found["detail"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/pdf", "nonsense", ""])
@pytest.mark.parametrize("method, path", [("POST", "/v1/documents"), ("PUT", "/v1/documents/a-1")])
def test_a_body_that_is_neither_is_415(client: httpx.Client, method: str, path: str, kind: str) -> None:
    response = client.request(method, path, content=b"a", headers={"Content-Type": kind})
    assert "multipart/form-data" in problem_of(response, 415, "not-an-upload")["detail"]


# ------------------------------------------------------------------------------------------------ size


def test_a_document_as_large_as_allowed_is_taken(small: httpx.Client, fake: FakeLibrary) -> None:
    content = b"a" * MOST
    assert small.post("/v1/documents", files={"file": ("a.txt", content)}).status_code == 201
    assert small.post("/v1/documents", json={"name": "b.txt", "text": "b" * MOST}).status_code == 201
    assert [len(fake.found[i].text) for i in ("a", "b")] == [MOST, MOST]


def test_a_document_a_byte_larger_is_413(small: httpx.Client, fake: FakeLibrary) -> None:
    for body in ({"files": {"file": ("a.txt", b"a" * (MOST + 1))}}, {"json": {"name": "a", "text": "a" * (MOST + 1)}}):
        detail = problem_of(small.post("/v1/documents", **body), 413, "too-large")["detail"]
        assert "2,097,152 bytes" in detail
    assert not fake.jobs


def test_a_text_in_ascii_escapes_is_as_long_as_the_text_it_stands_for(small: httpx.Client, fake: FakeLibrary) -> None:
    text = "年" * (MOST // 3)
    body = json.dumps({"name": "a.txt", "text": text}).encode()  # twice as long as in UTF-8
    assert len(body) > 2 * len(text.encode())
    assert small.post("/v1/documents", content=body, headers=JSON).status_code == 201
    assert fake.found["a"].text == text
    body = json.dumps({"name": "b.txt", "text": text + "年"}).encode()
    detail = problem_of(small.post("/v1/documents", content=body, headers=JSON), 413, "too-large")["detail"]
    assert "2,097,152 bytes" in detail
    assert len(fake.jobs) == 1


def test_a_body_in_json_is_held_to_twice_that(small: httpx.Client, fake: FakeLibrary) -> None:
    body = b'{"name": "a.txt", "text": "a"}'
    most = 2 * MOST + FRAMING
    assert small.post("/v1/documents", content=body.ljust(most), headers=JSON).status_code == 201
    problem_of(small.post("/v1/documents", content=body.ljust(most + 1), headers=JSON), 413, "too-large")


def _declared(base: str, length: int) -> bytes:
    """What comes back when the headers alone were sent."""
    host = urlsplit(base).netloc
    with socket.create_connection(("127.0.0.1", int(host.rpartition(":")[2])), 10) as sock:
        sock.sendall(
            f"POST /v1/documents HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n"
            "Content-Type: multipart/form-data; boundary=x\r\n\r\n".encode()
        )
        received = b""
        while chunk := sock.recv(65536):
            received += chunk
    return received


def test_a_body_declared_too_large_is_refused_before_it_is_sent(small: httpx.Client) -> None:
    received = _declared(str(small.base_url), MOST + FRAMING + 1)
    assert received.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in received.lower()


def test_a_body_that_grows_too_large_is_refused_while_it_comes(small: httpx.Client, fake: FakeLibrary) -> None:
    sent = 0

    def chunks() -> Iterator[bytes]:
        nonlocal sent
        yield f"--x\r\n{PART}\r\n\r\n".encode()
        for _ in range(1024):
            sent += 65536
            yield b"a" * 65536

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    response = small.post("/v1/documents", content=chunks(), headers=headers)
    problem_of(response, 413, "too-large")
    assert response.headers["connection"] == "close"
    assert sent < 64 * 1024 * 1024
    assert not fake.jobs


def test_other_bodies_are_held_to_a_mebibyte_still(small: httpx.Client) -> None:
    body = json.dumps({"question": "a" * (1024 * 1024)}).encode()
    problem_of(small.post("/v1/ask", content=body, headers=JSON), 413, "too-large")


# ------------------------------------------------------------------------------------------- what is left


def test_an_upload_leaves_no_file_behind(
    small: httpx.Client, fake: FakeLibrary, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    open_before = len(list(DESCRIPTORS.iterdir()))
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    seen: list[list[Path]] = []
    submit = FakeLibrary.submit

    def spy(self: FakeLibrary, name: str, path: Path, **more: Any) -> Any:
        seen.append(list(folder.iterdir()))
        return submit(self, name, path, **more)

    monkeypatch.setattr(FakeLibrary, "submit", spy)
    for _ in range(20):
        small.post("/v1/documents", files={"file": ("a.txt", b"a" * MOST)}).raise_for_status()
        small.post("/v1/documents", json={"name": "a.txt", "text": "b" * MOST}).raise_for_status()
        small.post("/v1/documents", files={"file": ("..", b"a" * MOST)})
    assert seen == [[]] * 40  # not while it is stored either: nothing could be left by a kill
    assert len(list(DESCRIPTORS.iterdir())) <= open_before + 2


def test_a_disk_without_room_is_503_with_what_to_do(client: httpx.Client, fake: FakeLibrary) -> None:
    fake.fails = StorageFull("There is no room on the disk. Make room, then send it again.")
    response = client.post("/v1/documents", files={"file": ("a.txt", b"a")})
    assert "Make room" in problem_of(response, 503, "storage-full")["detail"]
    assert int(response.headers["retry-after"]) > 0
