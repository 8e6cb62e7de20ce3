# SPDX-License-Identifier: EUPL-1.2
"""Hostile, broken and greedy peers: whatever they do, others keep their service, the memory of the
broker stays bounded, and what was refused is counted without filling a disk.

Each attack runs for SLUIS_TEST_PEERS_S seconds (a short while in a check, long under the soak label)
while an honest desk sends and another receives; afterwards every signal of the honest one is
there, exactly once.  What was held is printed.
"""

import os
import pathlib
import random
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest

import zmq

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import e2e_case
import large
import region as rg
import sluis_client as sc

SECONDS = float(os.environ.get("SLUIS_TEST_PEERS_S", "1"))
SIGNAL = rg.signal_from("02-barn-at-the-nursery.json").SerializeToString()
WORDS = ("riec", "1", "casusoverleg")
REST_KIB = 64 * 1024        # of a broker that has nothing to do
GROWTH_KIB = 32 * 1024      # of a broker that holds all its queues full
CONNECTIONS = 2000
TAKES_NOTHING = {"rcvhwm": 1, "rcvbuf": 4096}     # of what it is sent, but the first
FRAME_MAX = 96 * 1024       # the largest that is read at all

HALF_OPEN = 50
MUTE = """
import sys
sys.path.insert(0, sys.argv[1])
import sluis_client as sc
region, party = sc.Region.read(sys.argv[2]), sc.Party.read(sys.argv[3])
held = [sc.Client(region, party) for _ in range(int(sys.argv[4]))]
for c in held:
    c.sent(1)
print("all are served", flush=True)
sys.stdin.read()
"""

# strangers that send more than is read, and are pinged and ping meanwhile
FLOOD = """
import os, sys
import zmq
context, held = zmq.Context(), []
for _ in range(60):
    s = context.socket(zmq.DEALER)
    s.curve_publickey, s.curve_secretkey = zmq.curve_keypair()
    s.curve_serverkey = sys.argv[2].encode()
    s.rcvhwm, s.rcvbuf, s.heartbeat_ivl = 1, 4096, 20
    s.connect(sys.argv[1])
    held.append(s)
while True:
    for s in held:
        try:
            for _ in range(50):
                s.send(bytes(100), zmq.DONTWAIT)
        except zmq.Again:
            pass
"""


def address(region):
    host, port = region.region.endpoint[len("tcp://"):].rsplit(":", 1)
    return host, int(port)


class Attack:
    """BODY(stop) in N threads, until it ends; what it raises fails the test."""

    def __init__(self, body, n=1):
        self.stop, self.failures = threading.Event(), []
        self.threads = [threading.Thread(target=self.run, args=(body,), daemon=True)
                        for _ in range(n)]

    def run(self, body):
        try:
            body(self.stop)
        except Exception as e:  # pylint: disable=broad-except
            self.failures.append(repr(e))

    def __enter__(self):
        for t in self.threads:
            t.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for t in self.threads:
            t.join(rg.LIMIT_S)


class Attacked(e2e_case.RegionCase):
    COPIED = True

    def setUp(self):
        super().setUp()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        self.pid = self.region.broker_pid()
        self.tried = 0
        self.honest()                           # warm
        self.rest_kib = rg.resident_kib(self.pid)
        if not rg.is_sanitized():
            self.assertLess(self.rest_kib, REST_KIB)
        self.entries = self.journal_size()

    def journal_size(self):
        return self.desk("om").prove_inclusion(0)[1].size

    def log_bytes(self):
        return (self.region.broker_dir / "sluisd.log").stat().st_size

    def honest(self):
        """One signal, sent, fetched and acknowledged."""
        answer = self.desk("meldpunt").submit(SIGNAL, *WORDS, self.region.to("om"))
        self.assertEqual("ok", answer.code)
        c = self.desk("om")
        got = c.receive(wait_ms=5000)
        self.assertEqual(1, len(got))
        c.acknowledge([d.delivery_id for d in got])

    def under(self, body, n=1, seconds=None, limit_kib=GROWTH_KIB):
        """Serve an honest pair while BODY runs in N threads, and look at what it cost."""
        served, peak = 0, 0
        with Attack(body, n) as attack:
            until = time.monotonic() + (seconds or SECONDS)
            while time.monotonic() < until or served < 3:
                self.honest()
                served += 1
                peak = max(peak, rg.resident_kib(self.pid))
                time.sleep(0.1)         # an honest desk has a minute's allowance too
        self.assertEqual([], attack.failures)
        self.honest()
        if not rg.is_sanitized():       # which keeps what was freed
            self.assertLess(peak - self.rest_kib, limit_kib, "KiB more than at rest")
        self.assertTrue(rg.is_alive(self.pid))
        print("%s: %d tries, %d honest signals meanwhile, %d KiB at rest, %d at peak, "
              "%d entries, %d bytes of log" % (
                  self.id().rsplit(".", 1)[1], self.tried, served, self.rest_kib, peak,
                  self.journal_size() - self.entries, self.log_bytes()), file=sys.stderr)
        return served

    def ask_on(self, stop, question, pause=0.0):
        """politie sends QUESTION(client), PAUSE seconds after each other, and reads no answer."""
        with self.region.client("politie", limits=TAKES_NOTHING) as c:
            while not stop.is_set():
                try:
                    c.socket.send(question(c), zmq.DONTWAIT)
                    self.tried += 1
                except zmq.Again:
                    stop.wait(0.01)
                stop.wait(pause)


class Peers(Attacked):
    SETTINGS = {"requests_per_minute": 1200, "refusals_per_minute": 30, "outbox_desk_max": 60,
                "handshake_ms": 2000}

    # --- connections -----------------------------------------------------------------------

    def test_thousands_of_connections_that_say_nothing(self):
        def body(stop):
            held = []
            while not stop.is_set():
                try:
                    held.append(socket.create_connection(address(self.region), 5))
                    self.tried += 1
                except OSError:
                    stop.wait(0.1)
                if len(held) == CONNECTIONS:
                    for s in held:
                        s.close()
                    held.clear()
            for s in held:
                s.close()
        self.under(body)
        with self.region.client("politie") as late:     # who comes new is served too
            late.sent(1)

    def test_connections_that_stop_half_way_through_a_handshake(self):
        greeting = b"\xff" + b"\0" * 8 + b"\x7f" + b"\x03\x00" + b"CURVE".ljust(20, b"\0") + \
            b"\0" * 32
        hello = b"\x04\xc8\x05HELLO\x01\x00" + b"\0" * 72

        def body(stop):
            held = []
            while not stop.is_set():
                try:
                    s = socket.create_connection(address(self.region), 5)
                    s.sendall((greeting + hello)[:random.randrange(1, len(greeting + hello))])
                    held.append(s)
                    self.tried += 1
                except OSError:
                    stop.wait(0.05)
                if len(held) >= 500:
                    held.pop(0).close()
            for s in held:
                s.close()
        self.under(body)

    def test_when_there_are_no_more_files_who_is_there_is_served_and_others_are_later(self):
        limit = resource.prlimit(self.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(self.pid, resource.RLIMIT_NOFILE, (128, limit[1]))
        held = [socket.create_connection(address(self.region), 10) for _ in range(400)]
        self.honest()
        with self.region.client("politie", timeout_ms=30000) as late:
            late.sent(1)        # those that said nothing were hung up on
        for s in held:
            s.close()

    def test_they_are_hung_up_on_and_nothing_of_them_stays(self):
        def files():
            return len(os.listdir("/proc/%d/fd" % self.pid))
        before = files()
        held = [socket.create_connection(address(self.region), 10) for _ in range(300)]
        rg.wait_for("the connections", lambda: files() >= before + 250)
        rg.wait_for("the end of them", lambda: files() <= before + 2)
        for s in held:
            s.close()

    def test_the_other_end_of_connections_is_gone_and_nobody_told(self):
        """A machine that lost its power, as it looks from here: the connection stands, and is mute."""
        def files():
            return len(os.listdir("/proc/%d/fd" % self.pid))
        before = files()
        peer = subprocess.Popen([sys.executable, "-c", MUTE, *map(str, (
            pathlib.Path(sc.__file__).parent, self.region.dir / "region.json",
            self.region.party_dir("politie"), HALF_OPEN))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(peer.stdout.close)
        self.addCleanup(peer.stdin.close)
        self.addCleanup(peer.wait)
        self.addCleanup(peer.kill)
        self.assertEqual(b"all are served\n", peer.stdout.readline())
        self.assertGreaterEqual(files(), before + HALF_OPEN)
        peer.send_signal(signal.SIGSTOP)
        self.honest()
        rg.wait_for("the end of them", lambda: files() <= before + 2)
        self.honest()

    def test_floods_of_strangers_that_are_cut_off_in_the_middle(self):
        """libzmq, told of the end of what it does not read, aborts at the next ping (#4364)."""
        for _ in range(3):
            floods = [subprocess.Popen([sys.executable, "-W", "ignore", "-c", FLOOD,
                                        self.region.region.endpoint_enrol,
                                        self.region.region.curve_public.decode()])
                      for _ in range(2)]
            time.sleep(5.5)         # the broker pings after five seconds
            for flood in floods:
                flood.kill()
                flood.wait()
            for _ in range(10):     # and goes on with those that it takes for connected
                self.assertTrue(rg.is_alive(self.pid))
                time.sleep(0.1)
        self.honest()

    def test_bytes_that_are_no_protocol(self):
        def body(stop):
            while not stop.is_set():
                try:
                    with socket.create_connection(address(self.region), 5) as s:
                        s.sendall(os.urandom(random.choice((1, 64, 300, 70000))))
                        self.tried += 1
                except OSError:
                    pass
        self.under(body, n=4)

    def test_a_storm_of_reconnections_of_an_enrolled_desk(self):
        party = self.region.party("politie")

        def body(stop):
            while not stop.is_set():
                with sc.Client(self.region.region, party, timeout_ms=20000) as c:
                    c.socket.send(c.build(sc.SENT, sc.wire_pb2.Sent(max=1)))
                    self.tried += 1
        self.under(body, n=3)

    def test_strangers_that_knock_are_counted_and_do_not_fill_the_journal(self):
        context = zmq.Context()
        self.addCleanup(context.term)

        def body(stop):
            while not stop.is_set():
                public, secret = zmq.curve_keypair()
                s = context.socket(zmq.DEALER)
                s.linger, s.reconnect_ivl = 0, -1
                s.curve_serverkey = self.region.region.curve_public
                s.curve_publickey, s.curve_secretkey = public, secret
                s.connect(self.region.region.endpoint)
                s.send(b"let me in")
                self.tried += 1
                stop.wait(0.005)
                s.close()
        before = self.log_bytes()
        served = self.under(body, n=2)
        self.assertLessEqual(self.journal_size() - self.entries, 3 * (served + 1) + 2 +
                             SECONDS // 30)
        self.assertLess(self.log_bytes() - before, 200 * (240 + 240 * SECONDS / 60))

    # --- one party against the others -----------------------------------------------------

    def test_a_flood_of_one_party_over_many_connections(self):
        """Its allowance ends; that of others does not."""
        codes = {}

        def body(stop):
            with self.region.client("politie", timeout_ms=20000) as c:
                while not stop.is_set():
                    for _ in range(20):
                        c.socket.send(c.build(sc.SENT, sc.wire_pb2.Sent(max=1)))
                        self.tried += 1
                    for _ in range(20):
                        code = c.wait(None).code
                        codes[code] = codes.get(code, 0) + 1
        self.under(body, n=6, seconds=SECONDS + 2)
        self.assertEqual({"ok", "over_quota"}, set(codes))
        self.assertLessEqual(codes["ok"], 1200 * (1 + (SECONDS + 3) / 60) + 20)

    def test_garbage_of_an_enrolled_desk_is_refused_and_its_entries_are_bounded(self):
        def body(stop):
            with self.region.client("politie", timeout_ms=20000) as c:
                good = c.build_submit(SIGNAL, *WORDS, self.region.to("om"))
                while not stop.is_set():
                    frame = bytearray(good)
                    for _ in range(random.randrange(1, 8)):
                        frame[random.randrange(len(frame))] ^= 1 << random.randrange(8)
                    frame = frame[:random.randrange(len(frame))] if random.random() < .3 else frame
                    if frame == good:       # two flips of one bit
                        continue
                    c.socket.send(bytes(frame))
                    self.tried += 1
                    c.wait(None)
        before = self.log_bytes()
        served = self.under(body)
        refusals = self.journal_size() - self.entries - 3 * (served + 1)
        self.assertLessEqual(refusals, 30 * (1 + (SECONDS + 3) / 60) + 2)
        self.assertLess(self.log_bytes() - before, 200 * (240 + 240 * SECONDS / 60))

    def test_a_desk_that_asks_and_never_reads_its_answers(self):
        self.under(lambda stop: self.ask_on(stop, lambda c: c.build(
            sc.SENT, sc.wire_pb2.Sent(max=100))), n=2)

    def test_a_desk_that_never_acknowledges_fills_its_own_room_only(self):
        sender, told = self.desk("meldpunt"), None
        for _ in range(80):
            told = sender.exchange(sender.build_submit(
                SIGNAL, *WORDS, self.region.to("politie", "nla")))
            if told.code != "ok" or any(r.code == "queue_full" for r in told.outcomes):
                break
            c = self.desk("nla")
            c.acknowledge([d.delivery_id for d in c.receive()])
            self.desk("politie").receive(lease_ms=600000, max_deliveries=16)
        outcomes = {r.oin: r.code for r in told.outcomes}
        (full, _), (other, _) = self.region.to("politie", "nla")
        self.assertEqual(("queue_full", "ok"), (outcomes[full], outcomes[other]))
        self.honest()

    def test_large_frames_of_many_at_once_stay_within_memory(self):
        def body(stop):
            with self.region.client("politie", timeout_ms=20000) as c:
                while not stop.is_set():
                    c.socket.send(os.urandom(FRAME_MAX))
                    self.tried += 1
                    c.wait(None)
        self.under(body, n=4)


class Unread(Attacked):
    """A question of 200 bytes can have an answer of two megabytes."""
    SETTINGS = {"unread_bytes": 4 << 20}

    def asked(self, client):
        """A question whose answer is as much as may be of what waits for politie."""
        return client.build(sc.RECEIVE, sc.wire_pb2.Receive(max_deliveries=64, lease_ms=1))

    def setUp(self):
        super().setUp()
        for _ in range(40):
            self.assertEqual("ok", self.desk("meldpunt").submit(
                large.signal(), *WORDS, self.region.to("politie")).code)

    def test_a_desk_that_asks_for_much_and_reads_nothing(self):
        self.under(lambda stop: self.ask_on(stop, self.asked, pause=0.005), n=3, seconds=SECONDS + 2)
        with self.region.client("politie") as late:     # and when it reads, it is all there
            got = set()
            while len(got) < 40:
                some = late.receive(max_deliveries=64, wait_ms=5000, lease_ms=600000)
                self.assertNotEqual([], some, "some of them are lost")
                got |= {d.delivery_id for d in some}

    def test_many_connections_of_one_desk_that_take_no_answer(self):
        """What a connection is being sent is encrypted, and no longer in what waits."""
        clients = [self.region.client("politie", limits=TAKES_NOTHING) for _ in range(100)]

        def body(stop):
            for c in 4 * clients:       # the first is read, by the library
                c.socket.send(self.asked(c))
                self.tried += 1
                stop.wait(0.002)
        self.under(body, seconds=SECONDS + 2, limit_kib=24 * 1024)
        for c in clients:
            c.close()
        with self.region.client("politie") as late:     # what they held is free at once
            self.assertNotEqual([], late.receive(max_deliveries=64, wait_ms=5000))


if __name__ == "__main__":
    unittest.main()
