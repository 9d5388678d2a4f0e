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


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve an application on a loopback port until the test ends; gives its base URL."""
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(serving(app))


@pytest.fixture
def fake() -> FakeLibrary:
    return FakeLibrary()


@pytest.fixture
def client(serve: Serve, fake: FakeLibrary) -> Iterator[httpx.Client]:
    """A client of a server over the fake library."""
    with httpx.Client(base_url=serve(create_app(fake, Settings())), trust_env=False) as client:
        yield client
