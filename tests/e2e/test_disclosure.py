# SPDX-License-Identifier: EUPL-1.2
"""What a sender signs for each recipient: the broker takes nothing else, and a copy leads
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

    def refused(self, m, where="disclosures[0]"):
        answer = self.sender.exchange(sc.make_envelope(
            sc.SUBMIT, m.SerializeToString(), self.sender.party.keys.ed25519_seed))
        self.assert_refused("disclosure_refused", answer)
        self.assertEqual(where, answer.where)

    def sign(self, one, disclosure_bytes, seed=None):
        key = nacl.signing.SigningKey(seed or self.sender.party.keys.ed25519_seed)
        one.disclosure = disclosure_bytes
        one.sig = key.sign(sc.pae(sc.DISCLOSURE, disclosure_bytes)).signature

    def test_a_good_one_is_served_and_every_copy_leads_to_what_was_signed(self):
        answer = self.submit()
        self.assertEqual("ok", answer.code)
        for name in self.step["to"]:
            with self.subTest(name), self.region.client(name) as c:
                for delivery in c.receive():
                    c.verify_evidence(delivery)
                    self.assertIn(len(delivery.copy), sc.SIZE_CLASSES)

    def test_every_part_is_needed(self):
        for part in ("disclosures", "disclosure_seed"):
            m = self.draft()
            m.ClearField(part)
            self.refused(m)
        m = self.draft()
        m.ClearField("disclosures")
        m.ClearField("disclosure_seed")
        self.refused(m)
        for cut in (0, -1):
            m = self.draft()
            del m.disclosures[cut]
            self.refused(m)
        m = self.draft()
        m.disclosures.add().CopyFrom(m.disclosures[0])
        self.refused(m)
        for part in ("disclosure", "sig"):
            m = self.draft()
            m.disclosures[1].ClearField(part)
            self.refused(m, "disclosures[1]")

    def test_one_for_another_recipient_is_none(self):
        m = self.draft()
        first = sc.wire_pb2.SignedDisclosure.FromString(m.disclosures[0].SerializeToString())
        m.disclosures[0].CopyFrom(m.disclosures[1])
        m.disclosures[1].CopyFrom(first)
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
                ("version", 2), ("broker_origin", "sluis.example/elders"),
                ("sender_oin", "00000099000000020000"), ("sender_desk", "analist"),
                ("recipient_oin", "00000099000000010000"), ("recipient_desk", "elders"),
                ("convenant", "riec"), ("phase", "2"), ("purpose", "anders"),
                ("created_ms", 1), ("case_id", bytes(16)), ("root", bytes(24)),
                ("root", bytes(32))):
            with self.subTest(name):
                m = self.draft()
                said = sc.wire_pb2.Disclosure.FromString(m.disclosures[0].disclosure)
                setattr(said, name, value)
                self.sign(m.disclosures[0], said.SerializeToString(deterministic=True))
                self.refused(m)

    def test_nothing_else_travels_in_it(self):
        good = self.draft().disclosures[0].disclosure
        for extra in (b"\x7a\x05Naam!", b"\x08\x01", b"\x60\x01"):
            m = self.draft()
            self.sign(m.disclosures[0], m.disclosures[0].disclosure + extra)
            self.refused(m)
        self.assertTrue(good)
        m = self.draft()
        raw = m.disclosures[0].disclosure          # 1 as two bytes: the same message
        self.sign(m.disclosures[0], b"\x08\x81\x00" + raw[2:])
        self.refused(m)

    def test_it_is_signed_by_the_sender_and_as_a_disclosure(self):
        m = self.draft()
        self.sign(m.disclosures[0], m.disclosures[0].disclosure, os.urandom(32))
        self.refused(m)
        m = self.draft()
        key = nacl.signing.SigningKey(self.sender.party.keys.ed25519_seed)
        m.disclosures[0].sig = key.sign(
            sc.pae(sc.SUBMIT, m.disclosures[0].disclosure)).signature
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
        said = sc.wire_pb2.Disclosure.FromString(m.disclosures[0].disclosure)
        said.root = bytes(24)
        self.sign(m.disclosures[0], said.SerializeToString(deterministic=True))
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
