#!/bin/sh
# Bring .venv to exactly what a lock file names: `install.sh runtime` to serve, `install.sh dev` to test and check.
# Ends at once when it is there already. The stamp is written last, so what was interrupted is done again.
#
#   PYTHON       the interpreter to build .venv with (python3.11, else python3)
#   TORCH_INDEX  where torch's CPU wheel is: an index URL, a folder of wheels or one wheel
#   CPU_ONLY=1   refuse a CUDA build of torch instead of warning of it
set -eu
cd "$(dirname "$0")/.."

fail() { printf 'install.sh: %s\n' "$*" >&2; exit 1; }

case ${1:-} in
    runtime) lock=requirements.lock ;;
    dev) lock=requirements-dev.lock ;;
    *) fail "say 'install.sh runtime' or 'install.sh dev'." ;;
esac

if [ -z "${PYTHON:-}" ]; then
    PYTHON=python3
    if python3.11 -c '' 2>/dev/null; then PYTHON=python3.11; fi
fi
version=$("$PYTHON" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null) ||
    fail "'$PYTHON' does not run here. Install Python 3.11, or name one: make PYTHON=/path/to/python3.11"
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "'$PYTHON' is Python $version and Yinju needs 3.11 or newer. Name one: make PYTHON=/path/to/python3.11"

# A virtual environment holds absolute paths: one that was moved, or made by another Python, is made anew. So is one
# whose last installation was cut off: pip takes a half-copied package for an installed one.
home="$(pwd -P) $version"
key_of() { { echo "$home"; cat pyproject.toml scripts/torch.sh "$1"; } | cksum; }
is_done() { [ "$(cat ".venv/$1.done" 2>/dev/null)" = "$(key_of "$1")" ]; }

# What serves is a part of what tests.
if is_done "$lock" || is_done requirements-dev.lock; then exit 0; fi

if [ "$(cat .venv/home 2>/dev/null)" != "$home" ]; then
    rm -rf .venv
    "$PYTHON" -m venv .venv || fail "'$PYTHON' cannot make a virtual environment. On Debian: apt install python3-venv"
fi
rm -f .venv/home

pip() { .venv/bin/python -m pip --disable-pip-version-check --no-input "$@"; }

. scripts/torch.sh
if [ -d wheels ]; then
    # An unpacked bundle: everything is here, and nothing else is looked at.
    [ "$lock" = requirements.lock ] || fail "a bundle holds only what serving needs. Test and check in a checkout."
    unset PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_FIND_LINKS
    export PIP_CONFIG_FILE=/dev/null PIP_NO_INDEX=1 PIP_FIND_LINKS="$PWD/wheels"
    pip install --no-deps "$TORCH"
else
    # Asked first, because some indexes give a build with several GB of CUDA libraries beside it.
    pip install --dry-run --quiet --report .venv/torch.json "$@" ||
        fail "pip finds no $TORCH. Set TORCH_INDEX to an index, a folder or a wheel file that has it (see README)."
    if grep -Eq '"name": "(nvidia|cuda)-' .venv/torch.json; then
        [ "${CPU_ONLY:-}" != 1 ] ||
            fail "pip finds only a CUDA build of $TORCH. Set TORCH_INDEX to where its CPU wheel is (see README)."
        echo "install.sh: pip finds only a CUDA build of $TORCH and fetches several GB; it works." \
            "To avoid them, stop here and set TORCH_INDEX to where the CPU wheel is (see README)." >&2
    fi
    pip install "$@"
fi

# The lock names every package but torch, so nothing is left for pip to resolve.
pip install --no-deps --require-hashes --requirement "$lock"
pip install --no-deps --no-build-isolation --editable .
pip check
key_of "$lock" > ".venv/$lock.done"
echo "$home" > .venv/home
