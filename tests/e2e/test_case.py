# SPDX-License-Identifier: EUPL-1.2
"""Cases over the wire: who may do what, what others see of it, and a crash in between.

Written against docs/wire.md with the client that shares no code with libsluis.
"""

import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import cases
import region as rg
import sluis_client as sc
import yaml

INTERN = ("intern", "1", "verrijking")
AFSTEMMING = ("afstemming", "1", "duiding")
ROUTE = yaml.safe_load((sc.ROOT / "policy" / "routes" / "nijmegen.yaml").read_text("utf-8"))
SIGNAL = rg.signal_from("08-weekly-registrations.json").SerializeToString()
NOTICE = dict(sc.wire_pb2.DESCRIPTOR.pool.FindEnumTypeByName("sluis.NoticeKind").values_by_name)
TASK = dict(sc.wire_pb2.DESCRIPTOR.pool.FindEnumTypeByName("sluis.TaskKind").values_by_name)
THIRD_PARTY = 3


def notices_in(deliveries, kind):
    found = []
    for d in deliveries:
        copy = sc.wire_pb2.Copy.FromString(d.copy)
        if copy.HasField("notice"):
            notice = sc.case_pb2.Notice.FromString(copy.notice)
            if notice.kind == NOTICE[kind].number:
                found.append(notice)
    return found


class Case(cases.RegionCase):
    """A region, and desks of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("meldpunt", "analist", "aandacht", "politie", "nla", "zorgcoordinator"):
            setattr(cls, name, cls.region.client(name))

    def ok(self, answer):
        self.assertEqual("ok", answer.code, answer.change)
        for receipt in answer.receipts:
            sc.verify_receipt(receipt, self.verifier)
        return answer

    def opened(self, client=None):
        """The id of a new case, which is that of its request."""
        client = client or self.meldpunt
        return self.ok(client.exchange(client.build_case_open("nijmegen"))).request_id

    def enrich(self, case_id):
        return self.ok(self.analist.exchange(self.analist.build_case_submit(
            case_id, SIGNAL, INTERN, self.region.to("meldpunt", "aandacht"), enriches=True)))

    def view(self, client, case_id):
        answer = self.ok(client.exchange(client.build_case_read(case_id)))
        self.assertEqual(1, len(answer.cases))
        return answer.cases[0]

    def names(self, view):
        seats = {v: k for k, v in {
            n: tuple(self.region.to(n)[0]) for n in self.region.region.parties}.items()}
        return {seats[(p.oin, p.desk)] for p in view.participants}


class Acts(Case):
    def test_the_beginning_of_the_nijmegen_route(self):
        case_id = self.opened()
        self.assertEqual("ontvangen", self.view(self.meldpunt, case_id).state)
        todo = self.ok(self.analist.exchange(self.analist.build_todo()))
        self.assertIn(TASK["TASK_ENRICH"].number,
                      [t.kind for t in todo.tasks if t.case_id == case_id])
        self.enrich(case_id)
        moved = self.ok(self.analist.exchange(
            self.analist.build_case_move(case_id, "nijmegen.verrijkt")))
        self.assertEqual("verrijkt", moved.cases[0].state)
        self.assertEqual([], [t for t in self.view(self.analist, case_id).tasks
                              if t.kind == TASK["TASK_ENRICH"].number])
        told = notices_in(self.meldpunt.receive(max_deliveries=256), "NOTICE_MOVED")
        self.assertIn(case_id, [n.case_id for n in told])

    def test_the_sender_of_an_act_has_its_detail_with_case_and_step(self):
        case_id = self.opened()
        answer = self.enrich(case_id)
        answer = self.ok(self.analist.exchange(
            self.analist.build_case_move(case_id, "nijmegen.verrijkt")))
        leaf, _ = sc.verify_receipt(answer.receipts[0], self.verifier)
        self.assertEqual(cases.KIND["EVENT_CASE"], leaf.kind)
        self.assertEqual("analist", leaf.sender_desk)
        self.assertNotIn(case_id, answer.receipts[0].leaf)
        detail = sc.journal_pb2.Detail.FromString(answer.receipts[0].detail)
        step = sc.case_pb2.CaseStep.FromString(detail.act)
        self.assertEqual(case_id, detail.case_id)
        self.assertEqual("nijmegen.verrijkt", step.transition)
        explained = self.ok(self.analist.explain(trace_id=answer.request_id))
        self.assertEqual(answer.receipts[0].leaf, explained.receipts[0].leaf)
        self.assertEqual(answer.receipts[0].detail, explained.receipts[0].detail)

    def test_every_step_is_refused_to_each_desk_that_it_does_not_name(self):
        case_id = self.opened()
        self.enrich(case_id)
        step = next(s for s in ROUTE["steps"] if s["id"] == "verrijkt")
        self.assertEqual(["municipality/analist"], step["by"])
        for client in (self.meldpunt, self.aandacht):
            frame = client.build_case_move(case_id, "nijmegen.verrijkt")
            answer = client.exchange(frame)
            leaf = self.assert_refused("step_not_for_this_desk", answer)
            self.assertEqual("nijmegen.verrijkt", leaf.rule)
            self.assertEqual("nijmegen.verrijkt", answer.rule)
            self.assertTrue(answer.article)
            self.assertTrue(answer.change)
            # asked again: the same, and no second entry
            self.assertEqual(answer.receipts, client.exchange(frame).receipts)
        self.assertEqual("ontvangen", self.view(self.meldpunt, case_id).state)

    def test_an_unknown_case_and_somebody_elses_are_one_answer(self):
        case_id = self.opened()
        for build in (lambda i: self.politie.build_case_read(i),
                      lambda i: self.politie.build_case_move(i, "nijmegen.verrijkt"),
                      lambda i: self.politie.build_case_join(i, self.region.to("nla")),
                      lambda i: self.politie.build_case_declare(i),
                      lambda i: self.politie.build_case_submit(
                          i, SIGNAL, AFSTEMMING, self.region.to("nla"))):
            answers = []
            for wanted in (case_id, os.urandom(16)):
                answer = self.politie.exchange(build(wanted))
                self.assert_refused("not_found", answer)
                answer.request_id = b""
                answer.broker_time_ms = 0
                del answer.receipts[:]
                answers.append(answer.SerializeToString())
            self.assertEqual(answers[0], answers[1])
        self.assertNotIn(case_id, [c.case_id for c in self.ok(
            self.politie.exchange(self.politie.build_case_read())).cases])

    def test_the_same_request_again_is_the_same_receipt(self):
        frame = self.meldpunt.build_case_open("nijmegen")
        first, again = self.meldpunt.exchange(frame), self.meldpunt.exchange(frame)
        self.assertEqual(self.ok(first).receipts, self.ok(again).receipts)
        self.assertEqual(first.cases, again.cases)

    def test_a_stale_confirmation_confirms_nothing(self):
        case_id = self.opened()
        self.enrich(case_id)
        self.ok(self.analist.exchange(
            self.analist.build_case_move(case_id, "nijmegen.verrijkt")))
        verdict = sc.wire_pb2.CaseVerdict(case_id=case_id, strengthened=True)
        self.ok(self.analist.exchange(self.analist.build(sc.CASE_VERDICT, verdict)))
        asked = self.ok(self.aandacht.exchange(
            self.aandacht.build_case_move(case_id, "nijmegen.versterkt", only_ask=True)))
        self.assertEqual(32, len(asked.confirmation))
        self.assertFalse(asked.receipts)
        self.assert_refused("change_not_confirmed", self.aandacht.exchange(
            self.aandacht.build_case_move(case_id, "nijmegen.versterkt")))
        for wrong in (b"", bytes(32), asked.confirmation[:31], asked.confirmation + b"\0"):
            self.assert_refused("change_not_confirmed", self.aandacht.exchange(
                self.aandacht.build_case_move(
                    case_id, "nijmegen.versterkt", confirmation=wrong)))
        # somebody left in between: what was shown is not what would happen
        ketenregisseur = self.region.client("ketenregisseur")
        self.ok(ketenregisseur.exchange(ketenregisseur.build_case_join(
            case_id, self.region.to("ketenregisseur"), leave=True)))
        self.assert_refused("change_not_confirmed", self.aandacht.exchange(
            self.aandacht.build_case_move(
                case_id, "nijmegen.versterkt", confirmation=asked.confirmation)))
        self.assertEqual("verrijkt", self.view(self.meldpunt, case_id).state)
        self.ok(self.aandacht.case_confirmed(case_id, "nijmegen.versterkt"))
        self.assertEqual("afstemming", self.view(self.meldpunt, case_id).state)

    def test_what_is_not_in_force_is_not_shared_in_a_case(self):
        case_id = self.opened()
        for place in (AFSTEMMING, ("intern", "1", "duiding"), ("riec", "1", "casusoverleg")):
            answer = self.meldpunt.exchange(self.meldpunt.build_case_submit(
                case_id, SIGNAL, place, self.region.to("analist")))
            self.assertIn(answer.code, ("not_in_this_state", "purpose_not_covered"))
            self.assertEqual(1, len(answer.receipts))

    def test_a_recipient_outside_the_case_gets_nothing_of_it(self):
        case_id = self.opened()
        answer = self.meldpunt.exchange(self.meldpunt.build_case_submit(
            case_id, SIGNAL, INTERN, self.region.to("analist", "procesregisseur")))
        codes = {o.desk: o.code for o in self.ok(answer).outcomes}
        self.assertEqual(
            {"analist": "ok", "procesregisseur": "recipient_not_entitled"}, codes)

    def test_hostile_requests_about_cases_are_refused(self):
        case_id = self.opened()
        wire = sc.wire_pb2
        hostile = [
            (sc.CASE_READ, wire.CaseRead(case_id=b"short"), "malformed"),
            (sc.CASE_MOVE, wire.CaseMove(case_id=case_id), "no_such_step_from_here"),
            (sc.CASE_MOVE, wire.CaseMove(case_id=case_id, transition="x" * 4000),
             "no_such_step_from_here"),
            (sc.CASE_MOVE, wire.CaseMove(transition="nijmegen.verrijkt"), "malformed"),
            (sc.CASE_JOIN, wire.CaseJoin(case_id=case_id), "malformed"),
            (sc.CASE_OPEN, wire.CaseOpen(route="nijmegen", deliveries=[b"x"]), "malformed"),
            (sc.CASE_OPEN, wire.CaseOpen(route="nijmegen", traces=[os.urandom(16)] * 257),
             "too_many_elements"),
            (sc.CASE_OPEN, wire.CaseOpen(route="nijmegen", region="nergens"), "malformed"),
            (sc.CASE_OPEN, wire.CaseOpen(route="../nijmegen"), "no_such_route"),
            (sc.CASE_DECLARE, wire.CaseDeclare(), "malformed"),
        ]
        join = wire.CaseJoin(case_id=case_id)
        for _ in range(33):
            join.who.add(oin=self.politie.party.oin)
        hostile.append((sc.CASE_JOIN, join, "too_many_elements"))
        for kind, message, code in hostile:
            with self.subTest(kind=kind, code=code):
                self.assert_refused(code, self.aandacht.exchange(
                    self.aandacht.build(kind, message)) if kind != sc.CASE_OPEN else
                    self.meldpunt.exchange(self.meldpunt.build(kind, message)))
        auditor = self.region.client("auditor")
        self.assertEqual("not_at_this_endpoint", auditor.exchange(
            auditor.build(sc.CASE_READ, wire.CaseRead(case_id=case_id))).code)


class Crash(Case):
    """kill -9 between any two acts, and between an act and its answer."""

    still_serves = False

    def reconnect(self):
        self.region.start_broker()
        for name in ("meldpunt", "analist", "aandacht"):
            client = getattr(self, name)
            client.region = self.region.region
            client.connect()

    def crash(self):
        self.region.kill_broker()
        self.reconnect()

    def test_nothing_is_lost_and_nothing_repeated(self):
        case_id = None
        acts = [
            (self.meldpunt, lambda: self.meldpunt.build_case_open("nijmegen")),
            (self.analist, lambda: self.analist.build_case_submit(
                case_id, SIGNAL, INTERN, self.region.to("meldpunt", "aandacht"), enriches=True)),
            (self.analist, lambda: self.analist.build_case_move(case_id, "nijmegen.verrijkt")),
            (self.analist, lambda: self.analist.build(sc.CASE_VERDICT, sc.wire_pb2.CaseVerdict(
                case_id=case_id, strengthened=False))),
            (self.analist, lambda: self.analist.build_case_move(
                case_id, "nijmegen.niet_versterkt")),
        ]
        kinds = []
        for client, build in acts:
            frame = build()
            client.socket.send(frame)        # the answer may or may not be under way
            self.crash()
            first = self.ok(client.exchange(frame))
            self.crash()
            again = self.ok(client.exchange(frame))
            self.assertEqual([r.leaf for r in first.receipts], [r.leaf for r in again.receipts])
            case_id = case_id or first.request_id
            view = self.view(self.meldpunt, case_id)
            kinds.append([s.kind for s in view.steps])
            self.assertEqual(len(kinds), len(view.steps))
        for shorter, longer in zip(kinds, kinds[1:]):
            self.assertEqual(shorter, longer[:len(shorter)])
        self.assertEqual("niet_versterkt", view.state)
        self.assertTrue(view.closed)
        leaves = [leaf for leaf in self.journal() if leaf.kind == cases.KIND["EVENT_CASE"]]
        self.assertEqual(4, len(leaves))


if __name__ == "__main__":
    unittest.main(verbosity=2)
