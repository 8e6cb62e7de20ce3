# SPDX-License-Identifier: EUPL-1.2
"""What somebody who steers a running sluisd can do: tried from inside it (tests/support/probe.c).

The layout is that of dist/sluisd.yaml, beneath the region's folder.  The tests run as root, for whom
no permission of a file stands in the way: what is refused is refused by the sandbox.
"""

import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import e2e_case
import region as rg
import yaml

PROBE = os.environ.get("PROBE")
WORDS = ("zorg", "1", "hulpverlening")
SIGNAL = rg.signal_from("05-niece-in-the-household.json").SerializeToString()
KILLED_BY_THE_FILTER = -signal.SIGSYS


class Laid(e2e_case.RegionCase):
    """A region whose broker stands as dist/sluisd.yaml says."""

    def setUp(self):
        super().setUp()
        self.region.kill_broker(signal.SIGTERM)
        self.root = self.region.dir / "root"
        self.config = self.region.broker_dir / "sluisd.yaml"
        self.lay_out()

    def lay_out(self):
        text = (rg.ROOT / "dist" / "sluisd.yaml").read_text("utf-8")
        settings = yaml.safe_load(text.replace(" /", " %s/" % self.root))
        old = yaml.safe_load(self.config.read_text("utf-8"))
        for key in ("origin", "endpoint_agency", "endpoint_audit", "endpoint_enrol", "limits"):
            settings[key] = old[key]
        for key in ("state_dir", "published_file", "ready_file", "policy_dir", "anchors_file",
                    "crl_file", "trust_file", "keys_file"):
            self.move(old.get(key), pathlib.Path(settings[key]))
        self.config.write_text(yaml.safe_dump(settings), "utf-8")
        self.settings = settings
        # where the harness looks for them when the region ends
        (self.region.broker_dir / "state").symlink_to(settings["state_dir"])

    def move(self, old, new):
        new.parent.mkdir(parents=True, exist_ok=True)
        source = self.region.broker_dir / (old or "published-head")
        if source.is_file() and ".." in source.parts:
            shutil.copy(source, new)    # the authority's own
        elif source.exists():
            shutil.move(source, new)

    def start(self, probes=()):
        """The broker with the probe in it."""
        (self.region.dir / "probes").write_text("\n".join(probes), "utf-8")
        here = self.region.broker_dir / "ready.json"    # where the harness looks for it
        here.unlink(missing_ok=True)
        here.symlink_to(self.settings["ready_file"])
        self.log_from = len(self.log())
        with open(self.region.broker_dir / "sluisd.log", "ab") as log:
            self.region.broker = subprocess.Popen(
                [rg.binary("sluisd"), "-c", str(self.config)], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, cwd=str(self.region.broker_dir),
                env=dict(os.environ, LD_PRELOAD=PROBE,
                         PROBE_LIST=str(self.region.dir / "probes")))
        rg.wait_for("the broker to be ready", self.is_ready)
        self.region.adopt_addresses()

    def is_ready(self):
        self.assertIsNone(self.region.broker.poll(), self.log())
        return "BROKER-STARTED" in self.log()[self.log_from:]

    def log(self):
        path = self.region.broker_dir / "sluisd.log"
        return path.read_text("utf-8") if path.exists() else ""

    def probed(self):
        """{what: result} of the probes, tried now."""
        os.kill(self.region.broker.pid, signal.SIGUSR2)
        rg.wait_for("the probes", lambda: "probe end done" in self.log())
        lines = [l[len("probe "):].rsplit(" ", 1) for l in self.log().splitlines()
                 if l.startswith("probe ")]
        return {what: result for what, result in lines if what != "end"}

    def serves(self):
        answer = self.desk("meldpunt").submit(SIGNAL, *WORDS, self.region.to("zorgcoordinator"))
        self.assertEqual("ok", answer.code)


@unittest.skipUnless(PROBE, "needs the probe (PROBE)")
@unittest.skipUnless(rg.has_sandbox(), "this build has no sandbox")
@unittest.skipUnless(os.geteuid() == 0, "needs root, whom no permission of a file stops")
class Inside(Laid):
    def test_files(self):
        s, outside = self.settings, self.region.dir / "outside"
        outside.mkdir()
        (outside / "there").write_text("x", "ascii")
        probes = {
            "make %s/new" % s["state_dir"]: "done",
            "read %s" % s["crl_file"]: "done",
            "read %s/parties.yaml" % s["policy_dir"]: "done",
            "make %s" % (pathlib.Path(s["ready_file"]).parent / "new"): "done",
            "make %s/new" % outside: "EACCES",
            "append %s/there" % outside: "EACCES",
            "read %s/there" % outside: "EACCES",
            "unlink %s/there" % outside: "EACCES",
            "mkdir %s/new" % s["state_dir"]: "EPERM",
            "read %s" % s["keys_file"]: "EACCES",
            "append %s" % s["keys_file"]: "EACCES",
            "append %s" % self.config: "EACCES",
            "append %s" % s["crl_file"]: "EACCES",
            "make %s/new.yaml" % s["policy_dir"]: "EACCES",
            "unlink %s" % s["anchors_file"]: "EACCES",
            "read /etc/passwd": "EACCES",
            "read /proc/self/mem": "EACCES",
            "read /proc/self/environ": "EACCES",
            "make /tmp/sluis-probe": "EACCES",
            "make /dev/shm/sluis-probe": "EACCES",
            "append /dev/null": "EACCES",
        }
        self.start(probes)
        self.assertEqual(probes, self.probed())
        self.serves()

    def test_calls(self):
        probes = {
            "tcp": "done",      # a second door
            "unix": "EPERM", "netlink": "EOPNOTSUPP", "packet": "EPERM", "udp": "EPERM",
            "udp6": "EPERM", "raw": "EPERM", "connect": "EPERM", "fastopen": "EPERM",
            "code": "EPERM", "newcode": "EPERM", "kill": "EPERM",
        }
        self.start(probes)
        self.assertEqual(probes, self.probed())
        self.serves()

    def test_a_program_is_the_end_of_it(self):
        self.start()
        self.serves()
        os.kill(self.region.broker.pid, signal.SIGWINCH)
        self.assertEqual(KILLED_BY_THE_FILTER, self.region.broker.wait(rg.LIMIT_S))
        self.assertNotIn("probe exec", self.log())
        self.region.broker = None

    def test_every_thread_is_inside(self):
        self.start()
        tasks = list(pathlib.Path("/proc/%d/task" % self.region.broker.pid).iterdir())
        self.assertGreater(len(tasks), 1)
        for task in tasks:
            status = dict(line.split(":\t", 1) for line in
                          (task / "status").read_text("utf-8").splitlines() if ":\t" in line)
            self.assertEqual("2", status["Seccomp"].strip(), status["Name"])
            self.assertEqual("1", status["NoNewPrivs"].strip(), status["Name"])
            for which in ("CapEff", "CapPrm", "CapInh", "CapBnd", "CapAmb"):
                self.assertEqual(0, int(status[which], 16), (status["Name"], which))
        limits = pathlib.Path("/proc/%d/limits" % self.region.broker.pid).read_text("utf-8")
        core = next(l for l in limits.splitlines() if l.startswith("Max core file size"))
        self.assertEqual(["0", "0"], core.split()[4:6])

    def test_what_it_has_to_do_goes_on(self):
        """A reload with new lists, a new policy in the old one's place, a backup, an end."""
        self.start()
        self.serves()
        before = self.log()
        fresh = self.region.dir / "ca" / "crl.pem"
        self.region.command("party", "revoke", self.region.party_dir("kmar"), "--ca",
                            self.region.dir / "ca")
        new = pathlib.Path(self.settings["crl_file"]).with_suffix(".new")
        shutil.copy(fresh, new)
        new.replace(self.settings["crl_file"])
        policy = pathlib.Path(self.settings["policy_dir"])
        shutil.copytree(policy, policy.with_name("next"))
        policy.rename(policy.with_name("former"))
        policy.with_name("next").rename(policy)
        looks = self.region.ready()["policy_looks"]
        self.region.hang_up()
        rg.wait_for("the reload", lambda: self.region.ready()["policy_looks"] > looks)
        self.assertIn("TRUST-RELOADED", self.log()[len(before):])
        self.assertEqual("ok", self.region.ready()["policy_refused"])
        done = subprocess.run(
            [rg.binary("sluisd"), "-c", str(self.config), "--backup",
             str(self.region.dir / "backup")], capture_output=True, text=True, check=False)
        self.assertEqual(0, done.returncode, done.stderr)
        self.serves()
        self.region.broker.terminate()
        self.assertEqual(0, self.region.broker.wait(rg.LIMIT_S))
        self.region.broker = None
        self.assertTrue(pathlib.Path(self.settings["published_file"]).is_file())

    def test_the_log_says_what_holds(self):
        self.start()
        self.assertRegex(self.log(), r"SANDBOX detail=calls filtered, files confined")
        self.assertNotIn("SANDBOX-WEAK", self.log()[self.log_from:])
        self.region.kill_broker(signal.SIGTERM)
        settings = dict(self.settings, sandbox="off")
        self.config.write_text(yaml.safe_dump(settings), "utf-8")
        self.start(["read /etc/passwd"])
        self.assertIn("SANDBOX-WEAK detail=switched off", self.log()[self.log_from:])
        self.assertEqual({"read /etc/passwd": "done"}, self.probed())   # the probe does try


@unittest.skipUnless(PROBE, "needs the probe (PROBE)")
@unittest.skipUnless(os.geteuid() == 0, "needs root, to be somebody else")
class Somebody(Laid):
    USER = "nobody"

    def test_root_becomes_the_user_for_good(self):
        who = pwd.getpwnam(self.USER)
        os.chmod(self.region.dir, 0o755)
        os.chmod(self.region.broker_dir, 0o755)
        keys = pathlib.Path(self.settings["keys_file"])
        for path in [self.root, *self.root.rglob("*")]:
            if path not in (keys, keys.parent):
                os.chown(path, who.pw_uid, who.pw_gid)
        self.config.write_text(yaml.safe_dump(dict(self.settings, user=self.USER)), "utf-8")
        self.start()
        self.serves()
        status = pathlib.Path("/proc/%d/status" % self.region.broker.pid).read_text("utf-8")
        fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        self.assertEqual([str(who.pw_uid)] * 4, fields["Uid"].split())
        self.assertEqual([str(who.pw_gid)] * 4, fields["Gid"].split())
        self.assertNotIn("0", fields["Groups"].split())
        made = pathlib.Path(self.settings["state_dir"]) / "sluis.db-wal"
        self.assertEqual(who.pw_uid, made.stat().st_uid)

    def test_who_cannot_be_become_is_refused(self):
        for user in ("root", "no-such-user-here"):
            self.config.write_text(yaml.safe_dump(dict(self.settings, user=user)), "utf-8")
            done = subprocess.run([rg.binary("sluisd"), "-c", str(self.config)], check=False,
                                  capture_output=True, text=True, timeout=rg.LIMIT_S)
            self.assertEqual(2, done.returncode)
            self.assertIn("user: cannot become '%s'" % user, done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
