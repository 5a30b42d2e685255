"""The loops are closed: what one solver does, the others feel."""
import unittest

import numpy as np
import runs


class ClosedLoops(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.run_ = runs.Run(runs.scenario_text("300 ms"))
        assert cls.run_.code == 0, cls.run_.log

    def test_potassium_rises_outside_active_cells(self):
        mean = self.run_.report("rd/K_o_mean.h5")
        self.assertGreater(mean[-1, 0], mean[0, 0])
        self.assertTrue((mean > 1).all() and (mean < 20).all())

    def test_neurons_feel_the_tissue(self):
        outside = self.run_.report("neuron/K_o_cells.h5")
        self.assertGreater(np.ptp(outside, axis=0).max(), 1e-6)

    def test_atp_is_used_and_stays_in_range(self):
        atp = self.run_.report("metabolism/ATP.h5")
        self.assertGreater(np.ptp(atp), 1e-6)
        self.assertTrue((atp > 0.5).all() and (atp < 3).all())

    def test_vessels_move(self):
        radius = self.run_.report("flow/radius.h5")
        self.assertGreater(np.ptp(radius, axis=0).max(), 0)


if __name__ == "__main__":
    unittest.main()
