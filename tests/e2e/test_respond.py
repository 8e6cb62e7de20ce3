# SPDX-License-Identifier: EUPL-1.2
"""Who is asked for an answer gives it: an anonymous report is picked up, a report is followed
by a measure, a shelter says whether there is a place.  Its sender hears it; the others hear
at most that somebody has it, and who only inside one case."""

import os
import pathlib
import sys
import unittest

from google.protobuf import json_format

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import e2e_case
import sluis_client as sc
from e2e_case import CASE


def signal(**more):
    return json_format.ParseDict({
        "exploitation": {"types": ["FORCED_LABOUR"], "indicators": ["AFRAID"]}, **more},
        sc.signal_pb2.Signal()).SerializeToString()


ANONYMOUS = signal(meta={"origin": "ANONYMOUS_REPORT", "municipality": "9901"})
PLAIN = signal(meta={"origin": "OWN_OBSERVATION", "municipality": "9901"})
PICKED_UP = CASE.Response(picked_up=True)


class Respond(e2e_case.RegionCase):
    def respond(self, name, delivery, response, code="ok"):
        return self.ask(name, "respond", sc.wire_pb2.Respond(
            delivery_id=delivery, response=response), code)

    def told(self, name):
        return [n for n, _ in self.notices(name, CASE.NOTICE_RESPONSE)]

    def due(self, name):
        return [t.about for t in self.todo(name) if t.kind == CASE.TASK_RESPOND]

    def shared(self, *names, case=None, what=ANONYMOUS):
        """(trace, {name: delivery id}) of WHAT, a signal of the RIEC."""
        sender = "ketenregisseur" if case else "meldpunt"
        trace, _ = self.share(sender, list(names), case, "riec", signal=what)
        return trace, {name: self.signals(name)[0] for name in names}

    # --- who may not ------------------------------------------------------------------------

    def test_nobody_answers_what_it_was_not_asked(self):
        trace, ids = self.shared("politie", "nla")
        for name in ("nla", "om", "meldpunt", "zorgcoordinator"):
            self.respond(name, ids["politie"], PICKED_UP, "not_found")
        self.respond("politie", trace, PICKED_UP, "not_found")
        self.respond("politie", os.urandom(16), PICKED_UP, "not_found")
        _, plain = self.shared("politie", what=PLAIN)
        self.assertEqual([ids["politie"]], self.due("politie"))
        self.respond("politie", plain["politie"], PICKED_UP, "not_found")
        self.assertEqual([], self.told("meldpunt"))
        self.assertEqual(0, self.count("EVENT_RESPONSE"))

    def test_an_answer_says_exactly_one_known_thing(self):
        _, ids = self.shared("politie")
        for wrong in (CASE.Response(), CASE.Response(measure=0),
                      CASE.Response(picked_up=True, measure=CASE.NO_MEASURE)):
            self.respond("politie", ids["politie"], wrong, "malformed")
        unknown = CASE.Response()
        unknown.MergeFromString(b"\x10\x63")       # measure 99
        self.respond("politie", ids["politie"], unknown, "malformed")
        self.assertEqual([], self.told("meldpunt"))

    # --- what comes of it -------------------------------------------------------------------

    def test_the_sender_hears_it_the_task_ends_also_after_a_crash(self):
        trace, ids = self.shared("politie")
        self.assertEqual([ids["politie"]], self.due("politie"))
        c = self.desk("politie")
        frame = c.build(sc.TYPE % "respond", sc.wire_pb2.Respond(
            delivery_id=ids["politie"], response=PICKED_UP))
        first = c.exchange(frame)
        self.restart()
        again = self.desk("politie").exchange(frame)
        self.assertEqual(first.receipts[0].index, again.receipts[0].index)
        told, = self.told("meldpunt")
        self.assertEqual(trace, told.about)
        self.assertTrue(told.response.picked_up)
        self.assertEqual(self.seat("politie").oin, told.from_oin)
        self.assertEqual([], self.due("politie"))
        self.assertEqual(1, self.count("EVENT_RESPONSE"))

    def test_the_others_hear_that_somebody_has_it_and_not_who(self):
        _, ids = self.shared("politie", "nla", "om")
        self.respond("nla", ids["nla"], PICKED_UP)
        for name in ("politie", "om"):
            told, = self.told(name)
            self.assertEqual(ids[name], told.about)
            self.assertTrue(told.response.picked_up)
            self.assertFalse(told.HasField("from_oin"))
            self.assertFalse(told.HasField("from_desk"))
            self.assertFalse(told.HasField("case_id"))
        self.assertEqual([], self.told("nla"))
        self.assertEqual([], self.told("belastingdienst"))
        self.assertEqual([ids["politie"]], self.due("politie"))     # may say so too

    def test_inside_one_case_they_hear_who(self):
        case = self.open("ketenregisseur", "riec")
        for name in ("politie", "om"):
            self.join("ketenregisseur", case, name)
        self.take("politie"), self.take("om")
        _, ids = self.shared("politie", "om", case=case)
        self.respond("politie", ids["politie"], PICKED_UP)
        told, = self.told("om")
        self.assertEqual(self.seat("politie").oin, told.from_oin)
        self.assertEqual(case, told.case_id)

    def test_who_left_hears_the_answer_and_not_where_the_case_stands(self):
        case = self.open("politie", "riec")
        for name in ("om", "meldpunt"):
            self.join("politie", case, name)
        trace, _ = self.share("meldpunt", ["om"], case, "riec", signal=ANONYMOUS)
        mine, = self.signals("om")
        self.join("politie", case, "meldpunt", leave=True)
        self.take("meldpunt")
        self.respond("om", mine, PICKED_UP)
        told, = self.told("meldpunt")
        self.assertEqual((trace, self.seat("om").oin), (told.about, told.from_oin))
        for word in ("case_id", "route", "state"):
            self.assertFalse(told.HasField(word), word)

    def test_another_answer_is_the_senders_alone(self):
        report = signal(meta={"municipality": "9901"}, police_8_13=[
            {"wpg_article": "WPG_8", "kind": "ADMINISTRATIVE_REPORT", "on": "2026-11-01"}])
        trace, _ = self.share("politie", ["meldpunt", "nla"], None, "riec", signal=report)
        mine, = self.signals("meldpunt")
        self.signals("nla")
        for measure in (CASE.WARNING_GIVEN, CASE.PREMISES_CLOSED):
            self.respond("meldpunt", mine, CASE.Response(measure=measure))
            told, = self.told("politie")
            self.assertEqual((trace, measure), (told.about, told.response.measure))
        self.assertEqual([], self.told("nla"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
