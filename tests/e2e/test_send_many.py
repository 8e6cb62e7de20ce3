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


if __name__ == "__main__":
    unittest.main()
