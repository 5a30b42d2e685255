"""The whole tissue, stopped and resumed: every result after the state equals that of the run that never stopped, to the last bit."""
import shutil
import subprocess
import unittest

import h5py
import numpy as np
import runs

REPORTS = ["neuron/soma_v.h5", "neuron/K_o_cells.h5", "neuron/ATP_cells.h5", "neuron/endfoot_radius.h5", "neuron/endfoot_calcium.h5",
           "rd/K_o_mean.h5", "rd/glutamate_o_mean.h5", "metabolism/ATP.h5", "metabolism/O2.h5", "flow/flow.h5", "flow/pressure.h5",
           "flow/hematocrit.h5", "flow/glucose.h5", "flow/O2.h5"]
# Red cells that travel, walls with muscle, and a preconditioner that is kept: blood with more of a past than the default.
BLOOD = ("blood: {phase_separation: pries_secomb_2005, cells_travel: true}, walls: {youngs_modulus: 4e5 Pa, myogenic_gain: 0.5}, "
         "solver: {method: multigrid}")
KEEP = "checkpoint: {every: 100 ms}"


def text():
    """Energy and blood are exchanged every 10 ms, so that their solvers have a past at 100 ms."""
    made = runs.scenario_text("200 ms", replace=[("flow: {ranks: 1}", f"flow: {{ranks: 1, {BLOOD}}}")])
    made = made.replace("every: 100 ms", "every: 10 ms").replace("cells: {pump:", "astrocytes: {gliotransmission: true}, cells: {pump:")
    return made.replace("links:", f"{KEEP}\nlinks:", 1)


def frames(path):
    """Times and values of a report."""
    with h5py.File(path) as file:
        (population,) = file["report"].values()
        start, _, step = population["mapping/time"][()]
        data = population["data"][()]
        return np.round(start + step * np.arange(len(data)), 6), data


class Resumed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.whole = runs.Run(text())
        assert cls.whole.code == 0, cls.whole.log

    def resumed(self, *options):
        """A copy of the whole run as it was at 100 ms, gone on from there."""
        run = runs.Run.__new__(runs.Run)
        run.folder, run.scenario = self.whole.folder, self.whole.scenario
        shutil.rmtree(run.folder / "results" / "from_100ms", ignore_errors=True)
        done = subprocess.run([runs.NGV, "run", "--resume", *options, str(run.scenario)], capture_output=True, text=True, timeout=240)
        run.code, run.log = done.returncode, done.stdout + done.stderr
        run.results = run.folder / "results" / "from_100ms"
        self.assertEqual(run.code, 0, run.log)
        return run

    def compare(self, run, same):
        for name in REPORTS:
            times, expected = frames(self.whole.results / name)
            later, values = frames(run.results / name)
            self.assertGreater(len(later), 0, name)
            self.assertGreaterEqual(later[0], 100, name)
            self.assertEqual(later[-1], times[-1], name)
            same(values, expected[np.searchsorted(times, later)], name)
        times, ids = self.whole.spikes()
        after = times > 100
        self.assertGreater(np.count_nonzero(after), 0)
        np.testing.assert_array_equal(run.spikes()[0], times[after])
        np.testing.assert_array_equal(run.spikes()[1], ids[after])

    def test_the_same_bits(self):
        run = self.resumed()

        self.compare(run, np.testing.assert_array_equal)
        self.assertEqual(run.summary()["resumed_at_ms"], 100)
        for row in run.summary()["ledger"]:
            self.assertLessEqual(row["drift"], 1e-12, row)

    def test_on_other_ranks_within_round_off(self):
        def near(values, expected, name):
            self.assertLessEqual(np.abs(values - expected).max(), 1e-9 * np.abs(expected).max(), name)

        self.compare(self.resumed("--ranks", "neuron=2,rd=2,flow=2,metabolism=2,coupler=2"), near)

    def test_keeping_states_changes_no_result(self):
        without = runs.Run(text().replace(KEEP, ""))

        self.assertEqual(without.code, 0, without.log)
        for name in REPORTS:
            np.testing.assert_array_equal(frames(without.results / name)[1], frames(self.whole.results / name)[1], name)


if __name__ == "__main__":
    unittest.main()
