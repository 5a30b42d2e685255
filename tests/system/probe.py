#!/usr/bin/env python3
"""A participant that writes down what reaches it: probe.py SCENARIO. NGV_PROBE: {"cells": ids, "fields": {name: [kind, unit]}}."""
import json
import os

import ngv

asked = json.loads(os.environ["NGV_PROBE"])
KINDS = {"state": ngv.STATE, "amount": ngv.AMOUNT}
with ngv.Participant("probe") as self:
    self.add_set("cells", ids=asked["cells"])
    fields = {name: self.input(name, "cells", kind=KINDS[kind], unit=unit) for name, (kind, unit) in asked["fields"].items()}
    self.start()
    seen = {"time": []}
    for window in self.windows():
        seen["time"].append(window.begin_ms)
        for name, field in fields.items():
            seen.setdefault(name, []).append(list(field.input))
    self.results.mkdir(parents=True, exist_ok=True)
    (self.results / "seen.json").write_text(json.dumps(seen))
