"""Runs of dummies that keep their state: what is resumed ends as if it had never stopped, on any number of ranks."""
import json
import os
import pathlib
import re
import shutil
import sys
import unittest

from dummies import Run

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ["NGV_BUILD"])

EVERYBODY = (("left", 1), ("mid", 1), ("right", 1), ("coupler", 1))
# left and mid exchange in halves of windows (strang), mid and right at once; carried amounts are part of the state.
CARRY = {"right": ("--carry", "0.25")}


def keeping(every="6 ms", duration="20 ms", **options):
    run = Run(duration=duration, **options)
    run.scenario.write_text(run.scenario.read_text().replace("links:", f"checkpoint: {{every: {every}}}\nlinks:", 1))
    return run


def start(run, layout=EVERYBODY, options=None):
    options = options or CARRY
    return run.run(*(run.segment(*part, *options.get(part[0], ())) for part in layout))


def kept(run):
    return sorted(path.parent.name for path in run.folder.glob("results/checkpoint/*/complete.json"))


def killed_at(window, layout=EVERYBODY):
    """A run of which `right` dies in one of its windows of 1 ms, and which leaves the last state before."""
    run = start(keeping(), layout, {"right": (*CARRY["right"], "--fault", "throw", "--at", str(window))})
    assert run.code != 0, run.log
    return run


def copy_of(run):
    """The same run, in a folder of its own."""
    copy = Run()
    shutil.rmtree(copy.folder)
    shutil.copytree(run.folder, copy.folder)
    return copy


def resume(run, layout=EVERYBODY, duration=None):
    if duration:
        run.scenario.write_text(re.sub("(?m)^duration:.*$", f"duration: {duration}", run.scenario.read_text()))
    return start(run, layout, {**CARRY, "coupler": ("--resume",)})


def numbers_of(run, folder):
    participants = json.loads((run.folder / "results" / folder / "summary.json").read_text())["participants"]
    return {name: p["summary"] for name, p in participants.items() if "summary" in p}


class Resumed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.whole = start(keeping())
        assert cls.whole.code == 0, cls.whole.log

    def test_keeping_states_changes_nothing(self):
        without = start(Run(duration="20 ms"))

        self.assertEqual(self.whole.numbers(), without.numbers())
        self.assertEqual(kept(self.whole), ["18ms"])

    def test_a_killed_run_goes_on_to_the_same_end(self):
        run = killed_at(9)
        self.assertEqual(kept(run), ["6ms"])

        resume(run)

        self.assertEqual(run.code, 0, run.log)
        self.assertEqual(numbers_of(run, "from_6ms"), self.whole.numbers())
        lines = (run.folder / "results" / "from_6ms" / "ledger.csv").read_text().splitlines()[1:]
        self.assertEqual(min(float(line.split(",")[5]) for line in lines if line.startswith("a,")), 5.0)
        self.assertLess(max(abs(float(line.split(",")[-1])) for line in lines), 1e-26)

    def test_on_other_numbers_of_ranks(self):
        run = killed_at(15, (("right", 1), ("mid", 3), ("left", 2), ("coupler", 2)))

        resume(run, (("coupler", 1), ("right", 1), ("left", 3), ("mid", 2)))

        self.assertEqual(run.code, 0, run.log)
        self.assertEqual(numbers_of(run, "from_12ms"), self.whole.numbers())

    def test_a_run_is_made_longer(self):
        run = start(keeping(duration="14 ms"))
        self.assertEqual(kept(run), ["12ms"])

        resume(run, duration="20 ms")

        self.assertEqual(run.code, 0, run.log)
        self.assertEqual(numbers_of(run, "from_12ms"), self.whole.numbers())
        self.assertEqual(kept(run), ["18ms"])

    def test_who_exchanges_nothing_keeps_its_state_too(self):
        run = start(keeping(), (("right", 1), ("coupler", 1)))
        self.assertEqual(run.code, 0, run.log)
        self.assertEqual(kept(run), ["18ms"])

        resume(run, (("right", 1), ("coupler", 1)))

        self.assertEqual(run.code, 0, run.log)
        self.assertEqual(numbers_of(run, "from_18ms"), run.numbers())


class InPython(unittest.TestCase):
    LINKS = "\n  - {amount: a, from: mid.cells, to: left.cells, every: 1 ms, mapping: [by id]}\n"

    def run_keeper(self, run, *options, coupler=()):
        os.environ["NGV_LIBRARY"] = str(BUILD / "lib/libngv.so")
        os.environ["PYTHONPATH"] = str(SOURCE / "solvers/dummy")
        keeper = ["-n", "1", sys.executable, SOURCE / "tests/mpi/keeper.py", run.scenario, *options]
        return run.run(keeper, run.segment("mid"), run.segment("coupler", 1, *coupler))

    def test_a_participant_in_python_is_resumed(self):
        run = self.run_keeper(keeping(links=self.LINKS))
        self.assertEqual(run.code, 0, run.log)
        whole = run.numbers()["left"]
        self.assertEqual(whole["covered"], 2)
        # Elements 0 and 1 get 1 and 2 fmol in each of 20 windows; what arrives last is absorbed by nobody.
        self.assertAlmostEqual(whole["absorbed"], 3e-15 * sum(1 - 0.5**n for n in range(1, 20)), delta=1e-26)

        self.run_keeper(run, coupler=("--resume",))

        self.assertEqual(run.code, 0, run.log)
        self.assertEqual(numbers_of(run, "from_18ms")["left"], {**whole, "begin": 18e6})
        self.assertTrue((run.folder / "results/from_18ms/left/absorbed.txt").exists())

    def test_an_exception_while_saving_ends_the_run(self):
        run = self.run_keeper(keeping(links=self.LINKS), "--fail")
        self.assertNotEqual(run.code, 0)
        self.assertIn("'left', rank 0", run.log)
        self.assertIn("OSError: the disk of the test is full", run.log)


class Refused(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.killed = killed_at(15)

    def refused(self, run, *words):
        self.assertEqual(run.code, 2, run.log)
        for word in words:
            self.assertIn(word, run.log)

    def test_who_cannot_keep_its_state(self):
        self.refused(start(keeping(), options={"mid": ("--forgetful",)}), "s.yaml:8", "participant 'mid' cannot keep its state")

    def test_an_interval_that_misses_the_exchanges(self):
        self.refused(start(keeping(every="4 ms")), "s.yaml:11", "states are kept every 4 ms", "interval of 3 ms")

    def test_nothing_to_go_on_from(self):
        self.refused(resume(keeping()), "no complete state of this scenario is kept here")

    def test_other_elements(self):
        run = copy_of(self.killed)
        more = {name: ("--elements", "14", *CARRY.get(name, ())) for name in ("left", "mid", "right")}
        start(run, options={**more, "coupler": ("--resume",)})
        self.refused(run, "fields", "12 elements", "14 elements")

    def test_a_damaged_file(self):
        run = copy_of(self.killed)
        fields = pathlib.Path(run.folder / "results/checkpoint/12ms/left.fields")
        fields.write_bytes(fields.read_bytes()[:200])
        self.refused(resume(run), "left.fields")


if __name__ == "__main__":
    unittest.main()
