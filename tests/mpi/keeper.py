#!/usr/bin/env python3
"""A participant in Python that keeps its state, absorbs half of what it is given, and looks at what is covered: keeper.py SCENARIO [--fail]"""
import json
import sys

import ngv

with ngv.Participant("left") as self:
    self.add_set("cells", ids=[10 * self.rank, 10 * self.rank + 1, 10 * self.rank + 77])
    given = self.input("a", "cells", kind=ngv.AMOUNT, unit="mol")
    absorbed = [0.0, 0.0, 0.0]

    def save(path):
        if "--fail" in sys.argv:
            raise OSError("the disk of the test is full")
        path.with_suffix(f".{self.rank}").write_text(json.dumps(absorbed))

    def load(path):
        absorbed[:] = json.loads(path.with_suffix(f".{self.rank}").read_text())

    self.keep_state(save, load)
    self.start()
    for window in self.windows():
        for i in range(3):
            given.carry_over(i, 0.5 * given.input[i])
            absorbed[i] += 0.5 * given.input[i]
    self.summary("absorbed", sum(absorbed))
    self.summary("covered", sum(given.covered))
    self.summary("begin", self.begin)
    self.results.mkdir(parents=True, exist_ok=True)
    (self.results / "absorbed.txt").write_text(str(absorbed))
