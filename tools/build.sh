#!/bin/sh
# Configures and builds a preset (default: release), quietly unless something is wrong. A second call rebuilds what changed.
set -eu
cd "$(dirname "$0")/.."
preset="${1:-release}"
log="build/$preset/build.log"
mkdir -p "build/$preset"
if ! cmake --preset "$preset" >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
fi
if [ -t 2 ]; then
    cmake --build --preset "$preset" 2>&1 | tee "$log" >&2
    grep -q 'FAILED:\|ninja: build stopped' "$log" && exit 1
    exit 0
fi
if ! cmake --build --preset "$preset" >"$log" 2>&1; then
    grep -A20 'FAILED:' "$log" >&2 || cat "$log" >&2
    exit 1
fi
