# SPDX-License-Identifier: EUPL-1.2
"""A wall clock that jumps: nothing is erased by it, requests go on, and it is said aloud.

On a clock that the test moves; the broker believes it only as far as its steady clock goes
along (broker/clock.h).
"""

import os
import pathlib
import signal
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import clock
import e2e_case
import region as rg
import sluis_client as sc

DAY_S = 24 * 60 * 60
YEARS = 6 * 366 * DAY_S     # beyond every term


@unittest.skipUnless(clock.library(), "needs libfaketime (package faketime)")
class ClockCase(e2e_case.RegionCase):
    SETTINGS = {"expiry_s": 1, "erase_ms": 50}

    def CLOCK(self, region):    # pylint: disable=invalid-name
        region.believes = False
        return clock.Clock(region.dir)

    def setUp(self):
        if rg.is_sanitized():
            self.skipTest("a sanitizer and libfaketime do not go together")
        super().setUp()

    def moments(self):
        """[(code, seconds)] of the journal's entries about the clock."""
        kind = e2e_case.EVENT.Value("EVENT_CLOCK")
        found = []
        for (raw,) in self.sql("SELECT bytes FROM leaf ORDER BY idx"):
            leaf = sc.journal_pb2.Leaf.FromString(raw)
            if leaf.kind == kind:
                found.append((leaf.code, leaf.count))
        return found

    def jump(self, seconds):
        """The clock of the broker alone: desks know what time it is."""
        n = len(self.moments())
        self.region.clock.forward(seconds)
        rg.wait_for("an entry about the clock", lambda: len(self.moments()) > n)
        return self.moments()[-1]

    def at_desks(self):
        """Desks live by the time of before."""
        for c in self.desks.values():
            c.clock = self.still

    def waiting(self):
        return self.sql("SELECT count(*) FROM outbox WHERE ack_leaf IS NULL")[0][0]

    def log(self):
        return (self.region.broker_dir / "sluisd.log").read_text("utf-8")

    def turns(self):
        """The broker went round a few times."""
        for _ in range(5):
            self.ask("meldpunt", "prove", sc.wire_pb2.Prove())

    def begin(self):
        self.share("nla", ["procesregisseur"])
        self.desk("meldpunt")
        self.still = type("Still", (), {"now_ms": self.region.clock.now_ms})()
        self.at_desks()


class Jump(ClockCase):
    def test_years_ahead_erase_nothing_and_the_journal_says_so(self):
        self.begin()
        code, seconds = self.jump(YEARS)
        self.assertEqual("clock_jumped_ahead", code)
        self.assertAlmostEqual(YEARS, seconds, delta=60)
        self.turns()
        self.assertEqual(1, self.waiting())
        self.share("nla", ["procesregisseur"])      # fresh by the steady clock
        self.assertEqual(2, self.waiting())
        self.assertIn("CLOCK-NOT-BELIEVED code=clock_jumped_ahead", self.log())
        self.assertEqual(0, sum(leaf.kind == e2e_case.EVENT.Value("EVENT_UNDELIVERED")
                                for leaf in self.leaves()))

    def leaves(self):
        return [sc.journal_pb2.Leaf.FromString(raw)
                for (raw,) in self.sql("SELECT bytes FROM leaf")]

    def test_a_jump_back_keeps_nobody_waiting(self):
        self.begin()
        self.assertEqual("clock_jumped_back", self.jump(-YEARS)[0])
        self.share("nla", ["procesregisseur"])
        c = self.desk("procesregisseur")
        c.clock = self.still
        self.assertEqual(2, len(c.receive(max_deliveries=9, lease_ms=100)))
        rg.wait_for("the lease to end", lambda: len(c.receive(max_deliveries=9)) == 2)

    def test_a_clock_that_comes_back_is_believed_by_itself(self):
        self.begin()
        self.jump(YEARS)
        self.assertEqual("", self.jump(-YEARS)[0])
        self.assertIn("CLOCK-BELIEVED", self.log())
        self.share("nla", ["procesregisseur"])
        shown = self.region.command("audit", "list", "--kind", "clock", party="auditor").stdout
        self.assertRegex(shown, "wall clock not believed .*\n.*wall clock believed again ")

    def test_a_restart_does_not_make_a_wrong_clock_right(self):
        self.begin()
        self.jump(3 * DAY_S)
        self.restart()
        self.turns()
        self.assertEqual(1, len(self.moments()))        # still
        self.assertEqual(1, self.waiting())

    def test_a_start_years_later_is_asked_about(self):
        self.begin()
        self.region.kill_broker()
        self.region.clock.forward(YEARS)
        self.region.start_broker()
        for c in self.desks.values():
            c.connect()
        rg.wait_for("an entry about the clock", self.moments)
        self.turns()
        self.assertEqual(1, self.waiting())

    def test_the_administrator_says_that_it_is_right(self):
        self.begin()
        self.jump(YEARS)
        os.kill(self.region.broker_pid(), signal.SIGUSR1)
        rg.wait_for("the copy to end", lambda: self.waiting() == 0)
        self.assertEqual("", self.moments()[-1][0])


if __name__ == "__main__":
    unittest.main()
