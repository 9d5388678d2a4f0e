#!/bin/sh
# Write yinju-bundle-VERSION-PLATFORM.tar.gz: the tracked files, the wheels of requirements.lock and of torch, and
# the built model. Unpacked, `make run` in its folder needs Python of the same version, make, and no network.
set -eu
cd "$(dirname "$0")/.."

fail() { printf 'bundle.sh: %s\n' "$*" >&2; exit 1; }

git rev-parse --is-inside-work-tree >/dev/null 2>&1 || fail "this is no git checkout. Make bundles from a clone."
python=.venv/bin/python
$python -c 'import sys, torch; sys.exit(torch.version.cuda is not None)' ||
    fail "the torch in .venv is a CUDA build. Set TORCH_INDEX to where its CPU wheel is, delete .venv and try again."
name=$($python -c '
import importlib.metadata, sys, sysconfig
version = importlib.metadata.version("yinju")
print(f"yinju-bundle-{version}-{sysconfig.get_platform()}-cp{sys.version_info[0]}{sys.version_info[1]}")')
stage=build/$name
model=$(.venv/bin/yinju model | tail -n 1)
[ -d "$model" ] || fail "'yinju model' printed '$model', which is no folder. Run: make model"

rm -rf "$stage"
mkdir -p "$stage/wheels" "$stage/model"
git ls-files -z | tar --create --null --files-from - | tar --extract --directory "$stage"
cp -R "$model" "$stage/model/"

. scripts/torch.sh
pip() { $python -m pip --disable-pip-version-check --no-input "$@"; }
pip download --quiet --only-binary :all: --no-deps --dest "$stage/wheels" "$@"
pip download --quiet --only-binary :all: --no-deps --dest "$stage/wheels" --require-hashes --requirement requirements.lock

# Wheels are compressed already: gzip's fastest is within a few percent of its best here.
tar --create --directory build "$name" | gzip -1 > "build/$name.tar.gz"
rm -rf "$stage"
mv "build/$name.tar.gz" .
sha256sum "$name.tar.gz" | tee "$name.tar.gz.sha256"
du -h "$name.tar.gz"
