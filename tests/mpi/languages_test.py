"""The same small participant in C and in Python, talking to one in C++."""
import os
import pathlib
import sys
import unittest

from dummies import BIN, Run

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ["NGV_BUILD"])
LINKS = """
  - {state: count, from: left.cells, to: mid.cells, every: 1 ms, mapping: [by id]}
  - {state: time, as: echo, from: mid.cells, to: left.cells, every: 1 ms, mapping: [by id]}
"""


class Languages(unittest.TestCase):
    def run_left(self, command, environment=None):
        os.environ.update(environment or {})
        run = Run(links=LINKS, duration="5 ms")
        run.run(["-n", "1", *command, run.scenario], run.segment("mid", 2), run.segment("coupler"))
        self.assertEqual(run.code, 0, run.log)
        numbers = run.numbers()
        self.assertEqual(numbers["left"]["last_echo"], 5.0)  # element 0 of the dummy is t/ms
        # 0 (the start value) and 1..5 in as many elements as `left` has.
        return numbers["mid"]["sum of count"], run

    def test_c(self):
        total, _ = self.run_left([BIN / "dummy-c", "--name", "left"])
        self.assertEqual(total, 15.0 - 11 * 6)  # one element is mapped; the other 11 keep their default, -1

    def test_python(self):
        total, _ = self.run_left([sys.executable, SOURCE / "solvers/dummy/dummy.py", "--name", "left"], {"NGV_LIBRARY": str(BUILD / "lib/libngv.so")})
        self.assertEqual(total, 15.0 - 11 * 6)

    def test_exception_in_python_ends_the_run(self):
        os.environ["NGV_LIBRARY"] = str(BUILD / "lib/libngv.so")
        os.environ["PYTHONPATH"] = str(SOURCE / "solvers/dummy")
        run = Run(links=LINKS, duration="5 ms")
        script = run.folder / "bad.py"
        script.write_text("import ngv\nwith ngv.Participant('left') as self:\n    raise ValueError('no such luck')\n")
        run.run(["-n", "1", sys.executable, script], run.segment("mid"), run.segment("coupler"))
        self.assertNotEqual(run.code, 0)
        self.assertIn("'left', rank 0, before the first window: ValueError: no such luck", run.log)


if __name__ == "__main__":
    unittest.main()
