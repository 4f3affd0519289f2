#!/bin/sh
# Makes .venv ready: `set_up.sh run` for using Scherp, `set_up.sh dev` for working on it as well.
#
# Rule: every package comes from a lock file and is checked against its hash; the project itself is not installed but
# linked, so that neither a build tool nor an unlocked download is needed. The stamp is written last: what was
# interrupted is done again. The locks agree with each other, so a set-up for dev also serves for run.
set -eu
cd "$(dirname "$0")/.."

stop() { printf '%s\n' "$*" >&2; exit 1; }

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
  for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    if command -v "$name" >/dev/null && is_new_enough "$name"; then command -v "$name"; return; fi
  done
  stop "Scherp needs Python 3.11 or later and found none${PYTHON:+ by the name $PYTHON}. Install it, or name it: make PYTHON=/path/to/python3."
}

make_environment() {
  python=$(find_python)
  # Debian and Ubuntu split the standard library: what fills a new environment is in a package of its own.
  "$python" -c 'import ensurepip, venv' 2>/dev/null || tools/install_missing.sh "a Python environment" \
    "$("$python" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')"
  "$python" -m venv --clear .venv >&2 || stop "Python could not make the environment .venv; its own words stand above."
}

install() {
  printf 'Installing the packages of %s into .venv. The first time this takes a minute or two.\n' "$1"
  # What pip says is kept for a failure: on success its warnings help nobody.
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --retries 2 \
    --require-hashes --requirement "$1" >.venv/pip.txt 2>&1 </dev/null || {
    cat .venv/pip.txt >&2
    stop "The packages of $1 could not be installed; the reason stands above. The first set-up needs a package index: check the network, or how pip is configured, and run the same command again."
  }
}

case "${1:-}" in
  run) lock=requirements.lock; done="run" ;;
  dev) lock=requirements-dev.lock; done="run dev" ;;
  *) stop "Usage: tools/set_up.sh run|dev" ;;
esac
if ! is_new_enough .venv/bin/python || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then make_environment; fi
install "$lock"
.venv/bin/python tools/link_source.py
for stamp in $done; do touch ".venv/.ready-$stamp"; done
