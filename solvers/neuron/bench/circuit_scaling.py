#!/usr/bin/env python3
"""Circuits of 100, 1,000 and 10,000 cells from `ngv circuit build`, run for 100 ms: what each costs, and how cost grows with their number.

    solvers/neuron/bench/circuit_scaling.py build/bin [--cells 100 1000 10000] [--ms 100] [--folder /tmp/scaling]

Prints a JSON line for each size (CPU seconds and the largest resident memory of both programs), then the slopes: cost grows as cells to the
power of ... (1: linear). Ends with 1 if a run took more than --limit GiB (24), or a slope is above 1.1.
"""
import argparse
import json
import math
import os
import pathlib
import shutil
import subprocess
import sys


def run(command):
    """Output, CPU seconds and largest memory (GiB) of a command."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    text = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(map(str, command))} ended with {process.returncode}")
    return text, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 2**20


def slope(points):
    """Of a straight line through the logarithms."""
    x, y = [math.log(a) for a, _ in points], [math.log(b) for _, b in points]
    mx, my = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mx) * (b - my) for a, b in zip(x, y)) / sum((a - mx) ** 2 for a in x)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", type=pathlib.Path, help="folder of ngv and neuron-solver")
    parser.add_argument("--cells", type=int, nargs="+", default=[100, 1000, 10000])
    parser.add_argument("--ms", type=float, default=100)
    parser.add_argument("--limit", type=float, default=24, help="GiB")
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("scaling"), help="for circuits; kept and used again")
    options = parser.parse_args()
    results = []
    for cells in options.cells:
        circuit = options.folder / str(cells)
        result = {"cells": cells}
        if not (circuit / "complete").exists():
            shutil.rmtree(circuit, ignore_errors=True)
            options.folder.mkdir(parents=True, exist_ok=True)
            _, result["circuit_cpu_s"], result["circuit_GiB"] = run(
                [options.programs / "ngv", "circuit", "build", "--neurons", str(cells), "--astrocytes", str(max(1, cells // 10)), "--duration",
                 f"{options.ms:g} ms", circuit])
            (circuit / "complete").touch()
        config = json.loads((circuit / "simulation_config.json").read_text())
        config["run"]["tstop"] = options.ms
        (circuit / "scaling.json").write_text(json.dumps(config))
        out, result["cpu_s"], result["GiB"] = run(
            [options.programs / "neuron-solver", "--standalone", circuit / "scaling.json", "--out", circuit / "out"])
        result.update(json.loads(out.splitlines()[-1]))
        print(json.dumps(result, default=float), flush=True)
        results.append(result)
    if len(results) < 2:
        return
    slopes = {what: round(slope([(r["cells"], r[what]) for r in results]), 3)
              for what in ("circuit_cpu_s", "build_s", "run_s", "cpu_s") if all(what in r for r in results)}
    print(json.dumps({"cost_grows_as_cells_to_the": slopes}))
    if any(r["GiB"] > options.limit for r in results) or slopes["cpu_s"] > 1.1:
        sys.exit(1)


if __name__ == "__main__":
    main()
