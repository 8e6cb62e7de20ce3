# SPDX-License-Identifier: EUPL-1.2
"""What could not be sent waits, keeps its order, and has one effect."""

import json
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import clock
import libsluis
import region as rg

TESTS = pathlib.Path(__file__).resolve().parents[1]
SIGNAL = json.loads((TESTS / "signals" / "10-truant-girl.json").read_text())
INTERN = ("intern", "1", "verrijking")
SHORT_MS, LATER_S = 700, 3600


def why_the_clock_stays():
    """Why the clock of a process cannot be moved; None if it can."""
    if rg.is_sanitized():
        return "a sanitizer wants to be loaded before anything else, and so does libfaketime"
    return None if clock.library() else "no libfaketime: package faketime"


class Queue(unittest.TestCase):
    def setUp(self):
        self.region = rg.Region()
        self.region.__enter__()
        self.addCleanup(self.region.__exit__)

    def desk(self, name="meldpunt", **options):
        d = libsluis.Desk(self.region.party_dir(name), **options)
        self.addCleanup(d.__exit__)
        return d

    def share(self, desk):
        party = self.region.party("analist")
        return desk.send(SIGNAL, INTERN, [(party.oin, party.desk)])

    def wait_for_a_broker(self, n):
        """N submissions made without a broker, in the queue: their trace ids."""
        self.region.kill_broker()
        desk, made = self.desk(timeout_ms=SHORT_MS), []
        for _ in range(n):
            with self.assertRaises(libsluis.Failed) as e:
                self.share(desk)
            self.assertIn(e.exception.code, ("broker_unreachable", "timed_out"))
            made.append(desk.last_trace())
            desk.queue_add(made[-1])
        return desk, made

    def test_what_waited_is_sent_in_its_order_once_there_is_a_broker(self):
        desk, made = self.wait_for_a_broker(3)
        desk.queue_add(made[0])    # it waits already
        self.assertEqual(made, desk.queue())
        stopped = desk.flush()
        self.assertEqual(([], made), (stopped["sent"], [w["trace_id"] for w in stopped["waiting"]]))
        self.assertIn(stopped["code"], ("broker_unreachable", "timed_out"))
        self.region.start_broker()
        desk = self.desk()
        done = desk.flush()
        self.assertEqual(made, [s["trace_id"] for s in done["sent"]])
        self.assertEqual(["ok"] * 3, [s["code"] for s in done["sent"]])
        entries = [s["outcomes"][0]["entry"] for s in done["sent"]]
        self.assertEqual(sorted(entries), entries)
        self.assertEqual([], done["waiting"])
        self.assertEqual([], desk.flush()["sent"])
        self.assertEqual(3, len([d for d in self.desk("analist").receive() if "signal" in d]))

    def test_what_did_arrive_has_no_second_effect(self):
        desk = self.desk()
        first = self.share(desk)
        desk.queue_add(first["trace_id"])
        done = desk.flush()
        self.assertEqual(first["outcomes"][0]["entry"], done["sent"][0]["outcomes"][0]["entry"])
        self.assertEqual(1, len([d for d in self.desk("analist").receive() if "signal" in d]))

    def test_a_denial_is_an_answer_and_what_is_behind_it_goes_on(self):
        desk = self.desk()
        case = desk.act("case-open", route="nijmegen")["trace_id"]
        denied = desk.act("case-move", case_id=case, transition="nijmegen.verrijkt")["trace_id"]
        good = self.share(desk)["trace_id"]
        desk.queue_add(denied)
        desk.queue_add(good)
        done = desk.flush()
        self.assertEqual([(denied, "step_not_for_this_desk"), (good, "ok")],
                         [(s["trace_id"], s["code"]) for s in done["sent"]])
        self.assertEqual([], done["waiting"])

    def test_only_what_is_kept_here_can_wait_and_it_can_be_dropped(self):
        desk = self.desk()
        for wrong in (desk.queue_add, desk.queue_drop):
            with self.assertRaises(libsluis.Failed) as e:
                wrong("00" * 16)
            self.assertEqual("not_found", e.exception.code)
        trace = self.share(desk)["trace_id"]
        desk.queue_add(trace)
        desk.queue_drop(trace)
        self.assertEqual([], desk.queue())
        self.assertEqual("ok", desk.resend(trace)["code"], "it stays kept")

    def test_people_work_on_without_a_broker(self):
        signal = TESTS / "signals" / "10-truant-girl.json"
        words = ["--convenant", "intern", "--phase", "1", "--purpose", "verrijking",
                 "--to", self.region.party("meldpunt").oin + "/analist"]

        def sluis(*w, check=True):
            return self.region.command(*w, party="meldpunt", check=check)

        def waiting():
            return [w["trace_id"]
                    for w in json.loads(sluis("--json", "queue", "list").stdout)["waiting"]]

        self.region.kill_broker()
        sent = sluis("--timeout", SHORT_MS, "signal", "send", signal, *words, "--queue", check=False)
        self.assertEqual(7, sent.returncode)
        self.assertEqual(1, len(waiting()))
        trace = waiting()[0]
        self.assertEqual(7, sluis("--timeout", SHORT_MS, "queue", "send", check=False).returncode)
        self.assertEqual([trace], waiting())
        self.region.start_broker()
        self.assertIn(trace, sluis("queue", "send").stdout)
        self.assertEqual([], waiting())
        self.assertEqual("ok", json.loads(
            sluis("--json", "signal", "show", trace).stdout)["code"])
        self.assertEqual(5, sluis("queue", "drop", trace, check=False).returncode)

    def test_a_program_signs_without_a_broker(self):
        self.region.kill_broker()
        desk = self.desk()
        party = self.region.party("analist")
        desk.queue_send(SIGNAL, INTERN, [(party.oin, party.desk)])
        first = desk.last_trace()
        desk.queue_act("case-open", route="nijmegen")
        case = desk.last_trace()
        with self.assertRaises(libsluis.Failed) as e:
            desk.queue_act("todo")
        self.assertEqual("not_found", e.exception.code)
        self.assertEqual([first, case], desk.queue())
        self.region.start_broker()
        done = self.desk().flush()
        self.assertEqual([(first, "ok"), (case, "ok")],
                         [(s["trace_id"], s["code"]) for s in done["sent"]])

    @unittest.skipIf(why_the_clock_stays(), why_the_clock_stays())
    def test_a_request_that_is_stale_where_clocks_differ_stays(self):
        desk, made = self.wait_for_a_broker(2)
        self.region.clock = clock.Clock(self.region.dir)
        self.region.clock.forward(LATER_S)
        self.region.start_broker()
        desk = self.desk()
        stopped = desk.flush()
        self.assertEqual("stale", stopped["code"])
        self.assertEqual(made, [w["trace_id"] for w in stopped["waiting"]])

    def by_clock(self, method):
        """METHOD of the reporting point's library, in a process by the region's clock."""
        done = subprocess.run(
            [sys.executable, str(TESTS / "python" / "libsluis.py"),
             str(self.region.party_dir("meldpunt")), method],
            env=self.region.clock.env(), capture_output=True, text=True, timeout=60, check=True)
        return json.loads(done.stdout)

    @unittest.skipIf(why_the_clock_stays(), why_the_clock_stays())
    def test_what_became_stale_is_signed_anew_and_served_once(self):
        _, made = self.wait_for_a_broker(2)
        self.region.clock = clock.Clock(self.region.dir)
        self.region.clock.forward(LATER_S)
        self.region.start_broker()
        done = self.by_clock("flush")
        self.assertEqual([(t, "ok") for t in made],
                         [(s["trace_id"], s["code"]) for s in done["sent"]])
        self.assertEqual([], done["waiting"])
        self.assertEqual([], self.by_clock("queue"))


if __name__ == "__main__":
    unittest.main()
