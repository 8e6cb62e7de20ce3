# SPDX-License-Identifier: EUPL-1.2
"""Who may come in, until when: certificates, key bindings, revocation.

The newcomers here are made by hand (pki.py) with the region's own test CA. Party kmar is in
the policy and has a desk, so its keys can be replaced, ended and revoked; the good signal
of tearDown comes from another party.
"""

import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import cases
import clock
import pki
import region as rg
import sluis_client as sc
import zmq
from cryptography.x509.oid import ExtendedKeyUsageOID


class EnrolmentCase(cases.RegionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ca = pki.Authority.read(cls.region.dir / "ca")
        cls.origin = cls.region.region.origin
        cls.kmar = cls.region.party("kmar")
        cls.sequence = 1000

    @classmethod
    def next_sequence(cls):
        cls.sequence += 1
        return cls.sequence

    def newcomer(self, oin=None, desk=None):
        return pki.Newcomer(oin or self.kmar.oin, desk or self.kmar.desk)

    def enrol(self, newcomer=None, authority=None, certificate=None, binding=None, **changes):
        """Enrol with CHANGES to certificate and binding; (Newcomer, Answer)."""
        n = newcomer or self.newcomer()
        c = {"oin": n.oin, "desk": n.desk, **(certificate or {})}
        authority = authority or self.ca
        cert, key = authority.issue(**c)
        b = {"oin": n.oin, "desk": n.desk, "origin": self.origin, "keys": n.keys,
             "sequence": self.next_sequence(), **(binding or {})}
        envelope = pki.make_binding(cert, changes.get("signed_by", key), **b)
        chain = pki.pem(cert) + pki.pem(authority.certificate)
        n.certificate = cert
        n.binding = envelope
        return n, pki.enrol(self.region.region, n, envelope, chain)

    def enrolled(self, **options):
        n, answer = self.enrol(**options)
        self.assertEqual("ok", answer.code, answer.where)
        return n

    def sent_by(self, newcomer):
        """The code that a harmless request of NEWCOMER gets on a new connection; None: no way in."""
        with sc.Client(self.region.region, newcomer, timeout_ms=3000) as c:
            try:
                return c.exchange(c.build(sc.SENT, sc.wire_pb2.Sent(max=1))).code
            except sc.NoAnswer:
                return None

    def handshake(self, keys):
        """The first decisive monitor event of a connection with KEYS."""
        with cases.Watched(self.region.region.endpoint,
                           cases.curve(self.region.region, keys)) as w:
            return w.wait_event(cases.EVENT_FAILED | {zmq.EVENT_HANDSHAKE_SUCCEEDED})


class Enrolment(EnrolmentCase):
    def test_a_stranger_enrols_from_the_document_alone_and_is_served(self):
        n, answer = self.enrol()
        self.assertEqual("ok", answer.code)
        leaf, _ = sc.verify_receipt(answer.receipts[0], self.verifier)
        self.assertEqual(cases.KIND["EVENT_ENROLLED"], leaf.kind)
        self.assertEqual(sc.hashlib.sha256(n.binding).digest(), leaf.subject_digest)
        self.assertEqual("ok", self.sent_by(n))

    def test_an_unenrolled_key_does_not_get_in(self):
        self.assertEqual((zmq.EVENT_HANDSHAKE_FAILED_AUTH, 400),
                         self.handshake(self.newcomer().keys))

    def test_a_certificate_of_another_authority_is_refused(self):
        n, answer = self.enrol(authority=pki.Authority.foreign())
        self.assertEqual("certificate_refused", answer.code)
        self.assertEqual((zmq.EVENT_HANDSHAKE_FAILED_AUTH, 400), self.handshake(n.keys))

    def test_an_expired_certificate_is_refused(self):
        _, answer = self.enrol(certificate={"start_s": -86400 * 10, "end_s": -3600},
                               binding={"start_ms": pki.now_ms() - 9 * pki.DAY_MS,
                                        "end_ms": pki.now_ms() - 2 * 3600000})
        self.assertEqual("expired", answer.code)

    def test_a_certificate_that_begins_tomorrow_is_refused(self):
        _, answer = self.enrol(certificate={"start_s": 86400, "end_s": 86400 * 9})
        self.assertEqual("not_yet_valid", answer.code)

    def test_a_certificate_for_servers_is_refused(self):
        _, answer = self.enrol(certificate={"purpose": ExtendedKeyUsageOID.SERVER_AUTH})
        self.assertEqual("certificate_refused", answer.code)

    def test_a_certificate_without_oin_or_desk_is_refused(self):
        for missing in ("oin", "desk"):
            with self.subTest(missing):
                _, answer = self.enrol(certificate={missing: ""})
                self.assertEqual("certificate_refused", answer.code)

    def test_a_binding_for_another_oin_or_desk_than_the_certificates_is_refused(self):
        politie = self.region.party("politie")
        for change in ({"oin": politie.oin}, {"desk": "avim"}):
            with self.subTest(change):
                _, answer = self.enrol(binding=change)
                self.assertIn(answer.code, ("key_binding_refused", "sender_is_not_the_key_holder"))

    def test_a_binding_signed_by_another_certificate_key_is_refused(self):
        _, other = self.ca.issue(self.kmar.oin, self.kmar.desk)
        _, answer = self.enrol(signed_by=other)
        self.assertEqual("bad_signature", answer.code)

    def test_a_binding_for_another_region_is_refused(self):
        _, answer = self.enrol(binding={"origin": "sluis.example/elders"})
        self.assertEqual("addressed_to_another_broker", answer.code)

    def test_a_binding_longer_than_ninety_days_is_refused(self):
        start = pki.now_ms() - 1000
        _, answer = self.enrol(certificate={"end_s": 86400 * 400},
                               binding={"start_ms": start, "end_ms": start + 91 * pki.DAY_MS})
        self.assertEqual("key_binding_refused", answer.code)

    def test_a_binding_longer_than_its_certificate_is_refused(self):
        start = pki.now_ms() - 1000
        _, answer = self.enrol(certificate={"end_s": 86400 * 5},
                               binding={"start_ms": start, "end_ms": start + 30 * pki.DAY_MS})
        self.assertEqual("key_binding_refused", answer.code)

    def test_a_binding_that_ended_is_refused(self):
        _, answer = self.enrol(certificate={"start_s": -86400 * 5},
                               binding={"start_ms": pki.now_ms() - 3 * pki.DAY_MS,
                                        "end_ms": pki.now_ms() - pki.DAY_MS})
        self.assertEqual("expired", answer.code)

    def test_a_binding_that_begins_later_is_refused(self):
        start = pki.now_ms() + pki.DAY_MS
        _, answer = self.enrol(binding={"start_ms": start, "end_ms": start + pki.DAY_MS})
        self.assertEqual("not_yet_valid", answer.code)

    def test_a_binding_with_zero_or_equal_keys_is_refused(self):
        for change in ("zero", "equal"):
            with self.subTest(change):
                n = self.newcomer()
                wrong = pki.new_keys()
                wrong.curve_public, wrong.ed25519_public = n.keys.curve_public, n.keys.ed25519_public
                wrong.x25519_public = bytes(32) if change == "zero" else n.keys.curve_public
                _, answer = self.enrol(newcomer=n, binding={"keys": wrong})
                self.assertEqual("key_binding_refused", answer.code)

    def test_enrolling_a_curve_key_that_one_does_not_hold_is_refused(self):
        n = self.newcomer()
        claimed = pki.new_keys()
        claimed.ed25519_public = n.keys.ed25519_public
        claimed.curve_public = self.region.party("politie").keys.curve_public
        _, answer = self.enrol(newcomer=n, binding={"keys": claimed})
        self.assertNotEqual("ok", answer.code)
        with self.region.client("politie") as c:
            c.sent(1)

    def test_enrolling_a_signing_key_that_one_does_not_hold_is_refused(self):
        n = self.newcomer()
        claimed = pki.new_keys()
        claimed.curve_public = n.keys.curve_public
        claimed.ed25519_public = self.region.party("politie").keys.ed25519_public
        _, answer = self.enrol(newcomer=n, binding={"keys": claimed})
        self.assertNotEqual("ok", answer.code)

    def test_a_party_that_the_policy_does_not_know_is_refused(self):
        n, answer = self.enrol(newcomer=self.newcomer("00000099000000990000", "loket"))
        if answer.code == "ok":
            self.assertNotEqual("ok", self.sent_by(n))

    def test_a_desk_that_the_party_has_not_gets_nothing(self):
        n, answer = self.enrol(newcomer=self.newcomer(desk="verzonnen"))
        if answer.code == "ok":
            self.assertNotEqual("ok", self.sent_by(n))

    def test_a_higher_sequence_ends_the_older_key_also_on_an_open_connection(self):
        old = self.enrolled()
        with sc.Client(self.region.region, old) as c:
            c.sent(1)
            new = self.enrolled()
            answer = c.exchange(c.build(sc.SENT, sc.wire_pb2.Sent(max=1)))
            self.assert_refused("superseded", answer)
        self.assertEqual("ok", self.sent_by(new))

    def test_a_lower_or_equal_sequence_does_not_bring_an_old_key_back(self):
        new = self.enrolled()
        for sequence in (self.sequence, self.sequence - 1, 0):
            with self.subTest(sequence):
                n, answer = self.enrol(binding={"sequence": sequence})
                self.assertNotEqual("ok", answer.code)
                self.assertNotEqual("ok", self.sent_by(n))
        self.assertEqual("ok", self.sent_by(new))

    def test_a_key_of_another_party_cannot_be_enrolled_again_for_oneself(self):
        """politie's own keys, presented by kmar's certificate."""
        n = self.newcomer()
        n.keys = self.region.party("politie").keys
        _, answer = self.enrol(newcomer=n)
        with self.region.client("politie") as c:
            c.sent(1)
        self.assertNotEqual("ok", answer.code)


class EndOfKeys(EnrolmentCase):
    def test_a_binding_that_ends_stops_working_on_an_open_connection(self):
        end = pki.now_ms() + 4000
        n = self.enrolled(binding={"start_ms": end - pki.DAY_MS, "end_ms": end},
                          certificate={"start_s": -86400 * 3})
        with sc.Client(self.region.region, n) as c:
            c.sent(1)

            def code():
                answer = c.exchange(c.build(sc.SENT, sc.wire_pb2.Sent(max=1)))
                return answer if answer.code != "ok" else None

            self.assert_refused("expired", rg.wait_for("the binding to end", code, 30))
            self.assertGreaterEqual(pki.now_ms(), end)
        self.assertEqual((zmq.EVENT_HANDSHAKE_FAILED_AUTH, 400), self.handshake(n.keys))

    @unittest.skipUnless(clock.library(), "needs libfaketime (package faketime)")
    @unittest.skipIf(rg.is_sanitized(), "a sanitizer and libfaketime do not go together")
    def test_a_rotation_that_stopped_longer_ago_than_its_keys_last_begins_anew(self):
        self.region.clock = clock.Clock(self.region.dir, pki.now_ms() // 1000 - 70 * 86400)
        try:
            self.assertEqual(4, self.region.command("key", "rotate", party="om",
                                                    check=False).returncode)
        finally:
            self.region.clock = None
        left = self.region.party_dir("om") / "keys.json.next"
        before = left.read_bytes()
        self.region.command("key", "rotate", party="om")
        self.assertFalse(left.exists())
        self.assertNotEqual(before, left.with_suffix("").read_bytes())
        self.region.command("inbox", "list", party="om")


class Allowance(EnrolmentCase):
    """Each binding that was replaced stays until it ends: of one desk, so many in a day."""

    def test_one_desk_does_not_fill_what_all_need(self):
        certificate, key = self.ca.issue(self.kmar.oin, self.kmar.desk)
        chain = pki.pem(certificate) + pki.pem(self.ca.certificate)

        def enrol(sequence=None):
            n = self.newcomer()
            envelope = pki.make_binding(certificate, key, n.keys, n.oin, n.desk, self.origin,
                                        sequence or self.next_sequence())
            return n, envelope, pki.enrol(self.region.region, n, envelope, chain)
        for _ in range(25):
            self.assertEqual("superseded", enrol(sequence=1)[2].code, "and costs nothing")
        for _ in range(24):
            last, envelope, answer = enrol()
            self.assertEqual("ok", answer.code, answer.where)
        refused, _, answer = enrol()
        self.assertEqual("over_quota", answer.code)
        self.assertEqual((zmq.EVENT_HANDSHAKE_FAILED_AUTH, 400), self.handshake(refused.keys))
        self.assertEqual("ok", self.sent_by(last))
        again = pki.enrol(self.region.region, last, envelope, chain)
        self.assertEqual("ok", again.code, "what is there already costs nothing")
        other = self.region.party("nla")
        self.enrolled(newcomer=self.newcomer(other.oin, other.desk))


class Revocation(EnrolmentCase):
    """A revocation list, loaded by SIGHUP, ends open connections at their next message."""

    def crl_file(self):
        text = (self.region.broker_dir / "sluisd.yaml").read_text("utf-8")
        name = re.search(r"^crl_file:\s*(\S+)", text, re.M).group(1).strip("\"'")
        return (self.region.broker_dir / name).resolve()

    def load(self, crl):
        """Put CRL in place, SIGHUP; what it does shows in the answers."""
        self.crl_file().write_bytes(crl)
        self.region.hang_up()

    def ask(self, client):
        return client.exchange(client.build(sc.SENT, sc.wire_pb2.Sent(max=1)))

    def code_becomes(self, client, code):
        return rg.wait_for("the code " + code, lambda: (
            lambda a: a if a.code == code else None)(self.ask(client)), 30)

    def test_1_a_revoked_certificate_ends_an_open_connection_at_its_next_message(self):
        n = self.enrolled()
        with sc.Client(self.region.region, n) as c:
            c.sent(1)
            self.load(self.ca.revocation_list([n.certificate]))
            self.assert_refused("revoked", self.code_becomes(c, "revoked"))
            self.assertEqual((zmq.EVENT_HANDSHAKE_FAILED_AUTH, 400), self.handshake(n.keys))
            answer = self.submit(client=c)
            self.assertEqual("revoked", answer.code, "nor may it send")
        kinds = {leaf.kind for leaf in self.journal()}
        self.assertIn(cases.KIND["EVENT_CRL"], kinds)

    def test_2_a_revoked_certificate_cannot_enrol_new_keys(self):
        n = self.newcomer()
        cert, key = self.ca.issue(n.oin, n.desk)
        self.load(self.ca.revocation_list([cert]))
        envelope = pki.make_binding(cert, key, n.keys, n.oin, n.desk, self.origin, self.next_sequence())

        def refused():
            answer = pki.enrol(self.region.region, n, envelope,
                               pki.pem(cert) + pki.pem(self.ca.certificate))
            return answer if answer.code == "revoked" else None

        rg.wait_for("enrolment to be refused", refused, 30)

    def test_3_a_list_that_another_authority_signed_is_not_taken(self):
        n = self.enrolled()
        good = self.crl_file().read_bytes()
        with sc.Client(self.region.region, n) as c:
            self.load(pki.Authority.foreign().revocation_list([n.certificate]))
            rg.wait_for("the broker to keep its list", self.kept_old_list, 30)
            self.assertEqual("ok", self.ask(c).code)
            self.assert_serves()
        self.crl_file().write_bytes(good)

    def test_4_garbage_instead_of_a_list_is_not_taken(self):
        good = self.crl_file().read_bytes()
        for content in (b"", b"geen lijst\n", good[:100]):
            with self.subTest(len(content)):
                before = self.log().count(b"TRUST-KEPT")
                self.load(content)
                rg.wait_for("the broker to keep its list",
                            lambda: self.log().count(b"TRUST-KEPT") > before, 30)
                self.assert_serves()
        self.crl_file().write_bytes(good)

    def test_5_without_a_current_list_nobody_is_served(self):
        """Fail closed: the list runs out while the broker is up."""
        self.load(self.ca.revocation_list(start_s=-3600, end_s=5))
        with self.region.client("meldpunt") as c:
            answer = self.code_becomes(c, "revocation_list_expired")
            self.assertFalse(answer.deliveries)
            self.load(self.ca.revocation_list())
            self.code_becomes(c, "ok")

    def warnings(self):
        """The days of every LIST-ENDS so far; each names the file and the authority."""
        lines = [line for line in self.log().decode().splitlines() if " LIST-ENDS" in line]
        for line in lines:
            self.assertIn("/%s: /" % self.crl_file().name, line)
        return [int(n.group(1)) if n else 0 for n in (re.search(r" n=(\d+) ", li) for li in lines)]

    def test_6_a_list_that_ends_soon_is_warned_of_once_until_it_is_renewed(self):
        self.load(self.ca.revocation_list())
        before = self.warnings()
        crl = self.ca.revocation_list(start_s=-3600, end_s=86400 * 20)      # too short for 30
        for content, expected in (
                (crl, []),
                (self.ca.revocation_list(start_s=-86400 * 50, end_s=86400 * 20), [20]),
                (self.ca.revocation_list(start_s=-86400 * 50, end_s=86400 * 5), [20, 5])):
            reloaded = self.log().count(b"TRUST-RELOADED")
            for n in (1, 2):                            # the same again says nothing
                self.load(content)
                rg.wait_for("the reload", lambda: self.log().count(b"TRUST-RELOADED") >= reloaded + n)
            rg.wait_for("the warning", lambda: len(self.warnings()) >= len(before + expected))
            self.assertEqual(before + expected, self.warnings())
        reloaded = self.log().count(b"TRUST-RELOADED")
        self.load(self.ca.revocation_list())
        rg.wait_for("the reload", lambda: self.log().count(b"TRUST-RELOADED") > reloaded)
        self.assert_serves()
        self.assertEqual(before + expected, self.warnings())

    def log(self):
        return (self.region.broker_dir / "sluisd.log").read_bytes()

    def kept_old_list(self):
        return b"TRUST-KEPT" in self.log()


if __name__ == "__main__":
    unittest.main(verbosity=2)
