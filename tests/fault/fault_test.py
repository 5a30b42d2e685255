"""A failure anywhere ends the whole run at once, names who, where and why, and leaves a summary that says so."""
import unittest

import jobs
from jobs import Job

# Starting and stopping processes takes about a second on a busy machine; the failure itself must be noticed in two.
SOON = 5.0


class Failure(unittest.TestCase):
    def failed(self, job, *expected):
        self.assertNotEqual(job.code, 0, job.log)
        self.assertLess(job.seconds, SOON, job.log)
        for text in expected:
            self.assertIn(text, job.log)

    def test_an_exception_is_told_with_rank_window_and_reason(self):
        job = Job((1, "one"), (2, "two", "--fail", "throw", "--at", 5, "--on", 1))
        self.failed(job, "two", "rank 1", "window 5", "asked to fail")
        self.assertEqual(job.summary()["status"], "failed")
        self.assertIn("asked to fail", job.summary()["reason"])

    def test_the_reason_is_told_once(self):
        job = Job((2, "one"), (2, "two", "--fail", "throw", "--at", 5, "--on", 1))
        self.assertEqual(job.log.count("asked to fail"), 1, job.log)

    def test_a_killed_process_is_named(self):
        self.failed(Job((1, "one"), (2, "two", "--fail", "kill", "--at", 5, "--on", 1), duration="1 s"), "two", "rank 1")

    def test_a_process_that_exits_early_is_named(self):
        self.failed(Job((1, "one", "--fail", "exit", "--at", 3), (1, "two"), duration="1 s"), "one")

    def test_a_process_that_hangs_is_named_when_the_limit_is_over(self):
        self.failed(Job((1, "one"), (1, "two", "--fail", "hang", "--at", 5), silence="1 s"), "two")

    def test_nonsense_in_a_field_is_an_error_with_its_element(self):
        self.failed(Job((1, "one"), (1, "two", "--fail", "nan", "--at", 5)), "two", "count")


class Refusal(unittest.TestCase):
    def refused(self, job, *expected):
        self.assertEqual(job.code, 2, job.log)
        self.assertLess(job.seconds, SOON, job.log)
        for text in expected:
            self.assertIn(text, job.log)

    def test_another_scenario(self):
        self.refused(Job((1, "one", "--digest", "abc"), (1, "two", "--digest", "def")), "one", "two")

    def test_all_problems_of_all_participants_at_once(self):
        links = """
  - {amount: drps, as: rain, from: one.cells, to: two.cells, every: 1 ms, mapping: [by id]}
  - {state: count, as: seen, from: two.cels, to: one.cells, every: 2 ms, mapping: [by id]}
  - {state: count, as: rain, from: two.cells, to: one.cells, every: 2 ms, mapping: [by id]}
"""
        self.refused(Job((1, "one"), (1, "two"), links=links), "did you mean 'drops'?", "did you mean 'cells'?", "s.yaml:")

    def test_a_participant_that_the_scenario_does_not_know(self):
        self.refused(Job((1, "one"), (1, "three")), "three")


class Layouts(unittest.TestCase):
    """Not faults: the same job on any number of ranks conserves what it exchanges."""

    def conserved(self, job):
        self.assertEqual(job.code, 0, job.log)
        summary = job.summary()
        self.assertEqual(summary["status"], "complete")
        given, received = (summary["participants"][n]["numbers"][k] for n, k in [("one", "given_mol"), ("two", "received_mol")])
        self.assertAlmostEqual(received / given, 1.0, delta=1e-14)

    def test_one_rank_each(self):
        self.conserved(Job((1, "one"), (1, "two")))

    def test_uneven_ranks_in_another_order(self):
        self.conserved(Job((3, "two"), (2, "one"), coupler_ranks=2))

    def test_more_ranks_than_cells(self):
        self.conserved(Job((2, "one", "--cells", 3), (5, "two", "--cells", 3)))

    def test_one_participant_in_two_segments(self):
        self.conserved(Job((1, "one"), (1, "two"), (1, "one")))

    def test_a_run_that_is_not_a_whole_number_of_windows(self):
        self.conserved(Job((1, "one"), (1, "two"), duration="7.3 ms"))


if __name__ == "__main__":
    unittest.main()
