"""Every mechanism of the library in the project's engine and in Debian's NEURON, in one run: python3 library_test.py FOLDER..."""

import os
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import comparison  # noqa: E402
from library_cases import FOLDERS  # noqa: E402

WORK = pathlib.Path(os.environ.get("NGV_WORK", "library_work"))
# What a folder's cases need beside its own files; NEURON has those of general/ built in.
ALSO = {"metabolic": ["bbp/NaTg.mod", "bbp/SKv3_1.mod"], "astrocyte": ["general/UniformField.mod"]}
# The own catalogue that holds a folder; base holds all others.
GROUP = {"bbp": "bbp", "thalamus": "bbp", "metabolic": "bbp", "allen": "allen"}


def files_of(folder):
    if folder == "general":
        return []
    return sorted((comparison.MOD / folder).glob("*.mod")) + [comparison.MOD / f for f in ALSO.get(folder, [])]


@unittest.skipIf(comparison.missing(), comparison.missing())
class Library(unittest.TestCase):
    def check(self, folder):
        cases = FOLDERS[folder]
        ours, fast, theirs = comparison.run_both(cases, files_of(folder), WORK / folder, GROUP.get(folder, "base"))
        for case in cases:
            with self.subTest(case["name"]):
                name = case["name"]
                self.assertEqual(comparison.differences(case, ours[name], theirs[name]), [])
                self.assertEqual(comparison.differences(case, fast[name], ours[name], comparison.FAST_TOLERANCE), [], "fast arithmetic")


for name in FOLDERS:
    setattr(Library, f"test_{name}_mechanisms_are_those_of_neuron", lambda self, folder=name: self.check(folder))


class Files(unittest.TestCase):
    def test_every_mechanism_has_a_case(self):
        used = set()
        for cases in FOLDERS.values():
            used |= {d["mechanism"] for c in cases for d in c["densities"]} | {p["mechanism"] for c in cases for p in c["points"]}
        # The engine's own clamps are compared in the engine's tests.
        for file in comparison.MOD.glob("*/*.mod"):
            self.assertIn(file.stem, used | {"IClamp", "SEClamp"}, file)

    def test_a_file_is_named_for_its_mechanism_and_names_its_source(self):
        for file in comparison.MOD.glob("*/*.mod"):
            text = file.read_text()
            name = re.search(r"\b(?:SUFFIX|POINT_PROCESS|ARTIFICIAL_CELL)\s+(\w+)", text).group(1)
            self.assertEqual(name, file.stem)
            self.assertRegex(text, r"\ATITLE .+\n\nCOMMENT\n", file)
            self.assertNotIn("VERBATIM", text, file)


if __name__ == "__main__":
    unittest.main()
