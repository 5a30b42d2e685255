"""The schemes keep their order through the real coupler: parallel 1, strang 2; and no potassium is lost or invented."""
import math
import os
import pathlib
import subprocess
import tempfile
import unittest

NGV = pathlib.Path(os.environ["NGV"])
DURATION_MS = 96
WINDOWS_MS = [8, 4, 2, 1]


def solve(scheme, window_ms):
    """K_o(T) on both sides, K+ sent and K+ received."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="ngv_"))
    (folder / "s.yaml").write_text(f"""
name: potassium
duration: {DURATION_MS} ms
participants:
  cell: {{executable: {NGV.parent}/potassium-neuron}}
  shell: {{executable: {NGV.parent}/potassium-shell}}
links:
  - {{pool: K_o, keeper: shell.shells, contributor: cell.segments, every: {window_ms} ms, scheme: {scheme},
     mapping: [by id], capacity: shell.room, share_by: area}}
""")
    done = subprocess.run([NGV, "run", str(folder / "s.yaml")], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    cell, sent = map(float, (folder / "cell.txt").read_text().split())
    shell, received = map(float, (folder / "shell.txt").read_text().split())
    return cell, shell, sent, received


class Order(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        reference = subprocess.run([NGV.parent / "potassium-neuron", "--reference", str(DURATION_MS)], capture_output=True, text=True)
        cls.reference = float(reference.stdout)

    def errors(self, scheme):
        errors = []
        for window in WINDOWS_MS:
            cell, shell, sent, received = solve(scheme, window)
            self.assertEqual(sent, received)  # one element: the same doubles in the same order
            self.assertAlmostEqual(cell, shell, delta=1e-12)
            errors.append(abs(shell - self.reference))
        print(scheme, [f"{e:.2e}" for e in errors])
        return errors

    def slope(self, errors):
        """Over the last two halvings, where the asymptotic order shows."""
        return math.log2(errors[-3] / errors[-1]) / 2

    def test_parallel_is_first_order(self):
        self.assertAlmostEqual(self.slope(self.errors("parallel")), 1, delta=0.15)

    def test_strang_is_second_order(self):
        self.assertAlmostEqual(self.slope(self.errors("strang")), 2, delta=0.15)


if __name__ == "__main__":
    unittest.main()
