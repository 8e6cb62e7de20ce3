# SPDX-License-Identifier: EUPL-1.2
"""A recall reaches everybody who got a release, also who was away, and can be proved.

Before its recipient took it a copy is erased from the broker; after that the recipient is
told until it says that it destroyed the copy.  Whoever never says so stays listed.  Nobody
but the source recalls, and nobody destroys what is not its own.  A case without suspicion
and one that begins a track recall by themselves what was shared before.
"""

import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import e2e_case
import region as rg
import sluis_client as sc
from e2e_case import CASE, EVENT


class RecallCase(e2e_case.RegionCase):
    def recall(self, name, trace, code="ok", ground=CASE.RECALL_UNLAWFUL):
        return self.ask(
            name, "recall", sc.wire_pb2.Recall(trace_id=trace, ground=ground), code)

    def destroyed(self, name, *ids, code="ok"):
        return self.ask(name, "destroyed", sc.wire_pb2.Destroyed(delivery_ids=ids), code)

    def open_recalls(self, name):
        """Delivery ids that others still have to destroy, as NAME sees it."""
        return [t.about for t in self.todo(name, given=True) if t.kind == CASE.TASK_DESTROY]

    def told(self, name):
        """[(delivery id, ground)] of what NAME is told to destroy."""
        return [(n.about, n.recall) for n, _ in self.notices(name, CASE.NOTICE_RECALL)]


class Recall(RecallCase):
    # --- who may not -------------------------------------------------------------------

    def test_nobody_but_the_source_recalls(self):
        trace, _ = self.share("meldpunt", ["politie", "nla"])
        for name in ("politie", "nla", "zorgcoordinator", "analist"):
            self.recall(name, trace, "not_found")
        self.recall("meldpunt", os.urandom(16), "not_found")
        self.recall("meldpunt", b"short", "malformed")
        self.recall("meldpunt", trace, "malformed", ground=0)
        self.assertEqual(1, len(self.signals("politie")))
        self.assertEqual(0, self.count("EVENT_RECALL"))

    def test_only_the_recipient_destroys_and_only_what_was_recalled(self):
        trace, _ = self.share("meldpunt", ["politie", "nla"])
        mine, = self.signals("politie")
        other, = self.signals("nla")
        self.destroyed("politie", mine, code="not_found")
        self.recall("meldpunt", trace)
        self.destroyed("politie", other, code="not_found")
        # one that is not its own refuses the whole
        self.destroyed("politie", mine, other, code="not_found")
        self.destroyed("politie", code="malformed")
        self.destroyed("meldpunt", mine, code="not_found")
        self.assertEqual({mine, other}, set(self.open_recalls("meldpunt")))
        self.assertEqual(0, self.count("EVENT_DESTROYED"))

    # --- before it was taken ---------------------------------------------------------

    def test_a_copy_that_waits_is_erased_from_the_broker(self):
        trace, shared = self.share("meldpunt", ["politie"])
        answer = self.recall("meldpunt", trace)
        leaves = [sc.verify_receipt(r, self.region.region.verifier)[0]
                  for r in answer.receipts]
        self.assertEqual([EVENT.Value("EVENT_RECALL"), EVENT.Value("EVENT_WITHDRAWN")],
                         [leaf.kind for leaf in leaves])
        self.assertEqual(shared.outcomes[0].receipt.index, leaves[1].refers_to)
        self.assertEqual([], self.take("politie"))
        self.assertEqual([], self.open_recalls("meldpunt"))
        rg.wait_for("the copies to be gone",
                    lambda: [(0,)] == self.sql("SELECT count(*) FROM copy"), 30)

    # --- after it was taken ------------------------------------------------------------

    def test_who_was_away_hears_of_it_and_the_chain_proves_that_it_destroyed(self):
        trace, shared = self.share("meldpunt", ["politie", "nla"])
        copy, = self.signals("nla")
        self.away("nla")
        self.recall("meldpunt", trace)
        self.restart()

        (told, _), = self.notices("nla", CASE.NOTICE_RECALL)
        self.assertEqual(copy, told.about)
        self.assertEqual(CASE.RECALL_UNLAWFUL, told.recall)
        self.assertEqual(self.seat("meldpunt").oin, told.from_oin)
        first = self.destroyed("nla", copy)
        again = self.destroyed("nla", copy)
        self.assertEqual(first.receipts[0].index, again.receipts[0].index)

        (done, index), = self.notices("meldpunt", CASE.NOTICE_DESTROYED)
        self.assertEqual(trace, done.about)
        with self.region.client("auditor") as auditor:
            outcome, = auditor.explain(leaf_index=index).outcomes
            notice, _ = sc.verify_receipt(outcome.receipt, self.region.region.verifier)
        chain, at = [], notice.refers_to
        for _ in range(3):
            leaf = self.leaf("meldpunt", at)
            chain.append(EVENT.Name(leaf.kind))
            at = leaf.refers_to if leaf.HasField("refers_to") else at
        self.assertEqual(["EVENT_DESTROYED", "EVENT_RECALL", "EVENT_RULING"], chain)
        self.assertEqual(shared.outcomes[1].receipt.index, at)
        self.assertEqual([], self.told("nla"))

    def test_who_never_says_so_stays_listed_as_open(self):
        trace, _ = self.share("meldpunt", ["politie", "nla"])
        police, = self.signals("politie")
        self.away("politie")
        nla, = self.signals("nla")
        self.recall("meldpunt", trace)
        self.destroyed("nla", nla)
        self.restart()
        self.assertEqual([police], self.open_recalls("meldpunt"))
        task, = self.recall("meldpunt", trace).tasks
        self.assertEqual(police, task.about)
        self.assertEqual(self.seat("politie").oin, task.oin)

    def test_who_takes_a_copy_and_never_acknowledges_is_no_better_off(self):
        trace, _ = self.share("meldpunt", ["politie"])
        copy, = self.desk("politie").receive()
        self.recall("meldpunt", trace)
        self.assertEqual([copy.delivery_id], self.open_recalls("meldpunt"))
        # acknowledging it now gives the entry that ended it
        receipt, = self.desk("politie").acknowledge([copy.delivery_id])
        leaf, _ = sc.verify_receipt(receipt, self.region.region.verifier)
        self.assertEqual(EVENT.Value("EVENT_WITHDRAWN"), leaf.kind)
        self.assertEqual([(copy.delivery_id, CASE.RECALL_UNLAWFUL)], self.told("politie"))

    def test_asking_again_with_the_same_bytes_recalls_once(self):
        trace, _ = self.share("meldpunt", ["nla"])
        self.signals("nla")
        c = self.desk("meldpunt")
        frame = c.build(sc.TYPE % "recall", sc.wire_pb2.Recall(
            trace_id=trace, ground=CASE.RECALL_SUBJECT))
        first = c.exchange(frame)
        self.restart()
        second = c.exchange(frame)
        self.assertEqual([r.leaf for r in first.receipts], [r.leaf for r in second.receipts])
        self.assertEqual(1, len(self.told("nla")))


    def test_a_kill_between_request_and_answer_loses_and_repeats_nothing(self):
        traces = [self.share("meldpunt", ["nla"])[0] for _ in range(4)]
        recalled = dict.fromkeys(self.signals("nla"), CASE.RECALL_UNLAWFUL)
        for i, trace in enumerate(traces):
            c = self.desk("meldpunt")
            frame = c.build(sc.TYPE % "recall", sc.wire_pb2.Recall(
                trace_id=trace, ground=CASE.RECALL_UNLAWFUL))
            c.socket.send(frame)
            if i % 2:       # it is durable, and nobody was told so
                rg.wait_for("the entry", lambda n=i: self.sql(
                    "SELECT count(*) FROM recall")[0][0] > n)
            self.restart()
            self.assertEqual("ok", self.desk("meldpunt").exchange(frame).code)
        self.assertEqual(sorted(recalled.items()), sorted(self.told("nla")))
        self.assertEqual(set(recalled), set(self.open_recalls("meldpunt")))
        for copy in recalled:
            c = self.desk("nla")
            frame = c.build(
                sc.TYPE % "destroyed", sc.wire_pb2.Destroyed(delivery_ids=[copy]))
            c.socket.send(frame)
            self.restart()
            self.assertEqual("ok", self.desk("nla").exchange(frame).code)
        self.assertEqual(4, len(self.notices("meldpunt", CASE.NOTICE_DESTROYED)))
        self.assertEqual(4, self.count("EVENT_DESTROYED"))
        self.assertEqual([], self.open_recalls("meldpunt"))


class Correction(RecallCase):
    def correct(self, name, trace, to, code="ok"):
        return self.share(name, to, corrects=trace, code=code)

    def test_nobody_corrects_what_is_not_its_own(self):
        trace, _ = self.share("meldpunt", ["politie"])
        self.correct("politie", trace, ["nla"], "not_found")
        self.correct("meldpunt", os.urandom(16), ["politie"], "not_found")
        self.correct("meldpunt", b"short", ["politie"], "malformed")
        self.assertEqual(0, self.count("EVENT_RECALL"))

    def test_earlier_recipients_get_the_new_copy_or_a_recall(self):
        trace, _ = self.share("meldpunt", ["politie", "nla"])
        old = {n: self.signals(n)[0] for n in ("politie", "nla")}
        self.correct("meldpunt", trace, ["politie", "zorgcoordinator"])

        (_, copy, notice), = self.take("politie")       # the copy says it, no notice does
        self.assertIsNone(notice)
        self.assertEqual(old["politie"], copy.corrects)
        (_, first, notice), = self.take("zorgcoordinator")
        self.assertFalse(first.HasField("corrects"))    # it never had the old one
        self.assertEqual([(old["nla"], CASE.RECALL_CORRECTED)], self.told("nla"))
        self.assertEqual(set(old.values()), set(self.open_recalls("meldpunt")))
        for name, one in old.items():
            self.destroyed(name, one)
        self.assertEqual([], self.open_recalls("meldpunt"))

    def test_a_correction_that_reaches_nobody_recalls_nothing(self):
        trace, _ = self.share("meldpunt", ["politie"])
        self.signals("politie")
        m = sc.wire_pb2.Submit(convenant="riec", phase="1", purpose="casusoverleg",
                               signal=e2e_case.SIGNAL, corrects=trace)
        m.recipients.append(self.seat("comensha"))
        self.assertNotEqual(
            "ok", self.desk("meldpunt").exchange(
                self.desk("meldpunt").build(sc.SUBMIT, m)).code)
        self.assertEqual([], self.open_recalls("meldpunt"))


class Route(RecallCase):
    def in_case(self):
        """A ZVH case with a signal in it that police and the care coordinator took."""
        case = self.open("procesregisseur", "zvh")
        for name in ("politie", "zorgcoordinator"):
            self.join("procesregisseur", case, name)
        trace, _ = self.share("procesregisseur", ["politie", "zorgcoordinator"], case, "zvh")
        ids = {n: self.signals(n)[0] for n in ("politie", "zorgcoordinator")}
        return case, trace, ids

    def test_no_suspicion_ends_the_copy_that_the_case_began_with(self):
        trace, _ = self.share("politie", ["procesregisseur", "zorgcoordinator"], words="zvh")
        mine, = self.signals("procesregisseur")
        self.assertEqual(1, len(self.signals("zorgcoordinator")))
        case = self.open("procesregisseur", "zvh", deliveries=[mine])
        self.move("procesregisseur", case, "zvh.niet_opgepakt")
        self.assertEqual([mine], self.open_recalls("politie"))
        self.assertEqual([], self.told("zorgcoordinator"))      # it has no seat there
        self.destroyed("procesregisseur", mine)
        (done, _), = self.notices("politie", CASE.NOTICE_DESTROYED)
        self.assertEqual(trace, done.about)

    def test_no_suspicion_destroys_no_copy_that_another_source_gave_to_others(self):
        trace, _ = self.share("politie", ["procesregisseur", "om", "zorgcoordinator"],
                              words="zvh")
        mine, = self.signals("procesregisseur")
        theirs, = self.signals("om")            # the care coordinator has not looked yet
        links = self.sql("SELECT count(*) FROM link_token")
        case = self.open("procesregisseur", "zvh", deliveries=[mine])
        for name in ("om", "zorgcoordinator"):
            self.join("procesregisseur", case, name)
        self.move("procesregisseur", case, "zvh.niet_opgepakt")
        self.assertEqual([], self.told("om"))
        self.assertEqual(1, len(self.signals("zorgcoordinator")))
        self.assertEqual(0, self.count("EVENT_WITHDRAWN"))
        self.assertEqual(1, self.count("EVENT_RECALL"))
        self.assertEqual(links, self.sql("SELECT count(*) FROM link_token"))
        # the source sees what came of it, and takes the others' back if it wants to
        self.assertEqual([mine], self.open_recalls("politie"))
        self.recall("politie", trace)
        self.assertEqual([(theirs, CASE.RECALL_UNLAWFUL)], self.told("om"))
        self.assertEqual(3, len(self.open_recalls("politie")))

    def test_no_suspicion_recalls_what_was_shared_in_the_case(self):
        case, _, ids = self.in_case()
        self.away("politie")
        self.move("procesregisseur", case, "zvh.niet_opgepakt")
        self.assertEqual([(ids["politie"], CASE.RECALL_NO_SUSPICION)], self.told("politie"))
        self.assertEqual([(ids["zorgcoordinator"], CASE.RECALL_NO_SUSPICION)],
                         self.told("zorgcoordinator"))
        self.assertEqual(set(ids.values()), set(self.open_recalls("procesregisseur")))
        for name, one in ids.items():
            self.destroyed(name, one)
        self.assertEqual(2, len(self.notices("procesregisseur", CASE.NOTICE_DESTROYED)))

    def test_the_no_of_the_flow_chart_recalls_everything_from_before(self):
        case = self.open("meldpunt", "nijmegen")
        self.share("meldpunt", ["analist"], case, "intern")
        inside, = self.signals("analist")
        self.move("aandacht", case, "nijmegen.uit_netwerk")
        self.ask("aandacht", "case-align", sc.wire_pb2.CaseAlign(
            case_id=case, ask=[self.seat("politie"), self.seat("nla")]))
        self.share("aandacht", ["politie", "nla"], case)
        taken = {n: self.signals(n)[0] for n in ("politie", "nla")}
        self.away("nla")
        for name in ("politie", "nla"):
            self.ask(name, "case-align", sc.wire_pb2.CaseAlign(
                case_id=case, answer=CASE.ALIGN_NO))
        self.move("aandacht", case, "nijmegen.geen_vermoeden")
        self.assertEqual([(inside, CASE.RECALL_NO_SUSPICION)], self.told("analist"))
        for name, one in taken.items():
            self.assertEqual([(one, CASE.RECALL_NO_SUSPICION)], self.told(name))
        self.assertEqual([inside], self.open_recalls("meldpunt"))
        self.assertEqual(set(taken.values()), set(self.open_recalls("aandacht")))

    def test_a_correction_in_a_case_stands_in_its_history(self):
        case, trace, ids = self.in_case()
        self.share("procesregisseur", ["politie"], case, "zvh", corrects=trace)
        (_, copy, _), = [d for d in self.take("politie") if d[2] is None]
        self.assertEqual(ids["politie"], copy.corrects)
        self.assertEqual(case, copy.case_id)
        self.assertEqual([(ids["zorgcoordinator"], CASE.RECALL_CORRECTED)],
                         self.told("zorgcoordinator"))
        self.assertIn(CASE.STEP_CORRECTED,
                      [step.kind for step in self.read("politie", case).steps])

    def test_a_recall_in_a_case_stands_in_its_history(self):
        case, trace, ids = self.in_case()
        self.recall("procesregisseur", trace)
        step = self.read("politie", case).steps[-1]
        self.assertEqual(CASE.STEP_RECALLED, step.kind)
        self.assertEqual(CASE.RECALL_UNLAWFUL, step.recall)
        self.assertEqual(set(ids.values()), set(self.open_recalls("procesregisseur")))


if __name__ == "__main__":
    unittest.main()
