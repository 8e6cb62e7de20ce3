# SPDX-License-Identifier: EUPL-1.2
"""Every kind of event that docs/journal.md lists is written, by the test that it names, and every
entry of every run is as it says there.

The looking is done where a region ends (tests/python/region.py), so in each end-to-end test; this
one adds what no other test brings about, and plays those that the page names.
"""

import os
import pathlib
import signal
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import cases
import catalogue
import clock
import e2e_case
import pki
import region as rg
import sluis_client as sc
import yaml

DAY_S = 24 * 3600


def leaves(region):
    return [sc.journal_pb2.Leaf.FromString(raw) for raw in
            catalogue.leaves_of(region.broker_dir / "state" / "sluis.db")]


def of_kind(region, kind):
    return [leaf for leaf in leaves(region) if leaf.kind == catalogue.EVENT.Value(kind)]


class KindCase(e2e_case.RegionCase):
    def wait_for(self, kind, n=1):
        return rg.wait_for("%d %s" % (n, kind), lambda: (
            lambda found: found if len(found) >= n else None)(of_kind(self.region, kind)))


class Broker(KindCase):
    """What the broker writes about itself."""

    def marks(self):
        """{purpose: digest} of each start."""
        found = of_kind(self.region, "EVENT_EPOCH")
        self.assertEqual(0, len(found) % 3)
        return [{leaf.purpose: leaf.subject_digest for leaf in found[i:i + 3]}
                for i in range(0, len(found), 3)]

    def test_what_it_says_of_itself(self):
        policy = self.region.broker_dir / "policy" / "riec.yaml"
        good = policy.read_bytes()
        policy.write_bytes(good + b"]: [\n")
        self.region.hang_up()
        self.wait_for("EVENT_POLICY_REFUSED")
        policy.write_bytes(good)
        lists = self.region.dir / "ca" / "crl.pem"
        kept = lists.read_bytes()
        lists.write_bytes(b"geen lijst\n")
        before = len(of_kind(self.region, "EVENT_CRL"))
        self.region.hang_up()
        refused = self.wait_for("EVENT_CRL", before + 1)[-1]
        self.assertEqual("no_revocation_list", refused.code)
        self.assertFalse(refused.subject_digest)
        lists.write_bytes(kept)
        self.assertGreater(len(self.journal()), 10)     # an auditor reads
        self.wait_for("EVENT_AUDIT_READ")

    def test_a_key_that_changed_is_seen(self):
        first, = self.marks()
        self.assertEqual({"pseudonym", "checkpoint", "channel"}, set(first))
        key = self.region.region.verifier.public_key
        self.assertEqual(sc.hashlib.sha256(key).digest(), first["checkpoint"])
        self.restart(signal.SIGTERM)
        self.assertEqual([first, first], self.marks())
        settings = yaml.safe_load((self.region.broker_dir / "sluisd.yaml").read_text("utf-8"))
        keys = self.region.broker_dir / settings["keys_file"]
        data = sc.json.loads(keys.read_text("utf-8"))
        was = data["pseudonym"][0]["secret"]
        data["pseudonym"][0]["secret"] = "00" * 31 + "01"
        keys.write_text(sc.json.dumps(data), "utf-8")
        self.restart(signal.SIGTERM)
        changed = self.marks()[-1]
        self.assertNotEqual(first["pseudonym"], changed["pseudonym"])
        self.assertEqual(first["checkpoint"], changed["checkpoint"])
        everything = b"".join(catalogue.leaves_of(self.database))
        self.assertNotIn(bytes.fromhex(was), everything)
        self.assertNotIn(sc.hashlib.sha256(bytes.fromhex(was)).digest(), everything)


@unittest.skipUnless(clock.library(), "needs libfaketime (package faketime)")
class Time(KindCase):
    """What is written when time has passed."""

    SETTINGS = {"expiry_s": 1, "refusals_per_minute": 2}
    CLOCK = staticmethod(lambda region: clock.Clock(region.dir))

    def setUp(self):
        if rg.is_sanitized():
            self.skipTest("a sanitizer and libfaketime do not go together")
        super().setUp()

    def test_a_copy_that_nobody_takes(self):
        self.share("nla", ["procesregisseur"])
        self.region.clock.forward(400 * DAY_S)
        self.wait_for("EVENT_UNDELIVERED")

    def knock(self):
        """Somebody comes with a key that nobody knows."""
        region = self.region.region
        with cases.Watched(region.endpoint, cases.curve(region, pki.new_keys())) as w:
            self.assertEqual((cases.zmq.EVENT_HANDSHAKE_FAILED_AUTH, 400),
                             w.wait_event(cases.EVENT_FAILED))

    def test_strangers_at_the_door(self):
        for _ in range(3):
            self.knock()
        self.assertEqual([], of_kind(self.region, "EVENT_GATE"))
        self.region.clock.forward(61)
        gate, = self.wait_for("EVENT_GATE")
        self.assertEqual("not_enrolled", gate.code)
        self.assertGreaterEqual(gate.count, 3)      # libzmq may have tried again

    def test_refusals_beyond_the_allowance(self):
        for _ in range(7):
            answer = self.desk("nla").exchange(self.desk("nla").build(
                sc.EXPLAIN, sc.wire_pb2.Explain(leaf_index=2 ** 40)))
            self.assertEqual("not_found", answer.code)
        self.assertEqual(2, len(of_kind(self.region, "EVENT_REFUSED")))
        self.region.clock.forward(61)
        last = self.wait_for("EVENT_REFUSED", 3)[-1]
        self.assertEqual(("over_quota", 5), (last.code, last.count))
        self.assertEqual(self.region.region.parties["nla"]["oin"], last.sender_oin)

    def test_what_was_counted_is_told_at_the_end(self):
        self.knock()
        self.region.kill_broker(signal.SIGTERM)
        self.assertEqual(1, len(of_kind(self.region, "EVENT_GATE")))
        self.region.start_broker()


class EveryKind(unittest.TestCase):
    def test_each_is_written_by_the_test_that_the_page_names(self):
        shown = {k.name: k.shown_by for k in catalogue.KINDS.values() if k.shown_by}
        rg.SEEN.clear()
        suite = unittest.TestSuite(
            unittest.defaultTestLoader.loadTestsFromName(name) for name in sorted(set(shown.values())))
        with open(os.devnull, "w", encoding="utf-8") as nowhere:
            result = unittest.TextTestRunner(stream=nowhere, verbosity=0).run(suite)
        self.assertEqual([], [text for _, text in result.failures + result.errors])
        if not result.skipped:
            self.assertEqual(set(shown), set(shown) & rg.SEEN)


if __name__ == "__main__":
    unittest.main(verbosity=2)
