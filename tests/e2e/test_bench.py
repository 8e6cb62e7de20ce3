# SPDX-License-Identifier: EUPL-1.2
"""The benchmarks measure what they say: what is sent is of the size asked for and passes, what is
counted was received by everybody, and what is refused or lost is no figure.

No figure is judged here.  One region; tests/bench/load with the back end of sluis.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "bench"))

import brokers
import growing
import measure
import region as rg
import report
import signals
import sluis_client as sc

LOAD = os.environ.get("SLUIS_LOAD") or str(pathlib.Path(os.environ["SLUIS_BIN_DIR"]) / "tests" / "load-sluis")
TO = "politie,om,nla"


class Signals(unittest.TestCase):
    def test_have_exactly_the_size_that_was_asked_for(self):
        for size in growing.BYTES:
            for number in (0, 4095) if size < 8192 else (1,):
                with self.subTest(size=size, number=number):
                    self.assertEqual(size, len(signals.make(number, size)))

    def test_are_each_about_others(self):
        seen = set()
        for number in range(100):
            for person in sc.signal_pb2.Signal.FromString(signals.make(number, 1024)).persons:
                self.assertNotIn(person.bsn, seen)
                seen.add(person.bsn)

    def test_of_no_possible_size_are_not_made(self):
        for size in (1, 100):
            with self.assertRaises(ValueError):
                signals.make(0, size)


class Load(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="sluis-bench-test.")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.region = rg.Region()
        cls.addClassCleanup(cls.region.__exit__)
        cls.region.up()

    def pool(self, size):
        """A file of signals of SIZE, made once: a large one takes Python a while."""
        path = pathlib.Path(self.folder.name) / ("s%d" % size)
        if not path.exists():
            signals.write(str(path), size, 4 if size < 8192 else 2)
        return path

    # Few signals, for every entry is looked at in the end; as many as go where a test says so.
    # Where a round is to fail, it is sent to others: what a recipient leased that is gone stays so a while.
    def run_load(self, path, *more, to=TO):
        return subprocess.run(
            [LOAD, "--region", str(self.region.dir), "--to", to, "--signals", str(path), "--warm", "0.1",
             "--seconds", "0.2", "--rate", "100", "--window", "8", "--pid", str(self.region.broker_pid())] + list(more),
            capture_output=True, text=True, timeout=120, check=False)

    def figures(self, path, *more, **kwargs):
        done = self.run_load(path, *more, **kwargs)
        self.assertEqual(0, done.returncode, done.stderr)
        return json.loads(done.stdout)

    def test_signals_of_every_size_reach_all_recipients(self):
        for size in growing.BYTES:
            with self.subTest(size=size):
                for seconds in ("0.2", "2", "20"):      # a machine may be busy with others
                    f = self.figures(self.pool(size), "--seconds", seconds)
                    if f["deliveries"] != 0 and f["broker_cpu_s_per_1000"] != 0:
                        break
                self.assertEqual((size, 3), (f["signal_bytes"], f["recipients"]))
                self.assertGreater(f["deliveries"], 0)
                self.assertGreater(f["broker_cpu_s_per_1000"], 0)

    def test_several_go_under_one_signature_and_as_many_as_a_frame_holds(self):
        for size in (512, 65536):
            with self.subTest(size=size):
                f = self.figures(self.pool(size), "--batch", "8", "--rate", "0")
                self.assertEqual(8, f["batch"])
                self.assertGreater(f["signals"], 0)

    def test_leaves_nothing_behind(self):
        self.figures(self.pool(512), "--rate", "0")
        for name in TO.split(","):
            with self.region.client(name) as c:
                got = c.receive(max_deliveries=64, wait_ms=0)
                self.assertEqual([], [d for d in got if sc.wire_pb2.Copy.FromString(d.copy).HasField("signal")])

    def test_an_open_loop_sends_at_its_rate_and_no_faster(self):
        f = self.figures(self.pool(512), "--rate", "40", "--seconds", "1")
        self.assertEqual(40.0, f["rate"])
        self.assertLessEqual(f["signals"], 80)

    def test_others_may_wait_meanwhile(self):
        self.figures(self.pool(512), "--idle", "zorgcoordinator,veiligthuis,analist")

    def test_a_recipient_that_is_not_served_ends_the_round(self):
        done = self.run_load(self.pool(512), "--convenant", "zorg", "--purpose", "hulpverlening",
                             to="veiligthuis,kmar")
        self.assertNotEqual(0, done.returncode)
        self.assertIn("not served", done.stderr)

    def test_a_refusal_ends_the_round(self):
        done = self.run_load(self.pool(512), "--convenant", "none", to="veiligthuis")
        self.assertNotEqual(0, done.returncode)
        self.assertEqual("", done.stdout)

    def test_a_file_of_signals_that_is_cut_short_is_refused(self):
        path = self.pool(512)
        cut = pathlib.Path(self.folder.name) / "cut"
        for n in (0, 1, 3, 4, 5, 515, 518):
            cut.write_bytes(path.read_bytes()[:n])
            with self.subTest(n=n):
                self.assertNotEqual(0, self.run_load(cut).returncode)

    def test_a_broker_that_is_gone_has_no_figures(self):
        done = self.run_load(self.pool(512), "--pid", str(2 ** 22 + 1), to="veiligthuis")
        self.assertNotEqual(0, done.returncode)
        self.assertEqual("", done.stdout)


def fake(value):
    keys = [key for _, key, _ in measure.ROWS]
    return dict({key: value for key in keys}, version="1", promise="<all & more>")


class Results(unittest.TestCase):
    MACHINE = {"cpu": "Fictional <CPU>", "cores": 2, "memory_gib": 1.0, "kernel": "6", "file_system": "ext4",
               "fsync_ms": 1.0}

    def test_the_median_is_of_the_rounds_and_the_ratio_of_the_medians(self):
        class Named:
            version = promise = ""

            def __init__(self, name):
                self.name = name

        def rounds(name, rates):
            base = {key: 1.0 for key in measure.MEDIANS + measure.LATENCIES}
            return [{name: dict(base, signals_per_s=rate)} for rate in rates]

        closed = [dict(a, **b) for a, b in zip(rounds("sluis", [10, 500, 30]), rounds("mosquitto", [60, 1, 70]))]
        o = type("O", (), {"rounds": 3, "seconds": 1, "bytes": 1024})
        both = [Named("sluis"), Named("mosquitto")]
        made = measure.summary(o, self.MACHINE, both, {"sluis": (64, 1), "mosquitto": (64, 1)}, closed, closed)
        self.assertEqual(30, made["sluis"]["signals_per_s"])
        self.assertEqual(0.5, made["ratio_mosquitto"])
        self.assertNotIn("ratio_rabbitmq", made)
        self.assertEqual(2, made["sluis"]["cpu_s_per_1000"])

    def test_brokers_take_turns_to_be_first(self):
        class Named:
            def __init__(self, name):
                self.name = name

        order = []
        three = [Named(n) for n in "abc"]
        measure.alternating(three, 3, lambda b: order.append(b.name) or {"signals_per_s": 1})
        self.assertEqual("abcbcacab", "".join(order))

    def test_the_page_stands_on_its_own_and_is_well_formed(self):
        point = dict.fromkeys(("cpu_ms_per_signal", "cpu_ms_per_copy", "signals_per_s", "accept_p50_ms",
                               "accept_p99_ms", "broker_peak_kib"), 1.5)
        curve = [dict(point, at=n) for n in (1000, 10 ** 7)]
        page = report.page({"machine": self.MACHINE, "entries": curve, "bytes": curve[:1]},
                           dict(machine=self.MACHINE, sluis=fake(1), mosquitto=fake(2), ratio_mosquitto=0.5))
        plots = re.findall(r"<svg.*?</svg>", page, re.S)
        self.assertEqual(2, len(plots))
        for plot in plots:
            xml.etree.ElementTree.fromstring(plot)
        self.assertIn("&lt;all &amp; more&gt;", page)
        self.assertNotRegex(page, r"https?:|<script|<link|<CPU>")

    def test_spread_is_of_the_dearest_and_the_cheapest(self):
        self.assertEqual(3, report.spread([{"v": 2}, {"v": 6}, {"v": 3}], "v"))


class Processes(unittest.TestCase):
    def test_a_broker_is_ended_with_all_that_it_started(self):
        with tempfile.TemporaryDirectory() as folder:
            p = brokers.Process(pathlib.Path(folder), ["sh", "-c", "sleep 300 & trap '' TERM; sleep 300 & wait; wait"])
            brokers.wait_for("two more", lambda: len(brokers.processes_of(p.pid)) == 3)
            p.patience_s = (1, 1, 20)
            p.end()
            self.assertEqual([], brokers.processes_of(p.pid))

    def test_one_that_ends_by_itself_is_said_with_what_it_said(self):
        with tempfile.TemporaryDirectory() as folder:
            p = brokers.Process(pathlib.Path(folder), ["sh", "-c", "echo no such port; exit 3"])
            p.popen.wait(30)
            with self.assertRaisesRegex(RuntimeError, "3:\nno such port"):
                p.check()


if __name__ == "__main__":
    unittest.main()
