#!/bin/sh
# Write requirements.lock and requirements-dev.lock anew from pyproject.toml: exact versions with the hashes of all
# their files, for every platform, torch left out (which of its builds fits is the machine's affair: install.sh).
#
#   UPGRADE=1    take the newest versions that pyproject.toml allows; otherwise what is locked stays
#   TORCH_INDEX  where torch's CPU wheel is, as for install.sh; without it the CUDA packages would be locked too
set -eu
cd "$(dirname "$0")/.."

tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
"${PYTHON:-python3}" -m venv "$tools"
"$tools/bin/python" -m pip install --quiet --disable-pip-version-check 'uv>=0.8'
# uv reads none of pip's configuration: a local version of torch must be named and found.
echo 'torch==2.13.0+cpu' > "$tools/torch.txt"

case ${TORCH_INDEX:-${PIP_FIND_LINKS:-}} in
    '') where= ;;
    *://*) where="--index $TORCH_INDEX" ;;
    *) where="--find-links ${TORCH_INDEX:-$PIP_FIND_LINKS}" ;;
esac

compile() { # OUTPUT, then the rest of uv's options
    output=$1; shift
    # shellcheck disable=SC2086 # $where is an option and its value
    "$tools/bin/uv" pip compile --quiet pyproject.toml --output-file "$output" "$@" $where ${UPGRADE:+--upgrade} \
        --universal --python-version 3.11 --generate-hashes --no-emit-package torch --constraints "$tools/torch.txt" \
        --extra build --no-annotate --custom-compile-command 'make lock'
}
compile requirements.lock
compile requirements-dev.lock --extra dev --constraints requirements.lock
