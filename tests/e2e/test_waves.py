# SPDX-License-Identifier: EUPL-1.2
"""Messages that are taken in together: however many threads prepare them, each is answered in
its turn, as if it had come alone."""

import os
import pathlib
import signal
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import e2e_case
import large
import region as rg
import sluis_client as sc
import zmq

SIGNAL = rg.signal_from("08-weekly-registrations.json").SerializeToString()
CIE = rg.signal_from("09-criminal-intelligence.json").SerializeToString()
WORDS = ("afstemming", "1", "duiding")
TO = ("politie", "nla", "zorgcoordinator")
ROUNDS = 12


def changed(frame):
    """FRAME with its last byte, of the signature, another one."""
    return frame[:-1] + bytes([frame[-1] ^ 1])


class Waves:
    WORKERS = 0

    def burst(self, desk):
        """[(frame, the code of its answer, outcomes)] of everything that can be wrong."""
        to, said = self.region.to(*TO), []
        for i in range(ROUNDS):
            head = desk.head()
            good = desk.build_submit(SIGNAL, *WORDS, to, head=head)
            said += [
                (good, "ok", 3),
                (good, "ok", 3),                        # again, in the same wave
                (desk.build_submit(SIGNAL, *WORDS, to[:2], head=head),
                 "request_id_used_before", 0),
                (changed(good), "bad_signature", 0),
                (desk.build_submit(CIE, "riec", "1", "casusoverleg", to[:1]),
                 "cie_information_refused", 0),
                (desk.build_submit(SIGNAL[:-1], *WORDS, to), "malformed", 0),
                (desk.build_submit(SIGNAL, "afstemming", "9", "duiding", to), "no_such_phase", 0),
                (desk.build_submit(SIGNAL, *WORDS, to[:1] * 2), "malformed", 0),
                (desk.build_submit(SIGNAL, *WORDS, to, disclosure_seed=bytes(32),
                                   disclosure_sig=bytes(64)), "disclosure_refused", 0),
                (desk.build_submit(SIGNAL, *WORDS, to, head=desk.head(created_ms=1)),
                 "stale", 0),
                (os.urandom(200 + i), "malformed", 0),
                (desk.build(sc.SENT, sc.wire_pb2.Sent(max=1)), "ok", None),
            ]
        return said

    def test_each_of_a_burst_is_answered_in_its_turn(self):
        desk = self.desk("meldpunt")
        said = self.burst(desk)
        for frame, _, _ in said:
            desk.socket.send(frame)
        answers = [sc.wire_pb2.Answer.FromString(desk.socket.recv()) for _ in said]
        for i, (answer, (_, code, outcomes)) in enumerate(zip(answers, said)):
            self.assertEqual(code, answer.code, (i, answer.where))
            if outcomes is not None:
                self.assertEqual(outcomes, len(answer.outcomes), i)
        for i in range(0, len(said), len(said) // ROUNDS):
            first, again = answers[i], answers[i + 1]
            self.assertEqual([o.SerializeToString() for o in first.outcomes],
                             [o.SerializeToString() for o in again.outcomes])
        for name in TO:
            got = self.desk(name).receive(max_deliveries=100)
            self.assertEqual(ROUNDS, len(got), name)
            traces = [sc.wire_pb2.Copy.FromString(d.copy).evidence.disclosure for d in got]
            self.assertEqual(ROUNDS, len(set(traces)), name)

    def test_a_repetition_and_an_explanation_say_byte_for_byte_what_was_answered_first(self):
        desk = self.desk("meldpunt")
        frame = desk.build_submit(SIGNAL, *WORDS, self.region.to(*self.region.region.parties))
        first, again = desk.exchange(frame), desk.exchange(frame)
        told = [o.SerializeToString() for o in first.outcomes]
        self.assertEqual({True, False}, {o.code == "ok" for o in first.outcomes})
        self.assertEqual(told, [o.SerializeToString() for o in again.outcomes])
        explained = desk.explain(trace_id=first.request_id)
        self.assertEqual(told, [o.SerializeToString() for o in explained.outcomes])

    def test_a_broker_with_helpers_stops_when_it_is_told_to(self):
        self.assertTrue(rg.is_alive(self.region.broker_pid()))
        threads = len(os.listdir("/proc/%d/task" % self.region.broker_pid()))
        self.assertGreaterEqual(threads, 1 + self.WORKERS)
        self.region.stop_broker()


class ManyToName(e2e_case.RegionCase):
    """Frames that are small, and large when they are prepared."""

    BURST = 60
    MOST_KIB = 256 * 1024

    def most(self):
        """The most memory that the broker ever held, in KiB."""
        text = pathlib.Path("/proc/%d/status" % self.region.broker_pid()).read_text("ascii")
        return next(int(line.split()[1]) for line in text.splitlines()
                    if line.startswith("VmHWM:"))

    @unittest.skipIf(rg.is_sanitized(), "a sanitizer's memory is not the broker's")
    def test_a_burst_of_large_ones_is_not_all_in_memory_at_once(self):
        desk, signal = self.desk("meldpunt"), large.signal()
        before = self.most()
        for to, code in ((large.NOBODY, "no_recipient_entitled"),
                         (self.region.to("politie") * 64, "malformed")):
            frame = desk.build_submit(signal, *WORDS, to)
            for _ in range(self.BURST):
                desk.socket.send(frame)
            self.assertEqual({code}, {desk.wait(None, 60000).code for _ in range(self.BURST)})
        self.assertLess(self.most() - before, self.MOST_KIB)


class Stopping(e2e_case.RegionCase):
    SETTINGS = {"batch_max": 1}         # so that what has arrived is many batches

    def test_what_had_arrived_is_answered(self):
        desk, broker = self.desk("meldpunt"), self.region.broker_pid()
        desk.receive()                  # so that it is connected
        frames = [desk.build(sc.SENT, sc.wire_pb2.Sent(max=1)) for _ in range(40)]
        os.kill(broker, signal.SIGSTOP)
        for frame in frames:
            desk.socket.send(frame)
        os.kill(broker, signal.SIGTERM)
        os.kill(broker, signal.SIGCONT)
        self.assertEqual({"ok"}, {desk.wait(None, 10000).code for _ in frames})

    def knock(self, stop):
        """Strangers at the door, one after the other, until STOP."""
        with zmq.Context() as context:
            while not stop.wait(0.004):
                s = context.socket(zmq.DEALER)
                s.linger = 0
                s.curve_publickey, s.curve_secretkey = zmq.curve_keypair()
                s.curve_serverkey = self.region.region.curve_public
                s.connect(self.region.region.endpoint)
            context.destroy()

    def test_strangers_at_the_door_do_not_end_that(self):
        desk, stop = self.desk("meldpunt"), threading.Event()
        desk.receive()
        frames = [desk.build(sc.SENT, sc.wire_pb2.Sent(max=1)) for _ in range(20)]
        strangers = threading.Thread(target=self.knock, args=[stop])
        strangers.start()
        time.sleep(0.5)
        os.kill(self.region.broker_pid(), signal.SIGTERM)
        for frame in frames:
            desk.socket.send(frame)
            time.sleep(0.01)
        try:
            self.assertEqual({"ok"}, {desk.wait(None, 10000).code for _ in frames})
        finally:
            stop.set()
            strangers.join()


class InTheLoop(Waves, e2e_case.RegionCase):
    SETTINGS = {"workers": 0}


class WithHelpers(Waves, e2e_case.RegionCase):
    WORKERS = 5
    SETTINGS = {"workers": 5}


if __name__ == "__main__":
    unittest.main()
