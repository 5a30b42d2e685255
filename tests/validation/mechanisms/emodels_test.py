"""Public emodel cells in Debian's NEURON with our channels, against reference traces.

Cells of the v5 and of the v6 release are built from emodel_parameters.json and run as in the reference, as long as no synaptic event reaches them:
their soma voltages must be those that the published channels gave. Runs where NEURON and NGV_REFERENCE are.
"""

import csv
import json
import math
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
REFERENCE = pathlib.Path(os.environ.get("NGV_REFERENCE", "/nowhere")) / "circuits"
MISSING = debian_neuron.available() or (None if REFERENCE.is_dir() else f"no reference circuits in {REFERENCE}: NGV_REFERENCE names the folder above")

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
    """An emodel on a morphology: the 40 um rule, two stubs in place of the axon."""

    def __init__(self, h, morphology, emodel, taper=None):
        self.h = h
        self.cell = h.ImportedCell()
        reader = h.Import3d_Neurolucida3()
        reader.quiet = 1
        reader.input(str(morphology))
        h.Import3d_GUI(reader, 0).instantiate(self.cell)
        for section in self.cell.all:
            section.nseg = 1 + 2 * int(section.L / 40)
        self.soma = self.cell.soma[0]
        axon = list(self.cell.axonal)
        if emodel["axon"].startswith("delete_axon"):
            diameters = self.two_diameters(axon)
        elif taper:
            strength, decay, end = taper
            all_ten = [strength * math.exp(-6 * i / decay) + end for i in range(10)]
            diameters = all_ten[:5], all_ten[5:]
        else:
            diameters = self.ten_diameters(axon)
        for section in axon:
            h.delete_section(sec=section)
        self.stubs = [h.Section(name=f"stub{i}") for i in range(2)]
        for stub, values, parent in zip(self.stubs, diameters, (self.soma, self.stubs[0])):
            stub.L, stub.nseg = 30, len(values)
            for segment, diameter in zip(stub, values):
                segment.diam = diameter
            stub.connect(parent(1))
        self.myelin = []
        if "myelin" in emodel["axon"]:
            self.myelin = [h.Section(name="myelin")]
            self.myelin[0].L, self.myelin[0].nseg, self.myelin[0].diam = 1000, 5, diameters[1][-1]
            self.myelin[0].connect(self.stubs[1](1))
        self.lists = {"somatic": list(self.cell.somatic), "basal": list(self.cell.basal), "apical": list(self.cell.apical)}
        self.lists |= {"axonal": self.stubs, "myelinated": self.myelin}
        self.set(emodel)
        self.v = h.Vector().record(self.soma(0.5)._ref_v)

    def two_diameters(self, axon):
        """v5: of the first section, and of the first one whose middle is beyond 60 um."""
        self.h.distance(0, self.soma(0))
        far = [s(0.5).diam for s in axon if self.h.distance(s(0.5)) > 60]
        return [axon[0](0.5).diam], far[:1] or [axon[0](0.5).diam]

    def ten_diameters(self, axon):
        """v6: of the first ten pieces of about 6 um."""
        for section in axon:
            section.nseg = 1 + 2 * int(section.L / 6 / 2)
        found = [segment.diam for section in axon for segment in section]
        return found[:5], found[5:10]

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
        self.h.distance(0, self.soma(0.5 if "0.5" in emodel["distance_origin"] else 0))
        for distribution in emodel["distributions"]:
            for section in self.lists[distribution["seclist"]]:
                for segment in section:
                    expression = distribution["expr"] % self.h.distance(segment)
                    assert re.fullmatch(r"[-+*/() 0-9.e]*(exp)?[-+*/() 0-9.e]*", expression)
                    setattr(segment, distribution["param"], eval(expression, {"exp": math.exp, "__builtins__": {}}))

    def pulse(self):
        """3 nA for 10 ms, every 20 ms."""
        clamp = self.h.IClamp(self.soma(0.5))
        clamp.dur = 1e9
        times, amplitudes = [], []
        for k in range(3):
            times += [20 * k, 20 * k + 10, 20 * k + 10, 20 * k + 20]
            amplitudes += [3, 3, 0, 0]
        self.played = self.h.Vector(times), self.h.Vector(amplitudes)
        self.played[1].play(clamp._ref_amp, self.played[0], 1)
        self.clamp = clamp


@unittest.skipIf(MISSING, MISSING)
class Emodels(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = pathlib.Path(tempfile.mkdtemp())
        cls.h = debian_neuron.load(debian_neuron.build(folder / "mechanisms", MOD.glob("bbp/*.mod")))
        load_importer(cls.h, folder)
        cls.models = json.loads((REFERENCE / "emodel_parameters.json").read_text())

    def cells(self, nodes_file, population, morphologies, templates, tapers={}):
        import h5py

        nodes = h5py.File(nodes_file)[f"nodes/{population}/0"]
        result = []
        for i, (morphology, template) in enumerate(zip(nodes["morphology"][:], nodes["model_template"][:])):
            name = template.decode().split(":")[1]
            taper = None
            if name in tapers:
                strength, decay, end = tapers[name]
                taper = strength, decay, end * float(nodes["dynamics_params/AIS_scaler"][i])
            morphology = morphologies / f"{morphology.decode()}.asc"
            result.append(Cell(self.h, morphology, self.models[f"{name} @ {templates}/{name}.hoc"], taper))
        return result

    def run_to(self, tstop, v_init, dt, celsius):
        self.h.celsius, self.h.dt = celsius, dt
        self.h.finitialize(v_init)
        while self.h.t < tstop - dt / 2:
            self.h.fadvance()

    def check(self, cells, columns, quiet_until, name):
        """The reference's text has 12 digits; the singular points of rates are taken by their limits here."""
        with open(REFERENCE / "expected" / name) as file:
            expected = list(csv.DictReader(file))
        for cell, column, until in zip(cells, columns, quiet_until):
            worst = max((abs(float(row[column]) - v), float(row["t"])) for row, v in zip(expected, cell.v) if float(row["t"]) < until)
            print(f"{name} {column}: {worst[0]:.3g} mV at {worst[1]} ms", file=sys.stderr)
            self.assertLess(worst[0], 1e-9, column)

    def test_pulsed_v5_cells_have_the_voltages_of_the_published_channels(self):
        circuit = REFERENCE / "neurodamus_v5_sonata/sub_mini5"
        cells = self.cells(
            circuit / "default/nodes.h5", "default", circuit / "morphologies", "neurodamus_v5_sonata/sub_mini5/biophysical_model_templates"
        )
        for cell in cells:
            cell.pulse()

        self.run_to(40, -65, 0.025, 34)

        # Cells 1 and 2 receive synaptic events later.
        self.check(cells, [f"v{i}" for i in range(5)], (40, 0.7, 0.7, 40, 40), "v5_sonata_pulse_soma_v.csv")

    def test_v6_interneurons_have_the_voltages_of_the_published_channels(self):
        circuit = REFERENCE / "neurodamus_usecase3"
        cells = self.cells(circuit / "nodes_B.h5", "NodeB", circuit / "CircuitB/morphologies/asc", "neurodamus_usecase3/CircuitB/hoc")

        self.run_to(3, -75, 0.1, 35)

        self.check(cells, ("v1000", "v1001"), (2.4, 1.7), "usecase3_soma_v.csv")

    def test_v6_pyramidal_cell_has_the_voltages_of_the_published_channels(self):
        import h5py

        circuit = REFERENCE / "neurodamus_usecase3"
        taper = {"cADpyr_L2TPC": (9.999999999998727e-07, 10.78960441477696, 0.4534256047206839)}
        nodes = circuit / "nodes_A.h5"
        cell = self.cells(nodes, "NodeA", circuit / "CircuitA/morphologies/asc", "neurodamus_usecase3/CircuitA/hoc", taper)[2]
        clamp = self.h.IClamp(cell.soma(0.5))
        clamp.dur, clamp.amp = 1e9, float(h5py.File(nodes)["nodes/NodeA/0/dynamics_params/holding_current"][2])

        self.run_to(50, -75, 0.1, 35)

        self.check([cell], ["v2"], [50], "usecase3_soma_v.csv")


if __name__ == "__main__":
    unittest.main()
