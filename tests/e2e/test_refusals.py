# SPDX-License-Identifier: EUPL-1.2
"""Who sends, when, at which door, and what the convenant denies: every wrong message is
refused with its own code, journalled where the sender is known, and the broker goes on
(tearDown of RegionCase sends a good one after each test)."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import cases
import pki
import region as rg
import sluis_client as sc
import zmq

FIVE_MINUTES_MS = 5 * 60 * 1000



class WhoSends(cases.RegionCase):
    """Wrong keys, wrong names."""

    def test_a_signature_by_another_party_is_refused(self):
        m = sc.wire_pb2.Sent(head=self.sender.head(), max=1)
        other = self.region.party("politie").keys.ed25519_seed
        frame = sc.make_envelope(sc.SENT, m.SerializeToString(), other)
        self.assert_refused("bad_signature", self.sender.exchange(frame))

    def test_a_signature_with_the_keyid_of_the_right_key_but_made_by_another_is_refused(self):
        m = sc.wire_pb2.Sent(head=self.sender.head(), max=1)
        other = self.region.party("politie").keys.ed25519_seed
        envelope = sc.wire_pb2.Envelope.FromString(
            sc.make_envelope(sc.SENT, m.SerializeToString(), other))
        envelope.signatures[0].keyid = sc.key_id(self.sender.party.keys.ed25519_public)
        self.assert_refused("bad_signature", self.sender.exchange(envelope.SerializeToString()))

    def test_a_stripped_signature_is_not_taken_for_unsigned_and_fine(self):
        for change in ("none", "empty", "zeros", "two"):
            with self.subTest(change):
                envelope = sc.wire_pb2.Envelope.FromString(self.frame())
                if change == "none":
                    del envelope.signatures[:]
                elif change == "empty":
                    envelope.signatures[0].sig = b""
                elif change == "zeros":
                    envelope.signatures[0].sig = bytes(64)
                else:
                    envelope.signatures.add().CopyFrom(envelope.signatures[0])
                answer = self.exchange_any(self.sender, envelope.SerializeToString())
                self.assertIn(answer.code, ("malformed", "bad_signature"))

    def test_a_signature_for_another_message_type_is_refused(self):
        envelope = sc.wire_pb2.Envelope.FromString(self.frame())
        envelope.payload_type = sc.PREVIEW
        self.assert_refused("bad_signature", self.sender.exchange(envelope.SerializeToString()))

    def test_a_sender_naming_another_oin_is_refused(self):
        head = self.sender.head()
        head.sender_oin = self.region.party("politie").oin
        leaf = self.assert_refused("sender_is_not_the_key_holder", self.submit(head=head))
        self.assertEqual(self.sender.party.oin, leaf.sender_oin, "blamed on the key holder")

    def test_a_sender_naming_another_desk_of_its_own_party_is_refused(self):
        head = self.sender.head()
        head.sender_desk = self.region.party("aandacht").desk
        self.assertEqual(self.sender.party.oin, self.region.party("aandacht").oin)
        self.assert_refused("sender_is_not_the_key_holder", self.submit(head=head))

    def test_a_sender_without_name_is_refused(self):
        head = self.sender.head()
        head.ClearField("sender_oin")
        head.ClearField("sender_desk")
        answer = self.submit(head=head)
        self.assertIn(answer.code, ("sender_is_not_the_key_holder", "malformed"))

    def test_another_partys_message_through_my_channel_is_refused(self):
        stolen = self.frame()  # made and signed by meldpunt, sent by politie
        with self.region.client("politie") as c:
            c.socket.send(stolen)
            answer = c.wait(None)
        self.assert_refused("bad_signature", answer)

    def test_a_wrong_curve_key_does_not_get_in(self):
        frame = self.frame()    # made before: once refused, libzmq has no pipe to send into
        with cases.Watched(self.region.region.endpoint,
                           cases.curve(self.region.region, pki.new_keys())) as w:
            w.socket.send(frame)
            self.assertEqual((zmq.EVENT_HANDSHAKE_FAILED_AUTH, 400), w.wait_event(
                cases.EVENT_FAILED | {zmq.EVENT_HANDSHAKE_SUCCEEDED}))
            self.assertTrue(w.nothing_arrives())

    def test_a_client_with_another_broker_key_does_not_get_in(self):
        keys = self.sender.party.keys
        wrong, frame = sc.z85.encode(pki.new_keys().curve_public), self.frame()
        with cases.Watched(self.region.region.endpoint,
                           cases.curve(self.region.region, keys, wrong)) as w:
            w.socket.send(frame)
            event = w.wait_event({zmq.EVENT_DISCONNECTED, zmq.EVENT_HANDSHAKE_SUCCEEDED,
                                  *cases.EVENT_FAILED})
            self.assertNotEqual(zmq.EVENT_HANDSHAKE_SUCCEEDED, event and event[0])

    def exchange_any(self, client, frame):
        """Send FRAME on a fresh connection: the next answer, whatever its request id."""
        with self.region.client(client.party.name) as c:
            c.socket.send(frame)
            return c.wait(None)


class When(cases.RegionCase):
    """Freshness, replay, addressee."""

    def head_at(self, offset_ms):
        return self.sender.head(created_ms=pki.now_ms() + offset_ms)

    def test_stale_is_refused(self):
        self.assert_refused("stale", self.submit(head=self.head_at(-FIVE_MINUTES_MS - 5000)))

    def test_the_future_is_refused(self):
        self.assert_refused("clock_ahead", self.submit(head=self.head_at(FIVE_MINUTES_MS + 60000)))

    def test_the_limits_of_time_do_not_overflow(self):
        for created, codes in ((0, {"stale"}), (2**64 - 1, {"clock_ahead"}), (2**63, {"clock_ahead"})):
            with self.subTest(created):
                head = self.sender.head(created_ms=created)
                self.assertIn(self.submit(head=head).code, codes)

    def test_a_little_off_is_accepted(self):
        for offset in (-FIVE_MINUTES_MS + 30000, FIVE_MINUTES_MS - 30000):
            self.assertEqual("ok", self.submit(head=self.head_at(offset)).code)

    def test_another_broker_is_refused(self):
        head = self.sender.head()
        head.broker_origin = "sluis.example/elders"
        self.assert_refused("addressed_to_another_broker", self.submit(head=head))

    def test_no_broker_is_refused(self):
        head = self.sender.head()
        head.ClearField("broker_origin")
        self.assertIn(self.submit(head=head).code, ("addressed_to_another_broker", "malformed"))

    def test_a_request_id_that_is_not_16_bytes_is_refused(self):
        for request_id in (b"x", bytes(15), bytes(17), bytes(64)):
            with self.subTest(len(request_id)):
                frame = self.frame(head=self.sender.head(request_id=request_id))
                with self.region.client(self.sender.party.name) as c:
                    c.socket.send(frame)
                    self.assertEqual("malformed", c.wait(None).code)

    def test_an_identical_replay_gives_the_same_receipts_and_has_no_second_effect(self):
        frame = self.frame()
        first = self.sender.exchange(frame)
        self.assertEqual("ok", first.code)
        waiting = [d.delivery_id for n in self.step["to"] for d in self.waiting_for(n)]
        size = len(self.events())
        with self.region.client(self.sender.party.name) as another_connection:
            for client in (self.sender, another_connection):
                again = client.exchange(frame)
                self.assertEqual(first.code, again.code)
                self.assertEqual([o.SerializeToString() for o in first.outcomes],
                                 [o.SerializeToString() for o in again.outcomes])
        self.assertEqual(waiting, [d.delivery_id for n in self.step["to"] for d in self.waiting_for(n)])
        self.assertEqual(size, len(self.events()))

    def test_the_same_id_with_other_bytes_is_refused(self):
        head = self.sender.head()
        self.assertEqual("ok", self.submit(head=head).code)
        other = rg.signal_from("02-barn-at-the-nursery.json").SerializeToString()
        self.assert_refused("request_id_used_before", self.submit(head=head, signal=other))

    def test_the_same_id_is_free_for_another_party(self):
        request_id = pki.random_id()
        self.assertEqual("ok", self.submit(head=self.sender.head(request_id=request_id)).code)
        with self.region.client("politie") as c:
            answer = c.exchange(c.build(sc.SENT, sc.wire_pb2.Sent(
                head=c.head(request_id=request_id), max=1)))
            self.assertEqual("ok", answer.code)

    def test_a_replay_by_somebody_else_is_refused(self):
        frame = self.frame()
        self.assertEqual("ok", self.sender.exchange(frame).code)
        with self.region.client("aandacht") as c:
            c.socket.send(frame)
            self.assertEqual("bad_signature", c.wait(None).code)

    def test_identical_replays_at_the_same_moment_are_one_submission(self):
        frame = self.frame()
        clients = [self.region.client(self.sender.party.name) for _ in range(8)]
        for c in clients:
            for _ in range(4):
                c.socket.send(frame)
        answers = [c.wait(None) for c in clients for _ in range(4)]
        self.assertEqual({"ok"}, {a.code for a in answers})
        self.assertEqual(1, len({tuple(o.receipt.index for o in a.outcomes) for a in answers}))


class Door(cases.RegionCase):
    """Each door has its own guests and requests."""

    def code_of(self, name, door, payload_type, message):
        with sc.Client(self.region.region, self.region.party(name), door=door) as c:
            return c.exchange(c.build(payload_type, message)).code

    def test_an_agency_does_not_get_in_at_the_audit_door(self):
        self.assert_shut("meldpunt", "audit")

    def test_an_auditor_does_not_get_in_at_the_agency_door(self):
        self.assert_shut("auditor", "agency")

    def assert_shut(self, name, door):
        """The handshake is refused, and the log says why."""
        party = self.region.party(name)
        with cases.Watched(self.region.region.door(door),
                           cases.curve(self.region.region, party.keys)) as w:
            self.assertEqual((zmq.EVENT_HANDSHAKE_FAILED_AUTH, 400), w.wait_event(
                cases.EVENT_FAILED | {zmq.EVENT_HANDSHAKE_SUCCEEDED}))
        log = (self.region.broker_dir / "sluisd.log").read_text("utf-8")
        self.assertIn("GATE-REFUSED oin=%s desk=%s code=not_at_this_endpoint" % (
            party.oin, party.desk), log)

    def test_audit_read_at_the_agency_door_is_refused(self):
        self.assertEqual("not_at_this_endpoint", self.code_of(
            "meldpunt", "agency", sc.AUDIT_READ, sc.wire_pb2.AuditRead(from_index=0, max=10)))

    def test_submit_at_the_audit_door_is_refused(self):
        self.assertEqual("not_at_this_endpoint", self.code_of(
            "auditor", "audit", sc.SUBMIT, sc.wire_pb2.Submit(convenant="riec", signal=self.signal)))

    def test_submit_at_the_enrolment_door_is_refused(self):
        self.assertEqual("not_at_this_endpoint", self.code_of(
            "meldpunt", "enrol", sc.SENT, sc.wire_pb2.Sent(max=1)))

    def test_enrol_at_the_agency_door_is_refused(self):
        binding = (self.region.party_dir("meldpunt") / "binding.bin").read_bytes()
        chain = (self.region.party_dir("meldpunt") / "chain.pem").read_bytes()
        self.assertEqual("not_at_this_endpoint", self.code_of(
            "meldpunt", "agency", sc.ENROL, sc.wire_pb2.Enrol(binding=binding, chain_pem=chain)))


class Denied(cases.RegionCase):
    """The convenant says no: each with its own code."""

    def test_criminal_intelligence_is_refused_journalled_and_stored_nowhere(self):
        signal = rg.signal_from("09-criminal-intelligence.json").SerializeToString()
        step = next(s for s in rg.story() if s["file"].startswith("09"))
        answer = self.submit(**{k: step[k] for k in ("convenant", "phase", "purpose", "to")},
                             signal=signal)
        self.assertEqual("cie_information_refused", answer.code)
        self.assertTrue(answer.rule and answer.article)
        for name in step["to"]:
            for d in self.waiting_for(name):
                _, got, _ = sc.verify_delivery(d, self.verifier)
                self.assertNotIn("Hadh", str(got))
        refused = [leaf for leaf in self.journal() if leaf.code == "cie_information_refused"]
        self.assertTrue(refused)
        for data in self.region.files_of_broker().values():
            self.assertNotIn("Hadházi".encode(), data)

    def test_words_that_the_policy_does_not_know(self):
        for change, code in (
                ({"convenant": "bestaat-niet"}, "no_such_convenant"),
                ({"phase": "bestaat-niet"}, "no_such_phase"),
                ({"purpose": "bestaat-niet"}, "purpose_not_covered"),
                ({"to": []}, "no_recipients_named")):
            with self.subTest(code):
                self.assertEqual(code, self.submit(**change).code)

    def test_words_of_the_senders_own_do_not_get_into_the_journal(self):
        """The journal holds no person: what the policy does not know is not written there."""
        spoken = "Noor van Rietschoten 999910012"
        for change in ({"convenant": spoken}, {"phase": spoken}, {"purpose": spoken},
                       {"to": [(spoken, None)]}, {"to": [(self.region.party("politie").oin, spoken)]}):
            with self.subTest(change):
                self.assertNotEqual("ok", self.submit(**change).code)
        with self.region.client("auditor") as auditor:
            entries, _ = auditor.audit_all()
        for r in entries:
            self.assertNotIn(b"Rietschoten", r.leaf + r.detail)
        for path, data in self.region.files_of_broker().items():
            self.assertNotIn(b"Rietschoten", data, path)

    def test_words_that_are_too_long_or_no_text_are_the_senders_fault(self):
        """Not the broker's: one bad request may not fail the batch that others are in."""
        for word in ("x" * 33, "x" * 900, "x" * 9000):
            for change in ({"convenant": word}, {"phase": word}, {"purpose": word},
                           {"to": [(word, None)]},
                           {"to": [(self.region.party("politie").oin, word)]}):
                with self.subTest(n=len(word), field=list(change)[0]):
                    self.assertIn(self.submit(**change).code, (
                        "malformed", "too_large", "no_such_convenant", "no_such_phase",
                        "purpose_not_covered", "unknown_recipient", "no_recipient_entitled",
                        "disclosure_refused"))
        m = sc.wire_pb2.Submit.FromString(sc.wire_pb2.Envelope.FromString(self.frame()).payload)
        m.head.CopyFrom(self.sender.head())
        m.convenant = "QQQQ"
        raw = m.SerializeToString().replace(b"QQQQ", b"\xff\xfe\xc0\x80")
        answer = self.sender.exchange(
            sc.make_envelope(sc.SUBMIT, raw, self.sender.party.keys.ed25519_seed))
        self.assertIn(answer.code, ("malformed", "no_such_convenant"))
        self.journal()

    def test_an_unknown_recipient_gets_nothing_and_the_others_do(self):
        to = self.region.to(*self.step["to"]) + [("00000099000000990000", "loket")]
        answer = self.submit(to=to)
        self.assertEqual("ok", answer.code)
        self.assertEqual("unknown_recipient", answer.outcomes[-1].code)

    def test_a_desk_that_the_recipient_has_not_is_unknown(self):
        oin = self.region.party("politie").oin
        self.assertIn("unknown_recipient", {
            o.code for o in self.submit(to=[(oin, "bestaat-niet")]).outcomes})

    def test_a_non_signatory_is_not_entitled_and_is_told_what_would_change(self):
        answer = self.submit(to=self.region.to("politie", "kmar"))
        by_oin = {o.oin: o for o in answer.outcomes}
        kmar = by_oin[self.region.party("kmar").oin]
        self.assertNotEqual("ok", kmar.code)
        self.assertTrue(kmar.change)
        self.assertTrue(kmar.HasField("receipt"))
        leaf, _ = sc.verify_receipt(kmar.receipt, self.verifier)
        self.assertEqual(cases.KIND["EVENT_NOT_SERVED"], leaf.kind)
        self.assertEqual([], self.waiting_for("kmar"))

    def test_somebody_elses_delivery_cannot_be_had_acknowledged_or_explained(self):
        answer = self.submit()
        mine = self.step["to"][0]
        delivery = self.waiting_for(mine)[-1]
        for name in self.region.region.parties:
            if name in (mine, "auditor"):
                continue
            with self.subTest(name), self.region.client(name) as c:
                got = c.exchange(c.build(sc.RECEIVE, sc.wire_pb2.Receive(
                    delivery_id=delivery.delivery_id)))
                self.assertFalse(got.deliveries)
                ack = c.exchange(c.build(sc.ACKNOWLEDGE, sc.wire_pb2.Acknowledge(
                    delivery_ids=[delivery.delivery_id])))
                self.assertEqual("not_found", ack.code)
                if name != self.sender.party.name:
                    why = c.exchange(c.build(sc.EXPLAIN, sc.wire_pb2.Explain(
                        trace_id=answer.request_id)))
                    self.assertEqual("not_found", why.code)
        self.assertIn(delivery.delivery_id, [d.delivery_id for d in self.waiting_for(mine)])


if __name__ == "__main__":
    unittest.main(verbosity=2)
