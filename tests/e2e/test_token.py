# SPDX-License-Identifier: EUPL-1.2
"""A region that moves into a PKCS#11 token (SoftHSM): nothing that was shared is lost by it, and
without the token its disk opens nothing."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import e2e_case
import region as rg

WORDS = ("zorg", "1", "hulpverlening")
SIGNAL = rg.signal_from("05-niece-in-the-household.json").SerializeToString()
NOT_THERE = 77
CONFIGURATION_REFUSED, JOURNAL_REFUSED = 2, 6


class Token(e2e_case.RegionCase):
    def setUp(self):
        super().setUp()
        self.softhsm = self.region.dir / "softhsm"
        self.softhsm.mkdir(mode=0o700)
        conf = self.softhsm / "softhsm.conf"
        conf.write_text("directories.tokendir = %s\nobjectstore.backend = file\n"
                        "log.level = ERROR\n" % self.softhsm, "utf-8")
        self.region.environment = {"SOFTHSM2_CONF": str(conf)}
        self.pin = self.softhsm / "pin"
        self.pin.write_text("1234\n", "utf-8")
        self.pin.chmod(0o600)

    @property
    def keys_file(self):
        return self.region.broker_dir / "broker-keys.json"

    def keys(self):
        return json.loads(self.keys_file.read_text("utf-8"))

    def write_keys(self, keys):
        self.keys_file.write_text(json.dumps(keys), "utf-8")

    def fill(self, *keys):
        made = subprocess.run([os.environ["MAKE_TOKEN"], *keys], check=False, timeout=60,
                              env=dict(os.environ, **self.region.environment))
        if made.returncode == NOT_THERE:
            self.skipTest("no SoftHSM here")
        self.assertEqual(0, made.returncode)

    def move_in(self, *more):
        """Key pair and epoch as they are; new roots at rest, beside the master key of before; MORE
        is there besides, for later."""
        keys = self.keys()
        self.fill("pair:heads=" + keys["checkpoint"][0]["seed"],
                  "root:epoch-1=" + keys["pseudonym"][0]["secret"],
                  "root:at-rest=" + os.urandom(32).hex(), *more)
        keys["checkpoint"] = [{"hsm": "heads"}]
        keys["pseudonym"][0] = {"epoch": keys["pseudonym"][0]["epoch"], "state": "current",
                                "hsm": "epoch-1"}
        keys["master"].insert(0, {"id": 2, "hsm": "at-rest"})
        keys["subject"] = keys["repeat"] = {"hsm": "at-rest"}
        self.write_keys(keys)
        self.region.set_option("hsm_module", "/usr/lib/softhsm/libsofthsm2.so")
        self.region.set_option("hsm_token", "sluis")
        self.region.set_option("hsm_pin_file", str(self.pin))

    def submit(self):
        sender = self.desk("meldpunt")
        answer = sender.exchange(sender.build_submit(
            SIGNAL, *WORDS, self.region.to("zorgcoordinator", "veiligthuis")))
        self.assertEqual("ok", answer.code)
        return answer

    def received(self, name):
        """[(copy, pseudonyms)] that waits for NAME."""
        desk = self.desk(name)
        deliveries = desk.receive(wait_ms=2000)
        for d in deliveries:
            desk.verify_evidence(d)
        return [e2e_case.sc.wire_pb2.Copy.FromString(d.copy) for d in deliveries]

    def pseudonyms(self, copy):
        return {s.path: s.value for s in copy.statements if s.value and s.path}

    def log(self):
        return (self.region.broker_dir / "sluisd.log").read_text("utf-8")

    def refuses_to_start(self, why=CONFIGURATION_REFUSED):
        self.region.spawn_broker()
        status = self.region.broker.wait(rg.LIMIT_S)
        self.region.broker = None
        self.assertEqual(why, status, self.log()[-500:])

    def test_what_waited_before_opens_after_and_pseudonyms_stay(self):
        before = self.submit()
        self.region.kill_broker(signal.SIGTERM)
        self.move_in()
        self.region.start_broker()
        self.away("meldpunt")
        after = self.submit()
        self.assertNotEqual(before.request_id, after.request_id)
        first, second = self.received("zorgcoordinator")
        self.assertEqual(self.pseudonyms(first), self.pseudonyms(second))
        self.region.command("audit", "verify", party="auditor")

    def test_the_old_master_key_can_go_and_nothing_is_lost(self):
        self.submit()
        self.region.kill_broker(signal.SIGTERM)
        secret = self.keys()["master"][0]["secret"]
        self.move_in()
        self.region.start_broker()
        rg.wait_for("keys to be wrapped anew", lambda: "MASTER-REWRAPPED" in self.log())
        self.region.kill_broker(signal.SIGTERM)
        self.region.change_keys("--retire", "master")
        for path, data in self.region.files_of_broker().items():
            self.assertNotIn(secret.encode(), data, path)
            self.assertNotIn(bytes.fromhex(secret), data, path)
        self.assertEqual([{"id": 2, "hsm": "at-rest"}], self.keys()["master"])
        self.region.start_broker()
        self.assertEqual(1, len(self.received("zorgcoordinator")))

    def test_its_keys_are_shown_as_before_and_retired_for_one_that_is_trusted(self):
        shown, before = self.shown(), self.keys()["checkpoint"][0]
        self.region.kill_broker(signal.SIGTERM)
        self.move_in("pair:later=" + os.urandom(32).hex())
        self.assertEqual(shown, self.shown())
        self.write_keys(dict(self.keys(), checkpoint=[before, {"hsm": "later"}]))
        later = self.shown()["verifier_next"]
        self.assertEqual(dict(shown, verifier_next=later), self.shown())
        done = self.region.change_keys("--retire", "checkpoint", check=False)
        self.assertIn("trust_file lacks the line: log " + later, done.stderr)
        trust = self.region.dir / "trust"
        trust.write_text(trust.read_text("utf-8").replace("log ", "log %s\nlog " % later, 1))
        self.assertEqual([later], self.region.change_keys("--retire", "checkpoint"))
        self.region.start_broker()
        self.assertEqual(later, self.region.ready()["verifier"])

    def shown(self):
        done = subprocess.run(
            [rg.binary("sluisd"), "-c", str(self.region.broker_dir / "sluisd.yaml"), "--show-keys"],
            env=dict(os.environ, **self.region.environment), text=True, capture_output=True,
            check=False, timeout=rg.LIMIT_S)
        self.assertEqual(0, done.returncode, done.stderr)
        return json.loads(done.stdout)

    def test_without_its_token_it_does_not_start_and_with_it_again_it_does(self):
        self.region.kill_broker(signal.SIGTERM)
        self.move_in()
        self.region.start_broker()
        self.submit()
        self.region.kill_broker(signal.SIGTERM)
        away = self.softhsm.with_name("away")
        self.softhsm.rename(away)
        self.refuses_to_start()
        away.rename(self.softhsm)
        self.pin.write_text("4321\n", "utf-8")
        self.refuses_to_start()
        self.pin.write_text("1234\n", "utf-8")
        self.region.start_broker()
        self.assertEqual(1, len(self.received("zorgcoordinator")))

    def test_under_another_root_nothing_is_begun(self):
        self.region.kill_broker(signal.SIGTERM)
        self.move_in()
        keys = self.keys()
        keys["master"] = keys["master"][:1]
        self.write_keys(keys)
        self.region.start_broker()
        self.submit()
        self.region.kill_broker(signal.SIGTERM)
        right, keys["master"] = keys["master"], [{"id": 2, "secret": os.urandom(32).hex()}]
        self.write_keys(keys)
        self.refuses_to_start(JOURNAL_REFUSED)
        keys["master"] = right
        self.write_keys(keys)
        self.region.start_broker()
        self.assertEqual(1, len(self.received("zorgcoordinator")))


if __name__ == "__main__":
    unittest.main()
