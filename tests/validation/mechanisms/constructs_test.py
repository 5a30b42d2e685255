"""Each NMODL construct in a small model: the project's compiler and engine against Debian's NEURON and its translator, in one run."""

import os
import pathlib
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import comparison  # noqa: E402
from cases import CONSTRUCTS  # noqa: E402

FILES = sorted((comparison.HERE / "constructs").glob("*.mod"))
WORK = pathlib.Path(os.environ.get("NGV_WORK", "constructs_work"))


@unittest.skipIf(comparison.missing(), comparison.missing())
class Constructs(unittest.TestCase):
    def test_voltages_and_states_are_those_of_neuron(self):
        (WORK / "neuron").mkdir(parents=True, exist_ok=True)
        shutil.copy(comparison.HERE / "constructs/shared.inc", WORK / "neuron")

        ours, fast, theirs, halfway = comparison.run_both(CONSTRUCTS, FILES, WORK)

        for case in CONSTRUCTS:
            with self.subTest(case["name"]):
                name = case["name"]
                self.assertEqual(comparison.differences(case, ours[name], theirs[name]), [])
                self.assertNotIn("error", fast[name])
                if case["fast"]:
                    self.assertEqual(comparison.differences(case, fast[name], ours[name], comparison.FAST_TOLERANCE), [], "fast arithmetic")


class Files(unittest.TestCase):
    def test_every_file_has_a_case(self):
        used = {d["mechanism"] for c in CONSTRUCTS for d in c["densities"]} | {p["mechanism"] for c in CONSTRUCTS for p in c["points"]}
        self.assertEqual({f.stem for f in FILES} - used, set())


if __name__ == "__main__":
    unittest.main()
