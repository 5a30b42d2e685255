"""Each NMODL construct in a small model: the project's compiler and engine against Debian's NEURON and its translator, in one run.

Three ways to compile: NEURON's arithmetic, operation by operation; the fast one; and the fast one with NEURON's slopes. The last shows what
the default differs by: NEURON takes the slope of a current as (I(v + 0.001) - I(v)) / 0.001, which is off by 0.0005 mV times the second
derivative, the compiler differentiates. A current that is linear in v has no such error, and the fast arithmetic is within 1e-9 mV of NEURON;
where it is curved (GHK, a table's kinks, TABLE of a conductance) the step differs by that error, 2e-6 mV at most here, and with NEURON's
slopes the same code is within 1e-9 mV again.
"""

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
                    self.assertEqual(comparison.differences(case, halfway[name], theirs[name]), [], "fast arithmetic, NEURON's slopes")
                    self.assertEqual(comparison.differences(case, fast[name], theirs[name], case["curved"]), [], "fast arithmetic")


class Files(unittest.TestCase):
    def test_every_file_has_a_case(self):
        used = {d["mechanism"] for c in CONSTRUCTS for d in c["densities"]} | {p["mechanism"] for c in CONSTRUCTS for p in c["points"]}
        self.assertEqual({f.stem for f in FILES} - used, set())


if __name__ == "__main__":
    unittest.main()
