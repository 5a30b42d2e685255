"""Mistakes are named with file and line, the value, what was expected and the nearest name; all at once."""
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import runs


def check(text):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="ngv_"))
    (folder / "s.yaml").write_text(text)
    done = subprocess.run([runs.NGV, "check", str(folder / "s.yaml")], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


class Mistake(unittest.TestCase):
    def refused(self, replace, *expected):
        code, log = check(runs.scenario_text("20 ms", replace=replace))
        self.assertEqual(code, 2, log)
        for text in expected:
            self.assertIn(text, log)
        return log

    def test_a_good_scenario_has_no_problems(self):
        code, log = check(runs.scenario_text("20 ms"))
        self.assertEqual(code, 0, log)

    def test_the_mesh_may_be_that_of_the_circuit(self):
        text = runs.scenario_text("20 ms")
        without = re.sub(r", mesh: [^,}]*", "", text)
        self.assertNotEqual(without, text)
        code, log = check(without)
        self.assertEqual(code, 0, log)

    def test_groups_that_the_mesh_does_not_have(self):
        log = self.refused([("  rd: {", "  rd: {compartments: {tissue: {group: tisue}}, patches: {wall: {inside: tissue}}, species: {K: {uptake_max: 1 mV}}, ")],
                           "the mesh has no physical volume 'tisue'", "did you mean 'tissue'?", "no physical surface 'wall'", "mV")
        self.assertEqual(log.count("tisue"), 1)

    def test_misspelt_key(self):
        self.refused([("duration:", "duratoin:")], "s.yaml:", "did you mean 'duration'?")

    def test_wrong_dimension(self):
        self.refused([("duration: 20 ms", "duration: 20 mM")], "s.yaml:", "mM")

    def test_unit_missing(self):
        self.refused([("duration: 20 ms", "duration: 20")], "has no unit")

    def test_zero_ranks(self):
        self.refused([("ranks: 1", "ranks: 0")], "at least 1")

    def test_missing_circuit(self):
        self.refused([("circuit_config.json", "circuit_confg.json")], "circuit_confg.json", "did you mean 'circuit_config.json'?")

    def test_several_at_once(self):
        log = self.refused([("duration: 20 ms", "duration: 20 mM"), ("ranks: 1", "ranks: 0"), ("circuit_config.json", "nothing.json")])
        self.assertIn("3 problems", log)

    def circuit_copy(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="ngv_")) / "circuit"
        shutil.copytree(runs.CIRCUIT, folder)
        return folder

    def test_truncated_hdf5(self):
        folder = self.circuit_copy()
        victim = folder / "nodes" / "neurons.h5"
        victim.write_bytes(victim.read_bytes()[:1000])
        code, log = check(runs.scenario_text("20 ms").replace(str(runs.CIRCUIT), str(folder)))
        self.assertEqual(code, 2, log)
        self.assertIn(victim.name, log)

    def test_circuit_without_vasculature(self):
        folder = self.circuit_copy()
        config = next(folder.rglob("circuit_config.json"))
        config.write_text(config.read_text().replace('"type": "vasculature"', '"type": "plumbing"'))
        code, log = check(runs.scenario_text("20 ms").replace(str(runs.CIRCUIT), str(folder)))
        self.assertEqual(code, 2, log)
        self.assertIn("has no population of type 'vasculature'", log)

    def test_unknown_field_in_a_link_names_the_nearest(self):
        run = runs.Run(runs.scenario_text("20 ms", replace=[("state: glutamate_o", "state: glutamat_o")]))
        self.assertEqual(run.code, 2, run.log)
        self.assertIn("did you mean 'glutamate_o'?", run.log)


if __name__ == "__main__":
    unittest.main()
