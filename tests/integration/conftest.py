from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Protocol

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from tests.fake_library import FakeLibrary
from tests.serving import serving
from yinju.settings import Settings


class Serve(Protocol):
    def __call__(self, app: FastAPI) -> str: ...


@pytest.fixture(scope="module", autouse=True)
def _own_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The default index is the checkout's own, and the keys in it would be asked for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YINJU_INDEX", str(tmp_path_factory.mktemp("default") / "index"))
        yield


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve an application on a loopback port until the test ends; gives its base URL."""
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(serving(app))


@pytest.fixture(scope="session")
def _fake_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FakeLibrary, httpx.Client]]:
    fake = FakeLibrary()
    app = create_app(fake, Settings.load(index=tmp_path_factory.mktemp("fake")))
    with serving(app) as base, httpx.Client(base_url=base, trust_env=False) as client:
        yield fake, client


@pytest.fixture
def fake(_fake_server: tuple[FakeLibrary, httpx.Client]) -> FakeLibrary:
    """The fake library behind `client`, as new."""
    fake = _fake_server[0]
    fake.reset()
    return fake


@pytest.fixture
def client(_fake_server: tuple[FakeLibrary, httpx.Client], fake: FakeLibrary) -> httpx.Client:
    """A client of a server over `fake`; one server for all tests, so what it has counted is not to be relied on."""
    return _fake_server[1]
