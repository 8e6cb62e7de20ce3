# SPDX-License-Identifier: EUPL-1.2
"""sluis_send_many(): what a system sends together is kept, ruled and answered each by itself."""

import copy
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import libsluis
import region as rg

STEP = rg.story()[0]
WORDS = (STEP["convenant"], STEP["phase"], STEP["purpose"])


class SendMany(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.region = rg.Region()
        cls.addClassCleanup(cls.region.__exit__)
        cls.region.up()
        cls.signal = json.loads((rg.SIGNALS / STEP["file"]).read_text("utf-8"))
        cls.desk = libsluis.Desk(cls.region.party_dir(STEP["from"]))
        cls.addClassCleanup(cls.desk.__exit__)

    def send(self, *signals):
        return self.desk.send_many(signals, WORDS, self.region.to(*STEP["to"]))

    def test_each_has_its_own_result_and_its_own_trace(self):
        sent = self.send(*[self.signal] * 3)
        self.assertEqual(["ok"] * 3, [one["code"] for one in sent])
        self.assertEqual(3, len({one["trace_id"] for one in sent}))
        for one in sent:
            self.assertEqual(len(STEP["to"]), len(one["outcomes"]))

    def test_one_that_is_no_signal_does_not_keep_the_others_from_going(self):
        bad = copy.deepcopy(self.signal)
        bad["persons"][0]["bsn"] = "123456789"
        sent = self.send(self.signal, bad, self.signal)
        self.assertEqual("invalid_signal", sent[1].code)
        self.assertEqual(["ok", "ok"], [sent[0]["code"], sent[2]["code"]])

    def test_what_was_sent_together_is_sent_again_alone_with_the_same_outcome(self):
        first, second = self.send(self.signal, self.signal)
        again = self.desk.resend(second["trace_id"])
        self.assertEqual([o["entry"] for o in second["outcomes"]],
                         [o["entry"] for o in again["outcomes"]])
        self.assertNotEqual([o["entry"] for o in first["outcomes"]],
                            [o["entry"] for o in again["outcomes"]])

    def test_about_layer_2_it_goes_alone_after_the_others(self):
        hidden = copy.deepcopy(self.signal)
        hidden.setdefault("handling", {})["layer"] = 2
        desk = libsluis.Desk(self.region.party_dir(STEP["from"]))
        self.addCleanup(desk.__exit__)
        sent = desk.send_many([hidden, self.signal], WORDS, self.region.to(*STEP["to"]))
        self.assertEqual("ok", sent[1]["code"])
        code = sent[0].code if isinstance(sent[0], libsluis.Failed) else sent[0]["code"]
        self.assertNotEqual("send_it_alone", code)

    def test_every_copy_of_them_is_accepted_by_its_recipients(self):
        self.send(*[self.signal] * 4)
        for name in STEP["to"]:
            with libsluis.Desk(self.region.party_dir(name)) as desk:
                self.assertGreaterEqual(len(desk.receive()), 4)

    def test_more_than_go_into_one_request_go_in_several(self):
        small = {k: v for k, v in self.signal.items() if k != "persons"}
        small["persons"] = self.signal["persons"][:1]
        sent = self.send(*[small] * 70)
        self.assertEqual({"ok"}, {one["code"] for one in sent})
        self.assertEqual(70, len({one["trace_id"] for one in sent}))

    def acknowledge_all(self, name):
        done = self.region.command("--json", "inbox", "ack", "--all", party=name)
        return json.loads(done.stdout)["entries"]

    def test_all_is_more_than_one_answer_holds(self):
        name = STEP["to"][0]
        self.acknowledge_all(name)
        for _ in range(2):
            self.assertEqual({"ok"}, {one["code"] for one in self.send(*[self.signal] * 40)})
        self.assertEqual(80, len({one["index"] for one in self.acknowledge_all(name)}))
        self.assertEqual([], self.acknowledge_all(name))
        with libsluis.Desk(self.region.party_dir(name)) as desk:
            self.assertEqual([], desk.receive(keep=False))

    # --- the command ---------------------------------------------------------------------

    def command(self, *words, status=0):
        done = self.region.command(
            "signal", "send", *words, "--convenant", WORDS[0], "--phase", WORDS[1],
            "--purpose", WORDS[2], "--to", ",".join(STEP["to"]), party=STEP["from"], check=False)
        self.assertEqual(status, done.returncode, done.stdout + done.stderr)
        return done

    def files(self, *signals):
        paths = []
        for i, signal in enumerate(signals):
            paths.append(self.region.dir / ("signal-%d.json" % i))
            paths[-1].write_text(json.dumps(signal), "utf-8")
        return paths

    def test_the_command_shows_the_reach_of_each_and_tells_of_each(self):
        paths = self.files(self.signal, self.signal)
        out = self.command(*paths).stdout
        for path in paths:
            self.assertIn("Reach: %s" % path, out)
            self.assertIn("%s: signal " % path, out)

    def test_one_bad_file_of_the_command_is_named_and_the_others_go(self):
        bad = copy.deepcopy(self.signal)
        bad["persons"][0]["bsn"] = "123456789"
        paths = self.files(self.signal, bad, self.signal)
        done = self.region.command(
            "--json", "signal", "send", *paths, "--no-preview", "--convenant", WORDS[0], "--phase",
            WORDS[1], "--purpose", WORDS[2], "--to", ",".join(STEP["to"]), party=STEP["from"],
            check=False)
        self.assertEqual(8, done.returncode, done.stderr)
        told = json.loads(done.stdout)["signals"]
        self.assertEqual([str(p) for p in paths], [one["file"] for one in told])
        self.assertEqual(["ok", "invalid_signal", "ok"], [one["code"] for one in told])
        self.assertEqual(2, len({one["trace_id"] for one in told if one["code"] == "ok"}))

    def test_what_belongs_to_one_signal_is_not_said_of_several(self):
        paths = self.files(self.signal, self.signal)
        for option in (("--corrects", "0" * 32), ("--hands-over", "0" * 32), ("--queue",)):
            self.command(*paths, *option, "--no-preview", status=2)

    def test_a_file_that_is_not_there_stops_all_before_any_goes(self):
        def entries():
            listed = self.region.command("--json", "signal", "list", party=STEP["from"]).stdout
            return json.loads(listed)["entries"]

        before = entries()
        self.command(*self.files(self.signal), "nowhere.json", "--no-preview", status=5)
        self.assertEqual(before, entries())


if __name__ == "__main__":
    unittest.main()
