"""Runs dummy participants through the real coupler and reads what came of it."""
import json
import os
import pathlib
import subprocess
import tempfile
import time

BIN = pathlib.Path(os.environ["NGV_BIN"])
MPIRUN = os.environ.get("MPIRUN", "mpirun")

LINKS = """
  - {state: v, from: left.cells, to: right.cells, every: 1 ms, mapping: [by id]}
  - {state: w, from: right.cells, to: mid.cells, every: 3 ms, mapping: [by id]}
  - {amount: a, from: left.cells, to: right.cells, every: 1 ms, mapping: [by id]}
  - {pool: p, keeper: mid.cells, contributor: left.cells, every: 2 ms, scheme: strang, mapping: [by id], capacity: mid.volume, share_by: area}
  - {pool: q, keeper: mid.cells, contributor: left.cells, every: 2 ms, scheme: strang, mapping: [by id], capacity: mid.volume, share_by: area}
"""


class Run:
    """A scenario in a folder of its own: self.segment("left", 2, ...) makes a part of the mpirun line."""

    def __init__(self, links=LINKS, duration="10 ms", silence="20 s", ranks=(1, 1, 1)):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ngv_"))
        self.scenario = self.folder / "s.yaml"
        participants = "".join(f"\n  {n}: {{executable: {BIN}/dummy-solver, ranks: {r}}}" for n, r in zip(("left", "mid", "right"), ranks))
        self.scenario.write_text(f"name: dummies\nduration: {duration}\nlimits: {{silence: {silence}}}\nparticipants:{participants}\nlinks:{links}")

    def segment(self, name, ranks=1, *options):
        if name == "coupler":
            return ["-n", str(ranks), BIN / "coupler", *options, self.scenario]
        return ["-n", str(ranks), BIN / "dummy-solver", "--name", name, *options, self.scenario]

    def start(self, *segments):
        line = [MPIRUN]
        for s in segments:
            line += ([":"] if len(line) > 1 else []) + [str(x) for x in s]
        self.begin = time.monotonic()
        self.process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return self

    def wait(self, timeout=30):
        try:
            self.log, _ = self.process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.log, _ = self.process.communicate()
            raise AssertionError(f"did not end within {timeout} s:\n{self.log}")
        self.seconds = time.monotonic() - self.begin
        self.code = self.process.returncode
        return self

    def run(self, *segments):
        return self.start(*segments).wait()

    def summary(self):
        return json.loads((self.folder / "results" / "summary.json").read_text())

    def numbers(self):
        """What the participants report, by name."""
        return {n: p["summary"] for n, p in self.summary()["participants"].items() if "summary" in p}
