# SPDX-License-Identifier: EUPL-1.2
"""sluis policy diff --journal: past decisions ruled again, from a real broker's journal.

One region sends the whole story and its auditor exports the journal; every test compares two
policies over that export, or over a copy in which something was changed or left out.
"""

import csv
import hashlib
import io
import json
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import region as rg
import sluis_client as sc

SAME, WIDER, ALARM, DIFFERENT = 0, 3, 6, 9



def entries(folder):
    """The leaves of an export of at most 256 entries."""
    bundle = max((folder / "tile" / "entries").rglob("*"), key=lambda p: p.is_file())
    data, leaves = bundle.read_bytes(), []
    while data:
        n = int.from_bytes(data[:2], "big")
        leaves.append(sc.journal_pb2.Leaf.FromString(data[2:2 + n]))
        data = data[2 + n:]
    return bundle, leaves


def write_entries(bundle, leaves):
    data = b""
    for leaf in leaves:
        text = leaf.SerializeToString()
        data += len(text).to_bytes(2, "big") + text
    bundle.write_bytes(data)


class PolicyDiff(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.tmp = pathlib.Path(cls.temporary.name)
        cls.region = rg.Region()
        cls.addClassCleanup(cls.region.__exit__)
        cls.region.up()
        for step in rg.story():
            cls.region.command(
                "--json", "signal", "send", rg.SIGNALS / step["file"], "--convenant",
                step["convenant"], "--phase", step["phase"], "--purpose", step["purpose"],
                "--to", ",".join(step["to"]), party=step["from"], check=False)
        # its own desk, and a desk that nobody has
        cls.region.command("signal", "send", rg.SIGNALS / "01-older-friend.json", "--convenant",
                           "zvh", "--phase", "1", "--purpose", "casusoverleg", "--to",
                           "politie/nergens,veiligthuis", party="meldpunt", check=False)
        cls.export = cls.tmp / "export"
        cls.region.command("audit", "export", cls.export, party="auditor")
        cls.policy = cls.region.broker_dir / "policy"
        cls.key = cls.region.region.data["verifier"]
        cls.decisions = [
            i for i, leaf in enumerate(entries(cls.export)[1])
            if leaf.kind in (sc.journal_pb2.EVENT_RULING, sc.journal_pb2.EVENT_NOT_SERVED)]

        cls.path, cls.wide = cls.a_wider_rule()

    @classmethod
    def a_wider_rule(cls):
        """(path, rule): a field that some recipient under riec did not get, as no rule names it."""
        roles = {p["oin"]: p["role"] for p in cls.region.region.data["parties"]}
        for i in cls.decisions:
            leaf = entries(cls.export)[1][i]
            detail = sc.journal_pb2.Detail.FromString(
                (cls.export / "details" / str(i)).read_bytes())
            silent = [sc.path_name(p) for g in detail.withheld if not g.rule
                      for p in sc.unpack_paths(g.paths)]
            silent = [p for p in silent if p.startswith("persons.")]
            if leaf.convenant == "riec" and leaf.kind == sc.journal_pb2.EVENT_RULING and silent:
                return silent[0], (
                    "rules:\n  - {id: e2e-wide, article: Proef, recipients: [%s], "
                    "fields: [%s], action: release}\n"
                    % (roles[leaf.recipient_oin], silent[0]))
        raise AssertionError("everybody gets everything")

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.here = pathlib.Path(folder.name)

    def changed(self, file, old, new, name="changed"):
        """A copy of the policy in which FILE has NEW for the first OLD."""
        copy = self.here / name
        shutil.copytree(self.policy, copy)
        text = (copy / file).read_text("utf-8")
        self.assertIn(old, text)
        (copy / file).write_text(text.replace(old, new, 1), "utf-8")
        return copy

    def copied(self):
        copy = self.here / "export"
        shutil.copytree(self.export, copy)
        return copy

    def diff(self, old, new, *words, expect):
        done = self.region.command("policy", "diff", old, new, *words, check=False)
        self.assertEqual(expect, done.returncode, done.stdout + done.stderr)
        return done.stdout

    def journal(self, old, new, export=None, expect=SAME, *words):
        text = self.region.command("--json", "policy", "diff", old, new, "--journal",
                                   export or self.export, *words, check=False)
        self.assertEqual(expect, text.returncode, text.stdout + text.stderr)
        return json.loads(text.stdout)["journal"]

    # --- what was weighed is there ------------------------------------------------------

    def test_every_decision_has_a_detail_that_tells_what_was_weighed(self):
        self.assertGreater(len(self.decisions), 20)
        for i in self.decisions:
            detail = sc.journal_pb2.Detail.FromString(
                (self.export / "details" / str(i)).read_bytes())
            self.assertGreater(len(detail.records), 0)
            self.assertEqual(0, len(detail.records[-1].facts))
            self.assertTrue(detail.records[-1].paths)

    # --- nothing changed ----------------------------------------------------------------

    def test_the_policy_in_force_gives_what_the_journal_says(self):
        found = self.journal(self.policy, self.policy)
        self.assertEqual(len(self.decisions) + 1, found["decisions"])  # and the refusal
        self.assertEqual((0, 0, 0), (found["differ"], found["perhaps"], found["alarms"]))
        # only the desk that nobody has cannot be asked again
        self.assertEqual(["untold"], [e["verdict"] for e in found["entries"]])

    def test_a_verified_export_is_said_to_be_verified(self):
        self.assertTrue(self.journal(
            self.policy, self.policy, None, SAME, "--key", self.key)["verified"])
        self.assertFalse(self.journal(self.policy, self.policy)["verified"])

    # --- wider, narrower ----------------------------------------------------------------

    def test_a_wider_rule_shows_in_just_the_decisions_that_it_reaches(self):
        wide = self.changed("riec.yaml", "rules:\n", self.wide)
        found = self.journal(self.policy, wide, expect=DIFFERENT)
        differing = [e for e in found["entries"] if e["verdict"] == "differs"]
        self.assertEqual(found["differ"], len(differing))
        self.assertGreater(len(differing), 0)
        for e in differing:
            self.assertEqual("riec", e["convenant"])
            self.assertEqual([self.path], e["wider"])
            self.assertEqual([], e["narrower"])
            self.assertTrue(e["weighed"])
            self.assertIn(e["entry"], self.decisions)
        self.assertEqual(0, found["perhaps"])
        text = self.diff(self.policy, wide, "--journal", self.export, expect=DIFFERENT)
        self.assertIn("WIDER", text)
        self.assertIn(self.path, text)
        self.diff(self.policy, wide, "--fail-on-widening", expect=WIDER)
        self.diff(wide, self.policy, "--fail-on-widening", expect=SAME)

    def test_the_other_way_round_the_same_decisions_are_narrower(self):
        wide = self.changed("riec.yaml", "rules:\n", self.wide)
        there = self.journal(self.policy, wide, expect=DIFFERENT)
        back = self.journal(wide, self.policy, expect=DIFFERENT)
        self.assertEqual([e["entry"] for e in there["entries"] if e["verdict"] == "differs"],
                         [e["entry"] for e in back["entries"] if e["verdict"] == "differs"])
        for e in back["entries"]:
            if e["verdict"] == "differs":
                self.assertEqual([self.path], e["narrower"])
        self.assertEqual(0, back["alarms"])  # they name another policy than `wide`

    def test_a_question_leaves_other_decisions_out(self):
        gone = self.changed("zvh.yaml", "\nregistration: ", "\n# registration: ")
        every = self.journal(self.policy, gone, None, DIFFERENT)
        zvh = self.journal(self.policy, gone, None, DIFFERENT, "--convenant", "zvh")
        self.assertEqual(every["differ"], zvh["differ"])
        self.assertLess(zvh["decisions"], every["decisions"])
        police = self.journal(self.policy, gone, None, DIFFERENT, "--to", "politie")
        self.assertGreater(police["differ"], 0)
        self.assertLess(police["differ"], every["differ"])
        for e in police["entries"]:
            self.assertEqual(self.region.region.parties["politie"]["oin"], e["recipient_oin"])
        self.assertEqual(0, self.journal(
            self.policy, gone, None, SAME, "--convenant", "riec")["differ"])
        # what only got narrower is no widening
        text = self.diff(self.policy, gone, "--journal", self.export, "--widening",
                         expect=DIFFERENT)
        self.assertNotIn("NARROWER", text)
        self.assertNotIn("convenant_not_in_force", text)

    def test_a_convenant_that_is_no_longer_in_force_serves_nobody(self):
        gone = self.changed("zvh.yaml", "\nregistration: ", "\n# registration: ")
        found = self.journal(self.policy, gone, expect=DIFFERENT)
        leaves = entries(self.export)[1]
        served = [i for i in self.decisions if leaves[i].convenant == "zvh"
                  and leaves[i].kind == sc.journal_pb2.EVENT_RULING]
        self.assertGreater(len(served), 3)
        differing = {e["entry"]: e for e in found["entries"] if e["verdict"] == "differs"}
        self.assertEqual(served, sorted(differing))
        for e in differing.values():
            self.assertEqual("convenant_not_in_force", e["new"])
            self.assertGreater(len(e["narrower"]), 0)

    def test_a_refusal_of_which_the_bar_is_gone_cannot_be_told(self):
        text = (self.policy / "riec.yaml").read_text("utf-8")
        start = text.index("  - id: riec-cie\n")
        bar = text[start:text.index("  - id:", start + 10)]
        without = self.changed("riec.yaml", bar, "")
        found = self.journal(self.policy, without, expect=DIFFERENT)
        self.assertIn("riec-cie", [e.get("rule") for e in found["entries"]
                                   if e["verdict"] == "untold"])

    # --- less is known ------------------------------------------------------------------

    def strip(self, export):
        """Make every entry as it was before details told what was weighed."""
        bundle, leaves = entries(export)
        for i in self.decisions:
            path = export / "details" / str(i)
            detail = sc.journal_pb2.Detail.FromString(path.read_bytes())
            for field in ("facts", "region", "held_back", "desk_unknown", "region_unknown",
                          "records"):
                detail.ClearField(field)
            path.write_bytes(detail.SerializeToString())
            leaves[i].detail_digest = hashlib.sha256(path.read_bytes()).digest()
        write_entries(bundle, leaves)
        return export

    def test_old_entries_fit_the_policy_that_decided_them(self):
        old = self.strip(self.copied())
        found = self.journal(self.policy, self.policy, old)
        self.assertEqual((0, 0, 0), (found["differ"], found["perhaps"], found["alarms"]))

    def test_what_differs_for_sure_is_at_least_possible_without_the_facts(self):
        wide = self.changed("riec.yaml", "rules:\n", self.wide)
        known = self.journal(self.policy, wide, expect=DIFFERENT)
        guessed = self.journal(self.policy, wide, self.strip(self.copied()), expect=DIFFERENT)
        sure = {e["entry"] for e in known["entries"] if e["verdict"] == "differs"}
        possible = {e["entry"] for e in guessed["entries"]
                    if e["verdict"] in ("differs", "perhaps")}
        self.assertLessEqual(sure, possible)
        for e in guessed["entries"]:
            if e["verdict"] in ("differs", "perhaps"):
                self.assertFalse(e["weighed"])

    def test_without_details_only_what_was_given_is_compared(self):
        export = self.copied()
        shutil.rmtree(export / "details")
        found = self.journal(self.policy, self.policy, export)
        self.assertEqual(0, found["alarms"])
        gone = self.changed("zvh.yaml", "\nregistration: ", "\n# registration: ")
        found = self.journal(self.policy, gone, export, DIFFERENT)
        self.assertGreater(found["differ"], 3)

    # --- alarms and refusals ------------------------------------------------------------

    def test_a_decision_that_its_policy_does_not_give_is_an_alarm(self):
        export = self.copied()
        bundle, leaves = entries(export)
        i = next(i for i in self.decisions if leaves[i].released)
        leaves[i].released[0].rule = "no-such-rule"
        write_entries(bundle, leaves)
        found = self.journal(self.policy, self.policy, export, ALARM)
        self.assertEqual([i], [e["entry"] for e in found["entries"] if e["verdict"] == "alarm"])
        # and the export does not verify
        self.diff(self.policy, self.policy, "--journal", export, "--key", self.key, expect=ALARM)

    def test_a_served_recipient_who_was_not_entitled_is_an_alarm(self):
        export = self.copied()
        bundle, leaves = entries(export)
        i = next(i for i in self.decisions
                 if leaves[i].kind == sc.journal_pb2.EVENT_NOT_SERVED)
        leaves[i].kind = sc.journal_pb2.EVENT_RULING
        write_entries(bundle, leaves)
        self.assertEqual(1, self.journal(self.policy, self.policy, export, ALARM)["alarms"])

    def test_a_detail_of_another_entry_is_refused(self):
        export = self.copied()
        a, b = self.decisions[:2]
        shutil.copy(export / "details" / str(a), export / "details" / str(b))
        self.diff(self.policy, self.policy, "--journal", export, expect=ALARM)

    def test_a_folder_that_is_no_export_is_not_found(self):
        self.diff(self.policy, self.policy, "--journal", self.here, expect=5)

    def test_a_cut_export_is_refused(self):
        export = self.copied()
        bundle, leaves = entries(export)
        write_entries(bundle, leaves[:-2])
        self.diff(self.policy, self.policy, "--journal", export, expect=ALARM)

    def test_wrong_use_is_told(self):
        for words in (("--key", self.key), ("--journal", self.export, "--csv"),
                      ("--convenant", "nope"), ("--from", "nobody")):
            done = self.region.command(
                "policy", "diff", self.policy, self.policy, *words, check=False)
            self.assertIn(done.returncode, (2, 5), words)

    # --- forms --------------------------------------------------------------------------

    def test_the_rows_of_the_csv_are_the_cells_that_are_counted(self):
        both = self.changed("zvh.yaml", "\nregistration: ", "\n# registration: ")
        text = (both / "riec.yaml").read_text("utf-8")
        (both / "riec.yaml").write_text(text.replace("rules:\n", self.wide, 1), "utf-8")
        rows = list(csv.DictReader(io.StringIO(
            self.diff(self.policy, both, "--csv", expect=DIFFERENT))))
        cells = {}
        for row in rows:
            self.assertIn(row["way"], ("wider", "narrower"))
            key = tuple(row[k] for k in (
                "convenant", "phase", "from", "from_desk", "to", "to_desk", "field"))
            cells.setdefault(key, set()).add(row["way"])
        counted = json.loads(self.diff(self.policy, both, "--json", expect=DIFFERENT))["cells"]
        self.assertEqual(counted["wider"], sum(w == {"wider"} for w in cells.values()))
        self.assertEqual(counted["narrower"], sum(w == {"narrower"} for w in cells.values()))
        self.assertEqual(counted["both"], sum(len(w) == 2 for w in cells.values()))
        self.assertGreater(counted["wider"], 0)
        self.assertGreater(counted["narrower"], 0)

    def test_the_json_says_when_and_by_which_rule(self):
        wide = self.changed("riec.yaml", "rules:\n", self.wide)
        found = json.loads(self.diff(self.policy, wide, "--json", expect=DIFFERENT))
        self.assertEqual("wider", found["way"])
        self.assertNotEqual(found["old"], found["new"])
        for change in found["changes"]:
            self.assertEqual([self.path], change["fields"])
            self.assertEqual("e2e-wide", change["new"]["rule"])
            self.assertEqual("Proef", change["new"]["article"])
            self.assertEqual("release", change["new"]["action"])
        self.assertEqual([], json.loads(
            self.diff(wide, self.policy, "--json", "--widening", expect=DIFFERENT))["changes"])

    def test_cases_are_told_in_full_and_bracketed(self):
        wide = self.changed("riec.yaml", "rules:\n", self.wide.replace(
            "action: release", "action: release, when: [victim], unless: [minor, trafficking]"))
        found = json.loads(self.diff(self.policy, wide, "--json", expect=DIFFERENT))
        self.assertGreater(len(found["changes"]), 0)
        for change in found["changes"]:
            self.assertTrue(change["complete"])
            self.assertIn("victim", " ".join(change["when"][0]))
        rows = list(csv.DictReader(io.StringIO(
            self.diff(self.policy, wide, "--csv", expect=DIFFERENT))))
        for row in rows:
            self.assertNotIn("...", row["when"])
            self.assertIn(" and ", row["when"])
        self.assertNotIn("in other cases", self.diff(self.policy, wide, expect=DIFFERENT))

    # --- what is no cell ----------------------------------------------------------------

    def test_a_weaker_invariant_is_no_silence(self):
        weak = self.changed("invariants.yaml", "unless: [", "unless: [victim, ")
        text = self.diff(self.policy, weak, "--fail-on-widening", expect=WIDER)
        self.assertIn("BOTH WAYS  invariant", text)
        self.assertIn("unless: victim, ", text)

    def test_a_comment_is_no_difference_in_outcome(self):
        other = self.changed("riec.yaml", "\nrules:\n", "\n# of no effect\nrules:\n")
        self.assertIn("the bundles are not the same (comments, why)",
                      self.diff(self.policy, other, expect=SAME))
        self.assertIn("in what was asked for", self.diff(
            self.policy, other, "--convenant", "zvh", expect=SAME))
        self.assertEqual("No difference.\n", self.diff(self.policy, self.policy, expect=SAME))

    def test_an_article_that_is_no_longer_our_own_reading_says_so(self):
        sure = self.changed("afstemming.yaml", "    inferred: true\n", "")
        self.assertIn("no longer marked as our own reading",
                      self.diff(self.policy, sure, expect=DIFFERENT))
        self.assertIn("now marked as our own reading",
                      self.diff(sure, self.policy, expect=DIFFERENT))

    def test_obligations_that_no_longer_travel_are_counted(self):
        text = (self.policy / "riec.yaml").read_text("utf-8")
        less = self.changed("riec.yaml", "every_copy: true", "every_copy: false")
        self.assertIn("every_copy: true", text)
        self.assertIn("; 1 obligations no longer travel, 0 do now;",
                      self.diff(self.policy, less, expect=DIFFERENT))
        self.assertIn("; 0 obligations no longer travel, 1 do now;",
                      self.diff(less, self.policy, expect=DIFFERENT))

    # --- in Dutch -----------------------------------------------------------------------

    def test_it_speaks_dutch(self):
        wide = self.changed("riec.yaml", "rules:\n", self.wide)
        done = self.region.command("--lang", "nl", "policy", "diff", self.policy, wide,
                                   "--journal", self.export, check=False)
        self.assertEqual(DIFFERENT, done.returncode)
        self.assertIn("RUIMER", done.stdout)
        self.assertIn("vallen anders uit", done.stdout)
        self.assertNotIn("WIDER", done.stdout)


if __name__ == "__main__":
    unittest.main()
