"""Someone who writes a solver outside the tree: installs ngv, finds the package, builds the example of the README and the dummy in C,
and runs them, and a Python participant, in one job."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

BUILD = pathlib.Path(os.environ["NGV_BUILD"])
SOURCE = pathlib.Path(__file__).resolve().parents[2]

MINE = """
#include <algorithm>
#include <ngv/participant.hpp>

int main(int argc, char** argv) {
    return ngv::run_participant(argc, argv, "mine", "", [](ngv::Participant& self) {
        self.add({.name = "cells", .ids = {self.rank()}});
        ngv::Field& v = self.output({"v", "cells", ngv::Kind::state, "1"});
        self.start();
        while (auto window = self.next_window()) std::ranges::fill(v.out(), window->end_ms());
        self.finish();
    });
}
"""


class Outside(unittest.TestCase):
    def test_three_languages_in_one_job(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="ngv_"))
        prefix = folder / "prefix"
        self.sh("cmake", "--install", BUILD, "--prefix", prefix)
        project = folder / "project"
        shutil.copytree(SOURCE / "tests/system/outside", project)
        (project / "mine.cpp").write_text(MINE)
        shutil.copy(SOURCE / "solvers/dummy/dummy.c", project / "mine.c")
        self.sh("cmake", "-S", project, "-B", project / "build", f"-DCMAKE_PREFIX_PATH={prefix}")
        self.sh("cmake", "--build", project / "build")
        python = prefix / "share/ngv/python"
        shutil.copy(SOURCE / "solvers/dummy/dummy.py", python)

        scenario = folder / "s.yaml"
        scenario.write_text(f"""
name: outside
duration: 10 ms
participants:
  mine: {{executable: {project}/build/mine}}
  c: {{executable: {project}/build/mine-c}}
  python: {{executable: {python}/dummy.py}}
links:
  - {{state: v, as: echo, from: mine.cells, to: c.cells, every: 1 ms, mapping: [by id]}}
  - {{state: count, as: echo, from: c.cells, to: python.cells, every: 1 ms, mapping: [by id]}}
""")
        library = next((prefix / "lib").rglob("libngv.so"))
        done = subprocess.run([prefix / "bin/ngv", "run", scenario], capture_output=True, text=True, timeout=60,
                              env={**os.environ, "NGV_LIBRARY": str(library)})

        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        summary = (folder / "results/summary.json").read_text()
        self.assertIn('"last_echo": 10.0', summary)

    def sh(self, *command):
        done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
