"""The same tissue on any number of ranks, and started either way: identical spikes, fields within 1e-9."""
import unittest

import numpy as np
import runs

# All in double precision: a rounding to float32 would hide what is compared, or show what is not there.
REPORTS = ["neuron/soma_v.h5", "neuron/K_o_cells.h5", "neuron/endfoot_radius.h5", "rd/K_o_mean.h5", "rd/glutamate_o_mean.h5",
           "metabolism/ATP.h5", "metabolism/O2.h5", "flow/flow.h5", "flow/pressure.h5", "flow/radius.h5"]


class AnyNumberOfRanks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.text = runs.scenario_text("200 ms")
        cls.reference = runs.Run(cls.text)
        assert cls.reference.code == 0, cls.reference.log

    def same_as_reference(self, *options):
        run = runs.Run(self.text, *options)

        self.assertEqual(run.code, 0, run.log)
        for mine, expected in zip(run.spikes(), self.reference.spikes()):
            np.testing.assert_array_equal(mine, expected)
        for name in REPORTS:
            mine, expected = run.report(name), self.reference.report(name)
            self.assertEqual(mine.dtype, np.float64, name)
            scale = np.abs(expected).max()
            self.assertLessEqual(np.abs(mine - expected).max(), 1e-9 * scale, name)

    def test_there_are_spikes(self):
        self.assertGreater(len(self.reference.spikes()[0]), 0)

    def test_two_neuron_ranks(self):
        self.same_as_reference("--ranks", "neuron=2")

    def test_two_ranks_of_everybody(self):
        self.same_as_reference("--ranks", "neuron=2,rd=2,flow=2,metabolism=2,coupler=2")

    def test_three_ranks_where_most_is_exchanged(self):
        self.same_as_reference("--ranks", "neuron=3,rd=3,coupler=3")

    def test_spawned_by_the_coupler(self):
        self.same_as_reference("--spawn")

    def test_amounts_are_conserved(self):
        ledger = self.reference.summary()["ledger"]
        self.assertGreater(len(ledger), 0)
        for row in ledger:
            self.assertLessEqual(row["drift"], 1e-12, row)


if __name__ == "__main__":
    unittest.main()
