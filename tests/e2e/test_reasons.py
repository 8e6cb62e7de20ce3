# SPDX-License-Identifier: EUPL-1.2
"""An administrator's mistake is answered with the file, what is wrong with it and a stable code.

Each mistake is made by itself, in a copy of a sound sluisd.yaml; what the log says has to name the
place that is wrong, and no other.
"""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import e2e_case
import region as rg
import yaml


class Reasons(e2e_case.RegionCase):
    def setUp(self):
        super().setUp()
        self.dir = self.region.broker_dir
        self.sound = yaml.safe_load((self.dir / "sluisd.yaml").read_text("utf-8"))

    def sluisd(self, *options, status=2, config="x.yaml"):
        done = subprocess.run(
            [rg.binary("sluisd"), "-c", str(self.dir / config), *map(str, options)],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
            timeout=rg.LIMIT_S)
        self.assertEqual(status, done.returncode, done.stdout + done.stderr)
        return done.stderr

    def wrong(self, **changes):
        settings = {k: v for k, v in dict(self.sound, **changes).items() if v is not None}
        (self.dir / "x.yaml").write_text(yaml.safe_dump(settings, sort_keys=False), "utf-8")

    def checked(self, **changes):
        self.wrong(**changes)
        return self.sluisd("-t")

    def started(self, status=2, **changes):
        self.wrong(**changes)
        return self.sluisd(status=status)

    def test_a_file_that_is_not_there_is_the_one_that_is_named(self):
        for key, code in (("crl_file", "no_revocation_list"), ("anchors_file", "not_found"),
                          ("keys_file", "not_found")):
            said = self.checked(**{key: "nothing-here"})
            self.assertRegex(said, "CONFIG-REFUSED code=%s detail=%s/nothing-here: it is not there"
                             % (code, self.dir), key)
        self.assertRegex(self.sluisd("-t", config="none.yaml"), "none.yaml: it is not there")

    def test_a_file_of_another_kind_is_the_one_that_is_named(self):
        (self.dir / "text").write_text("text\n", "utf-8")
        os.chmod(self.dir / "text", 0o600)
        for key, id_, what in (
                ("anchors_file", "CONFIG-REFUSED", "no list of CA certificates"),
                ("crl_file", "CONFIG-REFUSED", "no revocation list"),
                ("keys_file", "CONFIG-REFUSED", "no keys file"),
                ("trust_file", "WITNESSES-REFUSED", "a line begins with log")):
            said = self.checked(**{key: "text"})
            self.assertRegex(said, r"%s code=\S+ detail=%s/text:.*%s" % (id_, self.dir, what))

    def test_keys_that_others_may_read_are_not_read(self):
        os.chmod(self.dir / "broker-keys.json", 0o640)
        self.assertRegex(self.checked(), r"broker-keys.json: others may use it \(mode 0640\)")

    def test_a_trust_file_of_another_journal_is_refused_before_a_start(self):
        self.wrong(keys_file="other.json")
        self.sluisd("--generate-keys", status=0)
        said = self.sluisd("-t")
        self.assertIn("trust: names other logs than this one", said)

    def test_a_list_that_ended_is_said(self):
        clock = shutil.which("faketime")
        if clock is None or rg.is_sanitized():
            self.skipTest("needs faketime")
        done = subprocess.run(
            [clock, "+400 days", rg.binary("sluisd"), "-c", str(self.dir / "sluisd.yaml"), "-t"],
            capture_output=True, text=True, check=False)
        self.assertIn("CRL-EXPIRES", done.stderr)
        self.assertRegex(done.stderr, "LIST-ENDS detail=%s: /" % self.place("crl_file"))
        self.assertNotIn("ANCHOR-ENDS", done.stderr)
        self.assertEqual("", self.sluisd("-t", status=0, config="sluisd.yaml"))

    def place(self, key):
        return os.path.join(self.dir, self.sound[key])

    def test_an_authority_that_ends_is_said_too(self):
        clock = shutil.which("faketime")
        if clock is None or rg.is_sanitized():
            self.skipTest("needs faketime")
        for days, told in ((3621, ""), (3645, "n=7 "), (4000, "")):
            done = subprocess.run(
                [clock, "+%d days" % days, rg.binary("sluisd"), "-c",
                 str(self.dir / "sluisd.yaml"), "-t"], capture_output=True, text=True, check=False)
            line = "ANCHOR-ENDS %sdetail=%s: /" % (told, self.place("anchors_file"))
            if days == 3621:                    # 31 days before: of it nothing yet
                self.assertNotIn("ANCHOR-ENDS", done.stderr)
            else:
                self.assertIn(line, done.stderr)

    def test_a_folder_that_is_not_there_is_named(self):
        # by the sandbox, or by who would write there if this build has none
        self.assertRegex(self.started(status=1, state_dir="no/state"),
                         "(CONFIG-REFUSED|STORAGE-FAILED) code=storage_failed "
                         "detail=%s/no/state: No such file" % self.dir)
        self.assertIn("%s/no/m: No such file" % self.dir, self.started(metrics_socket="no/m"))
        if "SANDBOX-WEAK detail=not in this build" not in self.log():
            self.assertRegex(self.started(state_dir="other", ready_file="no/ready.json"),
                             "CONFIG-REFUSED .*/no: the configuration names this folder")

    def log(self):
        return (self.dir / "sluisd.log").read_text("utf-8")

    def test_an_endpoint_that_is_taken_is_named(self):
        taken = self.region.ready()["audit"]
        said = self.started(status=1, state_dir="other", endpoint_audit=taken, trust_file=None,
                            published_file="other-head", ready_file=None)
        self.assertIn("CONFIG-REFUSED code=configuration_refused detail=%s: Address already in use"
                      % taken, said)
        self.assertIn("BROKER-FATAL code=socket_failed detail=the endpoints", said)

    def test_a_policy_that_too_few_signed_ends_for_good(self):
        shutil.copytree(self.dir / "policy", self.dir / "unsigned")
        shutil.rmtree(self.dir / "unsigned" / "signatures")
        said = self.started(state_dir="other", policy_dir="unsigned", trust_file=None,
                            published_file="other-head", ready_file=None)
        self.assertRegex(said, "POLICY-REFUSED code=policy_not_approved detail=.*/unsigned: too few "
                               "signed it: sluis policy signatures")

    def test_a_backup_that_other_keys_are_needed_for_says_so(self):
        desk = self.desk("meldpunt")
        desk.submit(rg.signal_from("02-barn-at-the-nursery.json").SerializeToString(),
                    "riec", "1", "casusoverleg", self.region.to("om"))
        self.wrong()
        self.sluisd("--backup", self.dir / "b", status=0)
        self.assertEqual("", self.sluisd("--check-backup", self.dir / "b", status=0))
        self.sluisd("--rotate", "master", status=0)
        self.restart()
        rg.wait_for("the new key", lambda: "MASTER-REWRAPPED" in self.log())
        self.region.kill_broker(signal.SIGTERM)
        self.sluisd("--retire", "master", status=0)
        self.assertRegex(self.sluisd("--check-backup", self.dir / "b", status=0),
                         "KEYS-UNREADABLE code=crypto_failed n=[0-9]+ detail=.*broker-keys.json: "
                         "lacks their master key")
        self.region.start_broker()

    def test_a_second_daemon_is_told_so_and_takes_nothing(self):
        self.region.set_option("metrics_socket", "m")
        self.restart()
        self.sound = yaml.safe_load((self.dir / "sluisd.yaml").read_text("utf-8"))
        self.assertRegex(self.started(), "m: metrics_socket: somebody serves it")
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(rg.LIMIT_S)
            s.connect(str(self.dir / "m"))
            self.assertIn(b"sluis_health", s.recv(65536))
        said = self.started(metrics_socket=None)
        self.assertIn("STORAGE-FAILED code=configuration_refused detail=%s/state: another sluisd "
                      "has it open" % self.dir, said)
        self.region.kill_broker()               # its socket stays, and is nobody's
        self.region.start_broker()

    def test_a_state_of_a_newer_sluisd_is_named_as_such(self):
        self.region.kill_broker(signal.SIGTERM)
        import sqlite3                          # pylint: disable=import-outside-toplevel
        with sqlite3.connect(self.dir / "state" / "keys.db") as db:
            db.execute("PRAGMA user_version = 999")
        self.assertRegex(self.started(), "STORAGE-FAILED .*/keys.db: a newer sluisd made it")

    def test_a_published_head_that_was_lost_is_missed(self):
        self.region.kill_broker(signal.SIGTERM)
        (self.dir / "published-head").unlink(missing_ok=True)
        self.region.start_broker()
        self.assertRegex(self.log(), "PUBLISHED-MISSING n=[0-9]+ detail=.*/published-head")

    def test_a_reload_says_what_it_does_not_read(self):
        os.kill(self.region.broker_pid(), signal.SIGHUP)
        rg.wait_for("the reload", lambda: "TRUST-RELOADED" in self.log())
        self.assertIn("RELOADING detail=sluisd.yaml and keys_file are read at a start only",
                      self.log())
        crl = (self.dir / self.sound["crl_file"]).resolve()
        crl.rename(crl.with_name("away"))
        os.kill(self.region.broker_pid(), signal.SIGHUP)
        rg.wait_for("the refusal", lambda: "TRUST-KEPT" in self.log())
        self.assertRegex(self.log(), "TRUST-KEPT code=no_revocation_list detail=.*: it is not there")

    def test_a_backup_that_does_not_come_says_why(self):
        self.wrong()
        backup = self.dir / "b"
        self.sluisd("--backup", backup, status=0)
        self.assertIn("%s: it is there; name a new folder" % backup,
                      self.sluisd("--backup", backup))
        self.assertIn("/no/b: No such file or directory",
                      self.sluisd("--backup", self.dir / "no" / "b", status=1))
        self.assertIn("state: a state is there; move it away", self.sluisd("--restore", backup))
        self.assertIn("no backup.json is in it", self.sluisd("--check-backup", self.dir / "state"))
        self.wrong(state_dir="none")
        self.assertIn("none: no state is there", self.sluisd("--backup", self.dir / "b2"))
        self.wrong(origin="sluis.example/elsewhere")
        self.assertIn("and this is sluis.example/elsewhere",
                      self.sluisd("--check-backup", backup))
        self.wrong()
        (backup / "keys.db").rename(backup / "keys.away")
        self.assertIn("keys.db: lacks in the backup", self.sluisd("--check-backup", backup))
        (backup / "keys.away").rename(backup / "keys.db")
        with open(backup / "sluis.db", "r+b") as f:
            f.truncate(4096)
        self.assertIn("sluis.db: not as backup.json says", self.sluisd(
            "--check-backup", backup, status=6))
        (backup / "backup.json").write_text("{", "utf-8")
        self.assertIn("backup.json is damaged", self.sluisd("--check-backup", backup))


if __name__ == "__main__":
    unittest.main()
