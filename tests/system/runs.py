"""Runs scenarios on the small circuit and reads their results."""
import json
import os
import pathlib
import re
import subprocess
import tempfile

import h5py
import numpy as np

NGV = os.environ["NGV"]
CIRCUIT = pathlib.Path(os.environ["NGV_SMALL_CIRCUIT"])


def scenario_text(duration, keep=("neuron", "rd", "flow", "metabolism"), replace=()):
    """The circuit's own scenario with another duration and a subset of the participants; paths become absolute."""
    text = (CIRCUIT / "tissue.yaml").read_text()
    text = re.sub(r"(?m)^duration:.*$", f"duration: {duration}", text)
    for name in ("neuron", "rd", "flow", "metabolism"):
        if name not in keep:
            text = re.sub(rf"(?m)^  {name}:.*\n(?:    .*\n)*", "", text)
    text = re.sub(r"(?m)(circuit|mesh): (?!/)(\S+?)([,}}\s])", lambda m: f"{m[1]}: {CIRCUIT / m[2]}{m[3]}", text)
    for old, new in replace:
        assert old in text, f"the scenario has no '{old}' to replace"
        text = text.replace(old, new, 1)
    return text


class Run:
    """One finished run in a folder of its own."""

    def __init__(self, text, *options, timeout=240):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ngv_"))
        self.scenario = self.folder / "tissue.yaml"
        self.scenario.write_text(text)
        done = subprocess.run([NGV, "run", *options, str(self.scenario)], capture_output=True, text=True, timeout=timeout)
        self.code, self.log = done.returncode, done.stdout + done.stderr
        self.results = self.folder / "results"

    def summary(self):
        return json.loads((self.results / "summary.json").read_text())

    def report(self, name):
        """All frames of a SONATA report: [T, n] with its single population."""
        with h5py.File(self.results / name) as file:
            assert file.attrs["complete"] == 1, f"{name} says that it is incomplete"
            (population,) = file["report"].values()
            return population["data"][()]

    def spikes(self, name="neuron/spikes.h5"):
        with h5py.File(self.results / name) as file:
            (population,) = file["spikes"].values()
            return np.array(population["timestamps"]), np.array(population["node_ids"])
