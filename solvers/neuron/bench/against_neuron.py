"""The ring model here and in Debian's NEURON, from one run: million compartment-steps per second of both, and their ratio.

    /usr/bin/python3 against_neuron.py path/to/neuron-bench [ring hh allen] [--repeat 3] [--size CELLS DEPTH MS]

NEURON runs with cvode.cache_efficient(1), without which it is ten times slower on large models, and with rates by exp (hh without its
TABLE): the same arithmetic as here. CPU seconds of each process count; the best of the repeats is taken, run in turns.
"""

import argparse
import json
import pathlib
import resource
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SIZES = {"ring": (256, 6, 25), "hh": (256, 6, 10), "allen": (128, 4, 5)}


def grow(gid, depth):
    """(parent, length, compartments) of the sections: see ring_model.hpp."""
    mask, golden = (1 << 64) - 1, 0x9E3779B97F4A7C15
    state = ((gid + 1) * golden) & mask

    def uniform():
        nonlocal state
        state = (state + golden) & mask
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return ((z ^ (z >> 31)) >> 11) * 2.0**-53

    sections, level = [(-1, 12.6157, 1)], [0]
    for i in range(depth):
        def between(a, b):
            return a + (i / (depth - 1)) * (b - a)
        children = []
        for parent in level:
            for _ in range(2):
                if uniform() < between(1.0, 0.5):
                    children.append(len(sections))
                    sections.append((parent, between(200, 20), int(between(20, 2) + 0.5)))
        level = children
        if not level:
            break
    return sections


ALLEN_SOMA = {"pas": dict(g=0.000119174, e=-76.4024), "NaV": dict(gbar=0.0499779), "SK": dict(gbar=0.000733676),
              "Kv3_1": dict(gbar=0.186718), "Ca_HVA": dict(gbar=9.96973e-05), "Ca_LVA": dict(gbar=0.00344495),
              "CaDynamics": dict(gamma=0.0177038, decay=42.2507), "Ih": dict(gbar=1.07608e-07)}
ALLEN_DENDRITE = {"pas": dict(g=9.57001e-05, e=-88.2554), "NaV": dict(gbar=0.0472215), "Kv3_1": dict(gbar=0.186859),
                  "Im_v2": dict(gbar=0.00132163), "Ih": dict(gbar=9.18815e-06)}


def run_neuron(model, cells, depth, ms, library):
    from neuron import h

    if library:
        h.nrn_load_dll(library)
    h.load_file("stdrun.hoc")
    h.usetable_hh = 0
    allen = model == "allen"
    pc = h.ParallelContext()
    keep, compartments = [], 0
    synapses = {}
    for gid in range(cells):
        sections = []
        for i, (parent, length, nseg) in enumerate(grow(gid, depth)):
            s = h.Section(name=f"s{gid}_{i}")
            s.L, s.diam, s.nseg = length, (length if i == 0 else 1.0), nseg
            s.Ra, s.cm = ((133.577, 4.21567) if i == 0 else (68.355, 2.11248)) if allen else (100, 1)
            wanted = (ALLEN_SOMA if i == 0 else ALLEN_DENDRITE) if allen else \
                {"hh": {}} if i == 0 or model == "hh" else {"pas": dict(g=0.001, e=-65)}
            for mechanism, values in wanted.items():
                s.insert(mechanism)
                for segment in s:
                    for name, value in values.items():
                        setattr(getattr(segment, mechanism), name, value)
            if allen:
                s.ena, s.ek = 53, -107
            if parent >= 0:
                s.connect(sections[parent](1), 0)
            sections.append(s)
            compartments += nseg
        soma = sections[0](0.5)
        synapses[gid] = h.ExpSyn(soma)
        synapses[gid].tau, synapses[gid].e = 2, 0
        pc.set_gid2node(gid, 0)
        detector = h.NetCon(soma._ref_v, None, sec=sections[0])
        detector.threshold = -20 if allen else 10
        pc.cell(gid, detector)
        keep += [sections, detector]
    for gid in range(cells):
        first = gid // 10 * 10
        last = min(first + 10, cells) - 1
        connection = pc.gid_connect(last if gid == first else gid - 1, synapses[gid])
        connection.delay, connection.weight[0] = 5, 0.05 if allen else 0.01
        keep.append(connection)
        if gid == first:
            kick = h.NetStim()
            kick.number, kick.start = 1, 0
            connection = h.NetCon(kick, synapses[gid])
            connection.delay, connection.weight[0] = 1, 0.05 if allen else 0.01
            keep += [kick, connection]
    h.CVode().cache_efficient(1)
    h.celsius, h.dt, h.v_init = (34 if allen else 6.3), 0.025, (-90 if allen else -65)
    times, gids = h.Vector(), h.Vector()
    pc.spike_record(-1, times, gids)
    pc.set_maxstep(10)
    h.stdinit()
    before = resource.getrusage(resource.RUSAGE_SELF)
    pc.psolve(ms)
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"simulator": "neuron", "model": model, "cells": cells, "depth": depth, "compartments": compartments, "ms": ms,
                      "cpu_s": cpu, "Mcs_per_cpu_s": round(compartments * round(ms / 0.025) / cpu * 1e-6, 2), "spikes": int(times.size())}))


def build_library(folder):
    sys.path.insert(0, str(HERE.parents[2] / "tests/validation/mechanisms"))
    import debian_neuron

    names = ["NaV", "SK", "Kv3_1", "Ca_HVA", "Ca_LVA", "CaDynamics", "Ih", "Im_v2"]
    files = [HERE.parent / "mechanisms/mod/allen" / f"{n}.mod" for n in names]
    return str(debian_neuron.build(pathlib.Path(folder), files))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bench", help="neuron-bench, or --neuron with model, cells, depth, ms, library")
    parser.add_argument("models", nargs="*", default=list(SIZES))
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--size", type=float, nargs=3, metavar=("CELLS", "DEPTH", "MS"), help="for all models; 1 15 5: a single large cell")
    arguments = parser.parse_args()
    ratios = {}
    with tempfile.TemporaryDirectory() as folder:
        for model in arguments.models or SIZES:
            cells, depth, ms = SIZES[model] if not arguments.size else (int(arguments.size[0]), int(arguments.size[1]), arguments.size[2])
            library = build_library(folder) if model == "allen" else ""
            best = {}
            for _ in range(arguments.repeat):
                for command in ([arguments.bench, "run", model, str(cells), str(depth), str(ms)],
                                [sys.executable, __file__, "--neuron", model, str(cells), str(depth), str(ms), library]):
                    done = subprocess.run(command, capture_output=True, text=True, check=True)
                    line = json.loads(done.stdout.strip().splitlines()[-1])
                    name = line["simulator"]
                    if name not in best or line["Mcs_per_cpu_s"] > best[name]["Mcs_per_cpu_s"]:
                        best[name] = line
            for line in best.values():
                print(json.dumps(line))
            ratios[model] = round(best["ngv"]["Mcs_per_cpu_s"] / best["neuron"]["Mcs_per_cpu_s"], 2)
    print(json.dumps({"times_neuron": ratios}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--neuron"]:
        run_neuron(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5]), sys.argv[6])
    else:
        main()
