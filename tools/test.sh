#!/bin/sh
# Installs what is missing, builds, and runs the tests. `tools/test.sh --long` runs the long ones too.
set -eu
cd "$(dirname "$0")/.."
started=$(date +%s)
tools/install-packages.sh
echo "building (build/release/build.log)" >&2
tools/build.sh release
echo "built in $(($(date +%s) - started)) s; testing" >&2
label="-LE long|perf"
[ "${1:-}" = "--long" ] && label="-LE perf"
# shellcheck disable=SC2086  # two words
ctest --test-dir build/release --output-on-failure --progress -j "$(nproc)" $label
echo "done in $(($(date +%s) - started)) s" >&2
