#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""The transcript of the Nijmegen route is what tests/e2e/nijmegen.txt says, word for word.

A domain expert reads that file.  When the route, a rule or a text changes, look at what
differs, and if it is meant: tests/python/nijmegen.py --write tests/e2e/nijmegen.txt
"""

import difflib
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "python"))

import nijmegen
import region as rg


class Story(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with rg.Region() as region:
            cls.told = nijmegen.tell(region)
        cls.golden = (HERE / "nijmegen.txt").read_text("utf-8")

    def test_the_route_is_told_as_the_golden_transcript_tells_it(self):
        differs = list(difflib.unified_diff(
            self.golden.splitlines(), self.told.splitlines(), "nijmegen.txt", "this run",
            lineterm="", n=2))
        self.assertFalse(differs, "\n".join(differs[:80]))

    def test_eleven_desks_act(self):
        desks = {line.split("$ sluis ")[0] for line in self.told.splitlines() if "$ sluis " in line}
        self.assertEqual(11, len(desks), desks)

    def test_a_desk_is_told_of_a_case_without_anybody_s_name(self):
        for word in names_in_the_signals():
            self.assertNotIn(word, self.told)


def names_in_the_signals():
    """Family names and BSNs of everybody in the four signals."""
    for file in ("01-older-friend", "05-niece-in-the-household", "06-women-in-one-room",
                 "08-weekly-registrations"):
        for person in rg.signal_from(file + ".json").persons:
            yield from (word for word in (person.family_name, person.bsn) if word)


if __name__ == "__main__":
    unittest.main(verbosity=2)
