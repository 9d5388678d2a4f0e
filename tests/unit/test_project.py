"""What holds the project together: import directions, documentation that is complete, files that fit each other."""

from __future__ import annotations

import ast
import fnmatch
import importlib
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from graphlib import TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from yinju.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "src" / "yinju"
READMES = ["README.md", "README.zh-CN.md"]
WEB = {"fastapi", "starlette", "uvicorn"}

LEAVES = {
    "records": set(),
    "access": set(),
    "errors": set(),
    "progress": set(),
    "text": {"records"},
    "settings": {"errors"},
    "collections": {"errors"},
    "digests": set(),
    "moments": set(),
    "document_ids": set(),
    "tables": set(),
    "upgrades": {"digests", "tables"},
    "schema": {"errors", "tables", "upgrades"},
    "connections": {"schema"},
    "clock": set(),
    "audit": {"clock"},
    "idempotency": {"errors", "records"},
    "readers": {"errors", "progress", "records", "text"},
    "passages": {"errors", "records", "text"},
    "encoder": {"errors", "progress", "records", "settings", "text"},  # open_encoder is handed the settings
    "key_file": {"errors"},
    "keys": {"access", "errors", "key_file"},
    "folders": {"readers"},
    "lexical": {"errors", "records", "text"},
    "segments": set(),
    "vectors": {"errors", "records", "segments"},
}
"""Rooms that others build on, and all of ours that each may import."""

KNOW_SETTINGS = {"cli", "encoder", "evaluation", "holdings", "library", "settings"}
STORAGE = {
    *("catalogue", "connections", "digests", "encoding_rows", "jobs", "rows", "schema", "snapshot", "stored", "tables"),
    *("audit", "idempotency", "upgrades", "working"),
}
"""The truth. It knows nothing of what is made from it, nor of what fills it."""
MADE_FROM_IT = {
    "current",
    "derived",
    "derived_parts",
    "indexing",
    "intake",
    "passages",
    "readers",
    "retriever",
    "runner",
}
KNOW_LIBRARY = {"__init__", "cli", "evaluation", "library"}
PUBLIC = {"", "access", "errors", "keys", "library", "readers", "records", "settings", "status", "wire"}
"""Rooms of the library that the application may use; "" is the package itself."""

MOST_LINES = 300


def modules(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def room_of(module: Path) -> str:
    """`src/yinju/readers/plain.py` and `src/yinju/readers/__init__.py` are both of the room `readers`."""
    first = module.relative_to(LIBRARY).parts[0]
    return first.removesuffix(".py")


def imported(module: Path) -> Iterator[tuple[str, str]]:
    """(module, name) for each import, wherever it stands in the file; the name is empty for `import module`."""
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, ""
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield node.module or "", alias.name


def rooms_imported(module: Path) -> set[str]:
    """Rooms of the library that a module imports; `from yinju import Library` is of the room "" unless it is one."""
    rooms = set()
    for source, name in imported(module):
        package, _, rest = source.partition(".")
        if package == "yinju":
            is_room = (LIBRARY / name).is_dir() or (LIBRARY / f"{name}.py").is_file()
            rooms.add(rest.partition(".")[0] or (name if name and is_room else ""))
    return rooms


# ------------------------------------------------------------------------------------------------ directions


@pytest.mark.parametrize("room", LEAVES)
def test_leaf_rooms_import_only_what_lies_below(room: str) -> None:
    own = [module for module in modules(LIBRARY) if room_of(module) == room]
    assert own
    for module in own:
        assert rooms_imported(module) - {room} <= LEAVES[room], module


def test_rooms_import_each_other_in_one_direction() -> None:
    graph: dict[str, set[str]] = {}
    for module in modules(LIBRARY):
        graph.setdefault(room_of(module), set()).update(rooms_imported(module) - {room_of(module), ""})
    TopologicalSorter(graph).prepare()  # raises CycleError, naming the circle


def test_only_the_edges_know_settings_and_the_facade() -> None:
    for module in modules(LIBRARY):
        rooms = rooms_imported(module)
        assert "settings" not in rooms or room_of(module) in KNOW_SETTINGS, module
        assert "library" not in rooms or room_of(module) in KNOW_LIBRARY, module


def test_the_truth_knows_nothing_of_what_is_made_from_it() -> None:
    assert {room_of(module) for module in modules(LIBRARY)} >= STORAGE | MADE_FROM_IT
    for module in modules(LIBRARY):
        if room_of(module) in STORAGE:
            assert not rooms_imported(module) & MADE_FROM_IT, module


def test_the_library_knows_nothing_of_the_application() -> None:
    for module in modules(LIBRARY):
        packages = {source.partition(".")[0] for source, _ in imported(module)}
        assert "api" not in packages, module
        assert not packages & WEB or (room_of(module) == "cli" and packages & WEB == {"uvicorn"}), module


def test_the_application_uses_public_names_alone() -> None:
    for module in modules(ROOT / "api"):
        assert rooms_imported(module) <= PUBLIC, module
        private = [name for source, name in imported(module) if source.startswith("yinju") and name.startswith("_")]
        assert not private, module


def test_only_the_command_line_prints() -> None:
    for module in [*modules(LIBRARY), *modules(ROOT / "api")]:
        calls = (node.func for node in ast.walk(ast.parse(module.read_text("utf-8"))) if isinstance(node, ast.Call))
        prints = [call for call in calls if isinstance(call, ast.Name) and call.id == "print"]
        assert not prints or module.is_relative_to(LIBRARY / "cli"), module


def test_modules_stay_short_enough_to_read() -> None:
    lengths = {
        module: len(module.read_text("utf-8").splitlines()) for module in modules(LIBRARY) + modules(ROOT / "api")
    }
    assert {module: length for module, length in lengths.items() if length > MOST_LINES} == {}


def declaring_all() -> list[str]:
    """Names of our packages and modules that say what they export."""
    found = []
    for base, folder in ((LIBRARY.parent, LIBRARY), (ROOT, ROOT / "api")):
        for module in modules(folder):
            if re.search(r"^__all__\b", module.read_text("utf-8"), re.MULTILINE):
                name = ".".join(module.relative_to(base).with_suffix("").parts)
                found.append(name.removesuffix(".__init__"))
    return found


@pytest.mark.parametrize("name", declaring_all())
def test_what_a_module_says_it_exports_is_there_and_sorted(name: str) -> None:
    exported = importlib.import_module(name).__all__
    assert list(exported) == sorted(set(exported))
    missing = [item for item in exported if not hasattr(importlib.import_module(name), item)]
    assert missing == []


# --------------------------------------------------------------------------------------------- documentation


def settings_rows(readme: str) -> dict[str, str]:
    """Name of each setting to its row in the settings table."""
    text = (ROOT / readme).read_text("utf-8")
    return {name: row for row, name in re.findall(rf"^(\| `({PREFIX}[A-Z_]+)` .*)$", text, re.MULTILINE)}


@pytest.mark.parametrize("readme", READMES)
def test_settings_are_documented_with_their_defaults(readme: str) -> None:
    """Those met first; tests/unit/test_deploy.py sees that the operations page has them all."""
    rows = settings_rows(readme)
    fields = {PREFIX + name.upper(): field for name, field in Settings.model_fields.items()}
    assert "YINJU_MIN_CONFIDENCE" in rows
    for name, row in rows.items():
        default = fields[name].default
        if default is not None:
            assert f"`{default}`" in row


@pytest.mark.parametrize("readme", READMES)
def test_no_setting_is_mentioned_that_does_not_exist(readme: str) -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    assert set(re.findall(rf"{PREFIX}[A-Z_]*[A-Z]", (ROOT / readme).read_text("utf-8"))) <= known


@pytest.mark.parametrize("page", [*READMES, "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_within_the_project_lead_somewhere(page: str) -> None:
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (ROOT / page).read_text("utf-8"))
    assert [target for target in targets if not (ROOT / target).exists()] == []


@pytest.mark.parametrize("page", [*READMES, "CONTRIBUTING.md"])
def test_commands_in_the_documentation_exist(page: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    mentioned = set(re.findall(r"\bmake ([a-z-]+)", "\n".join(code_of(page))))
    assert mentioned <= targets


def code_of(page: str) -> list[str]:
    """Spans and blocks of code in a page."""
    return re.findall(r"```.*?```|`[^`\n]+`", (ROOT / page).read_text("utf-8"), re.DOTALL)


def test_help_has_a_line_for_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    phony = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split())  # type: ignore[index]
    explained = set(re.findall(r"^([a-z-]+):.*## \S", makefile, re.MULTILINE))
    assert phony - explained == {"questions", "runtime", "dev"}  # steps of the others


# -------------------------------------------------------------------------------------------------- the files


def project_files() -> list[Path]:
    """All text files of the project that are kept, those not yet committed included."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [path for path in paths if path.is_file() and path.suffix not in {".png", ".woff2"}]


def test_no_file_names_a_machine_s_folders_or_a_package_index() -> None:
    pattern = re.compile(r"(?<![\w.])/(?:work|root|opt)/\w|https?://\S*/(?:simple|whl)\b|index-url[ =]http")
    found = {}
    for path in project_files():
        if path.is_relative_to(ROOT / "seeds"):
            continue  # documents are kept as they were given
        if match := pattern.search(path.read_text("utf-8", errors="replace")):  # models and archives lie about too
            found[str(path.relative_to(ROOT))] = match[0]
    assert found == {}


def test_the_lock_names_every_dependency_but_torch() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = {
        "requirements.lock": [*project["dependencies"], *extras["build"]],
        "requirements-dev.lock": [*project["dependencies"], *extras["build"], *extras["test"], *extras["dev"]],
    }
    for lock, requirements in wanted.items():
        text = (ROOT / lock).read_text("utf-8")
        locked = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE))
        assert "torch" not in locked
        assert not [name for name in locked if name.startswith(("nvidia-", "cuda-"))]
        for requirement in map(Requirement, requirements):
            name = canonicalize_name(requirement.name)
            if name not in {"torch", "yinju"}:
                assert requirement.specifier.contains(locked[name]), f"{requirement}: run make lock"


@pytest.mark.parametrize(
    "folders, extras",
    [(["src", "api"], []), (["tests", "scripts"], ["build", "fit", "test"])],
    ids=["service", "tests"],
)
def test_what_is_imported_is_declared(folders: list[str], extras: list[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    requirements = sum((project["optional-dependencies"][name] for name in extras), project["dependencies"])
    declared = {canonicalize_name(Requirement(requirement).name) for requirement in requirements}

    files = [path for folder in folders for path in modules(ROOT / folder)]
    packages = {source.partition(".")[0] for path in files for source, _ in imported(path)}
    foreign = packages - sys.stdlib_module_names - {"api", "scripts", "tests", "yinju"}
    providers = packages_distributions()
    assert {name for name in foreign if not declared & set(map(canonicalize_name, providers.get(name, [])))} == set()


def test_both_locks_agree() -> None:
    locks = [
        dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / lock).read_text("utf-8"), re.MULTILINE))
        for lock in ("requirements.lock", "requirements-dev.lock")
    ]
    assert locks[0].items() <= locks[1].items()


def test_the_wheel_holds_the_library_alone(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"yinju"}
    packed = {name for name in names if name.startswith("yinju/")}
    kept = {
        path.relative_to(LIBRARY.parent).as_posix()
        for path in LIBRARY.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packed == kept
    assert "yinju/py.typed" in packed


def test_the_image_copies_only_what_is_there_and_let_through() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    let_through = [line[1:] for line in lines if line.startswith("!")]
    copies = re.findall(r"^COPY (?!--from)(?:--\S+ )*(.+) \S+$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    sources = [source for line in copies for source in line.split()]
    assert sources
    for source in sources:
        assert (ROOT / source).exists(), source
        assert any(fnmatch.fnmatch(name, f"{source}*") for name in let_through), source
