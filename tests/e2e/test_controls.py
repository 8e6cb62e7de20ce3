# SPDX-License-Identifier: EUPL-1.2
"""Two parties that go to one address hear of each other; care hears how many places are
needed when.  Where stays with whoever goes there."""

import datetime
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import e2e_case
import leaks
import sluis_client as sc
from e2e_case import CASE

POSTCODE, NUMBER = "6598 ZX", 4711


def day(ahead):
    return (datetime.datetime.now(datetime.timezone.utc).date()
            + datetime.timedelta(days=ahead)).isoformat()


class Controls(e2e_case.RegionCase):
    def plan(self, name, code="ok", on=5, postcode=POSTCODE, number=NUMBER, convenant="riec",
             contact=None, **more):
        """The id of a plan of NAME."""
        m = sc.wire_pb2.PlanControl(convenant=convenant)
        m.control.planned_on = day(on)
        if postcode:
            m.control.postcode, m.control.house_number = postcode, number
        for field, value in more.items():
            if isinstance(value, list):
                getattr(m.control, field).extend(value)
            else:
                setattr(m.control, field, value)
        if contact:
            m.contact_desk = contact
        m.head.CopyFrom(self.desk(name).head())
        self.ask(name, "plan-control", m, code)
        return m.head.request_id

    def cancel(self, name, plan, code="ok"):
        self.ask(name, "plan-control", sc.wire_pb2.PlanControl(cancel=True, about=plan), code)

    def told(self, name):
        return [n for _, _, n in self.take(name) if n is not None]

    def nobody_hears(self, *names):
        for name in names or ("meldpunt", "politie", "nla", "kmar", "zorgcoordinator", "om"):
            self.assertEqual([], self.told(name), name)

    # --- who may not ------------------------------------------------------------------------

    def test_a_plan_without_form_is_refused(self):
        for wrong in (dict(on=-1), dict(on=400), dict(postcode="nergens"), dict(number=0),
                      dict(postcode=None), dict(contact="nergens"), dict(contact="avim"),
                      dict(shelter_kinds=["COSM"]), dict(shelter_places=3, shelter_kinds=["HOTEL"])):
            self.plan("nla", "malformed", **wrong)
        self.assertEqual(0, self.count("EVENT_CONTROL"))

    def test_who_did_not_sign_or_is_not_named_tells_no_plan(self):
        self.plan("zorgcoordinator", "convenant_not_in_force")
        self.plan("kmar", "convenant_not_in_force")
        self.plan("zorgcoordinator", "sender_not_allowed", convenant="zorg")
        self.plan("politie", "no_such_convenant", convenant="nergens")
        self.nobody_hears()

    def test_plans_that_do_not_meet_are_told_to_nobody(self):
        self.plan("politie")
        self.plan("politie")
        self.plan("nla", number=NUMBER + 1)
        self.plan("nla", on=9)
        self.plan("nla", house_letter="a")
        self.plan("meldpunt", postcode="6598 ZY")
        self.plan("kmar", convenant="opsporing", on=20)
        self.nobody_hears()

    def test_only_the_planner_calls_it_off(self):
        plan = self.plan("politie", shelter_places=2)
        for name in ("nla", "meldpunt", "teamleiding", "zorgcoordinator"):
            self.cancel(name, plan, "not_found")
        self.cancel("politie", os.urandom(16), "not_found")
        self.assertEqual(1, len(self.told("zorgcoordinator")))
        self.cancel("politie", plan)
        self.cancel("politie", plan, "not_found")
        off, = self.told("zorgcoordinator")
        self.assertTrue(off.called_off)

    # --- who hears --------------------------------------------------------------------------

    def test_both_hear_whom_to_call_also_after_a_crash(self):
        first = self.plan("politie", on=4)
        self.restart()
        second = self.plan("nla", on=7, postcode="6598zx")
        told, = self.told("politie")
        self.assertEqual(CASE.NOTICE_CONTROL, told.kind)
        self.assertEqual((first, self.seat("nla").oin, "opsporing", day(7)),
                         (told.about, told.from_oin, told.contact_desk, told.planned_on))
        told, = self.told("nla")
        self.assertEqual((second, self.seat("politie").oin, "avim", day(4)),
                         (told.about, told.from_oin, told.contact_desk, told.planned_on))
        self.nobody_hears("meldpunt", "kmar", "zorgcoordinator")

    def test_care_hears_how_many_when_and_never_where(self):
        self.plan("politie", shelter_places=12, shelter_kinds=["CRISIS_SHELTER", "COSM"])
        told, = self.told("zorgcoordinator")
        self.assertEqual(CASE.NOTICE_CARE, told.kind)
        self.assertEqual(12, told.shelter_places)
        self.assertEqual(["CRISIS_SHELTER", "COSM"], list(told.shelter_kinds))
        self.assertEqual(day(5), told.planned_on)
        self.assertFalse(told.HasField("about"))
        self.nobody_hears("veiligthuis", "nla", "meldpunt")

    def test_the_address_stands_nowhere(self):
        self.plan("politie", shelter_places=3)
        self.plan("nla")
        needles = leaks.Needles()
        needles.add("places.address.postcode", POSTCODE)
        needles.add("places.address.postcode", "%s %d" % (POSTCODE, NUMBER))
        for path, data in self.region.files_of_broker().items():
            self.assertEqual([], needles.found_in(data), path)
        for token, in self.sql("SELECT token FROM control"):
            needles.put(bytes(token), "token", "raw")
        with self.region.client("auditor") as auditor:
            for entry in auditor.audit_all()[0]:
                self.assertEqual([], needles.found_in(entry.leaf + entry.detail))
        for name in ("politie", "nla", "zorgcoordinator"):
            for told in self.told(name):
                self.assertEqual([], needles.found_in(told.SerializeToString()))


if __name__ == "__main__":
    unittest.main(verbosity=2)
