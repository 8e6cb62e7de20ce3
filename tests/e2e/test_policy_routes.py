#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""sluis policy routes says what sluis policy matrix says, and neither invents anything.

The long list of cells (one sender, one kind of person, no special facts) is the witness:
what it releases is in a route, and what no route gives it withholds.
"""
import csv
import io
import json
import os
import subprocess
import sys
import unittest

SLUIS = os.environ["SLUIS"]
POLICY = os.path.join(os.path.dirname(__file__), "..", "..", "policy")


def sluis(*arguments):
    run = subprocess.run([SLUIS, "--lang", "en", *arguments], capture_output=True, text=True, check=True)
    return run.stdout


def routes_of(*filters):
    """(convenant, phase, audience, to) -> category -> actions given"""
    found = {}
    for route in json.loads(sluis("--json", "policy", "routes", POLICY, *filters))["routes"]:
        for to in route["to"]:
            given = found.setdefault((route["convenant"], route["phase"], route["audience"], to), {})
            for item in route["gives"]:
                for clause in item["clauses"]:
                    if clause["action"] != "withhold":
                        given.setdefault(item["category"], set()).add(clause["action"])
    return found


class Routes(unittest.TestCase):
    def test_what_a_cell_gives_is_in_a_route(self):
        routes, seen = routes_of(), 0
        for row in csv.DictReader(io.StringIO(sluis("policy", "matrix", POLICY, "--csv"))):
            if row["action"] not in ("release", "generalise", "pseudonymise"):
                continue
            to = row["to"] + ("/" + row["desk"] if row["desk"] else "")
            given = routes[row["convenant"], row["phase"], row["audience"], to]
            self.assertIn(row["action"], given.get(row["category"], ()), row)
            seen += 1
        self.assertGreater(seen, 10000)

    def test_routes_of_one_sender_are_among_the_routes_of_all(self):
        everything, seen = routes_of(), 0
        for sender in ("ind", "police", "municipality/meldpunt", "zorgcoordinator"):
            for place, given in routes_of("--from", sender).items():
                for category, actions in given.items():
                    self.assertLessEqual(actions, everything[place].get(category, set()))
                    seen += 1
        self.assertGreater(seen, 500)

    def test_csv_and_json_tell_the_same_routes(self):
        told = set()
        for row in csv.DictReader(io.StringIO(sluis("policy", "routes", POLICY, "--csv"))):
            told.add((row["convenant"], row["phase"], row["audience"], row["to"], row["category"]))
        listed = {place + (category,) for place, given in routes_of().items() for category in given}
        self.assertEqual(told, listed)

    def test_no_route_gives_what_the_law_never_gives(self):
        for (convenant, _, _, to), given in routes_of().items():
            self.assertFalse({"reporter", "narrative", "police_10_1_b", "handling"} & set(given))
            if convenant == "riec":
                self.assertNotIn("health", given)
            if to.split("/")[0] in ("police", "om", "nla", "kmar", "fiod", "belastingdienst", "ind"):
                self.assertNotIn("shelter_location", given, to)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=1)
