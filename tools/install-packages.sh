#!/bin/sh
# Installs the Debian packages of deploy/apt-packages.txt that are missing. Needs root only if something is missing.
set -eu
cd "$(dirname "$0")/.."
missing=""
for package in $(grep -v '^#' deploy/apt-packages.txt | awk 'NF { print $1 }'); do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
as_root=""
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "missing packages:$missing - run as root: apt-get install$missing" >&2; exit 1; }
    as_root=sudo
fi
echo "installing:$missing" >&2
$as_root apt-get update -qq
# shellcheck disable=SC2086  # one word a package
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >"${TMPDIR:-/tmp}/ngv-apt.log" 2>&1 || {
    cat "${TMPDIR:-/tmp}/ngv-apt.log" >&2
    exit 1
}
