# SPDX-License-Identifier: EUPL-1.2
"""Witnesses, rollback and forks, with real processes: a broker that forgot what it signed, or
tells two histories, is found by whoever comes next; nothing waits for a witness."""

import json
import pathlib
import shutil
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import e2e_case
import region as rg
import yaml

SEND = ("signal", "send", rg.SIGNALS / "05-niece-in-the-household.json", "--convenant", "zorg",
        "--phase", "1", "--purpose", "hulpverlening", "--to", "veiligthuis", "--no-preview")


class Case(e2e_case.RegionCase):
    SETTINGS = {"witness_s": 1}

    def sluis(self, name, *words, status=0):
        """What `sluis WORDS` of NAME printed; it ended with STATUS."""
        done = self.region.command(*words, party=name, check=False)
        self.assertEqual(status, done.returncode, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def gossip(self, name, *words):
        return json.loads(self.region.command(
            "--json", "audit", "gossip", *words, party=name, check=False).stdout)

    def cosigning(self, name):
        """The heads that NAME finds after it has been there."""
        self.sluis(name, "signal", "list")
        return self.gossip(name)["heads"]

    def log(self):
        return (self.region.broker_dir / "sluisd.log").read_text("utf-8")

    @property
    def state(self):
        return self.region.broker_dir / "state"

    @property
    def published(self):
        return self.region.broker_dir / "published-head"

    def stop(self):
        self.region.kill_broker(signal.SIGTERM)

    def end_of_broker(self, *more):
        """The exit status of a broker that does not come up."""
        return subprocess.run(
            [rg.binary("sluisd"), "-c", str(self.region.broker_dir / "sluisd.yaml"), *more],
            stdin=subprocess.DEVNULL, capture_output=True, check=False,
            timeout=rg.LIMIT_S).returncode

    def back_up(self):
        """The state as it is now, apart; the broker goes on."""
        self.stop()
        self.backup = self.region.dir / "backup"
        shutil.copytree(self.state, self.backup)
        self.region.start_broker()

    def restore(self):
        self.stop()
        shutil.rmtree(self.state)
        shutil.copytree(self.backup, self.state)

    def lost_size(self):
        return int(self.published.read_text("utf-8").split("\n")[1])


class Quorum(Case):
    def test_parties_make_a_quorum_by_being_there(self):
        found = self.gossip("meldpunt")
        self.assertTrue(found["one_history"])
        self.assertFalse(any(h["quorum"] for h in found["heads"]))
        self.assertIn("not yet witnessed", self.sluis("meldpunt", "audit", "gossip"))
        self.sluis("meldpunt", *SEND)                  # served as with a quorum
        for name in ("politie", "nla", "zorgcoordinator", "om", "auditor", "kmar"):
            words = ("audit", "verify") if name == "auditor" else ("signal", "list")
            self.sluis(name, *words)
        rg.wait_for("the quorum", lambda: "WITNESSED" in self.log())
        best = [h for h in self.gossip("opvang")["heads"] if h["quorum"]][-1]
        self.assertGreaterEqual(len(best["cosigned"]), 6)
        self.assertIn("meldpunt", best["cosigned"])
        self.assertNotIn("opvang", best["cosigned"])
        self.assertIn("witnessed up to", self.sluis("opvang", "audit", "gossip"))

    def test_a_desk_that_the_trust_file_does_not_name_is_no_witness(self):
        self.sluis("analist", "signal", "list")
        self.assertFalse((self.region.party_dir("analist") / "witnessed").exists())

    def test_who_cosigned_does_not_sign_the_same_head_again(self):
        path = self.region.party_dir("politie") / "witnessed"
        self.sluis("politie", "signal", "list")
        first = path.read_bytes()
        self.sluis("politie", "signal", "list")
        self.assertEqual(first, path.read_bytes())

    def test_a_folder_of_before_gets_its_key_when_it_is_needed(self):
        folder = self.region.party_dir("om")
        (folder / "witness.json").unlink()
        self.sluis("om", "signal", "list")             # another key: no witness
        self.assertFalse((folder / "witnessed").exists())
        shown = json.loads(self.sluis("om", "--json", "key", "show"))["witness"]
        self.assertTrue(shown.startswith(self.region.region.origin + "/witness/om+"))
        trust = self.region.dir / "trust"
        trust.write_text("".join(
            "witness om %s\n" % shown if line.startswith("witness om ") else line
            for line in trust.read_text("utf-8").splitlines(True)), "utf-8")
        self.region.hang_up()
        rg.wait_for("the new witness", lambda: any(
            "om" in h["cosigned"] for h in self.cosigning("om")
            if h["where"].startswith("the broker")))
        self.assertTrue((folder / "witnessed").exists())
        self.assertEqual(0o600, (folder / "witness.json").stat().st_mode & 0o777)

    def test_a_rotation_leaves_the_witness_key_alone(self):
        path = self.region.party_dir("nla") / "witness.json"
        before = path.read_bytes()
        self.sluis("nla", "key", "rotate")
        self.assertEqual(before, path.read_bytes())

    def test_a_damaged_trust_file_holds_up_nothing(self):
        (self.region.dir / "trust").write_text("witness\n", "utf-8")
        self.sluis("meldpunt", *SEND)
        self.sluis("meldpunt", "audit", "gossip", status=2)


class Rollback(Case):
    def grow_and_restore(self):
        self.back_up()
        self.sluis("meldpunt", *SEND)
        self.restore()

    def test_a_restored_state_does_not_start(self):
        self.grow_and_restore()
        size = self.lost_size()
        self.assertEqual(6, self.end_of_broker())
        self.assertEqual(2, self.end_of_broker("--accept-gap", str(size - 1)))
        self.assertEqual(2, self.end_of_broker("--accept-gap", "many"))
        self.assertEqual(2, self.end_of_broker("--accept-gap", str(size), "-t"))
        self.assertEqual(6, self.end_of_broker())

    def test_a_named_gap_is_journalled_and_taken_by_each_on_purpose(self):
        self.grow_and_restore()
        size = self.lost_size()
        self.accept(size)
        leaf, = [x for x in self.journal() if x.kind == e2e_case.EVENT.Value("EVENT_RESTORED")]
        self.assertEqual(size, leaf.refers_to + leaf.count)
        # who saw the lost head is stopped, and shown both
        self.assertIn("history_forked", self.sluis("meldpunt", *SEND, status=6))
        text = self.sluis("meldpunt", "audit", "gossip", status=6)
        self.assertIn("TWO HISTORIES", text)
        self.assertIn("%d are missing" % leaf.count, text)
        self.assertIn("share the first %d\n" % leaf.refers_to, text)
        self.assertEqual(leaf.refers_to, self.gossip("meldpunt")["agree_up_to"])
        notes = list((self.region.party_dir("meldpunt") / "forks").iterdir())
        self.assertGreaterEqual(len(notes), 2)
        self.assertIn("gossip --accept", text)
        text = self.sluis("meldpunt", "audit", "gossip", "--accept")
        self.assertIn("accepted", text)
        self.assertNotIn("gossip --accept", text, "it was done just now")
        self.sluis("meldpunt", *SEND)
        self.assertTrue(self.gossip("meldpunt")["one_history"])
        # who did not see it never notices, and has nothing to accept
        self.sluis("comensha", "signal", "list")
        text = self.sluis("comensha", "audit", "gossip", "--accept")
        self.assertIn("one history", text)
        self.assertIn("nothing to accept", text)
        self.assertIs(False, self.gossip("comensha", "--accept")["accepted"])
        # accepted once is enough for the next start
        self.stop()
        self.region.start_broker()

    def accept(self, size):
        spawn = self.region.spawn_broker
        config = self.region.broker_dir / "sluisd.yaml"
        with open(self.region.broker_dir / "sluisd.log", "ab") as log:
            self.region.spawn_broker = lambda: setattr(self.region, "broker", subprocess.Popen(
                [rg.binary("sluisd"), "-c", str(config), "--accept-gap", str(size)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                cwd=str(self.region.broker_dir)))
            self.region.start_broker()
        self.region.spawn_broker = spawn

    def test_without_that_memory_the_next_client_finds_it(self):
        self.grow_and_restore()
        self.published.unlink()
        self.region.start_broker()
        self.assertIn("history_forked", self.sluis("meldpunt", *SEND, status=6))
        self.assertIn("STATE-OLDER-THAN-PUBLISHED", self.log())
        # nobody is served any more, and nothing is written
        before = self.sql("SELECT count(*) FROM leaf")
        self.assertIn("state_older_than_published",
                      self.sluis("politie", "signal", "list", status=6))
        self.assertEqual(before, self.sql("SELECT count(*) FROM leaf"))
        found = self.gossip("meldpunt")
        self.assertFalse(found["one_history"])
        self.sluis("meldpunt", "audit", "gossip", "--accept", status=6)
        # and the next start knows it too
        self.stop()
        self.assertEqual(6, self.end_of_broker())


class Fork(Case):
    def test_two_brokers_of_one_backup_are_found_by_who_saw_both(self):
        self.back_up()
        for name in ("meldpunt", "politie", "nla"):
            self.sluis(name, "signal", "list")
        self.sluis("meldpunt", *SEND)                  # here the one history goes on
        one = (self.region.party_dir("meldpunt") / "checkpoint").read_bytes()
        saved = self.region.dir / "one.checkpoint"
        saved.write_bytes(one)
        self.restore()                                 # and there the other
        self.published.unlink()
        self.region.start_broker()
        # who was never there before sees nothing wrong
        self.sluis("comensha", "signal", "list")
        # until others show what they saw
        text = self.sluis("comensha", "audit", "gossip", "--with", saved, status=6)
        self.assertIn("TWO HISTORIES", text)
        self.assertIn("one.checkpoint", text)
        found = self.gossip("comensha", "--with", saved)
        self.assertLessEqual(found["differ_by"], int(one.split(b"\n")[1]))
        self.assertNotIn("agree_up_to", found, "what both share, neither can tell")
        self.assertEqual(["other"], [h["history"] for h in found["heads"]
                                     if h["where"] == str(saved)])
        self.assertIn("history_forked", self.sluis("meldpunt", "signal", "list", status=6))

    def test_a_head_of_another_region_is_no_gossip(self):
        note = self.region.dir / "note"
        note.write_text("sluis.example/rivierenland\n5\n%s=\n\n\u2014 x AAAAAAA=\n" % ("A" * 43),
                        "utf-8")
        self.sluis("meldpunt", "audit", "gossip", "--with", note, status=6)
        self.sluis("meldpunt", "audit", "gossip", "--with", self.region.dir / "none", status=5)

    def test_a_head_with_one_bit_changed_is_no_gossip(self):
        self.sluis("politie", "signal", "list")
        note = self.region.dir / "note"
        data = bytearray((self.region.party_dir("politie") / "checkpoint").read_bytes())
        data[len("sluis.example/rivierenland\n")] ^= 1
        note.write_bytes(data)
        self.sluis("meldpunt", "audit", "gossip", "--with", note, status=6)

    def test_heads_of_other_parties_are_one_history(self):
        for name in ("politie", "nla"):
            self.sluis(name, "signal", "list")
        self.sluis("meldpunt", *SEND)
        found = self.gossip("om", "--with", self.region.party_dir("politie"),
                            self.region.party_dir("nla"), self.region.party_dir("meldpunt"))
        self.assertTrue(found["one_history"])
        self.assertGreater(len(found["heads"]), 5)


class Region(Case):
    def test_a_region_without_witnesses_is_served_and_says_so(self):
        path = self.region.broker_dir / "sluisd.yaml"
        settings = yaml.safe_load(path.read_text("utf-8"))
        del settings["trust_file"]
        path.write_text(yaml.safe_dump(settings), "utf-8")
        data = json.loads((self.region.dir / "region.json").read_text("utf-8"))
        del data["trust"]
        (self.region.dir / "region.json").write_text(json.dumps(data), "utf-8")
        self.region.read()
        self.stop()
        self.region.start_broker()
        self.sluis("meldpunt", *SEND)
        self.assertIn("no witnesses", self.sluis("meldpunt", "audit", "gossip"))
        self.assertFalse((self.region.party_dir("meldpunt") / "witnessed").exists())
        # its memory of what was published is there all the same
        self.stop()
        self.assertTrue(self.published.exists())


if __name__ == "__main__":
    unittest.main()
