"""One settings class. Every value comes from the environment (`YINJU_*`), is bounded, and is read once at the edge."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from yinju.errors import SettingsError

PREFIX = "YINJU_"


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

    @field_validator("seeds", "index", "home")
    @classmethod
    def _expand_home(cls, value: Path) -> Path:
        return value.expanduser()

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
