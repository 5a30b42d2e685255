"""MPMD jobs of dummies and a coupler, without any physics."""
import json
import os
import pathlib
import subprocess
import tempfile
import time

BIN = pathlib.Path(os.environ["NGV_BIN"])

SCENARIO = """
name: dummies
duration: {duration}
limits: {{silence: {silence}, join: 20 s}}
participants:
  one: {{executable: dummy-solver}}
  two: {{executable: dummy-solver}}
links:
{links}
"""
LINKS = """
  - {amount: drops, as: rain, from: one.cells, to: two.cells, every: 1 ms, mapping: [by id]}
  - {state: count, as: seen, from: two.cells, to: one.cells, every: 2 ms, mapping: [by id]}
"""


class Job:
    """A finished job: exit code, everything it printed, and how long it took."""

    def __init__(self, *segments, duration="50 ms", silence="20 s", links=LINKS, coupler_ranks=1, coupler_options=(), timeout=60):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ngv_"))
        self.scenario = self.folder / "s.yaml"
        self.scenario.write_text(SCENARIO.format(duration=duration, silence=silence, links=links))
        line = ["mpirun", "--oversubscribe"]
        for ranks, name, *options in segments:
            line += ["-n", str(ranks), str(BIN / "dummy-solver"), "--name", name, str(self.scenario), *map(str, options), ":"]
        line += ["-n", str(coupler_ranks), str(BIN / "coupler"), *coupler_options, str(self.scenario)]
        begin = time.monotonic()
        done = subprocess.run(line, capture_output=True, text=True, timeout=timeout)
        self.seconds = time.monotonic() - begin
        self.code, self.log = done.returncode, done.stdout + done.stderr

    def summary(self):
        return json.loads((self.folder / "results" / "summary.json").read_text())
