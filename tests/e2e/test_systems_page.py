# SPDX-License-Identifier: EUPL-1.2
"""docs/systems.md has a row for each system, and every command that it names exists."""

import os
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "systems.md").read_text("utf-8")
ROWS = re.findall(r"^\| (S\d+) \| ([^|]+) \| ([^|]+) \|([^|]*)\|$", PAGE, re.M)


def commands():
    """{"noun verb"} of the help text."""
    text = subprocess.run([os.environ["SLUIS"], "--lang", "en", "--help"], check=True,
                          capture_output=True, text=True).stdout
    lines = re.findall(r"^  ([a-z]+)(?: ([a-z]+))?", text[text.index("Commands:"):], re.M)
    return {noun + (" " + verb if verb else "") for noun, verb in lines}


class Page(unittest.TestCase):
    def test_every_system_has_one_row_in_order(self):
        self.assertEqual(["S%d" % n for n in range(1, 37)], [row[0] for row in ROWS])

    def test_every_row_says_how_and_shows_it_or_says_that_it_is_outside(self):
        for number, name, how, command in ROWS:
            with self.subTest(number):
                self.assertGreater(len(name.strip()), 2)
                self.assertGreater(len(how.strip()), 20)
                if not command.strip():
                    self.assertTrue(how.strip().startswith("outside"))

    def test_every_command_exists(self):
        known = commands()
        self.assertIn("signal send", known)
        for words in re.findall(r"`sluis ([a-z]+(?: [a-z]+)?)[^`]*`", PAGE):
            with self.subTest(words):
                self.assertTrue(words in known or words.split()[0] in known, words)

    def test_a_command_that_is_none_would_be_seen(self):
        self.assertNotIn("systems list", commands())


if __name__ == "__main__":
    unittest.main(verbosity=2)
