"""Public emodel cells in Debian's NEURON with our channels, against reference traces.

The five cells of the v5 circuit are built from emodel_parameters.json and get the pulses of the reference run (3 nA for 10 ms every 20 ms). Cells
0, 3 and 4 receive no synapse: their soma voltages must be those that the published channels gave. Runs where NEURON and NGV_REFERENCE are.
"""

import csv
import json
import os
import pathlib
import re
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import debian_neuron  # noqa: E402

MOD = pathlib.Path(__file__).parents[3] / "solvers/neuron/mechanisms/mod"
REFERENCE = pathlib.Path(os.environ.get("NGV_REFERENCE", "")).parent / "circuits"
MISSING = debian_neuron.available() or (None if REFERENCE.is_dir() else f"no reference circuits in {REFERENCE}: set NGV_REFERENCE")
SECTION_LISTS = {"somatic": "soma", "axonal": "axon", "basal": "dend", "apical": "apic"}
# Cells, and until when (ms) no synaptic event reaches them.
QUIET_UNTIL = {0: 40, 1: 0.7, 2: 0.7, 3: 40, 4: 40}

TEMPLATE = """
begintemplate ImportedCell
public soma, axon, dend, apic, all, somatic, axonal, basal, apical
create soma[1], axon[1], dend[1], apic[1]
objref all, somatic, axonal, basal, apical
proc init() {
    all = new SectionList() somatic = new SectionList() axonal = new SectionList() basal = new SectionList() apical = new SectionList()
}
endtemplate ImportedCell
"""


def load_importer(h, folder):
    """NEURON's morphology reader, with the end of a contour's axis chosen as NEURON 9 does, which the references assume."""
    shutil.copytree("/usr/share/nrn/lib/hoc/import3d", folder / "import3d")
    gui = folder / "import3d/import3d_gui.hoc"
    axis = "\tmajor = m.getcol(tobj.max_ind)\n"
    text = gui.read_text()
    assert text.count(axis) == 1
    flip = "\tif (major.x[major.c.abs.max_ind] < 0) { major.mul(-1) }\n"
    gui.write_text(text.replace(axis, axis + flip))
    here = os.getcwd()
    os.chdir(folder)
    h.load_file("stdlib.hoc")
    for part in ("import3d_sec", "read_swc", "read_nlcda", "read_nlcda3", "read_nts", "read_morphml", "import3d_gui"):
        h.xopen(f"import3d/{part}.hoc")
    os.chdir(here)
    h(TEMPLATE)


class Cell:
    """An emodel of the v5 release: stubs in place of the axon, 40 um rule."""

    def __init__(self, h, morphology, emodel):
        self.h = h
        self.cell = h.ImportedCell()
        reader = h.Import3d_Neurolucida3()
        reader.quiet = 1
        reader.input(str(morphology))
        h.Import3d_GUI(reader, 0).instantiate(self.cell)
        for section in self.cell.all:
            section.nseg = 1 + 2 * int(section.L / 40)
        self.soma = self.cell.soma[0]
        self.replace_axon()
        self.lists = {"somatic": list(self.cell.somatic), "basal": list(self.cell.basal), "apical": list(self.cell.apical), "axonal": self.stubs}
        self.set(emodel)

    def replace_axon(self):
        h, axon = self.h, list(self.cell.axonal)
        h.distance(0, self.soma(0))
        first = axon[0](0.5).diam
        far = [s(0.5).diam for s in axon if h.distance(s(0.5)) > 60]
        for section in axon:
            h.delete_section(sec=section)
        self.stubs = [h.Section(name=f"stub{i}") for i in range(2)]
        for stub, diameter, parent in zip(self.stubs, (first, far[0] if far else first), (self.soma, self.stubs[0])):
            stub.L, stub.diam, stub.nseg = 30, diameter, 1
            stub.connect(parent(1))

    def set(self, emodel):
        everything = [s for sections in self.lists.values() for s in sections]
        for names, mechanisms in emodel["inserted"].items():
            for section in everything if names == "all" else self.lists.get(names, []):
                for mechanism in mechanisms:
                    section.insert(mechanism)
        for names, values in emodel["params"].items():
            for section in everything if names == "all" else self.lists.get(names, []):
                for name, value in values.items():
                    setattr(section, name, float(value))
        self.h.distance(0, self.soma(0))
        for distribution in emodel["distributions"]:
            for section in self.lists[distribution["seclist"]]:
                for segment in section:
                    expression = distribution["expr"] % self.h.distance(segment)
                    assert re.fullmatch(r"[-+*/() 0-9.e]*(exp)?[-+*/() 0-9.e]*", expression)
                    import math

                    setattr(segment, distribution["param"], eval(expression, {"exp": math.exp, "__builtins__": {}}))

    def pulse(self):
        clamp = self.h.IClamp(self.soma(0.5))
        clamp.dur = 1e9
        times, amplitudes = [], []
        for k in range(3):
            times += [20 * k, 20 * k + 10, 20 * k + 10, 20 * k + 20]
            amplitudes += [3, 3, 0, 0]
        self.played = self.h.Vector(times), self.h.Vector(amplitudes)
        self.played[1].play(clamp._ref_amp, self.played[0], 1)
        self.clamp = clamp
        self.v = self.h.Vector().record(self.soma(0.5)._ref_v)


@unittest.skipIf(MISSING, MISSING)
class Emodels(unittest.TestCase):
    def test_pulsed_cells_have_the_voltages_of_the_published_channels(self):
        import h5py

        folder = pathlib.Path(tempfile.mkdtemp())
        h = debian_neuron.load(debian_neuron.build(folder / "mechanisms", MOD.glob("bbp/*.mod")))
        load_importer(h, folder)
        circuit = REFERENCE / "neurodamus_v5_sonata/sub_mini5"
        models = json.loads((REFERENCE / "emodel_parameters.json").read_text())
        nodes = h5py.File(circuit / "default/nodes.h5")["nodes/default/0"]
        cells = []
        for morphology, template in zip(nodes["morphology"][:], nodes["model_template"][:]):
            name = template.decode().split(":")[1]
            emodel = models[f"{name} @ neurodamus_v5_sonata/sub_mini5/biophysical_model_templates/{name}.hoc"]
            cells.append(Cell(h, circuit / "morphologies" / f"{morphology.decode()}.asc", emodel))
            cells[-1].pulse()
        h.celsius, h.dt = 34, 0.025
        h.finitialize(-65)
        while h.t < 40 - 0.01:
            h.fadvance()

        with open(REFERENCE / "expected/v5_sonata_pulse_soma_v.csv") as file:
            expected = list(csv.DictReader(file))

        for i, cell in enumerate(cells):
            worst = max(
                (abs(float(row[f"v{i}"]) - v), float(row["t"])) for row, v in zip(expected, cell.v) if float(row["t"]) < QUIET_UNTIL[i]
            )
            print(f"cell {i}: {worst[0]:.3g} mV at {worst[1]} ms", file=sys.stderr)
            # The reference's text has 12 digits; the singular points of rates are taken by their limits here.
            self.assertLess(worst[0], 1e-6, f"cell {i}")


if __name__ == "__main__":
    unittest.main()
