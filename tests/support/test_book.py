"""The book's pages: all in the table of contents, no link into nothing."""

import os
import tempfile
import unittest

import book


class Book(unittest.TestCase):
    def test_every_page_is_in_the_table_of_contents_once(self):
        self.assertEqual(sorted(book.summary()), book.files())

    def test_no_link_leads_nowhere(self):
        broken = {name: found for name in book.files() if (found := book.broken_links(name))}
        self.assertEqual(broken, {})


class Reading(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def write(self, name, text):
        with open(os.path.join(self.folder.name, name), "w") as file:
            file.write(text)

    def test_a_link_to_a_page_or_heading_that_is_not_there_is_found(self):
        self.write("a.md", "[1](b.md) [2](b.md#the-end) [3](c.md) [4](#here) [5](b.md#no) "
                           "[6](https://example.org)\n# Here\n")
        self.write("b.md", "## The end\n")
        self.assertEqual(book.broken_links("a.md", self.folder.name), ["c.md", "b.md#no"])

    def test_commands_files_and_what_varies_are_read(self):
        self.write("a.md", "<!-- varies: x-y [a-z]-[a-z] -->\n"
                           "```console\n$ one \\\n> two\nsaid\n\nmore\n$ three\n```\n"
                           "<!-- file: v.yaml -->\n```yaml\na: 1\n```\n"
                           "```yaml\nno: file\n```\n"
                           "<!-- cluster -->\n```console\n$ kubectl\n```\n")
        page = book.page("a.md", self.folder.name)
        self.assertEqual(page.varying, {"x-y": "[a-z]-[a-z]"})
        self.assertEqual([step.does for step in page.steps], [
            ("one \\\ntwo", "", "", False), ("three", "", "", False),
            ("", "v.yaml", "a: 1\n", False), ("kubectl", "", "", True)])
        self.assertEqual(page.steps[0].shown, ["said", "", "more"])


if __name__ == "__main__":
    unittest.main()
