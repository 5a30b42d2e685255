"""Whatever goes wrong in one participant ends the run soon, with a message that says who, where, when and why."""
import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "mpi"))
from dummies import Run  # noqa: E402


def children_named(name, parent):
    """Pids of the dummies of that name in the job of mpirun."""
    pids = []
    for path in pathlib.Path("/proc").iterdir():
        if not path.name.isdigit():
            continue
        try:
            command = (path / "cmdline").read_bytes().split(b"\0")
            ppid = int((path / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        if ppid == parent and (name.encode() in command or (name == "coupler" and command[0].endswith(b"/coupler"))):
            pids.append(int(path.name))
    return sorted(pids)


class Fault(unittest.TestCase):
    def failed(self, run, *expected, seconds=5.0):
        run.wait()
        self.assertNotEqual(run.code, 0, run.log)
        for text in expected:
            self.assertIn(text, run.log)
        self.assertEqual(run.log.count("the run has failed"), 1, run.log)
        self.assertLess(run.seconds, seconds, run.log)
        return run

    def start(self, *left_options, run=None, coupler_ranks=1):
        run = run or Run()
        return run.start(run.segment("left", 2, *left_options), run.segment("mid"), run.segment("right"), run.segment("coupler", coupler_ranks))

    def long_run(self, silence="20 s"):
        """A run that goes on for a minute, and is in the middle of it."""
        run = Run(duration="10 s", silence=silence)
        run.start(run.segment("left", 2, "--work", "5"), run.segment("mid"), run.segment("right"), run.segment("coupler"))
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and not (len(children_named("left", run.process.pid)) == 2 and children_named("coupler", run.process.pid)):
            time.sleep(0.02)
        time.sleep(1.0)
        run.begin = time.monotonic()
        return run

    def test_exception_is_told_with_rank_window_and_reason(self):
        run = self.failed(self.start("--fault", "throw", "--at", "3"), "'left', rank 1, window 3, 3 ms: the dummy was told to throw")
        summary = run.summary()
        self.assertEqual(summary["status"], "failed")
        self.assertEqual(summary["failure"]["participant"], "left")
        self.assertEqual(summary["failure"]["rank"], 1)
        self.assertEqual(summary["failure"]["window"], 3)

    def test_exception_is_told_by_a_coupler_of_two_ranks(self):
        self.failed(self.start("--fault", "throw", "--at", "3", coupler_ranks=2), "'left', rank 1, window 3, 3 ms: the dummy was told to throw")

    def test_exit_without_goodbye(self):
        self.failed(self.start("--fault", "exit", "--at", "4"), "'left', rank 1, window 4, 4 ms: process", "died")

    def test_value_that_is_no_number(self):
        run = self.failed(self.start("--fault", "nan", "--at", "3"), "left.cells: field 'v' is nan in element 6 at the end of window 3 (4 ms)")
        self.assertEqual(run.summary()["failure"]["exit_code"], 4)

    def test_killed_participant_is_named(self):
        run = self.long_run()
        os.kill(children_named("left", run.process.pid)[1], signal.SIGKILL)
        self.failed(run, "'left', rank 1, window", "died (killed, crashed")

    def test_stopped_participant_is_named(self):
        run = self.long_run(silence="1 s")
        for pid in children_named("left", run.process.pid):
            os.kill(pid, signal.SIGSTOP)
        self.failed(run, "'left', window", "is silent for ", "s (limits.silence)", seconds=4.0)

    def test_participant_that_is_asked_to_stop(self):
        run = self.long_run()
        os.kill(children_named("right", run.process.pid)[0], signal.SIGTERM)
        self.failed(run, "'right', rank 0", "stopped by signal SIGTERM")
        self.assertEqual(run.summary()["failure"]["exit_code"], 6)

    def test_job_that_is_asked_to_stop(self):
        run = self.long_run()
        run.process.send_signal(signal.SIGTERM)
        self.failed(run, "stopped by signal SIGTERM")
        self.assertEqual(run.summary()["status"], "failed")

    def test_nobody_goes_on_without_the_coupler(self):
        run = self.long_run()
        os.kill(children_named("coupler", run.process.pid)[0], signal.SIGKILL)
        run.wait()
        self.assertNotEqual(run.code, 0)
        self.assertLess(run.seconds, 3.0)

    def test_other_scenario_is_refused(self):
        run = self.failed(self.start("--digest", "abc"), "participant 'left': has read another scenario (digest abc)")
        self.assertEqual(run.code, 2)

    def test_units_and_names_are_refused_all_at_once(self):
        run = self.failed(self.start("--unit", "mM", "--rename", "v=vv"), "left.cells has no field 'v'", "did you mean 'vv'?",
                          "'a' is in 'mM' on left.cells and in 'mol' on right.cells", "s.yaml:9: ", "s.yaml:11: ")
        self.assertEqual(run.code, 2)

    def test_participant_that_the_scenario_does_not_know(self):
        run = Run()
        run.start(run.segment("left"), run.segment("lefft"), run.segment("coupler"))
        self.failed(run, "'lefft' takes part in the run, but the scenario does not name it", "did you mean 'left'?")

    def test_leaders_in_a_circle_are_refused(self):
        link = "\n  - {{state: {0}, from: {1}.cells, to: {2}.cells, every: 2 ms, scheme: strang, lead: {1}, mapping: [by id]}}" \
               "\n  - {{state: {0}r, from: {2}.cells, to: {1}.cells, every: 2 ms, scheme: strang, lead: {1}, mapping: [by id]}}"
        links = link.format("x", "left", "mid") + link.format("y", "mid", "right") + link.format("z", "right", "left")
        run = Run(links=links)
        run.start(run.segment("left"), run.segment("mid"), run.segment("right"), run.segment("coupler"))
        self.failed(run, "the participants wait for each other for ever")

    def test_no_coupler(self):
        run = Run()
        run.start(run.segment("left"), run.segment("right")).wait()
        self.assertEqual(run.code, 2, run.log)
        self.assertIn("there is no coupler", run.log)

    def test_process_that_does_not_join_is_named(self):
        run = Run()
        os.environ["NGV_JOIN_TIMEOUT"] = "1"
        try:
            # A program that starts MPI and never joins.
            stranger = ["-n", "1", sys.executable, "-c", "import ctypes, time; m = ctypes.CDLL('libmpi.so.40', mode=ctypes.RTLD_GLOBAL); m.MPI_Init(None, None); time.sleep(60)"]
            run.start(run.segment("left"), run.segment("coupler"), stranger).wait()
        finally:
            del os.environ["NGV_JOIN_TIMEOUT"]
        self.assertEqual(run.code, 3, run.log)
        self.assertIn("missing: process 2 of the job; here: coupler (1), left (1)", run.log)
        self.assertLess(run.seconds, 4.0)

    def test_spawn_of_a_missing_program_is_refused(self):
        run = Run()
        run.scenario.write_text(run.scenario.read_text().replace("dummy-solver", "dumy-solver"))
        run.start(run.segment("coupler", 1, "--spawn")).wait()
        self.assertEqual(run.code, 2, run.log)
        self.assertEqual(run.log.count("is not there"), 3, run.log)


if __name__ == "__main__":
    unittest.main()
