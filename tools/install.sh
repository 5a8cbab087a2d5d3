#!/usr/bin/env bash
# usage: tools/install.sh [--only] NAME
# Installs requirements/NAME.lock into the virtual environment, every file checked against its
# hash, and then this project itself, editable. --only leaves the project out.
# uv does it in a fraction of pip's time; where uv cannot be had, pip does it.
set -euo pipefail
cd "$(dirname "$0")/.."

project=yes
if [ "$1" = --only ]; then
  project=no
  shift
fi
name=$1
python=${PYTHON_OF_VENV:-.venv/bin/python}
uv=$(dirname "$python")/uv

with_pip() {
  "$python" -m pip install --quiet --disable-pip-version-check --no-input "$@"
}

with_uv() {
  "$uv" pip install --quiet --compile-bytecode --python "$python" "$@"
}

# uv shall fetch from where pip is set up to fetch from, and trust whom the machine trusts.
follow_pip() {
  local index
  index=${PIP_INDEX_URL:-$("$python" -m pip config get global.index-url 2>/dev/null || true)}
  [ -z "$index" ] || export UV_DEFAULT_INDEX=${UV_DEFAULT_INDEX:-$index}
  export UV_SYSTEM_CERTS=${UV_SYSTEM_CERTS:-true}
  # The cache may lie on another disk, where uv would warn that it cannot link.
  export UV_LINK_MODE=${UV_LINK_MODE:-copy}
}

install() {
  if [ -x "$uv" ]; then
    if with_uv "$@"; then return; fi
    echo "uv could not install it; trying once more with pip, which takes longer." >&2
  fi
  with_pip "$@"
}

if [ ! -x "$uv" ] && ! with_pip --require-hashes -r requirements/installer.lock 2>/dev/null; then
  echo "uv cannot be had here; pip does its work and takes longer." >&2
fi
follow_pip
echo "Installing requirements/$name.lock …"
# Every lock is complete, so nothing outside it may be pulled in.
install --no-deps --require-hashes -r "requirements/$name.lock"
if [ "$project" = yes ]; then
  install --no-deps --no-build-isolation --editable .
  # Where Python may write no bytecode by itself, every start would compile everything anew.
  PYTHONDONTWRITEBYTECODE='' "$python" -m compileall -q -j 0 \
    matchmaker workers search_index seed_data
fi
