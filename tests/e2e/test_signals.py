# SPDX-License-Identifier: EUPL-1.2
"""The example signals are what their README says, before anything is sent."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import region as rg
import sluis_client as sc

FILES = sorted(p.name for p in rg.SIGNALS.glob("[0-9]*.json"))


def eleven_test(bsn):
    digits = [int(c) for c in bsn if c.isdigit()]
    weights = [9, 8, 7, 6, 5, 4, 3, 2, -1]
    return len(digits) == 9 and any(digits) and sum(map(int.__mul__, digits, weights)) % 11 == 0


def iban_test(iban):
    moved = iban[4:] + iban[:4]
    return int("".join(str(int(c, 36)) for c in moved)) % 97 == 1


def values(message, path=()):
    """(path of names, value) of every leaf value."""
    for field, value in message.ListFields():
        many = field.label == field.LABEL_REPEATED
        for v in value if many else [value]:
            if field.message_type:
                yield from values(v, path + (field.name,))
            else:
                yield path + (field.name,), v


class Signals(unittest.TestCase):
    def test_there_are_at_least_nine(self):
        self.assertGreaterEqual(len(FILES), 9)

    def test_each_parses_strictly(self):
        for name in FILES:
            with self.subTest(name):
                self.assertTrue(rg.signal_from(name).IsInitialized())

    def test_each_carries_every_kind_of_data_at_once(self):
        for name in FILES:
            with self.subTest(name):
                s = rg.signal_from(name)
                victims = [p for p in s.persons if p.role == sc.signal_pb2.VICTIM]
                self.assertTrue(any(p.family_name for p in victims), "identity")
                self.assertTrue(any(p.HasField("care") for p in victims), "care")
                self.assertTrue(any(p.HasField("health") for p in victims), "health")
                self.assertTrue(
                    len(s.supervision) and (len(s.police_8_13) or len(s.police_9_10)),
                    "enforcement")
                self.assertTrue(s.reporter.name and s.reporter.phone, "reporter")
                self.assertTrue(s.narrative.text, "narrative")

    def test_the_narrative_mentions_persons_by_name(self):
        for name in FILES:
            with self.subTest(name):
                s = rg.signal_from(name)
                self.assertTrue(any(p.family_name in s.narrative.text for p in s.persons))

    def test_every_bsn_is_a_test_number_that_passes_the_eleven_test(self):
        for name in FILES:
            for path, value in values(rg.signal_from(name)):
                if path[-1] == "bsn":
                    digits = "".join(c for c in value if c.isdigit())
                    self.assertTrue(eleven_test(digits), name)
                    self.assertTrue(digits.startswith("9999"), name)

    def test_every_iban_passes_its_check(self):
        for name in FILES:
            for path, value in values(rg.signal_from(name)):
                if path[-1] == "iban":
                    self.assertTrue(iban_test(value), name)

    def test_a_person_in_two_roles_is_two_records(self):
        twice = 0
        for name in FILES:
            roles = {}
            for p in rg.signal_from(name).persons:
                if p.bsn:
                    roles.setdefault(p.bsn, []).append(p.role)
            twice += sum(len(r) == 2 and len(set(r)) == 2 for r in roles.values())
            self.assertTrue(all(len(r) <= 2 for r in roles.values()), name)
        self.assertGreaterEqual(twice, 1)

    def test_two_signals_are_about_the_same_person(self):
        seen = {}
        for name in FILES:
            for p in rg.signal_from(name).persons:
                if p.bsn:
                    seen.setdefault(p.bsn.replace("-", ""), set()).add(name)
        shared = [names for names in seen.values() if len(names) > 1]
        self.assertEqual([{"01-older-friend.json", "10-truant-girl.json"}], shared)

    def test_exactly_one_is_criminal_intelligence(self):
        self.assertEqual(
            ["09-criminal-intelligence.json"],
            [n for n in FILES if rg.signal_from(n).handling.cie])

    def test_the_story_names_signals_that_exist(self):
        steps = rg.story()
        self.assertGreaterEqual(len(steps), 9)
        for step in steps:
            self.assertIn(step["file"], FILES)
            self.assertTrue(step["to"])
        self.assertEqual(set(FILES), {step["file"] for step in steps})


if __name__ == "__main__":
    unittest.main(verbosity=2)
