#!/usr/bin/env bash
# Prints the first Python on the PATH that is recent enough; PYTHON=… names one instead.
# Each is run, because a version manager's shim may stand there for a version it lacks.
set -u

recent='import sys; sys.exit(sys.version_info < (3, 11))'
runs() { "$1" -c "$2" >/dev/null 2>&1; }
give_up() {
  echo "$1" >&2
  exit 1
}

for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3.14 python3 python}; do
  runs "$candidate" "$recent" || continue
  if runs "$candidate" 'import ensurepip, venv'; then
    echo "$candidate"
    exit
  fi
  without_venv=$candidate
done

[ -z "${without_venv:-}" ] ||
  give_up "$without_venv cannot make virtual environments: install its venv package (python3-venv on Debian) and try again."
[ -z "${PYTHON:-}" ] ||
  give_up "PYTHON=$PYTHON does not run or is older than 3.11: name another one, or none."
give_up "Python 3.11 or later was not found: install it, or say where it is, as in: make run PYTHON=/path/to/python"
