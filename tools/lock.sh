#!/usr/bin/env bash
# Writes every lock file under requirements/ anew from pyproject.toml and the *.in files.
# Pins that still fit are kept; UPGRADE=1 takes the newest of everything.
set -euo pipefail
cd "$(dirname "$0")/.."

uv=${UV:-.venv/bin/uv}
common=(
  --quiet --universal --python-version 3.11 --generate-hashes
  --fork-strategy fewest --no-emit-index-url --no-emit-find-links
  --custom-compile-command "make lock"
)
[ -z "${UPGRADE:-}" ] || common+=(--upgrade)

compile() { # compile NAME SOURCE_OR_OPTION...
  local name=$1
  shift
  "$uv" pip compile "${common[@]}" "$@" --output-file "requirements/$name.lock"
}

compile runtime pyproject.toml requirements/build.in
pins=(--constraint requirements/runtime.lock)
compile production pyproject.toml requirements/build.in --extra production "${pins[@]}"
compile dev pyproject.toml requirements/build.in \
  --extra production --extra tracing --extra test --extra dev "${pins[@]}"
compile tracing pyproject.toml requirements/build.in --extra tracing "${pins[@]}" \
  --constraint requirements/dev.lock
compile transformers pyproject.toml requirements/build.in --extra transformers \
  --excludes requirements/excluded.in "${pins[@]}" \
  --constraint requirements/dev.lock
compile installer requirements/installer.in
compile frontend requirements/frontend.in

.venv/bin/python -m tools.check_locks
