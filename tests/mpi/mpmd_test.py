"""MPMD jobs of dummies: any rank counts, any order, either way of starting, any subset; the same numbers."""
import json
import unittest

from dummies import BIN, Run


class AnyLayout(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.reference = cls.finished(Run(), ("left", 1), ("mid", 1), ("right", 1), ("coupler", 1))

    @staticmethod
    def finished(run, *layout):
        run.run(*(run.segment(*part) for part in layout))
        assert run.code == 0, run.log
        assert run.summary()["status"] == "complete"
        return run

    def test_what_arrives_is_what_was_sent(self):
        numbers = self.reference.numbers()
        # 12 elements, element i gives (i + 1) fmol in each of 10 windows.
        self.assertAlmostEqual(numbers["right"]["sum of a"], 780e-15, delta=1e-26)
        self.assertEqual(numbers["left"]["initial sum of p"], 36.0)
        # mid has the windows [0 1] [1 3] [3 5] [5 6] [6 7] [7 9] [9 10] ms, and takes 78 fmol in each.
        self.assertAlmostEqual(numbers["left"]["sum of p"], -7 * 78e-15, delta=1e-26)

    def test_ledger_has_no_drift(self):
        ledger = self.reference.summary()["ledger"]
        self.assertEqual(len(ledger), 5)
        self.assertLess(max(abs(row["drift"]) for row in ledger), 1e-15)
        lines = (self.reference.folder / "results" / "ledger.csv").read_text().splitlines()
        self.assertEqual(len(lines), 1 + 10 + 2 * 5 + 2 * 6)

    def test_timeline_is_json(self):
        trace = json.loads((self.reference.folder / "results" / "trace.json").read_text())
        self.assertIn("wait for", " ".join(e["name"] for e in trace["traceEvents"]))

    def test_more_ranks_in_another_order(self):
        run = self.finished(Run(), ("coupler", 2), ("right", 2), ("left", 2), ("mid", 3))
        self.assertEqual(run.numbers(), self.reference.numbers())

    def test_one_participant_in_two_segments(self):
        run = self.finished(Run(), ("left", 1), ("coupler", 3), ("mid", 1), ("left", 1), ("right", 1))
        self.assertEqual(run.numbers(), self.reference.numbers())
        self.assertEqual(run.summary()["participants"]["left"]["ranks"], 2)

    def test_more_ranks_than_elements(self):
        run = Run()
        few = self.finished(run, ("left", 1, "--elements", "2"), ("mid", 3, "--elements", "2"), ("right", 1, "--elements", "2"), ("coupler", 3))
        self.assertAlmostEqual(few.numbers()["right"]["sum of a"], 30e-15, delta=1e-28)

    def test_spawned_is_the_same(self):
        run = self.finished(Run(ranks=(2, 1, 1)), ("coupler", 1, "--spawn"))
        self.assertEqual(run.numbers(), self.reference.numbers())

    def test_subset_keeps_defaults_and_says_so(self):
        run = self.finished(Run(), ("right", 1), ("coupler", 1))
        self.assertIn("'v' is not exchanged, 'left' is not in this run", run.log)
        self.assertIn("field 'v' on 'cells' has no partner in this run: it keeps its default, -1 1", run.log)
        self.assertEqual(run.numbers()["right"]["windows"], 1)

    def test_last_window_may_be_shorter(self):
        run = self.finished(Run(duration="9.5 ms"), ("left", 1), ("mid", 1), ("right", 1), ("coupler", 1))
        self.assertEqual(run.numbers()["right"]["windows"], 10)
        self.assertLess(max(abs(row["drift"]) for row in run.summary()["ledger"]), 1e-15)

    def test_elements_that_map_nowhere_are_in_the_ledger(self):
        run = self.finished(Run(), ("left", 1, "--elements", "14"), ("mid", 1), ("right", 1), ("coupler", 2))
        row = next(r for r in run.summary()["ledger"] if r["field"] == "a")
        self.assertAlmostEqual(row["unseen"], 10 * (13 + 14) * 1e-15, delta=1e-26)
        self.assertAlmostEqual(row["received"], 780e-15, delta=1e-26)

    def test_what_cannot_be_absorbed_is_carried_over(self):
        run = self.finished(Run(), ("left", 1), ("mid", 1), ("right", 2, "--carry", "0.5"), ("coupler", 1))
        row = next(r for r in run.summary()["ledger"] if r["field"] == "a")
        self.assertGreater(row["carried"], 0)
        self.assertAlmostEqual(run.numbers()["right"]["sum of a"] + row["carried"], row["emitted"], delta=1e-26)


if __name__ == "__main__":
    unittest.main()
