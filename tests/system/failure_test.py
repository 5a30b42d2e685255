"""A cell whose metabolism cannot be solved: the same cell is named by both solvers, its state is kept, the others go on."""
import csv
import re
import unittest

import numpy as np
import runs


def run(failures=None, ranges=None):
    more = "".join(f", {key}: {value}" for key, value in (("failures", failures), ("ranges", ranges)) if value)
    return runs.Run(runs.scenario_text("400 ms", keep=("neuron", "metabolism"),
                                       replace=[("ATP_use_rest: 0.02 mM/s}", f"ATP_use_rest: 0.02 mM/s{more}}}")]))


class FailedCells(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        whole = run()
        assert whole.code == 0, whole.log
        atp = whole.report("metabolism/ATP.h5")
        lowest = np.sort(atp[:3].min(axis=0))  # until 200 ms
        cls.range = f"{{ATP_n: {{min: {0.5 * (lowest[0] + lowest[1])}}}}}"  # one cell leaves it by then

    def test_are_set_aside_by_name_in_both_solvers(self):
        failed = run("{then: set_aside, largest_share: 1}", self.range)
        self.assertEqual(failed.code, 0, failed.log)
        said = {int(cell) for cell in re.findall(r"neuron (\d+) has no metabolism", failed.log)}
        (file,) = (failed.results / "metabolism").glob("set_aside_*.csv")
        with open(file) as text:
            rows = list(csv.DictReader(text))
        self.assertGreaterEqual(len(rows), 1)
        self.assertLess(len(rows), failed.report("metabolism/ATP.h5").shape[1])
        self.assertIn("'ATP_n' would become", rows[0]["reason"])
        self.assertGreater(float(rows[0]["ATP_n [mM]"]), 0)  # its state is there
        # A failure is heard in the next window; one in the last window, from 300 ms on, is not.
        heard = {int(row["cell"]) for row in rows if float(row["time [s]"]) < 0.3001}
        self.assertGreaterEqual(len(heard), 1)
        self.assertEqual(said, heard)
        summary = failed.summary()["participants"]
        self.assertEqual(summary["metabolism"]["summary"]["cells_set_aside"], len(rows))
        self.assertEqual(summary["neuron"]["summary"]["neurons_without_metabolism"], len(said))

    def test_keep_their_atp(self):
        atp = run("{then: set_aside, largest_share: 1}", self.range).report("metabolism/ATP.h5")
        held = [cell for cell in range(atp.shape[1]) if atp[-1, cell] == atp[-2, cell] == atp[-3, cell]]
        self.assertGreaterEqual(len(held), 1)
        self.assertLess(len(held), atp.shape[1])

    def test_end_the_run_by_name_where_asked(self):
        stopped = run("{then: stop}", self.range)
        self.assertNotEqual(stopped.code, 0)
        self.assertRegex(stopped.log, r"cell \d+ \(node \d+ of '\w+'\): 'ATP_n'")


if __name__ == "__main__":
    unittest.main()
