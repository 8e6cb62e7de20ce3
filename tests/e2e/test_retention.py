# SPDX-License-Identifier: EUPL-1.2
"""What the broker knows of a case ends with its term, on a clock that the test moves.

Five years after the first joint processing the case is in no table any more, and whoever
has a copy from it is told to destroy it.  A case that was not taken up ends after weeks; a
closed one is shielded until then; one that is still needed is extended by its owner only.
"""

import pathlib
import sqlite3
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import clock
import e2e_case
import region as rg
import sluis_client as sc
from e2e_case import CASE

DAY_S = 24 * 60 * 60
DAY_MS = DAY_S * 1000
FIVE_YEARS = 1826


def why_the_clock_stays():
    """Why the broker's clock cannot be moved; None if it can."""
    if rg.is_sanitized():
        return "a sanitizer wants to be loaded before anything else, and so does libfaketime"
    return None if clock.library() else "no libfaketime: package faketime"


class RetentionCase(e2e_case.RegionCase):
    def shared_case(self):
        """(case, delivery of the police); the care coordinator never takes its copy."""
        case = self.open("procesregisseur", "zvh")
        for name in ("politie", "zorgcoordinator"):
            self.join("procesregisseur", case, name)
        self.share("procesregisseur", ["politie", "zorgcoordinator"], case, "zvh")
        taken, = self.signals("politie")
        return case, taken

    def extend(self, name, case, code="ok"):
        return self.ask(name, "case-extend", sc.wire_pb2.CaseExtend(case_id=case), code)

    def with_broker_down(self, statement, *values):
        self.region.kill_broker()
        with sqlite3.connect(self.database) as db:
            db.execute(statement, values)
        self.region.start_broker()
        for c in self.desks.values():
            c.connect()


@unittest.skipIf(why_the_clock_stays(), why_the_clock_stays())
class Terms(RetentionCase):
    SETTINGS = {"expiry_s": 1}
    CLOCK = staticmethod(lambda region: clock.Clock(region.dir))

    def is_there(self, case):
        return self.sql("SELECT count(*) FROM case_ WHERE id = ?", case) == [(1,)]

    def pass_days(self, days):
        """And the broker looked at what that brings: in one turn it reminds and removes."""
        self.region.clock.forward(days * DAY_S)
        rg.wait_for("a turn", lambda: self.sql(
            "SELECT count(*) FROM task WHERE due_ms <> 0 AND due_ms < ? AND reminded = 0",
            self.region.clock.now_ms) == [(0,)])

    def go_back(self, to_s):
        """Keys and lists of the region end after weeks: its desks come back in their time."""
        self.region.kill_broker()
        self.region.clock.set(to_s)
        self.region.start_broker()
        for c in self.desks.values():
            c.connect()

    def places_of(self, needle):
        """{(table, column): how often} NEEDLE stands in a value of the database."""
        found = {}
        with sqlite3.connect("file:%s?mode=ro" % self.database, uri=True) as db:
            for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
                for column in [row[1] for row in db.execute("PRAGMA table_info(%s)" % table)]:
                    n = sum((v if isinstance(v, bytes) else str(v).encode()).count(needle)
                            for (v,) in db.execute("SELECT %s FROM %s" % (column, table))
                            if v is not None)
                    if n:
                        found[table, column] = n
        return found

    def test_five_years_after_the_first_release_the_case_is_gone(self):
        case, taken = self.shared_case()
        began = self.region.clock.now_s
        self.assertEqual(FIVE_YEARS * DAY_MS,
                         self.read("politie", case).remove_ms - began * 1000)
        self.assertIn(("case_step", "case_id"), self.places_of(case))

        self.pass_days(FIVE_YEARS - 1)
        self.assertTrue(self.is_there(case))
        self.region.clock.forward(2 * DAY_S)
        rg.wait_for("the removal", lambda: not self.is_there(case))

        # it stands in the sealed account of what was shared, and nowhere else: not in a
        # table, not in what a page still held
        self.region.kill_broker()
        with sqlite3.connect(self.database) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.assertEqual({}, self.places_of(case))
        self.assertNotIn(case, self.database.read_bytes())
        self.region.start_broker()

        self.go_back(began)
        self.read("procesregisseur", case, code="not_found")
        self.assertEqual([], self.read("procesregisseur"))
        told = {n.kind: n for _, _, n in self.take("politie") if n}
        self.assertEqual(taken, told[CASE.NOTICE_RECALL].about)
        self.assertEqual(CASE.RECALL_RETENTION, told[CASE.NOTICE_RECALL].recall)
        self.assertFalse(told[CASE.NOTICE_RECALL].HasField("from_oin"))
        self.assertEqual(CASE.STEP_REMOVED, told[CASE.NOTICE_CASE_ENDED].step.kind)
        # one whose copy passed its term unread may have read it and never said so
        self.assertEqual({CASE.NOTICE_RECALL, CASE.NOTICE_CASE_ENDED, CASE.NOTICE_REMINDER},
                         {n.kind for _, _, n in self.take("zorgcoordinator") if n})

        # who has a copy is followed although the case is gone
        oin = self.seat("politie").oin
        task, = [t for t in self.todo("procesregisseur", given=True)
                 if t.kind == CASE.TASK_DESTROY and t.oin == oin]
        self.assertEqual(taken, task.about)
        self.assertFalse(task.HasField("case_id"))
        self.ask("politie", "destroyed", sc.wire_pb2.Destroyed(delivery_ids=[taken]))
        self.assertEqual(1, len(self.notices("procesregisseur", CASE.NOTICE_DESTROYED)))
        for kind, n in (("REMOVED", 1), ("RECALL", 2), ("DESTROYED", 1)):
            self.assertEqual(n, self.count("EVENT_" + kind), kind)

    def test_a_case_in_which_nothing_was_shared_is_gone_after_its_term_too(self):
        case = self.open("procesregisseur", "zvh")
        self.join("procesregisseur", case, "politie")
        self.assertEqual(FIVE_YEARS * DAY_MS, self.read("politie", case).remove_ms -
                         self.region.clock.now_s * 1000)
        self.region.clock.forward((FIVE_YEARS + 1) * DAY_S)
        rg.wait_for("the removal", lambda: not self.is_there(case))

    def test_what_is_not_taken_up_is_gone_after_its_weeks(self):
        case, _ = self.shared_case()
        other, _ = self.shared_case()
        self.move("procesregisseur", case, "zvh.niet_opgepakt")
        self.assertEqual(1, self.count("EVENT_WITHDRAWN"))      # the care coordinator's
        self.pass_days(41)
        self.assertTrue(self.is_there(case))
        self.region.clock.forward(2 * DAY_S)
        rg.wait_for("the removal", lambda: not self.is_there(case))
        self.assertTrue(self.is_there(other))


class Extension(RetentionCase):
    def test_only_the_owner_in_the_last_year_and_once_in_it(self):
        case, _ = self.shared_case()
        self.extend("nla", case, "not_found")
        self.extend("politie", case, "step_not_for_this_desk")
        self.extend("procesregisseur", case, "not_in_this_state")       # too early
        self.extend("procesregisseur", bytes(16), "not_found")
        term = self.read("procesregisseur", case).remove_ms - 1500 * DAY_MS
        self.with_broker_down("UPDATE case_ SET remove_ms = ?", term)
        self.take("politie")
        self.extend("politie", case, "step_not_for_this_desk")
        self.extend("procesregisseur", case)
        self.assertEqual(730 * DAY_MS, self.read("politie", case).remove_ms - term)
        (notice, _), = self.notices("politie", CASE.NOTICE_MOVED)
        self.assertEqual(CASE.STEP_EXTENDED, notice.step.kind)
        answer = self.extend("procesregisseur", case, "not_in_this_state")
        self.assertEqual("Besluit WGS 1.16(2), (3)", answer.article)

    def test_a_route_without_extension_has_none(self):
        case = self.open("ketenregisseur", "riec")
        self.join("ketenregisseur", case, "politie")
        self.share("ketenregisseur", ["politie"], case, "riec")
        self.extend("ketenregisseur", case, "no_ground")


class Shield(RetentionCase):
    def test_a_closed_case_exists_for_its_owner_only(self):
        case, taken = self.shared_case()
        self.with_broker_down("UPDATE case_ SET state = 'afschaling'")
        self.take("politie")
        self.ask("procesregisseur", "feedback", sc.wire_pb2.GiveFeedback(
            case_id=case, feedback=CASE.Feedback(closed=True)))
        self.move("procesregisseur", case, "zvh.sluit")
        self.assertEqual([CASE.STEP_SHIELDED], [
            n.step.kind for n, _ in self.notices("politie", CASE.NOTICE_CASE_ENDED)])
        self.read("politie", case, code="not_found")
        self.assertEqual([], self.read("politie"))
        self.share("politie", ["zorgcoordinator"], case, "zvh", code="not_found")
        self.move("politie", case, "zvh.opnieuw", code="not_found")
        self.join("procesregisseur", case, "om", code="case_closed")
        self.assertTrue(self.read("procesregisseur", case).shielded)
        self.assertEqual([case], [c.case_id for c in self.read("procesregisseur")])
        self.assertEqual(1, self.count("EVENT_SHIELDED"))
        self.assertEqual({CASE.TASK_USEFULNESS}, {t.kind for t in self.todo("politie")})
        # what was shared in it is not recalled: it binds who has it until its term
        self.assertEqual(0, self.count("EVENT_RECALL"))
        self.assertIsNotNone(taken)

    def test_who_owes_feedback_in_it_may_give_that_and_do_nothing_else(self):
        case, _ = self.shared_case()
        self.with_broker_down("UPDATE case_ SET state = 'afschaling'")
        self.move("procesregisseur", case, "zvh.sluit")
        self.with_broker_down("UPDATE task SET kind = ?, case_id = ? WHERE oin = ?",
                              CASE.TASK_FEEDBACK, case, self.seat("politie").oin)
        self.read("politie", case, code="not_found")
        self.move("politie", case, "zvh.opnieuw", code="not_found")
        self.join("politie", case, "om", code="not_found")
        self.share("politie", ["zorgcoordinator"], case, "zvh", code="not_found")
        self.ask("politie", "feedback", sc.wire_pb2.GiveFeedback(
            case_id=case, feedback=CASE.Feedback(useful=True)))


if __name__ == "__main__":
    unittest.main()
