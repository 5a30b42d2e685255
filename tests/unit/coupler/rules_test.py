"""Rules that keep the coupling general: no physics in the coupler, and one place that names the communicator of all processes."""
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
CODE = {".cpp", ".hpp", ".h", ".c", ".py", ".proto"}
SPECIES = ["K_o", "Na_o", "Ca_o", "potassium", "sodium", "calcium", "glutamate", "GABA", "ATP", "ADP", "glucose", "oxygen", "endfoot", "perfusion", "spike"]
# Public headers and the schema explain themselves with examples from the field.
EXAMPLES = ["include", "config"]


def sources(*folders):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in CODE:
                yield path


def without_comments(path):
    text = path.read_text()
    if path.suffix == ".py":
        return text
    return re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.S)


class Rules(unittest.TestCase):
    def test_the_coupler_knows_no_physics(self):
        found = []
        for path in sources("coupler", "proto"):
            if path.relative_to(ROOT).parts[1] in EXAMPLES:
                continue
            code = without_comments(path)
            found += [f"{path.relative_to(ROOT)}: {word}" for word in SPECIES if re.search(rf"\b{word}\b", code)]
        self.assertEqual(found, [])

    def test_the_communicator_of_all_processes_is_named_in_one_file(self):
        word = "MPI_COMM_" + "WORLD"
        found = [str(p.relative_to(ROOT)) for p in sources("coupler", "solvers") if re.search(rf"\b{word}\b", without_comments(p))]
        self.assertEqual(found, ["coupler/participant/world.cpp"])

    def test_main_functions_are_short(self):
        found = [str(p.relative_to(ROOT)) for p in [ROOT / "coupler/main.cpp", *ROOT.glob("solvers/*/main.cpp")] if len(p.read_text().splitlines()) >= 100]
        self.assertEqual(found, [])


if __name__ == "__main__":
    unittest.main()
