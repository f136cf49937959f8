"""What the tally counts in the output of test programs."""

import contextlib
import io
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from tally import Counter, Tally  # noqa: E402: found through the line above


def counts(*lines):
    counter = Counter()
    for line in lines:
        counter.read(line)
    return counter.passed, counter.failed, counter.ignored, counter.counted


class Counting(unittest.TestCase):
    def test_cargo_says_it_once_per_target(self):
        line = "test result: {}. {} passed; {} failed; {} ignored; 0 measured; 0 filtered out"
        self.assertEqual(counts(line.format("ok", 3, 0, 1), line.format("FAILED", 2, 1, 0)),
                         (5, 1, 1, True))

    def test_unittest_says_what_did_not_pass(self):
        self.assertEqual(counts("Ran 5 tests in 0.1s", "", "OK"), (5, 0, 0, True))
        self.assertEqual(counts("Ran 5 tests in 0.1s", "", "OK (skipped=2)"), (3, 0, 2, True))
        self.assertEqual(counts("Ran 5 tests in 0.1s", "", "FAILED (failures=1, errors=1)"),
                         (3, 2, 0, True))

    def test_our_own_programs_say_it_plainly(self):
        self.assertEqual(counts("12 passed, 1 failed"), (12, 1, 0, True))
        self.assertEqual(counts("12 passed, 0 failed, 3 skipped"), (12, 0, 3, True))

    def test_what_is_said_in_passing_is_not_counted(self):
        self.assertEqual(counts("OK", "we passed 3 tests", "12 passed, 1 failed, or so"),
                         (0, 0, 0, False))


class Running(unittest.TestCase):
    def row(self, script, **options):
        # What the programs say would be counted as this test's own words.
        with contextlib.redirect_stdout(io.StringIO()):
            return Tally().run("a program", ["sh", "-c", script], **options)

    def test_a_program_that_counts_nothing_is_one_test(self):
        self.assertEqual((self.row("true").passed, self.row("true").failed), (1, 0))
        self.assertEqual((self.row("exit 3").passed, self.row("exit 3").failed), (0, 1))

    def test_a_program_that_fails_without_a_failed_test_has_failed(self):
        row = self.row("echo 5 passed, 0 failed; exit 1")
        self.assertEqual((row.passed, row.failed, row.good), (5, 1, False))

    def test_a_program_that_does_not_end_is_ended(self):
        row = self.row("sleep 60", seconds=1)
        self.assertFalse(row.good)
        self.assertLess(row.seconds, 30)

    def test_a_test_that_is_left_out_is_not_good(self):
        self.assertFalse(self.row("echo 5 passed, 0 failed, 1 skipped").good)


if __name__ == "__main__":
    unittest.main()
