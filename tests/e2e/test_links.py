# SPDX-License-Identifier: EUPL-1.2
"""Two that know the same person hear so, and nobody else hears anything.

Neither who knows nor what; both hear or neither does; not of layer 2, not of what was
recalled; and no token stands anywhere but in the broker's own table.
"""

import pathlib
import sys
import time
import unittest

from google.protobuf import json_format

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import e2e_case
import leaks
import sluis_client as sc
from e2e_case import CASE

BSN = "999990019"


def signal(bsn=BSN, name="Kwispelmeer", **more):
    """A signal about one adult victim."""
    return json_format.ParseDict({
        "meta": {"municipality": "9901"}, "exploitation": {"types": ["FORCED_LABOUR"]},
        "persons": [{"role": "VICTIM", "minor": False, "birth_date": "1990-01-01", "bsn": bsn,
                     "given_names": "Ada", "family_name": name}],
        **more}, sc.signal_pb2.Signal()).SerializeToString()


class LinkCase(e2e_case.RegionCase):
    SETTINGS = {"links_s": 1}

    def settled(self):
        """What was put aside has been compared."""
        deadline = time.monotonic() + 30
        while self.sql("SELECT count(*) FROM link_token WHERE seen = 0") != [(0,)]:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)

    def links(self, name):
        return [n for n, _ in self.notices(name, CASE.NOTICE_LINK)]

    def link(self, name, trace, code="ok"):
        return list(self.ask(name, "link", sc.wire_pb2.Link(trace_id=trace), code).links)

    def nobody_hears(self):
        self.settled()
        for name in ("meldpunt", "politie", "nla", "zorgcoordinator", "om", "kmar"):
            self.assertEqual([], self.links(name), name)
        self.assertEqual(0, self.count("EVENT_LINK"))


class Links(LinkCase):
    # --- who hears nothing ----------------------------------------------------------------

    def test_one_alone_and_others_about_other_people_hear_nothing(self):
        self.share("meldpunt", ["politie"], signal=signal())
        self.share("meldpunt", ["politie"], signal=signal())
        self.share("politie", ["meldpunt"], signal=signal("999991012", "Anders"))
        self.nobody_hears()

    def test_without_a_rule_between_two_convenants_nobody_hears(self):
        self.share("meldpunt", ["politie"], signal=signal())
        self.share("politie", ["meldpunt"], words="riec", signal=signal())
        self.share("zorgcoordinator", ["veiligthuis"], words="zorg", signal=signal())
        self.nobody_hears()

    def test_care_is_not_found_out_and_finds_nothing_out(self):
        self.share("zorgcoordinator", ["politie"], signal=signal())
        trace, _ = self.share("meldpunt", ["politie"], signal=signal())
        self.nobody_hears()
        self.assertEqual([], self.link("meldpunt", trace))

    def test_an_embargo_is_not_found_out(self):
        hidden = signal(handling={"embargo": {"contact_desk": "avim", "review_on": "2099-01-01"}})
        self.share("politie", ["nla"], signal=hidden)
        self.share("meldpunt", ["politie"], signal=signal())
        self.nobody_hears()

    def test_what_is_recalled_makes_no_link(self):
        trace, _ = self.share("politie", ["meldpunt"], signal=signal())
        self.ask("politie", "recall",
                 sc.wire_pb2.Recall(trace_id=trace, ground=CASE.RECALL_UNLAWFUL))
        self.share("meldpunt", ["politie"], signal=signal())
        self.nobody_hears()

    def test_what_is_corrected_is_compared_as_it_is_now(self):
        trace, _ = self.share("politie", ["meldpunt"], signal=signal())
        self.share("politie", ["meldpunt"], signal=signal("999991012"), corrects=trace)
        self.share("meldpunt", ["politie"], signal=signal())
        self.settled()
        # the name and birth date of both are still the same
        told, = self.links("meldpunt")
        self.assertEqual(["person"], [hit.kind for hit in told.links])

    def test_another_region_is_another_partnership(self):
        self.share("politie", ["meldpunt"], signal=signal(), region="hoogland")
        self.share("meldpunt", ["politie"], signal=signal())
        self.nobody_hears()

    def test_only_the_own_submission_is_asked_about(self):
        mine, _ = self.share("meldpunt", ["politie"], signal=signal())
        self.share("politie", ["meldpunt"], signal=signal())
        for name in ("politie", "nla", "analist", "aandacht"):
            self.link(name, mine, "not_found")
        self.link("meldpunt", b"x" * 16, "not_found")
        self.link("meldpunt", b"short", "malformed")

    # --- who hears ------------------------------------------------------------------------

    def test_both_hear_how_many_others_and_neither_who_nor_what(self):
        mine, _ = self.share("meldpunt", ["politie"], signal=signal())
        theirs, _ = self.share("politie", ["meldpunt"], signal=signal())
        self.settled()
        for name, trace in (("meldpunt", mine), ("politie", theirs)):
            told, = self.links(name)
            self.assertEqual(trace, told.about)
            self.assertEqual(["bsn", "person"], sorted(hit.kind for hit in told.links))
            for hit in told.links:
                self.assertEqual(1, hit.others)
                self.assertFalse(hit.oins)
                self.assertFalse(hit.HasField("convenant"))
            for field in ("from_oin", "case_id", "route", "state"):
                self.assertFalse(told.HasField(field), field)
        self.share("meldpunt", ["politie"], signal=signal())
        self.settled()
        self.assertEqual([], self.links("meldpunt"))    # once
        self.assertEqual([], self.links("politie"))

    def test_between_two_partnerships_they_hear_which_participants(self):
        self.share("meldpunt", ["politie"], words="riec", signal=signal())
        self.share("politie", ["meldpunt"], words="zvh", signal=signal())
        self.settled()
        told, = self.links("meldpunt")
        self.assertEqual({"zvh"}, {hit.convenant for hit in told.links})
        self.assertEqual({self.seat("politie").oin}, {o for hit in told.links for o in hit.oins})

    def test_the_answer_has_the_same_size_with_and_without_a_match(self):
        self.share("politie", ["meldpunt"], signal=signal())
        sizes = [len(self.share("meldpunt", ["politie"], signal=signal(bsn))[1].SerializeToString())
                 for bsn in ("999991012", BSN)]
        self.assertLess(abs(sizes[0] - sizes[1]), 80)   # the proof grows with the tree alone

    def test_a_link_that_was_not_told_before_a_crash_is_told_after_it_and_once(self):
        self.share("meldpunt", ["politie"], signal=signal())
        self.share("politie", ["meldpunt"], signal=signal())
        self.restart()
        self.settled()
        self.assertEqual(1, len(self.links("meldpunt")))
        self.restart()
        self.settled()
        self.assertEqual([], self.links("meldpunt"))

    # --- what stands where ------------------------------------------------------------------

    def test_no_identifier_and_no_token_stands_in_journal_log_or_notice(self):
        self.share("meldpunt", ["politie"], signal=signal())
        self.share("politie", ["meldpunt"], signal=signal())
        self.settled()
        needles = leaks.Needles()
        needles.add("persons.bsn", BSN)
        needles.add("persons.family_name", "Kwispelmeer")
        for path, data in self.region.files_of_broker().items():
            self.assertEqual([], needles.found_in(data), path)
        for token, in self.sql("SELECT DISTINCT token FROM link_token"):
            for coat in (token, token.hex().encode(), token[:16], token.hex()[:32].encode()):
                needles.put(bytes(coat), "token", "raw or hex")
        self.assertGreater(len(needles.coats), 4)
        with self.region.client("auditor") as auditor:
            for entry in auditor.audit_all()[0]:
                self.assertEqual([], needles.found_in(entry.leaf + entry.detail))
        for name in ("meldpunt", "politie"):
            for told in self.links(name):
                self.assertEqual([], needles.found_in(told.SerializeToString()))
        for path, data in self.region.files_of_broker().items():
            if path.suffix == ".log" or "ready" in path.name:
                self.assertEqual([], needles.found_in(data), path)


class Layer2(LinkCase):
    OPTIONS = {"cover_s": 1}

    def test_nobody_hears_that_layer_2_knows(self):
        self.share("meldpunt", ["politie"], signal=signal())
        deep = signal(handling={"layer": 2})
        c = self.desk("politie")
        frame = c.build_submit(deep, "afstemming", "1", "duiding", self.region.to("meldpunt"))
        c.exchange(frame)       # served or not: it makes no token
        self.settled()
        self.assertEqual([(1,)], self.sql("SELECT count(DISTINCT trace) FROM link_token"))
        self.assertEqual([], self.links("meldpunt"))
        self.assertEqual([], self.links("politie"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
