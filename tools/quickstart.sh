#!/bin/sh
# From a fresh Debian 12 to pictures of a simulated piece of tissue: installs, builds, makes a circuit, runs it, draws it.
set -eu
cd "$(dirname "$0")/.."
tools/install-packages.sh
echo "1/4 building (build/release/build.log)" >&2
tools/build.sh release
PATH="$PWD/build/release/bin:$PATH"
out="${1:-out/tissue}"
if [ ! -e "$out/tissue.yaml" ]; then
    echo "2/4 making a circuit in $out" >&2
    ngv circuit build --neurons 20 --astrocytes 6 --seed 1 "$out"
else
    echo "2/4 the circuit in $out is there already" >&2
fi
echo "3/4 simulating" >&2
ngv run "$out/tissue.yaml"
echo "4/4 drawing" >&2
ngv show "$out/results"
echo "results: $out/results"
echo "open:    $out/results/index.html"
