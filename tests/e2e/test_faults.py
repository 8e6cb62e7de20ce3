# SPDX-License-Identifier: EUPL-1.2
"""A real broker on a disk that fills up, fails or becomes read-only, and is well again.

Every step of it for every n stands in tests/fault; this is what an administrator and the
desks see.  FAULT_PRELOAD is the library that makes the disk fail (tests/fault/preload.c).
"""

import os
import pathlib
import re
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import e2e_case
import region as rg
import sluis_client as sc

PRELOAD = os.environ.get("FAULT_PRELOAD", "")
RULING = e2e_case.EVENT.Value("EVENT_RULING")


@unittest.skipUnless(PRELOAD, "FAULT_PRELOAD is not set")
class Faults(e2e_case.RegionCase):
    SETTINGS = {"expiry_s": 1, "erase_ms": 50, "batch_max": 4}

    def set(self):
        super().set()
        self.switch = self.region.dir / "fault"
        self.switch.write_bytes(b"0")
        self.region.environment = {
            "LD_PRELOAD": PRELOAD, "FAULT_SWITCH": str(self.switch),
            "FAULT_DIR": str(self.region.broker_dir / "state")}

    def fault(self, which):
        with open(self.switch, "r+b") as f:     # the same file: it is mapped
            f.write(which)

    def frame(self):
        convenant, phase, purpose = e2e_case.WORDS["afstemming"]
        return self.desk("meldpunt").build_submit(
            e2e_case.SIGNAL, convenant, phase, purpose, self.region.to("politie", "nla"))

    def send(self, frame):
        return self.desk("meldpunt").exchange(frame)

    def log(self):
        return (self.region.broker_dir / "sluisd.log").read_text("utf-8")

    def said(self, text):
        return text in self.log()

    def rulings(self):
        """How many there are, in a journal that the auditor has verified."""
        return sum(leaf.kind == RULING for leaf in self.journal())

    def ended(self):
        rg.wait_for("the broker to end", lambda: self.region.broker.poll() is not None)
        status = self.region.broker.returncode
        self.region.broker = None
        (self.region.broker_dir / "ready.json").unlink(missing_ok=True)
        return status

    def start(self):
        self.region.start_broker()
        for c in self.desks.values():
            c.connect()

    def does_not_start(self):
        self.region.spawn_broker()
        return self.ended()

    def test_a_full_disk_takes_nothing_answers_what_it_can_and_goes_on_by_itself(self):
        self.assertEqual("ok", self.send(self.frame()).code)
        pid, waiting = self.region.broker_pid(), len(self.desk("politie").receive())
        self.fault(b"f")
        frames = [self.frame() for _ in range(40)]      # the log is written anew for a while
        codes = [self.send(f).code for f in frames]
        self.assertEqual({"ok", "storage_full"}, set(codes) | {"ok"})
        self.assertEqual("storage_full", codes[-1])
        self.assertTrue(self.said("STORAGE-FAILED code=storage_full"))
        # who only reads is served
        self.ask("meldpunt", "prove", sc.wire_pb2.Prove())
        got = self.desk("politie").receive(max_deliveries=100)
        self.assertEqual(waiting + codes.count("ok"), len(got))
        self.fault(b"0")
        answers = [self.send(f) for f in frames]
        self.assertEqual({"ok"}, {a.code for a in answers})
        # every refusal was told of, and the last line is that it works
        told = re.findall(r" (STORE-FAILED|STORE-WORKS)(?: .*n=(\d+))?", self.log())
        self.assertEqual("STORE-WORKS", told[-1][0])
        self.assertEqual(codes.count("storage_full"),
                         sum(int(n or 0) for name, n in told if name == "STORE-WORKS"))
        self.assertEqual(pid, self.region.broker_pid())
        self.assertEqual(2 * (1 + len(frames)), self.rulings())

    def fill(self):
        """Until there is no room for the smallest entry."""
        auditor = self.region.client("auditor")
        self.fault(b"f")
        for _ in range(2000):
            answer = auditor.exchange(auditor.build(sc.AUDIT_READ, sc.wire_pb2.AuditRead(max=1)))
            if answer.code != "ok":
                break
        self.assertEqual("storage_full", answer.code)

    def new_policy(self):
        """The next version of what is in force, signed by enough, in policy_dir."""
        folder = self.region.dir / "candidate"
        shutil.copytree(self.region.broker_dir / "policy", folder)
        parties = folder / "parties.yaml"
        version = self.region.ready()["policy_version"]
        parties.write_text(parties.read_text("utf-8").replace(
            "\nversion: %d\n" % version, "\nversion: %d\n" % (version + 1)), "utf-8")
        for name in ("meldpunt", "politie", "nla", "zorgcoordinator", "veiligthuis", "om",
                     "belastingdienst", "kmar"):
            self.region.command("policy", "sign", folder, party=name)
        shutil.copytree(folder, self.region.broker_dir / "policy", dirs_exist_ok=True)
        return version + 1

    def test_what_a_reload_brings_counts_at_once_or_waits_for_room(self):
        self.assertEqual("ok", self.send(self.frame()).code)
        self.assertTrue(self.desk("politie").receive())
        frame = self.frame()
        bundle = self.send(frame).bundle
        version, pid = self.new_policy(), self.region.broker_pid()
        self.region.command("party", "revoke", self.region.party_dir("politie"), "--ca",
                            self.region.dir / "ca")
        self.fill()
        self.region.hang_up()
        rg.wait_for("RELOAD-WAITS", lambda: self.said("RELOAD-WAITS code=storage_full"))
        # who was revoked is cut off, though nobody can note it; the policy is that of before
        refused = self.ask("politie", "receive", sc.wire_pb2.Receive(), "storage_full")
        self.assertFalse(refused.deliveries)
        for _ in range(3):
            self.assertEqual(bundle, self.send(frame).bundle)
            self.assertEqual("storage_full", self.send(self.frame()).code)
        self.assertFalse(self.said("TRUST-RELOADED"))
        self.assertEqual(version - 1, self.region.ready()["policy_version"])
        self.fault(b"0")
        rg.wait_for("the policy", lambda: self.region.ready()["policy_version"] == version)
        self.ask("politie", "receive", sc.wire_pb2.Receive(), "revoked")
        self.assertNotEqual(bundle, self.send(self.frame()).bundle)
        self.assertEqual(pid, self.region.broker_pid())
        told = [(leaf.kind, leaf.sender_oin) for leaf in self.journal()]
        (oin, _), = self.region.to("politie")
        self.assertEqual(1, told.count((e2e_case.EVENT.Value("EVENT_REVOKED"), oin)))
        log = self.log()
        for line in ("RELOAD-WAITS", "TRUST-RELOADED", "POLICY-IN-FORCE n=%d" % version):
            self.assertEqual(1, log.count(line), line)

    def test_a_failed_sync_ends_the_process_which_starts_with_what_it_promised(self):
        first = self.frame()
        promised = self.send(first).outcomes[0].receipt.index
        self.fault(b"s")
        frame = self.frame()
        with self.assertRaises(sc.NoAnswer):
            self.desk("meldpunt").exchange(frame, 2000)
        self.assertEqual(1, self.ended())
        self.assertTrue(self.said("BROKER-FATAL code=storage_failed"))
        self.assertEqual(1, self.does_not_start())
        self.fault(b"0")
        self.start()
        self.assertEqual(promised, self.send(first).outcomes[0].receipt.index)
        self.assertEqual("ok", self.send(frame).code)
        self.assertEqual(4, self.rulings())

    def test_a_file_system_that_became_read_only(self):
        self.assertEqual("ok", self.send(self.frame()).code)
        self.fault(b"r")
        frame = self.frame()
        with self.assertRaises(sc.NoAnswer):
            self.desk("meldpunt").exchange(frame, 2000)
        self.assertEqual(1, self.ended())
        self.assertEqual(1, self.does_not_start())
        self.fault(b"0")
        self.start()
        self.assertEqual("ok", self.send(frame).code)
        self.assertEqual(4, self.rulings())

    def test_a_start_on_a_full_disk_says_so(self):
        self.region.kill_broker()
        self.fault(b"f")
        self.assertEqual(1, self.does_not_start())
        self.assertTrue(self.said("BROKER-FATAL code=storage_full"))
        self.fault(b"0")
        self.start()
        self.assertEqual("ok", self.send(self.frame()).code)


if __name__ == "__main__":
    unittest.main()
