#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""docs/law.md and the policy files speak of the same rules.

A privacy officer confirms what the page lists. So every rule that is our reading stands on it,
under its convenant, and the page names no rule that is not there.
"""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LAW = (ROOT / "docs" / "law.md").read_text("utf-8")
CHOICES = LAW[LAW.index("\n## Choices for a privacy officer\n"):]
NOT_CONVENANTS = {"categories.yaml", "parties.yaml", "invariants.yaml"}


def convenants():
    """{convenant: {rule id: text of the rule}}, bars included."""
    found = {}
    for path in sorted((ROOT / "policy").glob("*.yaml")):
        if path.name in NOT_CONVENANTS or path.name.endswith(".cases.yaml"):
            continue
        text = path.read_text("utf-8")
        text = text[re.search(r"^bars:", text, re.M).start():]
        parts = re.split(r"^  - (?=id: )", text, flags=re.M)[1:]
        found[path.stem] = {re.match(r"id: (\S+)", p).group(1): p for p in parts}
    return found


def choices_of(convenant):
    match = re.search(r"^### `%s`\n(.*?)(?=^#|\Z)" % convenant, CHOICES, re.M | re.S)
    return match.group(1) if match else ""


class Law(unittest.TestCase):
    def test_every_reading_of_ours_is_put_to_the_privacy_officer(self):
        for convenant, rules in convenants().items():
            told = set(re.findall(r"`([a-z0-9._-]+)`", choices_of(convenant)))
            ours = {i for i, text in rules.items() if re.search(r"^    inferred: true$", text, re.M)}
            self.assertEqual(set(), ours - told, "not in docs/law.md under ### `%s`" % convenant)

    def test_every_rule_that_the_page_names_exists(self):
        known = {i for rules in convenants().values() for i in rules}
        prefixes = {i.split("-")[0] for i in known}
        named = {i for i in re.findall(r"`([a-z]+-[a-z0-9._-]+)`", LAW)
                 if i.split("-")[0] in prefixes}
        self.assertGreater(len(named), 60)
        self.assertEqual(set(), named - known)

    def test_no_reading_of_ours_hides_as_the_letter_of_the_law(self):
        """What gives and cites only principles cites no article that says it."""
        for rules in convenants().values():
            for i, text in rules.items():
                article = re.search(r"^    article: (.*)$", text, re.M).group(1)
                if "action: withhold" in text:
                    continue
                if re.fullmatch(r"(AVG [0-9(), a-z]+|AVG overweging \d+.*)", article):
                    self.assertIn("\n    inferred: true\n", text, i)


if __name__ == "__main__":
    unittest.main(verbosity=2)
