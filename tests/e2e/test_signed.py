# SPDX-License-Identifier: EUPL-1.2
"""Who says so: what a recipient can show of a delivery, now and years later, by itself."""

import json
import pathlib
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import clock
import evil_broker
import region as rg

SIGNED = "not_signed_by_the_sender"


class Signed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.region = rg.Region()
        cls.addClassCleanup(cls.region.__exit__)
        cls.region.up()
        with cls.region.client("meldpunt") as c:
            c.submit(rg.signal_from("08-weekly-registrations.json").SerializeToString(),
                     "riec", "1", "casusoverleg", cls.region.to("belastingdienst"))
        cls.run_as("inbox", "ack", "--all")
        cls.id = cls.run_as("inbox", "list")["deliveries"][0]["id"]

    @classmethod
    def run_as(cls, *words, folder=None):
        status, error, out = cls.ask(*words, folder=folder)
        assert status == 0, error
        return out

    @classmethod
    def ask(cls, *words, folder=None):
        folder = folder or cls.region.party_dir("belastingdienst")
        return evil_broker.Victim(folder).command(*words)

    def text(self, *words, language="en"):
        return self.region.command(
            "--party", self.region.party_dir("belastingdienst"), "--lang", language, *words).stdout

    def copy_of_region(self, name, **changes):
        """The party's folder under another region file, which says CHANGES."""
        region = dict(self.region.region.data, **changes)
        region = {k: v for k, v in region.items() if v is not None}
        (self.region.dir / (name + ".json")).write_text(json.dumps(region), "utf-8")
        folder = self.region.dir / "parties" / name
        if not folder.exists():
            evil_broker.shutil.copytree(self.region.party_dir("belastingdienst"), folder)
        who = json.loads((folder / "party.json").read_text("utf-8"))
        who["region"] = "../../%s.json" % name
        (folder / "party.json").write_text(json.dumps(who), "utf-8")
        return folder

    # --- what is told -----------------------------------------------------------------------

    def test_every_field_is_signed_by_the_sender_or_stated_by_the_broker(self):
        shown = self.run_as("inbox", "show", self.id, "--verify")
        said = {f["path"]: f["said_by"] for f in shown["verified"]["fields"]}
        stated = {s["path"] for s in shown["statements"]}
        self.assertTrue(shown["verified"]["signed"])
        self.assertEqual(stated, {p for p, by in said.items() if by == "broker"})
        self.assertEqual("sender", said["persons[2].family_name"])
        self.assertEqual({"sender", "broker"}, set(said.values()))
        self.assertEqual(["revocation"], shown["verified"]["not_checked"])

    def test_whose_signature_it_is(self):
        shown = self.run_as("inbox", "show", self.id)
        meldpunt = self.region.region.parties["meldpunt"]
        binding = (self.region.party_dir("meldpunt") / "binding.bin").read_bytes()
        by = shown["signature"]
        self.assertEqual((meldpunt["oin"], meldpunt["desk"]), (by["oin"], by["desk"]))
        self.assertEqual(evil_broker.hashlib.sha256(binding).hexdigest(), by["binding"])
        self.assertLess(by["not_before_ms"], by["made_ms"])
        self.assertLess(by["made_ms"], by["not_after_ms"])
        self.assertNotIn("verified", shown)

    @unittest.skipUnless(clock.library(), "no libfaketime here (debian-packages.txt)")
    def test_who_works_on_is_told_in_time_that_keys_and_certificate_end(self):
        made = int(time.time())
        for days, *says in ((0,), (29,), (31, "keys", 28), (59, "keys", 0), (70, "keys", 0),
                            (336, "certificate", 28, "keys")):
            at = clock.Clock(self.region.dir, made + days * 86400)
            for lang, words in (("en", {"keys": "keys of this desk end soon",
                                        "certificate": "certificate of this desk ends soon"}),
                                ("nl", {"keys": "sleutels van dit loket lopen binnenkort af",
                                        "certificate": "certificaat van deze desk loopt"})):
                with self.subTest(days=days, lang=lang):
                    def told(*more):
                        return subprocess.run(
                            [rg.binary("sluis"), "--party", self.region.party_dir("nla"), "--lang",
                             lang, *more, "signal", "list"], env=at.env(), capture_output=True,
                            text=True, timeout=rg.LIMIT_S, check=False).stderr
                    for word, text in words.items():
                        (self.assertIn if word in says else self.assertNotIn)(text, told())
                    if says:
                        self.assertRegex(told(), r": %d\n" % says[1])
                    self.assertNotIn("desk", told("--quiet") + told("--json"))

    def test_in_words_of_both_languages(self):
        english = self.text("inbox", "show", self.id, "--verify")
        self.assertRegex(english, r"persons\[0\]\.bsn .* stated by the broker")
        self.assertRegex(english, r"persons\[2\]\.family_name .* signed by the sender")
        dutch = self.text("inbox", "show", self.id, "--verify", language="nl")
        self.assertRegex(dutch, r"persons\[0\]\.bsn .* gesteld door de broker")
        self.assertRegex(dutch, r"persons\[2\]\.family_name .* ondertekend door de afzender")
        for text in (english, dutch):
            self.assertIn(self.run_as("inbox", "show", self.id)["signature"]["binding"], text)

    # --- alone -----------------------------------------------------------------------------

    def test_a_kept_delivery_is_verified_without_a_broker(self):
        folder = self.copy_of_region("alone", endpoint="tcp://127.0.0.1:9")
        shown = self.run_as("inbox", "show", self.id, "--verify", folder=folder)
        self.assertTrue(shown["verified"]["signed"])

    def test_the_authorities_are_those_that_the_region_file_names(self):
        with rg.Region() as other:
            anchors = (other.dir / "anchors.pem").read_bytes()
        (self.region.dir / "other.pem").write_bytes(anchors)
        folder = self.copy_of_region("elsewhere", anchors="other.pem")
        status, error, _ = self.ask("inbox", "show", self.id, folder=folder)
        self.assertEqual((6, SIGNED, "binding"), (status, error["code"], error["where"]))

    def test_without_authorities_nothing_is_called_signed(self):
        for name, anchors in (("none", None), ("gone", "gone.pem"), ("empty", "empty.pem")):
            (self.region.dir / "empty.pem").write_bytes(b"")
            folder = self.copy_of_region(name, anchors=anchors)
            status, error, _ = self.ask("inbox", "show", self.id, folder=folder)
            self.assertEqual((2, "configuration_refused"), (status, error["code"]), name)

    def test_a_notice_is_called_the_brokers_word(self):
        self.send_feedback()
        notice = next(d for d in self.run_as("inbox", "list", folder=self.meldpunt)["deliveries"]
                      if "notice" in d)
        shown = self.run_as("inbox", "show", notice["id"], "--verify", folder=self.meldpunt)
        self.assertFalse(shown["verified"]["signed"])
        self.assertEqual([], shown["verified"]["fields"])

    def send_feedback(self):
        self.meldpunt = self.region.party_dir("meldpunt")
        self.run_as("feedback", "give", "--delivery", self.id, "--useful", "yes")


if __name__ == "__main__":
    unittest.main(verbosity=2)
