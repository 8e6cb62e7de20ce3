#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Receipts as files: whoever was answered can prove it to somebody who asks nobody.

For each kind of answer that comes with a receipt (submission, delivery, acknowledgement,
step of a case, policy) `sluis audit prove` makes a file, `sluis audit verify` accepts it
with the key alone, and so does an independent verifier; neither accepts it changed.
"""

import json
import os
import pathlib
import stat
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import region as rg
import verifier

NIECE = rg.SIGNALS / "05-niece-in-the-household.json"
HOW = ["--convenant", "zorg", "--phase", "1", "--purpose", "hulpverlening",
       "--to", "zorgcoordinator,veiligthuis,politie", "--no-preview"]


def bare(*words):
    """`sluis WORDS` as somebody without any party folder; the CompletedProcess."""
    env = {k: v for k, v in os.environ.items() if k != "SLUIS_PARTY"}
    return subprocess.run([rg.binary("sluis"), *map(str, words)], text=True, env=env,
                          capture_output=True, check=False, timeout=60)


class Prove(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.region = rg.Region()
        cls.addClassCleanup(cls.region.__exit__)
        cls.region.up()
        cls.key = cls.region.region.data["verifier"]
        cls.trust = verifier.Trust(cls.key)
        cls.n = 0

        # what all of it is about: one signal, read, acknowledged; one step of a case
        done = cls.region.command("--json", "signal", "send", NIECE, *HOW,
                                  party="meldpunt", check=False)
        cls.trace = json.loads(done.stdout)["trace_id"]
        cls.as_("zorgcoordinator", "inbox", "watch", "--count", "1")
        cls.as_("zorgcoordinator", "inbox", "ack", "--all")
        cls.delivery = json.loads(cls.as_(
            "zorgcoordinator", "--json", "inbox", "list").stdout)["deliveries"][0]["id"]

    @classmethod
    def as_(cls, party, *words, check=True):
        return cls.region.command(*words, party=party, check=check)

    def out(self):
        type(self).n += 1
        return self.region.dir / ("proof-%d" % self.n)

    def prove(self, party, what, *more):
        """[(path, index, leaf, detail)] of what `audit prove WHAT` writes, each verified."""
        out = self.out()
        self.as_(party, "audit", "prove", what, "--out", out, *more)
        paths = sorted(out.iterdir()) if out.is_dir() else [out]
        return [(p, *self.verify(p)) for p in paths]

    def verify(self, path):
        done = bare("--json", "audit", "verify", path, "--key", self.key)
        self.assertEqual(0, done.returncode, done.stderr)
        told = json.loads(done.stdout)
        index, leaf, detail, head = verifier.verify_receipt(path.read_bytes(), self.trust)
        self.assertEqual((index, head[1]), (told["entries"][0]["index"], told["size"]))
        return told["entries"][0], leaf, detail

    def kinds(self, proofs):
        return [entry["kind"] for _, entry, _, _ in proofs]

    # --- each kind of answer -------------------------------------------------------------

    def test_a_submission(self):
        proofs = self.prove("meldpunt", self.trace)
        self.assertEqual(["ruling", "ruling", "not_served"], self.kinds(proofs))
        self.assertEqual([b"", b"", b""], [detail for *_, detail in proofs])

    def test_a_delivery_and_its_acknowledgement(self):
        proofs = self.prove("zorgcoordinator", self.delivery[:8])
        self.assertEqual(["ruling", "acknowledged"], self.kinds(proofs))
        self.assertEqual(proofs[0][1]["index"], proofs[1][1]["refers_to"])

    def test_a_step_of_a_case(self):
        case = json.loads(self.as_(
            "meldpunt", "--json", "case", "open", "--route", "nijmegen").stdout)["trace_id"]
        self.as_("analist", "case", "enrich", case, NIECE)
        moved = json.loads(self.as_(
            "analist", "--json", "case", "move", case, "verrijkt").stdout)["trace_id"]
        self.assertEqual(["case"], self.kinds(self.prove("meldpunt", case)))
        self.assertIn("case", self.kinds(self.prove("analist", moved)))

    def test_the_policy_in_force_to_every_party(self):
        for party in ("meldpunt", "politie", "auditor"):
            (_, entry, leaf, detail), = self.prove(party, "policy")
            self.assertEqual("policy", entry["kind"])
            self.assertEqual(b"", detail)
            self.assertIn(bytes.fromhex(self.region.ready()["policy"]), leaf)

    def test_an_enrolment(self):
        listed = json.loads(self.as_(
            "auditor", "--json", "audit", "list", "--max", "40").stdout)["entries"]
        oin = self.region.region.parties["politie"]["oin"]
        desk = self.region.region.parties["politie"]["desk"]
        index = next(e["index"] for e in listed if e["kind"] == "enrolled"
                     and (e["sender_oin"], e["sender_desk"]) == (oin, desk))
        self.assertEqual(["enrolled"], self.kinds(self.prove("politie", str(index))))
        self.assertEqual(5, self.as_(
            "meldpunt", "audit", "prove", str(index), check=False).returncode)

    def test_an_auditor_proves_any_entry(self):
        listed = json.loads(self.as_(
            "auditor", "--json", "audit", "list", "--max", "60").stdout)["entries"]
        self.assertGreater(len(listed), 30)
        for e in listed[::5]:
            (_, entry, _, _), = self.prove("auditor", str(e["index"]))
            self.assertEqual((e["index"], e["kind"]), (entry["index"], entry["kind"]))

    # --- whose it is ----------------------------------------------------------------------

    def test_others_may_not_have_it(self):
        index = str(self.prove("meldpunt", self.trace)[0][1]["index"])
        self.prove("zorgcoordinator", index)
        for party in ("politie", "veiligthuis"):
            done = self.as_(party, "audit", "prove", index, check=False)
            self.assertEqual((5, ""), (done.returncode, done.stdout))
        for what in ("999999999", "0" * 32, "nobody", "-1", ""):
            done = self.as_("meldpunt", "audit", "prove", what, check=False)
            self.assertIn(done.returncode, (2, 5), what)
            self.assertEqual("", done.stdout)

    def test_what_was_withheld_is_shown_only_on_purpose(self):
        for path, _, _, detail in self.prove("meldpunt", self.trace, "--detail"):
            self.assertNotEqual(b"", detail)
            self.assertEqual(0o600, stat.S_IMODE(path.stat().st_mode))
        (_, entry, _, detail), = self.prove(
            "zorgcoordinator", str(self.prove("meldpunt", self.trace)[0][1]["index"]),
            "--detail")
        self.assertEqual(b"", detail)       # a recipient has none to show
        done = self.as_("zorgcoordinator", "audit", "prove", str(entry["index"]), "--detail")
        self.assertIn("without detail", done.stderr)

    def test_one_receipt_into_a_folder_that_is_there(self):
        folder = self.region.dir / "a-folder"
        folder.mkdir()
        self.as_("meldpunt", "audit", "prove", "policy", "--out", folder)
        path, = folder.iterdir()
        self.assertRegex(path.name, r"^\d+\.tlog-proof$")

    def test_without_key_and_party_it_is_told_what_is_missing(self):
        path = self.prove("meldpunt", self.trace)[0][0]
        done = bare("audit", "verify", path)
        self.assertEqual(2, done.returncode)
        self.assertIn("--key", done.stderr)

    def test_a_party_that_keeps_nothing_has_no_receipts_to_check(self):
        self.assertIn("No receipt is kept", self.as_("kmar", "audit", "receipts").stdout)

    def test_a_key_of_the_broker_is_named_and_its_epoch_is_no_phase(self):
        listed = self.as_("auditor", "audit", "list", "--kind", "epoch").stdout
        self.assertIn("a key of the broker in force: pseudonym", listed)
        index = next(l for l in listed.splitlines() if "pseudonym" in l).split()[0]
        shown = self.as_("auditor", "audit", "show", index).stdout
        self.assertRegex(shown, r"(?m)^key of +pseudonym$")
        self.assertNotIn("phase", shown)

    # --- no broker ------------------------------------------------------------------------

    def test_what_is_kept_needs_no_broker(self):
        unreachable = dict(self.region.region.data, endpoint="tcp://127.0.0.1:9")
        path = self.region.dir / "region.json"
        before = path.read_bytes()
        path.write_text(json.dumps(unreachable), "utf-8")
        self.addCleanup(path.write_bytes, before)
        self.assertEqual(3, len(self.prove("meldpunt", self.trace)))
        self.assertEqual(2, len(self.prove("zorgcoordinator", self.delivery)))
        done = self.as_("meldpunt", "--timeout", "1", "audit", "prove", "policy", check=False)
        self.assertEqual(7, done.returncode)

    # --- tampering ------------------------------------------------------------------------

    def test_a_changed_file_is_an_alarm(self):
        path = self.prove("meldpunt", self.trace, "--detail")[0][0]
        good = path.read_bytes()
        bad = self.region.dir / "bad.tlog-proof"
        for at in range(0, len(good), len(good) // 40):
            bad.write_bytes(good[:at] + bytes([good[at] ^ 1 << at % 8]) + good[at + 1:])
            done = bare("audit", "verify", bad, "--key", self.key)
            self.assertEqual((6, ""), (done.returncode, done.stdout), at)
            bad.write_bytes(good[:at])
            self.assertEqual(6, bare("audit", "verify", bad, "--key", self.key).returncode)
        other = verifier.Key(self.key)
        text = "%s+%s+" % (other.name, "00000000") + self.key.rsplit("+", 1)[1]
        self.assertEqual(2, bare("audit", "verify", path, "--key", text).returncode)
        self.assertEqual(2, bare("audit", "verify", path).returncode)
        self.assertEqual(5, bare("audit", "verify", path.with_suffix(".none"),
                                 "--key", self.key).returncode)

    def test_the_independent_verifier_finds_every_bit_and_every_cut(self):
        path = self.prove("meldpunt", self.trace, "--detail")[2][0]
        good = bytearray(path.read_bytes())
        for bit in range(8 * len(good)):
            good[bit // 8] ^= 1 << bit % 8
            with self.assertRaises(verifier.Bad, msg="bit %d" % bit):
                verifier.verify_receipt(bytes(good), self.trust)
            good[bit // 8] ^= 1 << bit % 8
        for n in range(len(good)):
            with self.assertRaises(verifier.Bad):
                verifier.verify_receipt(bytes(good[:n]), self.trust)
        verifier.verify_receipt(bytes(good), self.trust)


if __name__ == "__main__":
    unittest.main()
