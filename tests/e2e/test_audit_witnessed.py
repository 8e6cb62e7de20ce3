#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Receipts and exports of a region whose parties are witnesses: with the quorum they hold
for somebody who trusts neither the broker nor any one party."""

import json
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import e2e_case
import region as rg
import verifier

SEND = ("--json", "signal", "send", rg.SIGNALS / "05-niece-in-the-household.json",
        "--convenant", "zorg", "--phase", "1", "--purpose", "hulpverlening",
        "--to", "veiligthuis", "--no-preview")
WITNESSES = ("politie", "nla", "zorgcoordinator", "om", "kmar", "opvang", "meldpunt")


class Witnessed(e2e_case.RegionCase):
    SETTINGS = {"witness_s": 1}

    def sluis(self, name, *words, status=0):
        done = self.region.command("--json", *words, party=name, check=False)
        self.assertEqual(status, done.returncode, done.stdout + done.stderr)
        return json.loads(done.stdout) if status == 0 else None

    def outsider(self, *words):
        """The same of somebody with the trust file and nothing else."""
        env = {k: v for k, v in os.environ.items() if k != "SLUIS_PARTY"}
        done = subprocess.run(
            [rg.binary("sluis"), "--json", *map(str, words), "--trust", str(self.trust)],
            env=env, text=True, capture_output=True, check=False, timeout=60)
        return done.returncode, json.loads(done.stdout) if done.returncode == 0 else None

    @property
    def trust(self):
        return self.region.dir / "trust"

    def prove(self, name, what, *more, status=0):
        path = self.region.dir / "a.tlog-proof"
        path.unlink(missing_ok=True)
        self.sluis(name, "audit", "prove", what, "--out", path, *more, status=status)
        return path

    def witnessed(self, name, what):
        """The receipt with a quorum: parties come by until there is one that holds it."""
        path = self.region.dir / "a.tlog-proof"

        def is_there():
            for party in WITNESSES:
                self.sluis(party, "signal", "list")
            return self.region.command("audit", "prove", what, "--witnessed", "--out", path,
                                       party=name, check=False).returncode == 0

        rg.wait_for("a quorum", is_there)
        return path

    def test_with_the_quorum_it_holds_for_an_outsider(self):
        trace = self.sluis("meldpunt", *SEND)["trace_id"]
        path = self.prove("meldpunt", trace)
        self.assertEqual(6, self.outsider("audit", "verify", path)[0])
        told = self.sluis("meldpunt", "audit", "verify", path)
        self.assertFalse(told["quorum"])        # counted at home, and not asked for

        path = self.witnessed("meldpunt", trace)
        status, told = self.outsider("audit", "verify", path)
        self.assertEqual((0, True), (status, told["quorum"]))
        self.assertEqual("ruling", told["entries"][0]["kind"])
        trust = verifier.Trust(policy=self.trust.read_text("utf-8"))
        head = verifier.verify_receipt(path.read_bytes(), trust)[3]
        self.assertEqual(told["cosigned"], head[3])
        self.assertTrue(self.sluis("meldpunt", "audit", "verify", path)["quorum"])

        folder = self.region.dir / "x"
        self.sluis("auditor", "audit", "export", folder)
        status, told = self.outsider("audit", "verify", "--tiles", folder)
        self.assertEqual((0, True), (status, told["quorum"]))
        self.assertLessEqual(told["witnessed_size"], told["size"])
        self.assertGreater(told["witnessed_size"], told["size"] // 2)
        # a folder whose witnessed head is not of its history
        witnessed = folder / "checkpoint.witnessed"
        witnessed.unlink()
        self.assertEqual(6, self.outsider("audit", "verify", "--tiles", folder)[0])

    def test_without_a_quorum_there_is_no_such_receipt_and_all_else_goes_on(self):
        trace = self.sluis("meldpunt", *SEND)["trace_id"]
        self.prove("meldpunt", trace, "--witnessed", status=5)
        self.prove("meldpunt", trace)


if __name__ == "__main__":
    unittest.main()
