# SPDX-License-Identifier: EUPL-1.2
"""The keeper: it has the keys, and nothing else; the broker has everything else, and no key.

The memory of both processes is searched for every key of the keys file: what is found in the
keeper and not in the broker shows that the search finds, and that the broker has none.
"""

import json
import os
import pathlib
import re
import signal
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import e2e_case
import memory
import region as rg
import sluis_client

WORDS = ("zorg", "1", "hulpverlening")
SIGNAL = rg.signal_from("05-niece-in-the-household.json").SerializeToString()
SANITIZED = b"__asan_init" in pathlib.Path(rg.binary("sluisd")).read_bytes() or \
    b"__tsan_init" in pathlib.Path(rg.binary("sluisd")).read_bytes()


class Keys:
    """Needles: the bytes of each key and its hex."""

    def __init__(self, path):
        data = json.loads(path.read_text("utf-8"))
        self.curve = [k["secret"] for k in data["curve"]]
        self.kept = {
            "checkpoint": data["checkpoint"][0]["seed"],
            "pseudonym": data["pseudonym"][0]["secret"],
            "master": data["master"][0]["secret"],
            "subject": data["subject"],
        }
        self.coats = {}
        for name, key in self.kept.items():
            self.coats[bytes.fromhex(key)] = (name, "raw")
            self.coats[key.encode()] = (name, "hex")

    def of_the_channel(self):
        found = Keys.__new__(Keys)
        found.coats = {bytes.fromhex(k): ("curve", "raw") for k in self.curve}
        return found


class KeeperCase(e2e_case.RegionCase):
    def setUp(self):
        super().setUp()
        self.keys = Keys(self.region.broker_dir / "broker-keys.json")

    def keeper(self):
        """The process id of the broker's only child."""
        broker = self.region.broker_pid()
        text = pathlib.Path("/proc/%d/task/%d/children" % (broker, broker)).read_text("ascii")
        child, = map(int, text.split())
        return child

    def status(self, pid):
        lines = pathlib.Path("/proc/%d/status" % pid).read_text("utf-8").splitlines()
        return dict(line.split(":\t", 1) for line in lines)

    def submit(self):
        sender = self.desk("meldpunt")
        return sender.exchange(sender.build_submit(
            SIGNAL, *WORDS, self.region.to("zorgcoordinator", "veiligthuis")))

    def log(self):
        return (self.region.broker_dir / "sluisd.log").read_text("utf-8")


class Apart(KeeperCase):
    def work(self):
        """Everything that takes a key: copies, details, pseudonyms, heads, reading again."""
        self.assertEqual("ok", self.submit().code)
        reader = self.desk("zorgcoordinator")
        self.assertTrue(reader.receive(wait_ms=2000))
        self.restart(signal.SIGTERM)    # now what was stored is read
        self.assertEqual("ok", self.submit().code)
        reader = self.desk("zorgcoordinator")
        self.assertTrue(reader.receive(wait_ms=2000))

    @unittest.skipIf(SANITIZED, "a sanitizer has terabytes of addresses, and keeps what was freed")
    def test_no_key_lies_in_the_memory_of_the_broker(self):
        self.work()
        broker, keeper = self.region.broker_pid(), self.keeper()
        if not memory.may_read(broker):
            self.skipTest("reading memory takes root")
        there = {name for name, _, _ in memory.lies_in_memory(keeper, self.keys)}
        self.assertEqual(set(self.keys.kept), there)
        self.assertEqual([], memory.lies_in_memory(broker, self.keys))
        self.assertTrue(memory.lies_in_memory(broker, self.keys.of_the_channel()))

    @unittest.skipIf(SANITIZED, "a sanitizer writes its report to a file")
    def test_it_has_its_lines_and_no_other_file(self):
        self.work()
        keeper = self.keeper()
        files = {os.readlink(p) for p in pathlib.Path("/proc/%d/fd" % keeper).iterdir()}
        self.assertTrue(files)
        self.assertEqual([], [f for f in files if not f.startswith("socket:[")])
        inodes = {f[len("socket:["):-1] for f in files}
        pairs = pathlib.Path("/proc/net/unix").read_text("ascii").splitlines()[1:]
        rows = [row.split() for row in pairs if row.split()[6] in inodes]
        self.assertEqual(len(files), len(rows))
        for row in rows:
            self.assertEqual("0005", row[4])    # SOCK_SEQPACKET
            self.assertEqual(7, len(row))       # without a name: nobody connects to it

    @unittest.skipUnless(rg.has_sandbox(), "this build has no sandbox")
    def test_it_has_given_up_everything_else(self):
        keeper = self.keeper()
        status = self.status(keeper)
        self.assertEqual("2", status["Seccomp"])
        self.assertEqual("1", status["NoNewPrivs"])
        self.assertEqual("1", status["Threads"])
        self.assertEqual(0, int(status["CapEff"], 16))
        limits = pathlib.Path("/proc/%d/limits" % keeper).read_text("ascii")
        self.assertRegex(limits, r"Max core file size +0 +0")
        locked, there = (int(status[name].split()[0]) for name in ("VmLck", "VmRSS"))
        self.assertGreater(locked, 0)
        if re.search(r"Max locked memory +unlimited", limits):  # it could lift its limit
            self.assertGreaterEqual(locked, there)

    def test_the_broker_has_no_file_of_keys_open(self):
        broker = self.region.broker_pid()
        for p in pathlib.Path("/proc/%d/fd" % broker).iterdir():
            self.assertNotIn("keys.json", os.readlink(p))


class Ends(KeeperCase):
    def test_without_keeper_there_is_no_broker(self):
        self.restart(signal.SIGTERM)    # so that it is our child
        self.assertEqual("ok", self.submit().code)
        os.kill(self.keeper(), signal.SIGKILL)
        pid = self.region.broker_pid()
        rg.wait_for("the broker to end", lambda: not rg.is_alive(pid))
        self.assertNotEqual(0, self.region.broker.wait(10))
        self.assertIn("BROKER-FATAL code=crypto_failed", self.log())
        for name in list(self.desks):
            self.away(name)
        self.region.start_broker()
        self.assertEqual("ok", self.submit().code)
        reader = self.desk("zorgcoordinator")
        got = reader.receive(wait_ms=2000)
        self.assertEqual(2, len(got))

    def test_a_keeper_that_hangs_is_not_waited_for(self):
        """Stopped, it holds its lines open: only time tells the broker that it is no use."""
        self.restart(signal.SIGTERM)    # so that it is our child
        self.assertEqual("ok", self.submit().code)
        keeper, pid = self.keeper(), self.region.broker_pid()
        os.kill(keeper, signal.SIGSTOP)
        try:
            self.assertNotEqual("ok", self.submit().code)
        except sluis_client.NoAnswer:
            pass
        rg.wait_for("the broker to end", lambda: not rg.is_alive(pid), 60)
        self.assertNotEqual(0, self.region.broker.wait(10))
        self.assertIn("KEEPER-HANGS n=10", self.log())
        self.assertIn("BROKER-FATAL code=crypto_failed", self.log())
        rg.wait_for("the keeper to end", lambda: not rg.is_alive(keeper))    # stopped as it is
        for name in list(self.desks):
            self.away(name)
        self.region.start_broker()
        reader = self.desk("zorgcoordinator")
        self.assertEqual(1, len(reader.receive(wait_ms=2000)))    # what was acknowledged
        self.assertEqual("ok", self.submit().code)

    def test_without_broker_there_is_no_keeper(self):
        for how in (signal.SIGKILL, signal.SIGTERM):
            keeper = self.keeper()
            self.restart(how)
            rg.wait_for("the keeper to end", lambda k=keeper: not rg.is_alive(k))

    def test_a_keeper_that_was_stopped_ends_with_its_broker(self):
        """However the broker ends: killed, or after it has waited for its keeper."""
        for how in (signal.SIGKILL, signal.SIGTERM):
            keeper = self.keeper()
            os.kill(keeper, signal.SIGSTOP)
            self.restart(how)
            rg.wait_for("the keeper to end", lambda k=keeper: not rg.is_alive(k))
            self.assertNotEqual(keeper, self.keeper())
        self.assertEqual("ok", self.submit().code)

    def test_what_stops_the_broker_does_not_stop_its_keeper(self):
        keeper = self.keeper()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            os.kill(keeper, number)
        self.assertEqual("ok", self.submit().code)
        self.assertEqual(keeper, self.keeper())


class Format1(KeeperCase):
    def as_format_1(self, path):
        data = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps({
            "curve_secret": data["curve"][0]["secret"],
            "checkpoint_seed": data["checkpoint"][0]["seed"],
            "pseudonym_key": data["pseudonym"][0]["secret"],
            "pseudonym_epoch": data["pseudonym"][0]["epoch"],
            "master_key": data["master"][0]["secret"]}), "utf-8")

    def test_a_file_of_format_1_opens_the_state_that_it_is_of(self):
        self.assertEqual("ok", self.submit().code)
        self.as_format_1(self.region.broker_dir / "broker-keys.json")
        self.restart(signal.SIGTERM)
        reader = self.desk("zorgcoordinator")
        self.assertEqual(1, len(reader.receive(wait_ms=2000)))
        self.assertEqual("ok", self.submit().code)


if __name__ == "__main__":
    unittest.main()
