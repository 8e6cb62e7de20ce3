#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""The Nijmegen route on the wire: every track, and at every state every desk that may not.

Sixteen desks of one region, each with its own keys and connection.  Before each act of the
route every desk tries every step that leads away from where the case stands, but for those
that may make it; none succeeds, each refusal is journalled, and the case stays where it was.
"""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import region as rg
import sluis_client as sc
import walk as wk
from cases import KIND, RegionCase

W = sc.wire_pb2
# a desk without a seat: the case does not exist; with one: the step is not for it
REFUSED = {"not_found", "step_not_for_this_desk"}


class Nijmegen(RegionCase):
    def try_every_step(self, walk):
        """Everybody that may not move the case tries to, from where it stands now."""
        before = walk.view("meldpunt")
        refused = 0
        for step in walk.steps_from(before.state):
            for name in self.region.region.parties:
                if name == "auditor" or walk.may(step, name):
                    continue
                answer = walk.ask(name, "case-move", W.CaseMove(
                    case_id=walk.case, transition=step))
                self.assertIn(answer.code, REFUSED, "%s made %s" % (name, step))
                self.assertFalse(answer.cases)
                if answer.code == "step_not_for_this_desk":
                    self.assertEqual(step, answer.rule, "the refusal names the step")
                    self.assertTrue(answer.change, "and who may make it")
                refused += 1
        self.assertEqual(before.SerializeToString(), walk.view("meldpunt").SerializeToString())
        return refused

    def walk_along(self, acts, walk):
        refused, states = 0, []
        for act in acts:
            act.do()
            state = walk.view("meldpunt").state     # its owner: sees it to the end
            if not states or states[-1] != state:
                states.append(state)
                refused += self.try_every_step(walk)
        self.assertGreater(refused, 50)
        return states

    def everything_told(self, walk, sharer="meldpunt"):
        """What was shared before the table is recalled, and every contributor heard."""
        with self.region.client(sharer) as c:
            notices = [wk.notice_of(d) for d in c.receive(max_deliveries=200)]
        kinds = [n.kind for n in notices if n is not None and n.case_id == walk.case]
        self.assertIn(sc.case_pb2.NOTICE_FEEDBACK, kinds, "the contributor heard")
        return kinds

    def test_the_track_of_care_and_criminal_law_ends_at_the_zvh(self):
        walk = wk.Walk(self.region)
        states = self.walk_along(walk.track("zvh", "01-older-friend.json"), walk)
        self.assertEqual(["ontvangen", "verrijkt", "afstemming", "vermoeden", "zorg_straf",
                          "tafel_zvh", "gesloten_zvh"], states)
        self.everything_told(walk)

    def test_the_track_of_care_ends_with_the_care_coordinator(self):
        walk = wk.Walk(self.region)
        states = self.walk_along(walk.track("zorg", "05-niece-in-the-household.json"), walk)
        self.assertEqual(["ontvangen", "verrijkt", "afstemming", "vermoeden", "zorg",
                          "tafel_zorg", "gesloten"], states)
        self.everything_told(walk)

    def test_the_track_of_undermining_ends_at_the_riec(self):
        walk = wk.Walk(self.region)
        states = self.walk_along(walk.track("riec", "06-women-in-one-room.json"), walk)
        self.assertEqual(["ontvangen", "verrijkt", "afstemming", "vermoeden", "ondermijning",
                          "tafel_riec", "gesloten"], states)
        self.everything_told(walk)

    def test_without_a_suspicion_everything_is_recalled(self):
        walk = wk.Walk(self.region)
        states = self.walk_along(walk.no("08-weekly-registrations.json"), walk)
        self.assertEqual(["ontvangen", "verrijkt", "afstemming", "geen_vermoeden"], states)
        for name in wk.ASKED:
            with self.region.client(name) as c:
                deliveries = c.receive(max_deliveries=200)
            mine = [sc.wire_pb2.Copy.FromString(d.copy) for d in deliveries]
            held = [m for m in mine if m.HasField("signal") and m.case_id == walk.case]
            self.assertFalse(held, "%s still holds what it was asked about" % name)

    def test_a_step_that_the_route_does_not_know_is_refused_for_everybody(self):
        walk = wk.Walk(self.region)
        walk.open("meldpunt", "nijmegen").do()
        for step in ("nijmegen.spoor_zorg", "riec.naar_weging", "nijmegen.", "", "x" * 200):
            answer = walk.ask("aandacht", "case-move", W.CaseMove(
                case_id=walk.case, transition=step))
            self.assertNotEqual("ok", answer.code, step)
        self.assertEqual("ontvangen", walk.view().state)

    def test_every_refused_step_stands_in_the_journal(self):
        walk = wk.Walk(self.region)
        walk.open("meldpunt", "nijmegen").do()
        before = len([l for l in self.events() if l.kind == KIND["EVENT_REFUSED"]])
        answer = walk.ask("meldpunt", "case-move", W.CaseMove(
            case_id=walk.case, transition="nijmegen.verrijkt"))
        leaf = self.assert_refused("step_not_for_this_desk", answer)
        self.assertEqual("nijmegen.verrijkt", leaf.rule)
        after = len([l for l in self.events() if l.kind == KIND["EVENT_REFUSED"]])
        self.assertEqual(before + 1, after)


if __name__ == "__main__":
    unittest.main(verbosity=2)
