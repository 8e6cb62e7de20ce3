# SPDX-License-Identifier: EUPL-1.2
"""Several submissions in one frame: each is handled as if it had come alone, and one
signature stands for what all of them say."""

import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import cases
import large
import sluis_client as sc

W = sc.wire_pb2


class SubmitMany(cases.RegionCase):
    def draft(self, **changes):
        """A submission that would be served, but for CHANGES."""
        s = {**self.step, "signal": self.signal, **changes}
        m = W.Submit(convenant=s["convenant"], phase=s["phase"], purpose=s["purpose"],
                     signal=s["signal"])
        for oin, desk in self.region.to(*s["to"]):
            m.recipients.add(oin=oin, **({"desk": desk} if desk else {}))
        m.head.CopyFrom(self.sender.head())
        return m

    def framed(self, many):
        """MANY, a SubmitMany, in its envelope."""
        return self.sender.build(sc.SUBMIT_MANY, many)

    def send(self, *submissions):
        """(answer, frame) to a frame of SUBMISSIONS."""
        frame, _ = self.sender.build_many(submissions)
        answer = self.sender.exchange(frame)
        self.assertEqual("ok", answer.code, answer.where)
        self.assertEqual([s.head.request_id for s in submissions],
                         [a.request_id for a in answer.answers])
        return answer, frame

    def codes(self, answer):
        return [a.code for a in answer.answers]

    def indices(self, answer):
        return [[o.receipt.index for o in a.outcomes] or [r.index for r in a.receipts]
                for a in answer.answers]

    # --- served -------------------------------------------------------------------------

    def test_each_is_served_answered_and_proven_as_if_it_had_come_alone(self):
        answer, _ = self.send(*(self.draft() for _ in range(3)))
        self.assertEqual(["ok"] * 3, self.codes(answer))
        for one in answer.answers:
            self.assertEqual(len(self.step["to"]), len(one.outcomes))
            for outcome in one.outcomes:
                leaf, _ = sc.verify_receipt(outcome.receipt, self.verifier)
                detail = sc.journal_pb2.Detail.FromString(outcome.receipt.detail)
                self.assertEqual(one.request_id, detail.trace_id)
                self.assertEqual(outcome.oin, leaf.recipient_oin)

    def test_every_copy_leads_to_the_one_signature(self):
        for name in self.step["to"]:
            with self.region.client(name) as c:
                c.acknowledge([d.delivery_id for d in c.receive(max_deliveries=500)])
        self.send(*(self.draft() for _ in range(4)))
        for name in self.step["to"]:
            with self.subTest(name), self.region.client(name) as c:
                deliveries = c.receive(max_deliveries=500)
                self.assertEqual(4, len(deliveries))
                signatures = set()
                for delivery in deliveries:
                    c.verify_evidence(delivery)
                    copy = W.Copy.FromString(delivery.copy)
                    self.assertEqual((4 + 6) * 24, len(copy.evidence.path))
                    signatures.add(copy.evidence.sig)
                self.assertEqual(1, len(signatures))

    def test_one_alone_in_a_frame_is_enough(self):
        self.assertEqual(["ok"], self.codes(self.send(self.draft())[0]))

    # --- one bad one --------------------------------------------------------------------

    def test_a_bad_one_does_not_spoil_the_others(self):
        stale = self.draft()
        stale.head.created_ms -= 3600 * 1000
        stranger = self.draft()
        stranger.head.sender_desk = "analist"
        elsewhere = self.draft()
        elsewhere.head.broker_origin = "sluis.example/elders"
        nobody = self.draft()
        del nobody.recipients[:]
        answer, _ = self.send(
            self.draft(), self.draft(convenant="onbekend"), self.draft(phase="99"), stale, stranger,
            elsewhere, nobody, self.draft(signal=b""), self.draft())
        self.assertEqual(
            ["ok", "no_such_convenant", "no_such_phase", "stale", "sender_is_not_the_key_holder",
             "addressed_to_another_broker", "no_recipients_named", "ok"][:7],
            self.codes(answer)[:7])
        self.assertNotEqual("ok", self.codes(answer)[7])
        self.assertEqual("ok", self.codes(answer)[8])
        for one in answer.answers[1:8]:
            self.assert_refused(one.code, one)

    def test_bytes_that_are_no_submission_spoil_nothing(self):
        _, many = self.sender.build_many([self.draft() for _ in range(4)])
        many.submissions[0] = b""
        many.submissions[1] = b"\xff\xff\xff"
        many.submissions[2] = many.submissions[2][:-1]
        answer = self.sender.exchange(self.framed(many))
        self.assertEqual(["malformed"] * 3 + ["ok"], self.codes(answer))

    def test_what_was_not_said_of_one_refuses_that_one(self):
        _, many = self.sender.build_many([self.draft() for _ in range(3)])
        changed = W.Submit.FromString(many.submissions[0])
        signal = sc.signal_pb2.Signal.FromString(changed.signal)
        signal.meta.urgent = not signal.meta.urgent
        changed.signal = signal.SerializeToString()
        many.submissions[0] = changed.SerializeToString()
        own = W.Submit.FromString(many.submissions[1])
        own.disclosure_sig = bytes(64)
        many.submissions[1] = own.SerializeToString()
        answer = self.sender.exchange(self.framed(many))
        self.assertEqual(["disclosure_refused"] * 2 + ["ok"], self.codes(answer))

    def test_two_that_change_places_are_both_refused(self):
        _, many = self.sender.build_many([self.draft() for _ in range(2)])
        many.submissions[0], many.submissions[1] = many.submissions[1], many.submissions[0]
        answer = self.sender.exchange(self.framed(many))
        self.assertEqual(["disclosure_refused"] * 2, self.codes(answer))

    def test_about_layer_2_it_has_to_come_alone_and_leaves_no_entry(self):
        signal = sc.signal_pb2.Signal.FromString(self.signal)
        signal.handling.layer = 2
        before = len(self.events())
        answer, _ = self.send(self.draft(signal=signal.SerializeToString()))
        self.assertEqual(["send_it_alone"], self.codes(answer))
        self.assertFalse(answer.answers[0].receipts)
        self.assertEqual(before, len(self.events()))

    # --- again --------------------------------------------------------------------------

    def test_the_frame_again_gets_the_same_answers_and_does_nothing(self):
        answer, frame = self.send(self.draft(), self.draft(convenant="onbekend"), self.draft())
        before = len(self.events())
        again = self.sender.exchange(frame)
        self.assertEqual(self.indices(answer), self.indices(again))
        self.assertEqual(self.codes(answer), self.codes(again))
        self.assertEqual(before, len(self.events()))

    def test_one_of_them_again_in_another_frame_is_the_same_submission(self):
        first, second = self.draft(), self.draft()
        answer, _ = self.send(first, second)
        _, other = self.sender.build_many([self.draft()])
        _, many = self.sender.build_many([])
        many.submissions.append(second.SerializeToString())
        many.said.append(sc.signed_root(second, sc.disclosures_of(second)))
        many.submissions.append(other.submissions[0])
        many.said.append(other.said[0])
        sc.sign_many(many, self.sender.party.keys.ed25519_seed)
        again = self.sender.exchange(self.framed(many))
        self.assertEqual(["ok", "ok"], self.codes(again))
        self.assertEqual(self.indices(answer)[1], self.indices(again)[0])
        self.assertNotIn(self.indices(again)[1], self.indices(answer))

    def test_alone_or_together_it_is_the_same_submission(self):
        together, alone = self.draft(), self.draft()
        answer, _ = self.send(together)
        key = sc.nacl.signing.SigningKey(self.sender.party.keys.ed25519_seed)
        together.disclosure_sig = key.sign(sc.pae(
            sc.DISCLOSURE, sc.signed_root(together, sc.disclosures_of(together)))).signature
        again = self.sender.exchange(self.sender.build(sc.SUBMIT, together))
        self.assertEqual(self.indices(answer)[0], [o.receipt.index for o in again.outcomes])

        first = self.sender.exchange(self.sender.build(sc.SUBMIT, alone))
        _, many = self.sender.build_many([])
        many.said.append(sc.signed_root(alone, sc.disclosures_of(alone)))
        alone.ClearField("disclosure_sig")
        many.submissions.append(alone.SerializeToString())
        sc.sign_many(many, self.sender.party.keys.ed25519_seed)
        again = self.sender.exchange(self.framed(many))
        self.assertEqual([[o.receipt.index for o in first.outcomes]], self.indices(again))

    def test_one_request_id_is_one_submission(self):
        first, second = self.draft(), self.draft()
        second.head.CopyFrom(first.head)
        second.phase = "2"
        _, many = self.sender.build_many([first, second])
        many.submissions.append(many.submissions[0])
        many.said.append(many.said[0])
        sc.sign_many(many, self.sender.party.keys.ed25519_seed)
        answer = self.sender.exchange(self.framed(many))
        self.assertEqual(["ok", "request_id_used_before", "ok"], self.codes(answer))
        self.assertEqual(self.indices(answer)[0], self.indices(answer)[2])

    # --- the frame ----------------------------------------------------------------------

    def refused(self, code, many, where=""):
        answer = self.sender.exchange(self.framed(many))
        self.assert_refused(code, answer)
        self.assertEqual(where, answer.where)
        self.assertFalse(answer.answers)

    def test_the_signature_stands_for_exactly_these(self):
        def cut(m):
            m.disclosure_sig = m.disclosure_sig[:-1]

        def other_seed(m):
            m.disclosure_seed = os.urandom(32)

        def short_seed(m):
            m.disclosure_seed = m.disclosure_seed[:-1]

        def other_said(m):
            m.said[0] = bytes(24)

        def stranger(m):
            sc.sign_many(m, os.urandom(32))

        def one_less(m):
            del m.said[-1], m.submissions[-1]

        for how in (cut, other_seed, short_seed, other_said, stranger, one_less,
                    lambda m: m.ClearField("disclosure_sig"),
                    lambda m: m.ClearField("disclosure_seed")):
            _, many = self.sender.build_many([self.draft() for _ in range(2)])
            how(many)
            self.refused("disclosure_refused", many, "disclosure_sig")

    def test_as_much_is_said_as_is_submitted_and_no_more_than_64(self):
        _, many = self.sender.build_many([])
        self.refused("malformed", many)
        _, many = self.sender.build_many([self.draft()])
        many.said.append(many.said[0])
        self.refused("malformed", many)
        del many.said[:]
        self.refused("malformed", many)
        many.said.append(bytes(23))
        self.refused("malformed", many)
        del many.said[:], many.submissions[:]
        for _ in range(65):
            many.said.append(bytes(24))
            many.submissions.append(b"")
        self.refused("malformed", many)

    def test_sixty_four_are_not_too_many(self):
        small = sc.signal_pb2.Signal.FromString(self.signal)
        del small.persons[1:]
        one = self.draft(signal=small.SerializeToString(), to=self.step["to"][:1])
        submissions = []
        for _ in range(64):
            m = W.Submit.FromString(one.SerializeToString())
            m.head.CopyFrom(self.sender.head())
            submissions.append(m)
        frame, _ = self.sender.build_many(submissions)
        if len(frame) > 96 * 1024:
            self.skipTest("they do not fit a frame")
        answer = self.sender.exchange(frame)
        self.assertEqual({"ok"}, set(self.codes(answer)))
        self.assertEqual(64, len(answer.answers))

    def test_more_than_memory_is_for_is_sent_alone_and_fails_nobody_else(self):
        submissions = []
        for _ in range(11):
            m = self.draft(signal=large.signal())
            del m.recipients[:]
            m.recipients.extend(W.Recipient(oin=oin) for oin, _ in large.NOBODY)
            submissions.append(m)
        frame, _ = self.sender.build_many(submissions)
        other = self.region.client(self.step["to"][0])
        self.addCleanup(other.close)
        self.sender.socket.send(frame)
        other.ask(sc.SENT, W.Sent(max=1))
        answer = self.sender.wait(sc.request_id_of(frame), 60000)
        self.assertEqual("ok", answer.code)
        self.assertEqual(
            {"send_it_alone"}, set(self.codes(answer)) - {"no_recipient_entitled"})
        self.assertEqual(11, len(answer.answers))
        submissions[-1].ClearField("disclosure_seed")       # it is to be signed anew
        alone = self.sender.exchange(self.sender.build(sc.SUBMIT, submissions[-1]), 60000)
        self.assertEqual("no_recipient_entitled", alone.code)

    def test_its_head_is_that_of_its_sender(self):
        _, many = self.sender.build_many([self.draft()])
        many.head.sender_desk = "analist"
        self.refused("sender_is_not_the_key_holder", many)
        _, many = self.sender.build_many([self.draft()])
        many.head.ClearField("request_id")
        self.assertEqual("malformed", self.sender.exchange(sc.make_envelope(
            sc.SUBMIT_MANY, many.SerializeToString(),
            self.sender.party.keys.ed25519_seed)).code)


if __name__ == "__main__":
    unittest.main()
