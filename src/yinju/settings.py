"""One settings class. Every value comes from the environment (`YINJU_*`), is bounded, and is read once at the edge."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ByteSize, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from yinju.errors import SettingsError

PREFIX = "YINJU_"
KIB, MIB = 1024, 1024**2

Listed = Annotated[tuple[str, ...] | None, NoDecode]
"""Names separated by commas; None where the setting is unset or empty."""
_HOST = re.compile(r"(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\]|\*")
_ORIGIN = re.compile(r"https?://(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")


class Settings(BaseSettings):
    """Where things lie and how strict to be. `Settings.load()` reads the environment and refuses unknown names."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    seeds: Path = Field(Path("seeds"), description="Folder of documents that `yinju index` reads by default.")
    index: Path = Field(Path("index"), description="Folder of the catalogue and the indexes made from it.")
    home: Path = Field(
        Path("~/.cache/yinju"), description="Folder the built model is kept in; safe to delete, rebuilt when missing."
    )
    model: str | None = Field(
        None,
        min_length=1,
        description="Another sentence-transformers model: folder or hub id. Unset: the bundled multilingual-e5-small.",
    )
    min_confidence: float = Field(
        0.1, ge=0.0, le=1.0, description="Answers less probable than this are refused as not found."
    )
    public_url: str | None = Field(
        None, pattern=r"^https?://[^\s]+$", description="The address links in answers start with. Unset: the request's."
    )
    threads: int = Field(0, ge=0, le=256, description="Threads one encoding uses; 0 takes one per physical core.")
    max_upload: ByteSize = Field(
        "50MiB", ge=KIB, le=900 * MIB, validate_default=True, description="Largest file a client may upload."
    )
    allow_anonymous: bool = Field(
        False, description="While there is no API key, let everyone who can reach the service read and write."
    )
    allowed_hosts: Listed = Field(
        None,
        description="Host names requests may be for, separated by commas; `*.` takes every name below one. Unset: on a "
        "loopback address its names and that of the public URL, elsewhere any.",
    )
    cors_origins: Listed = Field(
        None, description="Origins whose pages may call the service, separated by commas. Unset: none."
    )
    rate_limit: int = Field(
        600, ge=0, le=1_000_000, description="Requests a minute for each key, or address without one; 0 for no limit."
    )
    queue: int = Field(
        64, ge=1, le=10_000, description="Questions, and uploads, under way or waiting at once; more are told to wait."
    )
    request_timeout: float = Field(
        60.0, ge=1.0, le=3600.0, description="Seconds a request may take; an upload, between two pieces of its body."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least the log tells.")
    log_format: Literal["text", "json"] = Field("text", description="How the log is written: for people or programs.")

    @field_validator("seeds", "index", "home")
    @classmethod
    def _expand_home(cls, value: Path) -> Path:
        return value.expanduser()

    @field_validator("log_level", "log_format", mode="before")
    @classmethod
    def _fold(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("allowed_hosts", "cors_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(part for part in (part.strip().lower() for part in value.split(",")) if part) or None

    @field_validator("allowed_hosts")
    @classmethod
    def _are_hosts(cls, value: Listed) -> Listed:
        for host in value or ():
            if _HOST.fullmatch(host) is None:
                raise ValueError(f"{host!r} is no host name: write it without scheme, port and path")
        return value

    @field_validator("cors_origins")
    @classmethod
    def _are_origins(cls, value: Listed) -> Listed:
        for origin in value or ():
            if _ORIGIN.fullmatch(origin) is None:
                raise ValueError(f"{origin!r} is no origin: write it like https://intranet.example.org")
        return value

    @classmethod
    def load(cls, **overrides: object) -> Settings:
        """Read the environment, with `overrides` on top.

        Raises SettingsError for an unknown `YINJU_*` name or a value out of bounds, each with what to do.
        """
        known = {PREFIX + name.upper() for name in cls.model_fields}
        unknown = sorted(name for name in os.environ if name.upper().startswith(PREFIX) and name.upper() not in known)
        if unknown:
            raise SettingsError(
                f"Unknown setting {', '.join(unknown)}. Known are {', '.join(sorted(known))}; unset or rename it."
            )
        try:
            return cls(**{name: value for name, value in overrides.items() if value is not None})  # type: ignore[arg-type]
        except ValidationError as error:
            first = error.errors()[0]
            name = PREFIX + "_".join(str(part) for part in first["loc"]).upper()
            raise SettingsError(f"{name} is not usable: {first['msg']}. Correct it or unset it.") from error
