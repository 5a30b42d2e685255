#!/usr/bin/env python3
"""The smallest participant in Python: counts windows, sends its count as the State field `count`, receives the State field `echo`.

    dummy.py --name NAME SCENARIO
"""
import sys

import ngv

name = sys.argv[sys.argv.index("--name") + 1] if "--name" in sys.argv else "dummy"
with ngv.Participant(name) as self:
    self.add_set("cells", ids=[self.rank])
    count = self.output("count", "cells")
    echo = self.input("echo", "cells", default=-1.0)
    self.start()
    for window in self.windows():
        count.out[0] = window.index + 1
    self.summary("last_echo", echo.input[0])
