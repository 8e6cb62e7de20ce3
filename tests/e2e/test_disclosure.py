# SPDX-License-Identifier: EUPL-1.2
"""What a sender signs for its recipients: the broker takes nothing else, and a copy leads
to it, by a program that shares no code with either end (tests/python/disclosure.py)."""

import json
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import cases
import disclosure
import nacl.signing
import oracle
import sluis_client as sc

VECTORS = pathlib.Path(__file__).resolve().parents[1] / "vectors" / "disclosure.json"


class Vectors(unittest.TestCase):
    """The file that the C code is held to, computed again."""

    def test_every_row(self):
        for row in json.loads(VECTORS.read_text("utf-8")):
            with self.subTest(row["why"]):
                signal = sc.signal_pb2.Signal.FromString(bytes.fromhex(row["signal"]))
                seed = disclosure.seed_for(
                    bytes.fromhex(row["submission_seed"]), row["oin"], row["desk"])
                self.assertEqual(row["seed"], seed.hex())
                self.assertEqual(row["root"], disclosure.Tree(signal, seed).root.hex())


class Submitting(cases.RegionCase):
    """What the broker takes."""

    def draft(self, **changes):
        """A good submission, signed for everybody."""
        s = self.step
        m = sc.wire_pb2.Submit(convenant=s["convenant"], phase=s["phase"],
                               purpose=s["purpose"], signal=self.signal, **changes)
        for oin, desk in self.region.to(*s["to"]):
            m.recipients.add(oin=oin, **({"desk": desk} if desk else {}))
        m.head.CopyFrom(self.sender.head())
        self.sender.disclose(m)
        return m

    def refused(self, m):
        answer = self.sender.exchange(sc.make_envelope(
            sc.SUBMIT, m.SerializeToString(), self.sender.party.keys.ed25519_seed))
        self.assert_refused("disclosure_refused", answer)
        self.assertEqual("disclosure_sig", answer.where)

    def sign(self, m, said, seed=None, payload_type=sc.DISCLOSURE):
        """Let M carry a signature under SAID, the bytes of a disclosure for each."""
        key = nacl.signing.SigningKey(seed or self.sender.party.keys.ed25519_seed)
        m.disclosure_sig = key.sign(sc.pae(payload_type, sc.signed_root(m, said))).signature

    def test_a_good_one_is_served_and_every_copy_leads_to_what_was_signed(self):
        answer = self.submit()
        self.assertEqual("ok", answer.code)
        for name in self.step["to"]:
            with self.subTest(name), self.region.client(name) as c:
                for delivery in c.receive():
                    c.verify_evidence(delivery)
                    self.assertIn(len(delivery.copy), sc.SIZE_CLASSES)

    def test_every_part_is_needed(self):
        for parts in (("disclosure_seed",), ("disclosure_sig",),
                      ("disclosure_seed", "disclosure_sig")):
            m = self.draft()
            for part in parts:
                m.ClearField(part)
            self.refused(m)
        for cut in (slice(0, 0), slice(1, None), slice(-1)):
            m = self.draft()
            m.disclosure_sig = m.disclosure_sig[cut]
            self.refused(m)

    def test_one_signature_stands_for_all_of_them_and_no_more(self):
        for change in (lambda said: said[:-1], lambda said: said + said[:1],
                       lambda said: said[::-1], lambda said: said[:1] * len(said)):
            m = self.draft()
            self.sign(m, change(sc.disclosures_of(m)))
            self.refused(m)
        m = self.draft()
        del m.recipients[-1]
        self.refused(m)

    def test_a_recipient_added_behind_the_senders_back_is_refused(self):
        m = self.draft()
        (oin, desk), = self.region.to("belastingdienst")
        m.recipients.add(oin=oin, desk=desk)
        self.refused(m)

    def test_the_seed_has_to_grow_the_tree(self):
        for seed in (os.urandom(32), b"", os.urandom(31), os.urandom(33)):
            m = self.draft()
            m.disclosure_seed = seed
            self.refused(m)

    def test_a_value_that_was_not_signed_is_refused(self):
        m = self.draft()
        signal = sc.signal_pb2.Signal.FromString(m.signal)
        signal.meta.urgent = not signal.meta.urgent
        m.signal = signal.SerializeToString()
        self.refused(m)

    def test_each_word_of_it_is_that_of_the_submission(self):
        for name, value in (
                ("version", 1), ("version", 3), ("broker_origin", "sluis.example/elders"),
                ("sender_oin", "00000099000000020000"), ("sender_desk", "analist"),
                ("recipient_oin", "00000099000000010000"), ("recipient_desk", "elders"),
                ("convenant", "riec"), ("phase", "2"), ("purpose", "anders"),
                ("created_ms", 1), ("case_id", bytes(16)), ("root", bytes(24)),
                ("root", bytes(32)), ("said", bytes(16)), ("said", b""), ("corrects", bytes(16)),
                ("enriches", True)):
            with self.subTest(name):
                m = self.draft()
                said = sc.disclosures_of(m)
                one = sc.wire_pb2.Disclosure.FromString(said[0])
                setattr(one, name, value)
                said[0] = one.SerializeToString(deterministic=True)
                self.sign(m, said)
                self.refused(m)

    def test_nothing_else_travels_in_it(self):
        for extra in (b"\x7a\x05Naam!", b"\x08\x02", b"\x60\x01"):
            m = self.draft()
            said = sc.disclosures_of(m)
            self.sign(m, [said[0] + extra] + said[1:])
            self.refused(m)
        m = self.draft()
        said = sc.disclosures_of(m)          # 2 as two bytes: the same message
        self.sign(m, [b"\x08\x82\x00" + said[0][2:]] + said[1:])
        self.refused(m)

    def test_it_is_signed_by_the_sender_and_as_a_disclosure(self):
        m = self.draft()
        self.sign(m, sc.disclosures_of(m), seed=os.urandom(32))
        self.refused(m)
        for other in (sc.SUBMIT, "application/vnd.sluis.disclosure.v1"):
            m = self.draft()
            self.sign(m, sc.disclosures_of(m), payload_type=other)
            self.refused(m)

    def test_what_was_signed_is_good_for_its_own_request_alone(self):
        m, other = self.draft(), self.draft()
        for name in ("disclosure_seed", "disclosure_sig"):
            setattr(m, name, getattr(other, name))
        self.refused(m)

    def test_who_is_not_served_is_signed_for_all_the_same(self):
        m = self.draft()
        m.recipients[0].oin = "00000099000000999999"
        m.recipients[0].ClearField("desk")
        self.sender.disclose(m)
        answer = self.sender.exchange(self.sender.build(sc.SUBMIT, m))
        self.assertEqual("ok", answer.code)
        m.head.CopyFrom(self.sender.head())
        self.sender.disclose(m)
        said = sc.disclosures_of(m)
        one = sc.wire_pb2.Disclosure.FromString(said[0])
        one.root = bytes(24)
        self.sign(m, [one.SerializeToString(deterministic=True)] + said[1:])
        self.refused(m)

    def test_a_binding_is_told_to_everybody_and_no_other_is(self):
        self.submit()
        with self.region.client(self.step["to"][0]) as c:
            leaf = sc.verify_receipt(c.receive()[-1].receipt, self.verifier)[0]
        for name in ("politie", "auditor"):
            with self.region.client(name) as c:
                binding = c.binding(leaf.binding_id)
                self.assertEqual(self.sender.party.oin, binding.oin)
                for bad, code in ((bytes(32), "not_found"), (b"", "malformed"),
                                  (bytes(31), "malformed"), (bytes(33), "malformed")):
                    with self.assertRaises(sc.Refused) as refused:
                        c.binding(bad)
                    self.assertEqual(code, refused.exception.code)


if __name__ == "__main__":
    unittest.main()
