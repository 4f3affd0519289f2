#!/bin/sh
# Installs system packages: `install_missing.sh WHAT-FOR PACKAGE...`.
#
# Rule: as root on Debian or Ubuntu they are installed; anyone else is told which ones are missing, and it fails.
set -eu

purpose=$1
shift
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  printf 'Missing on this system, for %s: %s. Ask an administrator for: apt-get install %s\n' "$purpose" "$*" "$*" >&2
  exit 1
fi
printf 'Installing system packages for %s: %s\n' "$purpose" "$*"
said=$(mktemp)
trap 'rm -f "$said"' EXIT
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get -qq update && apt-get -qq install --yes --no-install-recommends "$@"; } >"$said" 2>&1 </dev/null; then
  cat "$said" >&2
  printf 'The system packages for %s could not be installed; the reason stands above: %s\n' "$purpose" "$*" >&2
  exit 1
fi
