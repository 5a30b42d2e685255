"""What a neuron-solver shows of its segments reaches others, and is what it reports itself; astrocytes reach the metabolism of their neurons."""
import json
import os
import pathlib
import re
import unittest

import h5py
import numpy as np
import runs

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(runs.NGV).resolve().parents[1]
# Field, kind, unit, and the report of the neuron-solver that has the same (mM and mV in both).
SHOWN = {"V": ("state", "mV", "v"), "Na_segment": ("state", "mM", "Na_i"), "K_segment": ("state", "mM", "K_i"), "Ca_segment": ("state", "mM", "Ca_i"),
         "glia_Ca": ("state", "uM", None), "pump_ATP": ("amount", "mol", None)}
SPIKES = ("neuron: {ranks: 1, ", "neuron: {ranks: 1, current_clamp: [{node_set: neurons, delay: 5 ms, duration: 25 ms, amp: 0.6 nA}], ")


def cell_ids(kind):
    """Ids of all cells of the populations of this type, as solvers know them: population by name, then node."""
    populations = {}
    circuit = json.loads((runs.CIRCUIT / "circuit_config.json").read_text())
    for entry in circuit["networks"]["nodes"]:
        for name, settings in entry["populations"].items():
            populations[name] = (settings.get("type"), runs.CIRCUIT / "nodes" / pathlib.Path(entry["nodes_file"]).name)
    ids = []
    for index, name in enumerate(sorted(populations)):
        found, file = populations[name]
        if found == kind:
            with h5py.File(file) as nodes:
                ids += [(index << 52) | (node << 20) for node in range(len(nodes[f"nodes/{name}/node_type_id"]))]
    return ids


def probed(fields, cells, replace=(), more=""):
    """A run of neurons with the probe beside them."""
    os.environ["NGV_LIBRARY"] = str(BUILD / "lib/libngv.so")
    os.environ["PYTHONPATH"] = str(HERE.parents[1] / "solvers/dummy")
    os.environ["NGV_PROBE"] = json.dumps({"cells": cells, "fields": {name: values[:2] for name, values in fields.items()}})
    rows = "".join(f"  - {{{kind}: {name}, from: neuron.segments, to: probe.cells, every: 1 ms, mapping: [by cell]}}\n" for name, (kind, *_) in fields.items())
    text = runs.scenario_text("30 ms", keep=("neuron",), replace=[SPIKES, *replace])
    text = re.sub(r"(?s)links:.*", f"links:\n{rows}", text)
    text = text.replace("  coupler:", f"  probe: {{executable: {HERE / 'probe.py'}}}\n  coupler:")
    run = runs.Run(text)
    assert run.code == 0, run.log
    run.seen = {name: np.array(values) for name, values in json.loads((run.results / "probe" / "seen.json").read_text()).items()}
    return run


class Segments(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        reports = ", ".join(f"{{name: all_{report}, variable: {report}, sections: all, dt: 1 ms}}" for _, _, report in SHOWN.values() if report)
        cls.run_ = probed(SHOWN, cell_ids("biophysical"), [("neuron: {ranks: 1, ", f"neuron: {{ranks: 1, reports: [{reports}], ")])

    def report_means(self, name):
        """Mean over the elements of each cell: [frame][cell]."""
        with h5py.File(self.run_.results / "neuron" / f"all_{name}.h5") as file:
            (population,) = file["report"].values()
            pointers, data = population["mapping/index_pointers"][()], population["data"][()]
        return np.stack([data[:, a:b].mean(axis=1) for a, b in zip(pointers[:-1], pointers[1:])], axis=1)

    def test_are_what_the_solver_reports(self):
        for name, (_, _, report) in SHOWN.items():
            if not report:
                continue
            mine, expected = self.run_.seen[name][1:], self.report_means(report)[1:]
            np.testing.assert_allclose(mine, expected[: len(mine)], rtol=1e-12, err_msg=name)
            self.assertGreater(np.ptp(mine), 0, name)

    def test_spike(self):
        self.assertGreater(len(self.run_.spikes()[0]), 0)

    def test_pumps_use_more_after_spikes(self):
        used = self.run_.seen["pump_ATP"].sum(axis=1)
        self.assertEqual(used[0], 0)  # nothing has happened yet
        self.assertTrue((used[1:] > 0).all())
        self.assertGreater(used[-1], 1.01 * used[1])

    def test_neurons_have_no_calcium_of_astrocytes(self):
        self.assertEqual(np.abs(self.run_.seen["glia_Ca"]).max(), 0)


class Astrocytes(unittest.TestCase):
    def test_show_their_calcium(self):
        run = probed({"glia_Ca": SHOWN["glia_Ca"], "V": SHOWN["V"]}, cell_ids("astrocyte"))
        self.assertTrue(((run.seen["glia_Ca"] > 0.01) & (run.seen["glia_Ca"] < 1)).all(), run.seen["glia_Ca"])
        self.assertTrue((run.seen["V"] < -80).all())


class InterpolatedSpikes(unittest.TestCase):
    def test_are_where_the_threshold_is_crossed_within_the_step(self):
        step, interpolated = (probed({"V": SHOWN["V"]}, cell_ids("biophysical"), [("neuron: {ranks: 1, ", f"neuron: {{ranks: 1, spike_times: {how}, ")])
                              for how in ("step", "interpolated"))
        (at_end, ids), (within, same_ids) = step.spikes(), interpolated.spikes()

        self.assertGreater(len(at_end), 0)
        np.testing.assert_array_equal(ids, same_ids)
        np.testing.assert_allclose(at_end / 0.025, np.round(at_end / 0.025), atol=1e-6)
        early = at_end - within
        self.assertTrue(0 < early[0] < 0.025, early)  # later ones feel spikes that came at other times
        self.assertLess(np.abs(early).max(), 0.1)
        self.assertTrue((np.abs(within / 0.025 - np.round(within / 0.025)) > 1e-6).any())


class Metabolism(unittest.TestCase):
    """The rows of tissue.yaml that the full model alone has equations for."""

    @classmethod
    def setUpClass(cls):
        text = runs.scenario_text("40 ms", replace=[SPIKES, ("metabolism: {ranks: 1,", "metabolism: {ranks: 1, model: shichkova2025, compile: never, equilibrate: 100 ms, "
                                                             "report_every: 20 ms, reports: [na_c_a, k_c_a, ca_c_a, v_a, glu_released],")])
        text = text.replace("  # - {", "  - {").replace("every: 100 ms", "every: 20 ms").replace("ATP_use_rest: 0.02 mM/s", "ATP_use_rest: 0.0258 mM/s")
        cls.run_ = runs.Run(text)
        assert cls.run_.code == 0, cls.run_.log

    def last(self, name):
        return self.run_.report(f"metabolism/{name}.h5")[-1]

    def test_has_the_ions_of_the_astrocytes(self):
        for name, default, low, high in (("na_c_a", 16.27886560396611, 14, 16), ("k_c_a", 100.79307843484172, 99, 101), ("v_a", -94.73739998434871, -90, -80),
                                         ("ca_c_a", 5.31000955574647e-05, 2e-5, 1e-3)):
            served = self.last(name)[self.last(name) != default]
            self.assertGreater(len(served), 0, name)
            self.assertTrue(((served > low) & (served < high)).all(), f"{name}: {served}")

    def test_has_the_glutamate_around_the_cells(self):
        self.assertGreater(self.last("glu_released").max(), 0)
        self.assertLess(self.last("glu_released").max(), 0.1)


if __name__ == "__main__":
    unittest.main()
