#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Every step of every shipped route may be made by exactly those whom its file names.

The files are read here anew, with PyYAML and a reading of a few lines, and held against what
the engine answers for every step, state, role and desk (tests/support/route_table.c).
"""

import collections
import os
import pathlib
import subprocess
import unittest

import yaml

POLICY = pathlib.Path(__file__).resolve().parents[2] / "policy"

DESKS_OF_THE_TRACK = {"municipality/aandachtfunctionaris"}


def load(name):
    return yaml.safe_load((POLICY / name).read_text("utf-8"))


def listed(value):
    return value if isinstance(value, list) else [value]


class Table(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        done = subprocess.run([os.environ["ROUTE_TABLE"], str(POLICY)], check=True, text=True,
                              capture_output=True)
        cls.lines = [line.split() for line in done.stdout.splitlines()]
        cls.routes = {path.stem: load("routes/" + path.name)
                      for path in sorted((POLICY / "routes").glob("*.yaml"))}
        cls.steps = {"%s.%s" % (name, step["id"]): step
                     for name, route in cls.routes.items() for step in route["steps"]}
        parties = load("parties.yaml")
        cls.alias = {alias: role["id"] for role in parties["roles"]
                     for alias in [role["id"], *role.get("aliases", [])]}
        cls.desks = {(p["role"], desk) for p in parties["parties"] for desk in p["desks"]}

    def is_named(self, step, role, desk):
        for seat in listed(step["by"]):
            named, _, its_desk = seat.partition("/")
            if self.alias[named] == role and its_desk in ("", desk):
                return True
        return False

    def expected(self, step, state, role, desk, facts):
        if state not in listed(step["from"]):
            return "no_such_step_from_here"
        if not self.is_named(step, role, desk):
            return "step_not_for_this_desk"
        missing = {"enough": False, "none": bool(step.get("needs")),
                   "less": True, "spoiled": True}[facts]
        return "step_needs_something_first" if missing else "ok"

    def test_exactly_the_named_may_step(self):
        for route, step, state, role, desk, facts, code in self.lines:
            self.assertEqual(self.expected(self.steps[step], state, role, desk, facts), code,
                             (route, step, state, role, desk, facts))

    def test_nothing_is_left_out(self):
        asked = {tuple(line[1:5]) for line in self.lines}
        states = {name: [s["id"] for s in route["states"]]
                  for name, route in self.routes.items()}
        for step in self.steps:
            for state in states[step.split(".", 1)[0]]:
                for role, desk in self.desks:
                    self.assertIn((step, state, role, desk), asked)
        self.assertEqual({"nijmegen", "riec", "zvh", "ijsselstreek"}, set(self.routes))

    def test_every_step_can_be_made_by_somebody_and_not_by_everybody(self):
        may = collections.defaultdict(set)
        for _, step, _, role, desk, _, code in self.lines:
            if code == "ok" and (role, desk) in self.desks:
                may[step].add((role, desk))
        for step in self.steps:
            self.assertTrue(may[step], step)
            self.assertLess(len(may[step]), len(self.desks) // 2, step)

    def test_only_the_attention_officer_chooses_the_track(self):
        """Requirement 32: an analyst cannot choose a track."""
        tracks = {s for s, step in self.steps.items()
                  if step["to"] in ("zorg", "zorg_straf", "ondermijning") and
                  "vermoeden" in listed(step["from"])}
        self.assertEqual(3, len(tracks))
        for step in tracks:
            self.assertEqual(DESKS_OF_THE_TRACK, set(listed(self.steps[step]["by"])))

    def test_nobody_who_only_looks_on_makes_a_step(self):
        for _, step, _, role, _, _, code in self.lines:
            if role in ("auditor", "comensha"):
                self.assertNotEqual("ok", code, step)


class Walk(unittest.TestCase):
    """What the flow chart promises, followed through the file."""

    @classmethod
    def setUpClass(cls):
        cls.route = load("routes/nijmegen.yaml")
        cls.states = {s["id"]: s for s in cls.route["states"]}
        cls.steps = {s["id"]: s for s in cls.route["steps"]}

    def walk(self, *steps):
        at = self.route["begin"]
        for name in steps:
            step = self.steps[name]
            self.assertIn(at, listed(step["from"]), name)
            at = step["to"]
        return self.states[at]

    def test_all_tracks_and_the_no_branch_come_to_an_end(self):
        start = ("verrijkt", "versterkt", "vermoeden")
        for steps, ends in (
                (("verrijkt", "niet_versterkt"), "niet_versterkt"),
                (("verrijkt", "versterkt", "geen_vermoeden"), "geen_vermoeden"),
                (("uit_netwerk", "vermoeden", "geen_vermoeden"), "geen_vermoeden"),
                ((*start, "spoor_zorg", "naar_zorg", "sluit_zorg"), "gesloten"),
                ((*start, "spoor_zorg_straf", "naar_zvh", "sluit_zvh"), "gesloten_zvh"),
                ((*start, "spoor_ondermijning", "naar_riec", "ingreep", "sluit_riec"), "gesloten"),
                ((*start, "spoor_zorg_straf", "naar_zvh", "opschalen_riec", "naar_riec",
                  "sluit_riec"), "gesloten")):
            end = self.walk(*steps)
            self.assertEqual(ends, end["id"])
            self.assertTrue(end["closed"])

    def test_each_track_puts_its_own_convenant_in_force_and_takes_back_what_came_before(self):
        for state, convenant in (("zorg", "zorg"), ("zorg_straf", "zvh"), ("ondermijning", "riec")):
            self.assertEqual(convenant, self.states[state]["in_force"]["convenant"])
            self.assertEqual({"convenants": ["afstemming", "intern"], "ground": "pre_case"},
                             self.states[state]["recalls"])
            self.assertIn("sources", [d["by"] for d in self.states[state]["due"]
                                      if d["task"] == "release"])

    def test_no_suspicion_takes_back_what_was_shared_before(self):
        for state in ("geen_vermoeden", "niet_versterkt"):
            self.assertEqual("no_suspicion", self.states[state]["recalls"]["ground"])
        self.assertIn("afstemming", self.states["geen_vermoeden"]["recalls"]["convenants"])

    def test_every_end_asks_for_feedback(self):
        for state in self.states.values():
            if state.get("closed"):
                self.assertIn("feedback", [d["task"] for d in state["due"]], state["id"])

    def test_the_stages_of_the_riec_follow_the_phases_of_the_act(self):
        route = load("routes/riec.yaml")
        phase = {s["id"]: s.get("in_force", {}).get("phase") for s in route["states"]}
        self.assertEqual({"detectie": "1", "dossiervorming": "1", "weging": "1",
                          "toewijzing": "2", "uitvoering": "2", "uitvoering_3": "3",
                          "evaluatie": "2", "niet_opgepakt": None, "gesloten": None}, phase)
        gate = [s for s in route["steps"] if s["to"] == "toewijzing"]
        self.assertEqual([["gate_met", "assigned"]], [s["needs"] for s in gate])


if __name__ == "__main__":
    unittest.main(verbosity=2)
