# SPDX-License-Identifier: EUPL-1.2
"""A client written from docs/wire.md alone sends and receives, and so does the C client,
and each reads what the other sent.  Everything that section 5 of the document promises."""

import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import cases
import oracle
import pki
import region as rg
import sluis_client as sc
from google.protobuf import json_format

RELEASE = sc.ACTION["ACTION_RELEASE"]


class Protocol(cases.RegionCase):
    """The document's promises, one by one."""

    def setUp(self):
        for name in self.region.region.parties:     # every test begins with empty outboxes
            if name != "auditor":
                with self.region.client(name) as c:
                    ids = [d.delivery_id for d in c.receive(max_deliveries=1000)]
                    if ids:
                        c.acknowledge(ids)

    def test_send_receive_and_acknowledge_with_verified_receipts(self):
        answer = self.submit()
        self.assertEqual("ok", answer.code)
        for o in answer.outcomes:
            leaf, _ = sc.verify_receipt(o.receipt, self.verifier)
            self.assertEqual(cases.KIND["EVENT_RULING"], leaf.kind)
            self.assertEqual((o.oin, o.desk), (leaf.recipient_oin, leaf.recipient_desk))
            self.assertTrue(o.receipt.HasField("detail"))
            detail = sc.journal_pb2.Detail.FromString(o.receipt.detail)
            self.assertEqual(answer.request_id, detail.trace_id)
        for name in self.step["to"]:
            with self.subTest(name), self.region.client(name) as c:
                (d,) = c.receive()
                copy, signal, leaf = sc.verify_delivery(d, self.verifier)
                self.assertEqual(self.sender.party.oin, copy.sender_oin)
                self.assertEqual(self.step["convenant"], copy.convenant)
                self.assertTrue(signal.exploitation.types)
                (receipt,) = c.acknowledge([d.delivery_id])
                ack, _ = sc.verify_receipt(receipt, self.verifier)
                self.assertEqual(cases.KIND["EVENT_ACKNOWLEDGED"], ack.kind)
                self.assertEqual(d.receipt.index, ack.refers_to)
                self.assertEqual([], c.receive())

    def test_acknowledging_again_gives_the_same_receipt(self):
        self.submit()
        with self.region.client(self.step["to"][0]) as c:
            (d,) = c.receive()
            first = c.acknowledge([d.delivery_id])
            again = c.acknowledge([d.delivery_id])
            self.assertEqual([r.SerializeToString() for r in first],
                             [r.SerializeToString() for r in again])

    def test_one_unknown_id_refuses_the_whole_acknowledgement(self):
        self.submit()
        with self.region.client(self.step["to"][0]) as c:
            (d,) = c.receive()
            with self.assertRaises(sc.Refused) as refused:
                c.acknowledge([d.delivery_id, pki.random_id()])
            self.assertEqual("not_found", refused.exception.code)
            self.assertEqual([d.delivery_id], [x.delivery_id for x in c.receive()])

    def test_what_is_not_acknowledged_comes_again_with_the_same_bytes(self):
        self.submit()
        with self.region.client(self.step["to"][0]) as c:
            (first,), (again,) = c.receive(), c.receive()
            for d in (first, again):
                d.ClearField("attempt")
            self.assertEqual(first.SerializeToString(), again.SerializeToString())

    def test_the_attempt_counts_up_from_one(self):
        self.submit()
        with self.region.client(self.step["to"][0]) as c:
            attempts = [c.receive(lease_ms=1)[0].attempt]
            attempts.append(rg.wait_for("the lease to end", lambda: c.receive(lease_ms=1))[0].attempt)
            self.assertEqual([1, 2], attempts)

    def test_a_lease_hides_from_others_and_ends(self):
        self.submit()
        name = self.step["to"][0]
        with self.region.client(name) as one, self.region.client(name) as other:
            (d,) = one.receive(lease_ms=1500)
            self.assertEqual([], other.receive(lease_ms=1500))
            again = rg.wait_for("the lease to end", other.receive, 30)
            self.assertEqual(d.delivery_id, again[0].delivery_id)

    def test_leases_part_the_work_between_connections(self):
        for _ in range(40):
            self.submit()
        name = self.step["to"][0]
        clients = [self.region.client(name) for _ in range(4)]
        got = []
        for _ in range(4):
            frames = [c.build(sc.RECEIVE, sc.wire_pb2.Receive(
                max_deliveries=3, lease_ms=60000)) for c in clients]
            for c, f in zip(clients, frames):
                c.socket.send(f)
            for c, f in zip(clients, frames):
                got += [d.delivery_id for d in c.wait(sc.request_id_of(f)).deliveries]
        self.assertEqual(40, len(got))
        self.assertEqual(40, len(set(got)))

    def test_a_long_poll_is_answered_when_something_comes(self):
        name = self.step["to"][0]
        with self.region.client(name) as c:
            frame = c.build(sc.RECEIVE, sc.wire_pb2.Receive(wait_ms=30000, max_deliveries=4))
            c.socket.send(frame)
            c.sent(1)   # the broker answers others, also on this connection, meanwhile
            self.submit()
            answer = c.wait(sc.request_id_of(frame), 20000)
            self.assertEqual(1, len(answer.deliveries))

    def test_a_long_poll_ends_empty_when_its_time_is_over(self):
        with self.region.client("kmar") as c:
            self.assertEqual([], c.receive(wait_ms=300))

    def test_a_long_poll_of_a_party_does_not_hold_another(self):
        with self.region.client("kmar") as waiting:
            waiting.socket.send(waiting.build(sc.RECEIVE, sc.wire_pb2.Receive(wait_ms=60000)))
            waiting.sent(1)
            self.submit()
            with self.region.client(self.step["to"][0]) as c:
                self.assertEqual(1, len(c.receive()))

    def test_oldest_first_and_no_more_than_asked(self):
        indexes = []
        oin = self.region.party(self.step["to"][0]).oin
        for _ in range(5):
            indexes += [o.receipt.index for o in self.submit().outcomes if o.oin == oin]
        with self.region.client(self.step["to"][0]) as c:
            got = [c.receive(max_deliveries=2, lease_ms=60000) for _ in range(3)]
            self.assertEqual([2, 2, 1], [len(page) for page in got])
            self.assertEqual(indexes, [d.receipt.index for page in got for d in page])

    def test_explain_tells_the_sender_the_same_again(self):
        answer = self.submit()
        why = self.sender.explain(trace_id=answer.request_id)
        self.assertEqual(
            [(o.oin, o.code, oracle.actions_of(o)) for o in answer.outcomes],
            [(o.oin, o.code, oracle.actions_of(o)) for o in why.outcomes])

    def test_explain_by_entry_shows_the_recipient_its_leaf_without_the_detail(self):
        answer = self.submit()
        oin = self.region.party(self.step["to"][0]).oin
        index = next(o.receipt.index for o in answer.outcomes if o.oin == oin)
        with self.region.client(self.step["to"][0]) as c:
            why = c.explain(leaf_index=index)
            receipts = list(why.receipts) + [o.receipt for o in why.outcomes]
            self.assertTrue(receipts)
            for r in receipts:
                leaf, _ = sc.verify_receipt(r, self.verifier)
                self.assertEqual(oin, leaf.recipient_oin)
                self.assertFalse(r.HasField("detail"))
            withheld = sc.ACTION["ACTION_WITHHOLD"]
            self.assertNotIn(withheld, [g.action for o in why.outcomes for g in o.groups])
        why = self.sender.explain(leaf_index=index)
        receipts = list(why.receipts) + [o.receipt for o in why.outcomes]
        self.assertTrue(all(r.HasField("detail") for r in receipts))

    def test_the_auditor_may_ask_why_too(self):
        answer = self.submit()
        with self.region.client("auditor") as c:
            why = c.explain(trace_id=answer.request_id)
            self.assertEqual(len(answer.outcomes), len(why.outcomes))

    def test_sent_lists_own_submissions_newest_first(self):
        ids = [self.submit().request_id for _ in range(3)]
        receipts = self.sender.sent(maximum=3)
        traces = []
        for r in receipts:
            trace = sc.journal_pb2.Detail.FromString(r.detail).trace_id
            if trace not in traces:
                traces.append(trace)
        self.assertEqual(list(reversed(ids)), traces[:3])

    def test_preview_rules_the_same_and_journals_nothing(self):
        signal = rg.signal_from(self.step["file"])
        to = self.region.to(*self.step["to"])
        size = len(self.events())
        m = sc.wire_pb2.Preview(
            convenant=self.step["convenant"], phase=self.step["phase"], purpose=self.step["purpose"])
        for oin, desk in to:
            m.recipients.add(oin=oin, desk=desk)
        m.handling.CopyFrom(signal.handling)
        for p in signal.persons:
            only = sc.signal_pb2.Signal(persons=[p])
            m.records.add(facts=oracle.facts_of_person(p),
                          paths=oracle.pack(oracle.present_paths(only)))
        rest = sc.signal_pb2.Signal()
        rest.CopyFrom(signal)
        del rest.persons[:]
        m.records.add(paths=oracle.pack(oracle.present_paths(rest)))
        preview = self.sender.ask(sc.PREVIEW, m)
        self.assertFalse([o for o in preview.outcomes if o.HasField("receipt")])
        self.assertEqual(size, len(self.events()))
        answer = self.submit()
        self.assertEqual(
            [(o.oin, o.desk, o.code, oracle.actions_of(o).get(RELEASE)) for o in answer.outcomes],
            [(o.oin, o.desk, o.code, oracle.actions_of(o).get(RELEASE)) for o in preview.outcomes])

    def test_a_denied_submission_sent_again_is_denied_by_the_same_receipts(self):
        step = next(s for s in rg.story() if s["file"].startswith("09"))
        frame = self.frame(signal=rg.signal_from(step["file"]).SerializeToString(),
                           convenant=step["convenant"], phase=step["phase"],
                           purpose=step["purpose"], to=step["to"])
        first, again = self.sender.exchange(frame), self.sender.exchange(frame)
        self.assertEqual("cie_information_refused", first.code)
        self.assertEqual(first.code, again.code)
        self.assertEqual([r.SerializeToString() for r in first.receipts],
                         [r.SerializeToString() for r in again.receipts])

    def test_a_recipient_that_is_not_served_does_not_change_what_the_others_get(self):
        answer = self.submit(to=[*self.step["to"], "om"])
        alone = self.submit()
        self.assertNotEqual("ok", answer.outcomes[-1].code)
        self.assertEqual([oracle.actions_of(o) for o in alone.outcomes],
                         [oracle.actions_of(o) for o in answer.outcomes[:-1]])


class Journal(cases.RegionCase):
    def test_prove_inclusion_and_consistency(self):
        answer = self.submit()
        receipt = answer.outcomes[0].receipt
        old = sc.open_checkpoint(receipt.checkpoint, self.verifier)
        self.submit()
        proof, now = self.sender.prove_inclusion(receipt.index)
        sc.verify_inclusion(proof, receipt.index, now.size, sc.leaf_hash(receipt.leaf), now.root)
        self.assertGreater(now.size, old.size)
        self.sender.prove_consistency(old)

    def test_prove_for_every_entry_and_every_old_size(self):
        for _ in range(3):
            self.submit()
        with self.region.client("auditor") as c:
            entries, head = c.audit_all()
            hashes = [sc.leaf_hash(r.leaf) for r in entries]
            for i in range(0, head.size, 3):
                proof, now = c.prove_inclusion(i)
                sc.verify_inclusion(proof, i, now.size, hashes[i], now.root)
            for n in range(1, head.size, 5):
                c.prove_consistency(sc.Checkpoint(head.origin, n, sc.tree_root(hashes[:n]), ""))

    def test_there_is_no_proof_of_what_is_not_there(self):
        for m in (sc.wire_pb2.Prove(index=10**9), sc.wire_pb2.Prove(old_size=10**9),
                  sc.wire_pb2.Prove(old_size=0)):
            answer = self.sender.exchange(self.sender.build(sc.PROVE, m))
            self.assertEqual("not_found", answer.code)

    def test_a_read_is_an_entry_of_its_own(self):
        with self.region.client("auditor") as c:
            entries, head = c.audit_read(0, 5)
            self.assertEqual(5, len(entries))
            after, _ = c.audit_read(head.size, 1)
            leaf = sc.journal_pb2.Leaf.FromString(after[0].leaf)
            self.assertEqual(cases.KIND["EVENT_AUDIT_READ"], leaf.kind)
            self.assertEqual((0, 5), (leaf.refers_to, leaf.count))

    def test_every_detail_is_the_one_its_leaf_commits_to(self):
        self.submit()
        with self.region.client("auditor") as c:
            entries, _ = c.audit_all()
        details = 0
        for r in entries:
            leaf = sc.journal_pb2.Leaf.FromString(r.leaf)
            if r.detail:
                details += 1
                self.assertEqual(sc.hashlib.sha256(r.detail).digest(), leaf.detail_digest)
        self.assertGreater(details, 0)

    def test_an_entry_is_explained_to_those_it_names_and_to_nobody_else(self):
        self.submit()
        self.submit(to=[])      # refused
        self.submit(to=self.region.to(*self.step["to"], "kmar"))  # not served, and not told so
        with self.region.client(self.step["to"][0]) as c:
            c.acknowledge([c.receive()[0].delivery_id])
        leaves = self.journal()
        everybodys = {cases.KIND["EVENT_" + k] for k in (
            "OPENED", "POLICY", "POLICY_SIGNED", "CRL", "ANCHORS", "EPOCH", "RESTORED", "CLOCK")}
        for name in self.region.region.parties:
            party = self.region.party(name)
            with self.subTest(name), self.region.client(name) as c:
                for i, leaf in enumerate(leaves):
                    answer = c.exchange(c.build(sc.EXPLAIN, sc.wire_pb2.Explain(leaf_index=i)))
                    mine = (party.oin, party.desk) == (leaf.sender_oin, leaf.sender_desk) or (
                        (party.oin, party.desk) == (leaf.recipient_oin, leaf.recipient_desk)
                        and leaf.kind != cases.KIND["EVENT_NOT_SERVED"]
                    ) or leaf.kind in everybodys
                    if name != "auditor":
                        self.assertEqual("ok" if mine else "not_found", answer.code, str(leaf))

    def test_nonces_never_repeat(self):
        with self.region.client("auditor") as c:
            entries, _ = c.audit_all()
        nonces = [sc.journal_pb2.Leaf.FromString(r.leaf).nonce for r in entries]
        self.assertEqual(len(nonces), len(set(nonces)))


class TwoClients(cases.RegionCase):
    """The C command and this client against one broker."""

    def sluis(self, party, *words, codes=(0,)):
        """Run the command for PARTY with --json; what it printed."""
        done = self.region.command("--party", self.region.party_dir(party), "--json", *words,
                                   check=False)
        self.assertIn(done.returncode, codes, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def receive_all(self, name):
        with self.region.client(name) as c:
            found = c.receive(max_deliveries=100)
            if found:
                c.acknowledge([d.delivery_id for d in found])
            return found

    def test_c_reads_what_python_sent(self):
        name = self.step["to"][0]
        self.receive_all(name)
        self.submit()
        (d,) = self.waiting_for(name)
        copy, signal, _ = sc.verify_delivery(d, self.verifier)
        listed = self.sluis(name, "inbox", "list")["deliveries"]
        self.assertEqual([d.delivery_id.hex()], [x["id"] for x in listed if x["state"] == "waiting"])
        shown = self.sluis(name, "inbox", "show", d.delivery_id.hex())
        theirs = json_format.ParseDict(shown["signal"], sc.signal_pb2.Signal())
        self.assertEqual(signal, theirs)
        self.assertEqual([(s.path, s.kind, s.value) for s in copy.statements],
                         [(s["path"], s["kind"], s["value"]) for s in shown["statements"]])
        self.assertEqual(d.receipt.index, shown["entry"])
        self.sluis(name, "inbox", "ack", d.delivery_id.hex())
        self.assertEqual([], self.waiting_for(name))

    def test_python_reads_what_c_sent(self):
        for step in rg.story():
            if step["file"].startswith("09"):
                continue
            with self.subTest(step["file"]):
                for name in step["to"]:
                    self.receive_all(name)
                said = self.sluis(
                    step["from"], "signal", "send", rg.SIGNALS / step["file"], "--convenant",
                    step["convenant"], "--phase", step["phase"], "--purpose", step["purpose"],
                    "--to", ",".join(step["to"]), "--no-preview", codes=(0, 8))
                served = {(o["oin"], o["desk"]): o for o in said["outcomes"] if o["code"] == "ok"}
                for name in step["to"]:
                    party = self.region.party(name)
                    deliveries = self.receive_all(name)
                    outcome = served.get((party.oin, party.desk))
                    self.assertEqual(1 if outcome else 0, len(deliveries), name)
                    if outcome:
                        _, signal, _ = sc.verify_delivery(deliveries[0], self.verifier)
                        self.assertEqual(outcome["entry"], deliveries[0].receipt.index)
                        released = {f["path"] for f in outcome["fields"] if f["action"] == "release"}
                        self.assertLessEqual(
                            {sc.path_name(p) for p in oracle.present_paths(signal)}, released)

    def test_c_and_python_serialise_the_same_signal(self):
        """What C makes of the JSON reaches a recipient exactly as what Python makes of it."""
        name = self.step["to"][0]
        got = []
        for send in (self.submit, lambda: self.sluis(
                self.step["from"], "signal", "send", rg.SIGNALS / self.step["file"], "--convenant",
                self.step["convenant"], "--phase", self.step["phase"], "--purpose",
                self.step["purpose"], "--to", ",".join(self.step["to"]), "--no-preview",
                codes=(0, 8))):
            self.receive_all(name)
            send()
            (d,) = self.receive_all(name)
            got.append(sc.wire_pb2.Copy.FromString(d.copy).signal)
        self.assertEqual(*got)

    def test_c_explains_what_python_sent_and_the_other_way_round(self):
        trace = self.submit().request_id
        why = self.sluis(self.step["from"], "explain", trace.hex())
        self.assertEqual(len(self.step["to"]), len(why["outcomes"]))
        said = self.sluis(
            self.step["from"], "signal", "send", rg.SIGNALS / self.step["file"], "--convenant",
            self.step["convenant"], "--phase", self.step["phase"], "--purpose",
            self.step["purpose"], "--to", ",".join(self.step["to"]), "--no-preview", codes=(0, 8))
        mine = self.sender.explain(trace_id=bytes.fromhex(said["trace_id"]))
        self.assertEqual([o["entry"] for o in said["outcomes"]],
                         [o.receipt.index for o in mine.outcomes])

    def test_both_auditors_find_the_same_journal(self):
        self.submit()
        listed = self.sluis("auditor", "audit", "list")
        with self.region.client("auditor") as c:
            entries, _ = c.audit_all()
        theirs = [sc.base64.b64decode(e["leaf"]) for e in listed["entries"]]
        self.assertEqual([r.leaf for r in entries][:len(theirs)], theirs)
        done = self.region.command("--party", self.region.party_dir("auditor"), "audit", "verify",
                                   check=False)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
