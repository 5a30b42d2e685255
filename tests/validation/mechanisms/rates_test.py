"""Steady states and time constants of every gate over voltage, measured in Debian's NEURON, against the papers' formulas (curves.py).

Each voltage is a segment whose capacitance is so large that it stays there. A gate starts in its steady state; moved away from it, one step
shows its time constant.
"""

import json
import math
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import debian_neuron  # noqa: E402
from curves import CURVES, START_SHUT  # noqa: E402

MOD = pathlib.Path(__file__).parents[3] / "solvers/neuron/mechanisms/mod"
VOLTAGES = [-118.3 + 7.1 * i for i in range(25)]
DT = 0.05


def measure(folder, work):
    """{mechanism: {gate: [[x_inf, tau] at each voltage]}}"""
    h = debian_neuron.load(debian_neuron.build(work, [MOD / folder / f"{name}.mod" for name in CURVES[folder]]))
    h.celsius, h.dt = 34, DT
    result = {}
    for name, gates in CURVES[folder].items():
        section = h.Section(name=name)
        section.nseg, section.cm, section.Ra = len(VOLTAGES), 1e16, 1e12
        section.insert(name)
        for segment, v in zip(section, VOLTAGES):
            segment.v = v
        h.finitialize()
        starts = {g: [getattr(s, f"{g}_{name}") for s in section] for g in gates}
        one, two = ({g: [] for g in gates} for _ in range(2))
        moved = {g: [x + 0.25 if x < 0.5 else x - 0.25 for x in starts[g]] for g in gates}
        for g in gates:
            for segment, x in zip(section, moved[g]):
                setattr(segment, f"{g}_{name}", x)
        for after in (one, two):
            h.fadvance()
            for g in gates:
                after[g] = [getattr(s, f"{g}_{name}") for s in section]
        result[name] = {}
        for g in gates:
            curve = []
            for start, x0, x1, x2 in zip(starts[g], moved[g], one[g], two[g]):
                if name in START_SHUT:
                    start = (x0 * x2 - x1 * x1) / (x0 + x2 - 2 * x1)  # the limit of a geometric series
                curve.append([start, -DT / math.log((x1 - start) / (x0 - start)) if x1 != start else 0.0])
            result[name][g] = curve
        h.delete_section(sec=section)
    return result


@unittest.skipIf(debian_neuron.available(), debian_neuron.available())
class Rates(unittest.TestCase):
    def check(self, folder):
        work = tempfile.mkdtemp()
        out = subprocess.run([sys.executable, __file__, "--measure", folder, work], capture_output=True, text=True)
        self.assertEqual(out.returncode, 0, out.stderr)
        measured = json.loads(out.stdout.splitlines()[-1])
        for name, gates in CURVES[folder].items():
            for gate, (inf, tau) in gates.items():
                for v, (found_inf, found_tau) in zip(VOLTAGES, measured[name][gate]):
                    where = f"{name}.{gate} at {v:.1f} mV"
                    # A limit that is extrapolated from two small steps has lost most digits.
                    loose = name in START_SHUT
                    self.assertAlmostEqual(found_inf, inf(v), delta=1e-6 if loose else 1e-13, msg=f"{where}: steady state")
                    # A step moves a gate by its part DT/tau of 0.25, known to about 1e-16: that bounds the digits of tau.
                    # A gate that is far faster than a step has arrived, and shows nothing.
                    if tau(v) > DT / 20:
                        bound = 1e-4 if loose else 1e-11 + 1e-14 * tau(v) / DT + 1e-15 * math.exp(DT / tau(v))
                        self.assertAlmostEqual(found_tau / tau(v), 1, delta=bound, msg=f"{where}: time constant")

    def test_bbp(self):
        self.check("bbp")

    def test_thalamus(self):
        self.check("thalamus")

    def test_allen(self):
        self.check("allen")

    def test_tissue(self):
        self.check("tissue")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(sys.argv[2], sys.argv[3])))
    else:
        unittest.main()
