"""Runs cases in the project's engine (mechanism-probe) and in Debian's NEURON, and says where they differ."""

import json
import math
import os
import pathlib
import subprocess
import sys

import debian_neuron

HERE = pathlib.Path(__file__).parent
MOD = HERE.parents[2] / "solvers/neuron/mechanisms/mod"
PROBE = os.environ.get("MECHANISM_PROBE", "")


def missing():
    return debian_neuron.available() or (None if PROBE else "MECHANISM_PROBE does not name the program")


def last_json(command, **how):
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, **how)
    if done.returncode:
        raise RuntimeError(" ".join(map(str, command)) + "\n" + done.stdout[-3000:] + done.stderr[-3000:])
    return json.loads(done.stdout.splitlines()[-1])


def run_both(cases, files, work, group=None):
    """Results by name: ours in NEURON's arithmetic, ours in the fast one, NEURON's; of constructs also in the fast one with NEURON's slopes.

    `files`: those that NEURON has not built in. `group`: the project's own catalogue that has them; without it they are compiled.
    """
    work = pathlib.Path(work)
    work.mkdir(parents=True, exist_ok=True)
    described = work / "cases.json"
    described.write_text(json.dumps(cases))
    library = debian_neuron.build(work / "neuron", files) if files else "-"
    theirs = last_json([sys.executable, HERE / "neuron_side.py", library, described])
    ours = last_json([PROBE, described, "--neuron", MOD / "general", *files])
    fast = last_json([PROBE, described, *(["--own", group] if group else [MOD / "general", *files])])
    if group:
        return ours, fast, theirs
    return ours, fast, theirs, last_json([PROBE, described, "--neuron-slopes", MOD / "general", *files])


# The fast arithmetic has exact slopes of currents where NEURON takes differences over 0.001 mV, and sums in another order. One step differs by
# 2e-6 mV at most (constructs_test.py says why and shows it); the upstrokes of spikes in the library's cases multiply that.
FAST_TOLERANCE = 2e-3


def differences(case, ours, theirs, at_least=0.0):
    """What is wrong, as text; empty if all is well. v in mV, other variables relative to their largest value."""
    if "error" in ours:
        return [ours["error"]]
    wrong = []
    for name, expected in theirs["traces"].items():
        found = ours["traces"][name]
        if len(found) != len(expected):
            wrong.append(f"{name}: {len(found)} values, expected {len(expected)}")
            continue
        scale = 1.0 if name == "v" else max(max(abs(x) for x in expected), 1e-30)
        worst = max(range(len(found)), key=lambda i: abs(found[i] - expected[i]) if math.isfinite(found[i]) else math.inf)
        difference = abs(found[worst] - expected[worst]) / scale
        if not difference <= max(case["tolerance"], at_least):
            at = worst * case["options"]["dt"]
            wrong.append(f"{name}: differs by {difference:.3g} at {at:g} ms ({found[worst]!r}, NEURON {expected[worst]!r})")
    for point, expected in theirs["fired"].items():
        found = ours["fired"][point]
        # NEURON stamps detected spikes 1e-10 ms late; times of events are those of the event.
        if len(found) != len(expected) or any(abs(a - b) > 1e-9 for a, b in zip(found, expected)):
            wrong.append(f"point {point} fired at {found[:8]}, NEURON {expected[:8]}")
    return wrong
