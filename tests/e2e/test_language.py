# SPDX-License-Identifier: EUPL-1.2
"""What the rule language says, a running broker does: refusals by the supplier, embargoes that
are reviewed, and the region in which a matter lies."""

import datetime
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import cases
import region as rg
import sluis_client as sc


def in_days(n):
    return (datetime.datetime.utcnow().date() + datetime.timedelta(days=n)).isoformat()


class Language(cases.RegionCase):
    """The meldpunt shares a RIEC signal of phase 1 with police and NLA."""

    def signal_with(self, change=None):
        signal = rg.signal_from("02-barn-at-the-nursery.json")
        signal.ClearField("handling")
        if change:
            change(signal)
        return signal.SerializeToString()

    def share(self, change=None, region=None, to=("politie", "nla")):
        m = sc.wire_pb2.Submit.FromString(sc.wire_pb2.Envelope.FromString(self.frame(
            signal=self.signal_with(change), convenant="riec", phase="1", purpose="casusoverleg",
            to=list(to))).payload)
        if region is not None:
            m.region = region
        m.head.CopyFrom(self.sender.head())
        self.sender.disclose(m)
        return self.sender.exchange(self.sender.build(sc.SUBMIT, m))

    def outcome(self, answer, name):
        party = self.region.party(name)
        return next(o for o in answer.outcomes if o.oin == party.oin)

    def fields(self, outcome):
        """Field path -> (action, rule) as the sender is told it."""
        detail = sc.journal_pb2.Detail.FromString(outcome.receipt.detail)
        out = {}
        for action, groups in (("withheld", detail.withheld), ("released", detail.released)):
            for group in groups:
                for numbers in sc.unpack_paths(group.paths):
                    out[sc.path_name(numbers)] = (action, group.rule)
        return out

    # --- the supplier refuses ---------------------------------------------------------------

    def refuse(self, categories, *names):
        def change(signal):
            refusal = signal.handling.refusals.add()
            refusal.categories.extend(categories)
            refusal.recipients.extend(self.region.party(n).oin for n in names)
            refusal.ground = sc.signal_pb2.INVESTIGATION_INTEREST
        return change

    def test_what_the_supplier_refuses_is_withheld_by_its_own_rule(self):
        free = self.fields(self.outcome(self.share(), "politie"))
        held = self.fields(self.outcome(self.share(self.refuse(["company"])), "politie"))
        company = {p for p, (action, _) in free.items()
                   if action == "released" and p.startswith("organisations.")}
        self.assertTrue(company)
        for path in company:
            if held[path][0] == "withheld":
                self.assertEqual("riec-ref", held[path][1])
        self.assertTrue(any(held[p] == ("withheld", "riec-ref") for p in company))
        self.assertEqual({p for p, a in free.items() if a[0] == "released"} - company,
                         {p for p, a in held.items() if a[0] == "released"} - company)

    def test_a_refusal_to_one_recipient_leaves_the_others_alone(self):
        answer = self.share(self.refuse(["company"], "politie"))
        police = self.fields(self.outcome(answer, "politie"))
        nla = self.fields(self.outcome(answer, "nla"))
        self.assertIn("riec-ref", {rule for _, rule in police.values()})
        self.assertNotIn("riec-ref", {rule for _, rule in nla.values()})

    def test_a_refusal_of_what_is_no_category_is_the_senders_fault(self):
        answer = self.share(self.refuse(["companies"]))
        self.assertEqual(("invalid_signal", "handling.refusals"), (answer.code, answer.where))
        self.assertEqual("invalid_signal", self.share(self.refuse(["organisations.kvk_number"])).code)

    def test_no_recipient_sees_that_something_was_refused(self):
        self.share(self.refuse(["company"], "politie"))
        with self.region.client("politie") as client:
            for delivery in client.receive():
                copy = sc.verify_delivery(delivery, self.verifier)
                self.assertNotIn(b"riec-ref", delivery.SerializeToString())
                self.assertIsNotNone(copy)
                client.acknowledge([delivery.delivery_id])

    # --- embargoes ----------------------------------------------------------------------------

    def embargo(self, desk, review):
        def change(signal):
            if desk is not None:
                signal.handling.embargo.contact_desk = desk
            signal.handling.embargo.review_on = review
        return change

    def test_an_embargo_needs_a_contact_and_a_review_date_to_come(self):
        self.assertEqual("ok", self.share(self.embargo("avim", in_days(30))).code)
        for change in (self.embargo(None, in_days(30)), self.embargo("avim", in_days(-1))):
            answer = self.share(change)
            self.assertEqual("no_recipient_entitled", answer.code)
            self.assertEqual({"embargo_incomplete"}, {o.code for o in answer.outcomes})

    def test_an_unclear_embargo_never_holds_up_care(self):
        answer = self.share(self.embargo("avim", in_days(-1)), to=("politie", "zorgcoordinator"))
        self.assertEqual("embargo_incomplete", self.outcome(answer, "politie").code)
        self.assertEqual("ok", self.outcome(answer, "zorgcoordinator").code)

    # --- regions ------------------------------------------------------------------------------

    def test_a_region_that_nobody_knows_is_no_region(self):
        answer = self.share(region="atlantis")
        self.assertNotEqual("ok", answer.code)
        self.assertEqual({"convenant_not_in_force"}, {o.code for o in answer.outcomes} or {answer.code})

    def test_the_senders_own_region_may_be_named(self):
        self.assertEqual("ok", self.share(region="rivierenland").code)


if __name__ == "__main__":
    unittest.main(verbosity=2)
