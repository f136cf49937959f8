"""The web server of the tests."""

import os
import tempfile
import unittest
import urllib.request

from nginx import Nginx


class WebServer(unittest.TestCase):
    def test_what_is_put_is_served_and_logged(self):
        with tempfile.TemporaryDirectory() as folder, Nginx(folder) as server:
            place = f"{server.url}/charts/index.yaml"
            put = urllib.request.Request(place, data=b"entries: {}\n", method="PUT")
            with urllib.request.urlopen(put) as answer:
                self.assertEqual(answer.status, 201)
            with urllib.request.urlopen(place) as answer:
                self.assertEqual(answer.read(), b"entries: {}\n")
                self.assertTrue(answer.headers["ETag"])
            with open(os.path.join(server.www, "charts", "index.yaml")) as file:
                self.assertEqual(file.read(), "entries: {}\n")
            asked = [line.split(" ", 3)[:3] for line in server.requests()]
            self.assertIn(["PUT", "/charts/index.yaml", "201"], asked)
            self.assertIn(["GET", "/charts/index.yaml", "200"], asked)

    def test_two_servers_do_not_meet(self):
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
            with Nginx(one) as first, Nginx(two) as second:
                self.assertNotEqual(first.url, second.url)


if __name__ == "__main__":
    unittest.main()
