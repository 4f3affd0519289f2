#!/bin/sh
# Sees to the system packages that the tests need: git, a Chromium to look at pages, and a font to draw them with.
#
# Rule: what counts is that the thing is there, however it came; only what is missing is installed or named.
set -eu
cd "$(dirname "$0")/.."

missing=""
need() { missing="$missing $1"; }

command -v git >/dev/null || need git
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || need chromium
for folder in /usr/share/fonts /usr/local/share/fonts "${HOME:-/nonexistent}/.local/share/fonts"; do
  if [ -n "$(find "$folder" -name '*.ttf' -print -quit 2>/dev/null)" ]; then font=yes; fi
done
[ -n "${font:-}" ] || need fonts-liberation

# Left unquoted on purpose: one word per package.
# shellcheck disable=SC2086
[ -z "$missing" ] || tools/install_missing.sh "the tests" $missing
