# SPDX-License-Identifier: EUPL-1.2
"""Whoever contributed hears what became of it, and who owes that word is reminded.

A contributor hears of its own signals only, whether it signed the convenant or not and
whether it has a seat in the case or not.  What is owed is listed on both sides; what is
overdue is told once, also when the broker was killed in between.
"""

import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import clock
import e2e_case
import region as rg
import sluis_client as sc
from e2e_case import CASE, EVENT

RIGHT = CASE.Feedback(followed_up=True, assessment=CASE.ASSESSED_RIGHT, closed=True)
DAY_S = 24 * 60 * 60


def why_the_clock_stays():
    """Why the broker's clock cannot be moved; None if it can."""
    if rg.is_sanitized():
        return "a sanitizer wants to be loaded before anything else, and so does libfaketime"
    return None if clock.library() else "no libfaketime: package faketime"


class FeedbackCase(e2e_case.RegionCase):
    def give(self, name, case=None, delivery=None, feedback=RIGHT, code="ok"):
        m = sc.wire_pb2.GiveFeedback()
        if case:
            m.case_id = case
        if delivery:
            m.delivery_id = delivery
        if feedback:
            m.feedback.CopyFrom(feedback)
        return self.ask(name, "feedback", m, code)

    def owed(self, name, kind, given=False):
        return [t for t in self.todo(name, given) if t.kind == kind]


class Feedback(FeedbackCase):
    def contributed(self):
        """(case, {name: trace}): begun with a signal of somebody who has no seat in it, with
        another of a participant."""
        outside, _ = self.share("nla", ["procesregisseur"])
        delivery, = self.signals("procesregisseur")
        case = self.open("procesregisseur", "zvh", deliveries=[delivery])
        for name in ("politie", "zorgcoordinator"):
            self.join("procesregisseur", case, name)
        inside, _ = self.share("politie", ["procesregisseur", "zorgcoordinator"], case, "zvh")
        for name in ("procesregisseur", "politie", "zorgcoordinator"):
            self.take(name)
        return case, {"nla": outside, "politie": inside}

    def test_outsiders_strangers_and_nonsense(self):
        case, traces = self.contributed()
        self.give("nla", case, code="not_found")
        self.give("om", case, code="not_found")
        self.give("politie", os.urandom(16), code="not_found")
        self.give("politie", delivery=traces["nla"], code="not_found")
        self.give("politie", delivery=traces["politie"], code="not_found")
        self.give("politie", case, feedback=None, code="malformed")
        self.give("politie", case, feedback=CASE.Feedback(), code="malformed")
        self.give("politie", code="malformed")
        self.give("politie", case, feedback=CASE.Feedback(
            followed_up=True, no_action=CASE.TOO_LITTLE), code="malformed")
        self.assertEqual(0, self.count("EVENT_FEEDBACK"))

    def test_every_contributor_hears_of_its_own_and_of_nobody_else(self):
        case, traces = self.contributed()
        self.give("procesregisseur", case)
        for name, trace in traces.items():
            with self.subTest(name):
                (notice, index), = self.notices(name, CASE.NOTICE_FEEDBACK)
                self.assertEqual(trace, notice.about)
                self.assertEqual(RIGHT, notice.feedback)
                self.assertEqual(self.seat("procesregisseur").desk, notice.from_desk)
                self.assertEqual(name == "politie", notice.HasField("case_id"))
                self.assertFalse(notice.HasField("state") or notice.HasField("route"))
                others = [t for n, t in traces.items() if n != name]
                raw = notice.SerializeToString()
                self.assertFalse(any(t in raw for t in others))
                self.assertGreater(index, 0)
        self.assertEqual([], self.notices("zorgcoordinator", CASE.NOTICE_FEEDBACK))
        self.assertEqual(2, self.count("EVENT_FEEDBACK"))
        steps = [s.kind for s in self.read("politie", case).steps]
        self.assertEqual(1, steps.count(CASE.STEP_FEEDBACK))

    def test_the_sender_of_one_delivery_hears(self):
        trace, _ = self.share("nla", ["procesregisseur"])
        delivery, = self.signals("procesregisseur")
        self.give("procesregisseur", delivery=delivery, feedback=CASE.Feedback(
            followed_up=False, no_action=CASE.ALREADY_KNOWN))
        (notice, _), = self.notices("nla", CASE.NOTICE_FEEDBACK)
        self.assertEqual(trace, notice.about)
        self.assertEqual(CASE.ALREADY_KNOWN, notice.feedback.no_action)

    def test_word_of_its_use_is_owed_until_it_is_given(self):
        case, _ = self.contributed()
        task, = self.owed("zorgcoordinator", CASE.TASK_USEFULNESS)
        self.assertEqual(365 * DAY_S * 1000, task.due_ms - task.since_ms)
        self.assertEqual({"procesregisseur", "zorgcoordinator"}, {
            t.desk for t in self.owed("politie", CASE.TASK_USEFULNESS, given=True)})
        # another signal to the same desk in the same case owes no second word
        self.share("politie", ["zorgcoordinator"], case, "zvh")
        self.assertEqual(1, len(self.owed("zorgcoordinator", CASE.TASK_USEFULNESS)))
        # the case goes on: it owes word again, for another year
        self.give("zorgcoordinator", case, feedback=CASE.Feedback(useful=True))
        again, = self.owed("zorgcoordinator", CASE.TASK_USEFULNESS)
        self.assertNotEqual(task.task_id, again.task_id)
        self.assertEqual(365 * DAY_S * 1000, again.due_ms - again.since_ms)
        self.give("zorgcoordinator", case, feedback=CASE.Feedback(useful=True, closed=True))
        self.assertEqual([], self.owed("zorgcoordinator", CASE.TASK_USEFULNESS))
        self.assertEqual(["procesregisseur"], [
            t.desk for t in self.owed("politie", CASE.TASK_USEFULNESS, given=True)])

    def test_a_route_asks_for_it_and_the_contributor_sees_what_it_is_owed(self):
        case, _ = self.contributed()
        self.move("procesregisseur", case, "zvh.niet_opgepakt")
        owed = self.owed("procesregisseur", CASE.TASK_FEEDBACK)
        self.assertEqual(2, len(owed))
        for name in ("nla", "politie"):
            task, = self.owed(name, CASE.TASK_FEEDBACK, given=True)
            self.assertEqual("procesregisseur", task.desk)
            self.assertFalse(task.overdue)
        self.give("procesregisseur", case)
        self.assertEqual([], self.owed("nla", CASE.TASK_FEEDBACK, given=True))

    def test_asking_again_with_the_same_bytes_tells_once(self):
        case, _ = self.contributed()
        c = self.desk("procesregisseur")
        frame = c.build(sc.TYPE % "feedback", sc.wire_pb2.GiveFeedback(
            case_id=case, feedback=RIGHT))
        first = c.exchange(frame)
        self.restart()
        self.assertEqual([r.leaf for r in first.receipts],
                         [r.leaf for r in c.exchange(frame).receipts])
        self.assertEqual(1, len(self.notices("nla", CASE.NOTICE_FEEDBACK)))


@unittest.skipIf(why_the_clock_stays(), why_the_clock_stays())
class Reminders(FeedbackCase):
    SETTINGS = {"expiry_s": 1}
    CLOCK = staticmethod(lambda region: clock.Clock(region.dir))

    def wait_for_reminder(self):
        rg.wait_for("the reminder", lambda: self.sql(
            "SELECT count(*) FROM task WHERE reminded = 1") != [(0,)])

    def test_what_is_overdue_is_told_exactly_once(self):
        self.share("nla", ["procesregisseur"])
        delivery, = self.signals("procesregisseur")
        case = self.open("procesregisseur", "zvh", deliveries=[delivery])
        self.move("procesregisseur", case, "zvh.niet_opgepakt")
        self.take("procesregisseur")
        self.take("nla")
        self.assertEqual(0, self.count("EVENT_OVERDUE"))
        # the recall of what the case began with is due in 7 days, the feedback in 14
        self.region.clock.forward(15 * DAY_S)
        self.wait_for_reminder()
        for how in range(2):
            self.restart()
            self.region.clock.forward(60)
            # a turn of the broker after its start: it took note of the new time
            rg.wait_for("a turn", lambda: self.desk("nla").ask(
                sc.PROVE, sc.wire_pb2.Prove()).broker_time_ms >= self.region.clock.now_ms)
        reminded = [n for n, _ in self.notices("procesregisseur", CASE.NOTICE_REMINDER)]
        self.assertEqual({CASE.TASK_FEEDBACK, CASE.TASK_DESTROY},
                         {n.task.kind for n in reminded})
        self.assertEqual(2, len(reminded))
        self.assertTrue(all(n.task.overdue for n in reminded))
        self.assertEqual(2, self.count("EVENT_OVERDUE"))
        task, = self.owed("nla", CASE.TASK_FEEDBACK, given=True)
        self.assertTrue(task.overdue)


if __name__ == "__main__":
    unittest.main()
