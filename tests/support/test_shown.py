"""The rules by which a page's output is compared: what they forgive, and what not."""

import unittest

from shown import Varying, difference


def differs(shown, said, varying=None):
    return bool(difference(shown.splitlines(), said.splitlines(), varying or Varying()))


class Rules(unittest.TestCase):
    def test_a_time_stands_for_another_in_the_same_form(self):
        self.assertFalse(differs("at Mon Jan  2 15:04:05 2006", "at Tue Mar 13 08:09:10 2035"))
        self.assertTrue(differs("at Mon Jan  2 15:04:05 2006", "at 2035-03-13 08:09:10"))
        self.assertTrue(differs("at Mon Jan  2 15:04:05 2006", "at "))

    def test_an_age_stands_for_another_only_in_a_column_of_ages(self):
        self.assertFalse(differs("NAME   AGE\npod    3s", "NAME   AGE\npod    2m5s"))
        self.assertTrue(differs("NAME   AGE\npod    3s", "NAME   AGE\npod    soon"))
        self.assertTrue(differs("timeout 3s", "timeout 4s"))
        self.assertTrue(differs("NAME AGE\npod 3s\n\nwaits 3s", "NAME AGE\npod 3s\n\nwaits 4s"))

    def test_blanks_within_a_line_are_one_but_words_are_not_joined(self):
        self.assertFalse(differs("a    b", "a\tb  "))
        self.assertTrue(differs("a b", "ab"))
        self.assertTrue(differs("  a", "a"))

    def test_left_out_lines_are_only_where_the_page_says_so(self):
        self.assertFalse(differs("a\n…\nd", "a\nb\nc\nd"))
        self.assertFalse(differs("a\n…", "a\nb"))
        self.assertTrue(differs("a\n…\nd", "a\nb\nc"))
        self.assertTrue(differs("a\nd", "a\nb\nd"))
        self.assertTrue(differs("a", "a\nb"))
        self.assertTrue(differs("a\nb", "a"))

    def test_a_declared_word_is_from_then_on_what_it_was_at_first(self):
        varying = Varying()
        varying.declare({"tall-tree": "[a-z]+-[a-z]+"})
        self.assertTrue(differs("NAME: tall-tree", "NAME: 7", varying))
        self.assertFalse(differs("NAME: tall-tree", "NAME: old-oak", varying))
        self.assertTrue(differs("gone: tall-tree", "gone: tall-tree", varying))
        self.assertFalse(differs("gone: tall-tree", "gone: old-oak", varying))
        self.assertEqual(varying.filled("del tall-tree"), "del old-oak")

    def test_what_varies_is_not_learnt_from_output_that_differs(self):
        varying = Varying()
        varying.declare({"tall-tree": "[a-z]+-[a-z]+"})
        self.assertTrue(differs("tall-tree\ngood", "old-oak\nbad", varying))
        self.assertEqual(varying.found, {})

    def test_the_same_word_twice_in_a_line_is_the_same(self):
        varying = Varying()
        varying.declare({"tall-tree": "[a-z]+-[a-z]+"})
        self.assertTrue(differs("tall-tree tall-tree", "old-oak new-oak", varying))

    def test_any_other_difference_counts(self):
        self.assertTrue(differs("STATUS: deployed", "STATUS: failed"))
        self.assertTrue(differs("REVISION: 1", "REVISION: 2"))
        self.assertTrue(differs("", "level=WARN msg=\"something\""))


if __name__ == "__main__":
    unittest.main()
