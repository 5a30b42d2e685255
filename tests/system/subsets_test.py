"""Any subset of the solvers runs: a field whose partner is absent keeps its default, and the log says so."""
import unittest

import runs


class Subset(unittest.TestCase):
    def run_only(self, *keep):
        run = runs.Run(runs.scenario_text("20 ms", keep=keep))
        self.assertEqual(run.code, 0, run.log)
        self.assertEqual(run.summary()["status"], "complete")
        return run

    def test_neurons_alone_say_what_they_miss(self):
        run = self.run_only("neuron")
        self.assertIn("rd", run.log)
        self.assertIn("default", run.log)

    def test_neurons_and_ions(self):
        self.run_only("neuron", "rd")

    def test_neurons_and_metabolism(self):
        self.run_only("neuron", "metabolism")

    def test_flow_and_metabolism(self):
        self.run_only("flow", "metabolism")

    def test_ions_alone(self):
        self.run_only("rd")


if __name__ == "__main__":
    unittest.main()
