#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""The auditor's commands: what is asked for is what is told, from the broker and from a folder.

One region in which a case went the whole way to the ZVH table, a signal went outside of any
case, and a message of the police was refused.  What the commands say is compared with the
journal as this test reads it itself.
"""

import csv
import hashlib
import io
import json
import os
import re
import pathlib
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import region as rg
import sluis_client as sc
import walk as wk

EVENT = sc.journal_pb2.EventKind
ACTIONS = {1: "withhold", 2: "pseudonymise", 3: "generalise", 4: "release"}


class Told:
    """The region and its journal, made once."""

    def __init__(self):
        self.region = rg.Region()
        try:
            self.region.up()
            self.tell()
        except BaseException:
            self.region.__exit__()
            raise

    def tell(self):
        walk = wk.Walk(self.region)
        for act in walk.track("zvh", "01-older-friend.json"):
            act.do()
        self.case, self.trace = walk.case.hex(), walk.traces[-1].hex()
        with self.region.client("nla") as c:
            c.acknowledge([d.delivery_id for d in c.receive(max_deliveries=100)])
        self.command("meldpunt", "signal", "send", rg.SIGNALS / "05-niece-in-the-household.json",
                     "--convenant", "zorg", "--phase", "1", "--purpose", "hulpverlening",
                     "--to", "zorgcoordinator,politie", "--no-preview", check=False)
        self.command("politie", "signal", "send", rg.SIGNALS / "09-criminal-intelligence.json",
                     "--convenant", "riec", "--phase", "1", "--purpose", "casusoverleg",
                     "--to", "nla", "--no-preview", check=False)
        self.copy = self.region.dir / "copy"
        self.command("auditor", "audit", "export", self.copy)
        self.key = json.loads((self.region.dir / "region.json").read_text())["verifier"]

    def command(self, party, *words, check=True):
        return self.region.command(*words, party=party, check=check)


class AuditCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.told = Told()
        cls.addClassCleanup(cls.told.region.__exit__)
        cls.region = cls.told.region

    def audit(self, *words, code=0, party="auditor"):
        done = self.told.command(party, "audit", *words, check=False)
        self.assertEqual(code, done.returncode, "%s\n%s%s" % (words, done.stdout, done.stderr))
        return done

    def entries(self, *words, **more):
        done = self.told.command("auditor", "--json", "audit", "list", "--max", "100000", *words,
                                 check=False)
        self.assertEqual(more.get("code", 0), done.returncode, done.stderr)
        return json.loads(done.stdout)["entries"] if done.returncode == 0 else None

    def offline(self, *words, **more):
        return self.entries("--tiles", self.told.copy, *words, **more)

    def journal(self):
        """[(Leaf, Detail or None)] as this test reads and verifies it."""
        with self.region.client("auditor") as c:
            receipts, _ = c.audit_all()
        return [(sc.journal_pb2.Leaf.FromString(r.leaf),
                 sc.journal_pb2.Detail.FromString(r.detail) if r.HasField("detail") else None)
                for r in receipts]

    def oin(self, name):
        return self.region.region.parties[name]["oin"]


class Filters(AuditCase):
    def same(self, words, wanted):
        """WORDS give the entries for which WANTED holds, live and from the folder."""
        found = {e["index"] for e in self.offline(*words)}
        journal = self.journal()[:self.size()]
        expected = {i for i, (leaf, detail) in enumerate(journal) if wanted(i, leaf, detail)}
        self.assertTrue(expected, "nothing to be found by %s" % (words,))
        self.assertEqual(expected, found, words)
        live = {e["index"] for e in self.entries(*words) if e["index"] < self.size()}
        self.assertEqual(expected, live, words)

    def size(self):
        return int((self.told.copy / "checkpoint").read_text().split("\n")[1])

    def test_no_filter_is_everything(self):
        self.assertEqual(list(range(self.size())), [e["index"] for e in self.offline()])

    def test_party(self):
        nla = self.oin("nla")
        self.same(["--party", "nla"], lambda i, l, d: nla in (l.sender_oin, l.recipient_oin))
        self.same(["--party", nla], lambda i, l, d: nla in (l.sender_oin, l.recipient_oin))

    def test_a_name_of_one_of_several_desks_is_that_desk(self):
        p = self.region.region.parties["analist"]
        who = (p["oin"], p["desk"])
        self.same(["--party", "analist"], lambda i, l, d: who in (
            (l.sender_oin, l.sender_desk), (l.recipient_oin, l.recipient_desk)))

    def test_convenant_and_kind(self):
        self.same(["--convenant", "zorg"], lambda i, l, d: l.convenant == "zorg")
        self.same(["--convenant", "zvh", "--kind", "ruling"],
                  lambda i, l, d: l.convenant == "zvh" and l.kind == EVENT.Value("EVENT_RULING"))

    def test_field_and_outcome_hold_of_one_field(self):
        bsn = bytes([2, 3, 10])

        def fields(l, d):
            groups = list(d.withheld if d else []) + list(l.released)
            return [(g.action, p) for g in groups for p in unpack(bytes(g.paths))]
        self.same(["--field", "persons.bsn"],
                  lambda i, l, d: any(p == bsn for _, p in fields(l, d)))
        self.same(["--field", "persons.bsn", "--outcome", "withhold"],
                  lambda i, l, d: (1, bsn) in fields(l, d))
        self.same(["--field", "bsn", "--outcome", "pseudonymise"],
                  lambda i, l, d: (2, bsn) in fields(l, d))

    def test_article(self):
        def rests_on(word):
            def wanted(i, l, d):
                groups = list(d.withheld) + list(d.released) if d else []
                return any(word in g.article for g in groups) or (d and word in d.article)
            return wanted
        self.same(["--article", "AVG 5(1)(c)"], rests_on("AVG 5(1)(c)"))
        self.same(["--article", "avg 5(1)(c)"], rests_on("AVG 5(1)(c)"))

    def test_outcome(self):
        self.same(["--outcome", "served"], lambda i, l, d: l.kind == EVENT.Value("EVENT_RULING"))
        self.same(["--outcome", "refused"], lambda i, l, d: l.kind == EVENT.Value("EVENT_REFUSED"))
        self.same(["--outcome", "cie_information_refused"],
                  lambda i, l, d: l.code == "cie_information_refused")

    def test_trace_and_case_bring_what_refers_to_them(self):
        journal = self.journal()

        def belongs(key, value):
            of = {i for i, (l, d) in enumerate(journal) if d and getattr(d, key).hex() == value}
            grown = True
            while grown:
                more = {i for i, (l, d) in enumerate(journal) if l.HasField("refers_to")
                        and l.refers_to in of and l.kind != EVENT.Value("EVENT_AUDIT_READ")}
                grown = not more <= of
                of |= more
            return lambda i, l, d: i in of
        self.same(["--trace", self.told.trace], belongs("trace_id", self.told.trace))
        self.same(["--trace", self.told.trace[:8]], belongs("trace_id", self.told.trace))
        self.same(["--case", self.told.case[:6]], belongs("case_id", self.told.case))

    def test_days(self):
        journal = self.journal()
        from datetime import datetime, timedelta, timezone
        first = datetime.fromtimestamp(journal[0][0].time_ms / 1000, timezone.utc)
        day = first.strftime("%Y-%m-%d")
        before = (first - timedelta(days=1)).strftime("%Y-%m-%d")
        self.assertEqual([], self.offline("--to", before))
        self.assertIn(0, [e["index"] for e in self.offline("--from", day, "--to", day)])
        self.assertEqual(self.size(), len(self.offline("--from", before)))
        later = (first + timedelta(days=3)).strftime("%Y-%m-%d")
        self.assertEqual([], self.offline("--from", later))

    def test_filters_combine(self):
        self.same(["--party", "nla", "--case", self.told.case, "--kind", "ruling"],
                  lambda i, l, d: l.kind == EVENT.Value("EVENT_RULING")
                  and l.recipient_oin == self.oin("nla") and d.case_id.hex() == self.told.case)
        self.assertEqual([], self.offline("--kind", "enrolled", "--case", self.told.case))

    def test_an_unknown_value_is_a_usage_error_that_names_what_is_known(self):
        for option, value, known in (
                ("--party", "nobody", "politie"), ("--convenant", "zhv", "zvh"),
                ("--article", "Besluit WGS 2.99", "AVG 5(1)(c)"), ("--kind", "rulings", "ruling"),
                ("--field", "persons.shoe_size", "persons.bsn"), ("--outcome", "lost", "served")):
            for source in ([], ["--tiles", self.told.copy]):
                done = self.audit("list", option, value, *source, code=2)
                if option == "--field":
                    known = "residence_status"
                self.assertIn(known, done.stderr, option)
                self.assertEqual("", done.stdout)

    def test_a_day_or_id_that_is_none(self):
        for words in (["--from", "21-11-2026"], ["--to", "2026-13-01"], ["--to", ""],
                      ["--case", "xyzw"], ["--case", "abc"], ["--trace", "0" * 33],
                      ["--article", " "], ["--from", "2026-11-30", "--to", "2026-11-01"]):
            self.audit("list", *words, code=2)
        self.audit("list", "--case", "0" * 32, code=5)
        self.audit("list", "--trace", "0" * 32, "--tiles", self.told.copy, code=5)

    def test_without_a_region_a_party_is_its_oin(self):
        source = ["--tiles", self.told.copy, "--key", self.region.region.data["verifier"]]
        for words in (["list"], ["why", "--case", self.told.case], ["export", "-", "--as", "csv"]):
            done = self.region.command("audit", *words, "--party", "nla", *source, check=False)
            self.assertEqual((2, ""), (done.returncode, done.stdout), words)
            self.assertIn("OIN", done.stderr)
            self.region.command("audit", *words, "--party", self.oin("nla"), *source)

    def test_a_prefix_of_two_is_refused(self):
        traces = sorted({d.trace_id.hex() for _, d in self.journal() if d and d.trace_id})
        first = [a for a, b in zip(traces, traces[1:]) if a[:4] == b[:4]]
        if not first:
            self.skipTest("no two traces begin alike in this run")
        self.audit("list", "--trace", first[0][:4], code=2)

    def test_beyond_max_is_said(self):
        done = self.audit("list", "--max", "2")
        self.assertEqual(3, len(done.stdout.splitlines()))
        self.assertIn("--max", done.stderr)


class Verified(AuditCase):
    def test_a_changed_folder_is_told_nothing_of(self):
        """Each file that counts: one bit, and every command that reads ends with 6 and is mute."""
        for part in ("tile/entries", "tile/0", "details", "checkpoint"):
            copy = self.region.dir / ("changed-" + part.replace("/", "-"))
            shutil.copytree(self.told.copy, copy)
            path = copy / part
            while path.is_dir():
                path = sorted(path.iterdir())[-1]
            data = bytearray(path.read_bytes())
            data[len(data) // 2] ^= 1
            path.write_bytes(bytes(data))
            for words in self.commands():
                done = self.audit(*words, "--tiles", copy, code=6)
                self.assertEqual("", done.stdout, (part, words))

    def commands(self):
        return [["list"], ["list", "--party", "nla"], ["show", "1"], ["verify"],
                ["why", "--party", "nla", "--case", self.told.case],
                ["export", "-", "--as", "csv"]]

    def test_another_key_is_told_nothing_of(self):
        other = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
        for words in self.commands():
            done = self.audit(*words, "--tiles", self.told.copy, "--key", other, code=6)
            self.assertEqual("", done.stdout)

    def test_every_live_command_leaves_its_read(self):
        reads = EVENT.Value("EVENT_AUDIT_READ")
        for words in self.live():
            before = sum(leaf.kind == reads for leaf, _ in self.journal())
            self.audit(*words)
            journal = self.journal()
            after = sum(leaf.kind == reads for leaf, _ in journal)
            # one read of this test stands between them
            self.assertGreaterEqual(after, before + 2, words)
            last = [leaf for leaf, _ in journal if leaf.kind == reads][-1]
            self.assertEqual(self.oin("auditor"), last.sender_oin)

    def live(self):
        return [["list"], ["list", "--party", "nla"], ["show", "1"], ["verify"],
                ["why", "--party", "nla", "--case", self.told.case],
                ["stats"], ["anomalies"], ["report", "-"],
                ["export", "-", "--as", "csv"], ["export", self.region.dir / "live-copy"]]

    def test_a_folder_leaves_none(self):
        before = len(self.journal())
        for words in self.commands():
            self.audit(*words, "--tiles", self.told.copy)
        self.assertEqual(before + 1, len(self.journal()))

    def test_no_agency_reads_the_journal(self):
        for words in (["list"], ["show", "1"], ["verify"]):
            self.assertEqual("", self.audit(*words, party="politie", code=4).stdout)


class ActingUser(AuditCase):
    def as_user(self, user, party, *words, check=True):
        os.environ["SLUIS_USER"] = user
        try:
            return self.told.command(party, *words, check=check)
        finally:
            del os.environ["SLUIS_USER"]

    def last(self, kind):
        found = [(l, d) for l, d in self.journal() if l.kind == EVENT.Value(kind)]
        return found[-1]

    def test_who_acted_stands_in_the_detail_of_each_act_and_nowhere_else(self):
        user = "mw-4711.a_b"
        self.as_user(user, "meldpunt", "signal", "send",
                     rg.SIGNALS / "05-niece-in-the-household.json", "--convenant", "zorg",
                     "--phase", "1", "--purpose", "hulpverlening", "--to",
                     "zorgcoordinator,politie", "--no-preview", check=False)
        self.as_user(user, "zorgcoordinator", "inbox", "watch", "--count", "1")
        self.as_user(user, "zorgcoordinator", "inbox", "ack", "--all")
        self.as_user(user, "meldpunt", "case", "open", "--route", "nijmegen")
        self.as_user(user, "politie", "signal", "send", rg.SIGNALS / "09-criminal-intelligence.json",
                     "--convenant", "riec", "--phase", "1", "--purpose", "casusoverleg",
                     "--to", "nla", "--no-preview", check=False)
        self.as_user(user, "auditor", "audit", "list")
        for kind in ("EVENT_RULING", "EVENT_NOT_SERVED", "EVENT_ACKNOWLEDGED", "EVENT_CASE",
                     "EVENT_REFUSED", "EVENT_AUDIT_READ"):
            if kind == "EVENT_AUDIT_READ":  # the last one is this test's own
                found = [d for l, d in self.journal() if l.kind == EVENT.Value(kind) and d]
                detail = found[-1]
            else:
                _, detail = self.last(kind)
            self.assertIsNotNone(detail, kind)
            self.assertEqual(user, detail.user, kind)
            self.assertEqual(32, len(detail.salt), kind)
        for leaf, _ in self.journal():
            self.assertNotIn(user.encode(), leaf.SerializeToString())
        found = {e["kind"] for e in self.entries() if e.get("user") == user}
        self.assertLessEqual({"ruling", "not_served", "acknowledged", "case", "refused"}, found)
        ruling = [e["index"] for e in self.entries("--kind", "ruling") if e.get("user") == user][-1]
        self.assertIn(user, self.audit("show", ruling).stdout)
        acts = {EVENT.Name(l.kind) for l, d in self.journal() if d and d.user == user}
        self.assertFalse(acts & {"EVENT_NOTICE", "EVENT_UNDELIVERED", "EVENT_OVERDUE",
                                 "EVENT_COVER"}, "what nobody did has no user")

    def test_the_recipient_is_not_told_who_acted(self):
        self.as_user("mw-0815", "meldpunt", "signal", "send",
                     rg.SIGNALS / "05-niece-in-the-household.json", "--convenant", "zorg",
                     "--phase", "1", "--purpose", "hulpverlening", "--to", "zorgcoordinator",
                     "--no-preview")
        self.told.command("zorgcoordinator", "inbox", "watch", "--count", "1")
        listed = json.loads(self.told.command("zorgcoordinator", "--json", "inbox", "list").stdout)
        for d in listed["deliveries"]:
            shown = self.told.command("zorgcoordinator", "--json", "inbox", "show", d["id"]).stdout
            self.assertNotIn("mw-0815", shown)
            why = self.told.command("zorgcoordinator", "--json", "explain",
                                    str(d["entry"]), check=False).stdout
            self.assertNotIn("mw-0815", why)

    def test_a_user_that_is_a_name_is_refused_before_anything_is_asked(self):
        before = len(self.journal())
        for user in ("Jan de Vries", "a" * 65, "jan@voorbeeld.example"):
            done = self.as_user(user, "meldpunt", "case", "list", check=False)
            self.assertEqual(2, done.returncode, done.stderr)
            self.assertNotIn(user, done.stdout + done.stderr)
        self.assertEqual(before + 1, len(self.journal()))

    def test_the_folder_names_the_user_and_the_environment_goes_before_it(self):
        path = self.region.party_dir("analist") / "party.json"
        kept = path.read_text()
        try:
            path.write_text(json.dumps(dict(json.loads(kept), user="nr-1")))
            self.told.command("analist", "case", "open", "--route", "nijmegen", check=False)
            self.assertIn("nr-1", [e.get("user") for e in self.entries()])
            self.as_user("nr-2", "analist", "case", "open", "--route", "nijmegen", check=False)
            self.assertIn("nr-2", [e.get("user") for e in self.entries()])
        finally:
            path.write_text(kept)


class Why(AuditCase):
    """What did NLA get about the case, and why?"""

    def why(self, *words, party="auditor", code=0):
        done = self.told.command(party, "--json", "audit", "why", *words, check=False)
        self.assertEqual(code, done.returncode, done.stderr)
        return json.loads(done.stdout) if code == 0 else done.stderr

    def rulings(self, name, of):
        """{index: (Leaf, Detail)} of the rulings for NAME in the case."""
        return {i: (leaf, detail) for i, (leaf, detail) in enumerate(self.journal())
                if leaf.kind in (EVENT.Value("EVENT_RULING"), EVENT.Value("EVENT_NOT_SERVED"))
                and leaf.recipient_oin == self.oin(name) and detail.case_id.hex() == of}

    def said(self, detail):
        """{(path as bytes, action, rule, article)} of a Detail."""
        return {(p, ACTIONS[g.action], g.rule, g.article)
                for g in list(detail.withheld) + list(detail.released)
                for p in unpack(bytes(g.paths))}

    def test_every_field_is_told_with_rule_and_article(self):
        for name in ("nla", "politie", "zorgcoordinator", "om"):
            expected = self.rulings(name, self.told.case)
            self.assertTrue(expected)
            for source in ([], ["--tiles", self.told.copy]):
                told = self.why("--party", name, "--case", self.told.case[:8], *source)
                self.assertEqual(self.told.case, told["case_id"])
                self.assertEqual(list(expected), [r["index"] for r in told["rulings"]], name)
                for r in told["rulings"]:
                    _, detail = expected[r["index"]]
                    self.assertEqual("here", r["detail"])
                    self.assertEqual(
                        {(a, rule, art) for _, a, rule, art in self.said(detail)},
                        {(f["action"], f.get("rule", ""), f.get("article", ""))
                         for f in r["fields"]})
                    self.assertEqual(len(self.said(detail)), len(r["fields"]))
                self.assertEqual([], told["untied"])

    def test_the_sentences_name_every_rule_and_article_and_what_was_withheld(self):
        text = self.audit("why", "--party", "nla", "--case", self.told.case).stdout
        for _, detail in self.rulings("nla", self.told.case).values():
            for _, action, rule, article in self.said(detail):
                if rule:
                    self.assertRegex(text, r"rule %s \w+ .*\(%s\)\." % (
                        re.escape(rule), re.escape(article)))
        self.assertIn("nla was not given Health; ", text)
        self.assertIn("no rule grants it, and silence means no.", text)
        self.assertIn("nla was given a pseudonym instead of ", text)
        self.assertNotIn("{", text)
        dutch = self.region.command("--lang", "nl", "audit", "why", "--party", "nla", "--case",
                                    self.told.case, party="auditor").stdout
        self.assertIn("nla kreeg niet Gezondheid; ", dutch)
        self.assertIn("zwijgen is nee", dutch)
        self.assertNotIn("was given", dutch)

    def test_one_field(self):
        for field, paths in (("persons.bsn", {"persons.bsn"}), ("bsn", {"persons.bsn"}),
                             ("persons.sexual", None)):
            told = self.why("--party", "politie", "--case", self.told.case, "--field", field)
            found = {f["path"] for r in told["rulings"] for f in r["fields"]}
            self.assertEqual(paths or {p for p in found if p.startswith("persons.sexual.")}, found)
        text = self.audit("why", "--party", "om", "--case", self.told.case, "--field", "bsn").stdout
        self.assertIn("om was given Citizen service number (persons.bsn): rule zvh-id grants it", text)
        self.assertNotIn("Health", text)

    def test_what_became_of_it_and_who_gave_the_seat_is_told(self):
        told = self.why("--party", "nla", "--case", self.told.case)
        self.assertIn("withdrawn", [t["kind"] for r in told["rulings"] for t in r["then"]])
        text = self.audit("why", "--party", "om", "--case", self.told.case).stdout
        self.assertIn("om was given a seat as", text)
        self.assertNotIn("politie was given a seat", text)
        # a category that was split is told field by field, a whole one by its title
        self.assertRegex(text, r"om was not given [^\n]*Contact data \(persons\.contact\.phone of "
                         r"part of the records, ")
        self.assertNotIn("persons.health.", text)
        text = self.audit("why", "--party", "politie", "--case", self.told.case).stdout
        self.assertIn("It still waits for politie.", text)

    def test_by_signal_and_what_was_not_served(self):
        refused = self.entries("--kind", "not_served", "--convenant", "zorg")[0]
        words = ["--party", "politie", "--trace", refused["trace_id"]]
        told = self.why(*words)
        self.assertEqual([(refused["index"], False)],
                         [(r["index"], r["served"]) for r in told["rulings"]])
        text = self.audit("why", *words).stdout
        self.assertIn("politie was not served (entry %d)" % refused["index"], text)
        self.assertIn("The reason:", text)
        _, detail = self.journal()[refused["index"]]
        self.assertIn(detail.article, text)

    def test_nothing_is_an_answer_and_an_unknown_case_is_none(self):
        text = self.audit("why", "--party", "ketenregisseur", "--case", self.told.case).stdout
        self.assertIn("No signal was shared with ketenregisseur", text)
        self.audit("why", "--party", "nla", "--case", "0" * 32, code=5)
        for words in (["--case", self.told.case], ["--party", "nla"],
                      ["--party", "nla", "--case", self.told.case, "--trace", self.told.trace],
                      ["--party", "nobody", "--case", self.told.case],
                      ["--party", "nla", "--case", self.told.case, "--field", "shoe_size"]):
            self.assertEqual("", self.audit("why", *words, code=2).stdout)

    def test_a_sender_and_a_recipient_ask_about_their_own_and_see_no_more(self):
        sent = json.loads(self.told.command("meldpunt", "--json", "signal", "list").stdout)
        trace = next(e["trace_id"] for e in sent["entries"] if e.get("convenant") == "zorg")
        told = self.why("--party", "zorgcoordinator", "--trace", trace, party="meldpunt")
        entry, = told["rulings"]
        leaf, detail = self.journal()[entry["index"]]
        self.assertEqual(len(self.said(detail)), len(entry["fields"]))
        self.told.command("zorgcoordinator", "inbox", "watch", "--count", "1")
        walk_case = self.told.case
        self.told.command("om", "inbox", "ack", "--all")
        before = len(self.journal())
        own = self.why("--case", walk_case, party="om")
        self.assertEqual(before + 1, len(self.journal()), "nothing was asked of the broker")
        for r in own["rulings"]:
            self.assertEqual("not_for_this_reader", r["detail"])
            self.assertNotIn("withhold", {f["action"] for f in r["fields"]})
            self.assertTrue(all(f["article"] for f in r["fields"]))
        self.assertEqual([], self.why("--case", walk_case, "--party", "nla", party="om")["rulings"])

    def test_a_recipient_names_a_signal_by_its_delivery(self):
        desk = "zorgcoordinator"
        listed = json.loads(self.told.command(desk, "--json", "inbox", "list").stdout)
        d = next(d for d in listed["deliveries"] if "notice" not in d)
        self.told.command(desk, "inbox", "show", d["id"], "--save")
        entry, = self.why("--trace", d["id"], party=desk)["rulings"]
        self.assertEqual(d["entry"], entry["index"])

    def test_a_list_names_what_can_be_asked_for(self):
        index, (_, detail) = next((i, e) for i, e in enumerate(self.journal())
                                  if e[1] and e[1].trace_id and e[1].case_id)
        told = self.audit("list", "--start", index, "--max", "1").stdout.splitlines()[1].split()
        self.assertIn(detail.trace_id.hex()[:8], told)
        self.assertIn(detail.case_id.hex()[:8], told)
        self.assertNotIn("No entry", self.audit("list", "--max", "0").stderr)

    def test_an_export_without_details_says_so(self):
        public = self.region.dir / "public"
        self.audit("export", public, "--public")
        done = self.audit("why", "--party", "nla", "--case", self.told.case, "--tiles", public,
                          code=5)
        self.assertEqual("", done.stdout)


class Lines(AuditCase):
    """audit export --as: entries for other systems."""

    def lines(self, form, *words, code=0):
        return self.audit("export", "-", "--as", form, *words, code=code).stdout

    def objects(self, form, *words):
        return [json.loads(line) for line in self.lines(form, *words).splitlines()]

    def offline(self, form, *words):
        return self.objects(form, "--tiles", self.told.copy, *words)

    def rows(self, *words):
        return list(csv.DictReader(io.StringIO(self.lines("csv", *words), newline="")))

    def test_csv_has_every_entry_and_every_field(self):
        for source in ([], ["--tiles", self.told.copy]):
            rows = self.rows(*source)
            journal = self.journal()
            for i, (leaf, detail) in enumerate(journal[:len({r["entry"] for r in rows})]):
                found = [r for r in rows if r["entry"] == str(i)]
                self.assertEqual({str(leaf.time_ms)}, {r["time_ms"] for r in found})
                self.assertEqual({leaf.sender_oin}, {r["sender_oin"] for r in found})
                self.assertEqual({leaf.code}, {r["code"] for r in found})
                self.assertEqual({detail.trace_id.hex() if detail else ""},
                                 {r["signal"] for r in found})
                n = sum(len(unpack(bytes(g.paths))) for g in
                        list(detail.withheld if detail else []) + list(leaf.released))
                self.assertEqual(max(1, n), len(found), i)
                self.assertEqual(n, sum(r["field"] != "" for r in found))

    def test_csv_runs_nothing_in_a_spreadsheet(self):
        for row in csv.reader(io.StringIO(self.lines("csv"), newline="")):
            for cell in row:
                self.assertNotIn(cell[:1], set("=+-@\t\r") if cell else {"never"})

    def test_filters_choose_and_combine(self):
        rows = self.rows("--party", "nla", "--kind", "ruling", "--case", self.told.case)
        self.assertTrue(rows)
        self.assertEqual({self.oin("nla")}, {r["recipient_oin"] for r in rows})
        self.assertEqual({self.told.case}, {r["case"] for r in rows})
        self.lines("csv", "--party", "nobody", code=2)
        self.lines("csv", "--case", "0" * 32, code=5)

    def test_ldv_has_what_the_standard_demands_and_no_user(self):
        os.environ["SLUIS_USER"] = "mw-77"
        try:
            self.told.command("meldpunt", "case", "open", "--route", "nijmegen")
        finally:
            del os.environ["SLUIS_USER"]
        text = self.lines("ldv")
        self.assertNotIn("mw-77", text)
        records = [json.loads(line) for line in text.splitlines()]
        spans = {r["span_id"]: r for r in records}
        self.assertEqual(len(records), len(spans), "a span is one action")
        for r in records:
            self.assertRegex(r["trace_id"], "^[0-9a-f]{32}$")
            self.assertRegex(r["span_id"], "^[0-9a-f]{16}$")
            self.assertIn(r["status_code"], ("STATUS_CODE_UNSET", "STATUS_CODE_OK"))
            self.assertTrue(r["name"])
            self.assertLessEqual(r["start_time"], r["end_time"])
            self.assertIn("dpl.core.processing_activity_id", r["attributes"])
            self.assertNotIn("dpl.core.data_subject_id", r["attributes"])
            if "parent_span_id" in r:
                self.assertEqual(r["trace_id"], spans[r["parent_span_id"]]["trace_id"])
        journal = self.journal()
        for r in records:
            index = r["attributes"]["dpl.sluis.entry"]
            leaf, detail = journal[index]
            if detail and detail.trace_id:
                self.assertEqual(detail.trace_id.hex(), r["trace_id"])
        self.assertEqual({"STATUS_CODE_OK"},
                         {r["status_code"] for r in records if r["name"] == "ruling"})
        self.assertEqual({"STATUS_CODE_UNSET"}, {r["status_code"] for r in records
                                                 if r["name"] in ("refused", "not_served")})
        taken = [r for r in records if r["name"] == "acknowledged"]
        self.assertTrue(taken)
        self.assertTrue(all("parent_span_id" in r for r in taken))

    def test_a_span_is_its_leaf(self):
        with self.region.client("auditor") as c:
            receipts, _ = c.audit_all()
        for r in self.offline("ldv"):
            leaf = bytes(receipts[r["attributes"]["dpl.sluis.entry"]].leaf)
            self.assertEqual(hashlib.sha256(b"\0" + leaf).digest()[:8].hex(), r["span_id"])

    def test_nen_7513_says_who_did_what_when_with_what(self):
        os.environ["SLUIS_USER"] = "mw-78"
        try:
            self.told.command("meldpunt", "case", "open", "--route", "nijmegen")
        finally:
            del os.environ["SLUIS_USER"]
        records = self.objects("nen7513")
        self.assertIn("mw-78", [u.get("userID") for r in records for u in r["users"]])
        for r in records:
            self.assertIn(r["EventActionCode"], list("CRUDE"))
            self.assertRegex(r["EventDateTime"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
            self.assertIn(r["EventOutcomeIndicator"], ("0", "4"))
            self.assertLessEqual(sum(u["userIsRequestor"] for u in r["users"]), 1)
        refused = [r for r in records if r["EventID"] == "refused"]
        self.assertTrue(refused)
        self.assertEqual({"4"}, {r["EventOutcomeIndicator"] for r in refused})
        ruling = next(r for r in records if r["EventID"] == "ruling")
        self.assertEqual(2, len(ruling["users"]))
        self.assertTrue(ruling["participants"][0]["participantObjectDetail"])

    def test_a_file_is_new_and_only_its_owner_reads_it(self):
        path = self.region.dir / "lines.csv"
        self.audit("export", path, "--as", "csv", "--tiles", self.told.copy)
        self.assertEqual(0o600, path.stat().st_mode & 0o777)
        before = path.read_bytes()
        self.audit("export", path, "--as", "ldv", "--tiles", self.told.copy, code=2)
        self.assertEqual(before, path.read_bytes())

    def test_nothing_is_handed_on_that_does_not_verify(self):
        copy = self.region.dir / "bad-lines"
        shutil.copytree(self.told.copy, copy)
        path = copy / "tile" / "entries"
        while path.is_dir():
            path = sorted(path.iterdir())[-1]
        data = bytearray(path.read_bytes())
        data[-1] ^= 1
        path.write_bytes(bytes(data))
        for form in ("csv", "ldv", "nen7513"):
            self.assertEqual("", self.lines(form, "--tiles", copy, code=6))
            target = self.region.dir / ("not-" + form)
            self.audit("export", target, "--as", form, "--tiles", copy, code=6)
            self.assertFalse(target.exists())

    def test_usage(self):
        done = self.audit("export", "-", "--as", "xml", code=2)
        self.assertIn("nen7513", done.stderr)
        self.audit("export", self.region.dir / "tiles-of-nla", "--party", "nla", code=2)
        self.audit("export", "-", "--as", "csv", "--public", code=2)


class Erased(AuditCase):
    """What was erased is said to be erased; what is only missing is an alarm."""

    def erase_one(self):
        """The entries of a signal to the zorgcoordinator that is erased at the broker."""
        sent = json.loads(self.told.command(
            "meldpunt", "--json", "signal", "send", rg.SIGNALS / "05-niece-in-the-household.json",
            "--convenant", "zorg", "--phase", "1", "--purpose", "hulpverlening",
            "--to", "zorgcoordinator", "--no-preview").stdout)
        trace = sent["trace_id"]
        index = sent["outcomes"][0]["entry"]
        self.told.command("meldpunt", "recall", "erase", trace)
        return trace, index

    def test_an_erased_detail_verifies_and_is_told_as_erased(self):
        trace, index = self.erase_one()
        leaf, detail = self.journal()[index]
        self.assertIsNone(detail)
        self.assertTrue(leaf.detail_digest)
        copy = self.region.dir / "after-erasure"
        self.audit("export", copy)
        self.audit("verify")
        for source in ([], ["--tiles", copy]):
            self.assertIn("was erased or is not here", self.audit("show", index, *source).stdout)
            self.audit("list", "--party", "zorgcoordinator", *source)
            shown = self.audit("why", "--party", "zorgcoordinator", "--case", self.told.case,
                               *source).stdout
            self.assertIn("shared a signal with zorgcoordinator under zorg, phase 1, for "
                          "hulpverlening (entry %d)." % index, shown)
            self.assertIn("the detail of this entry was erased.", shown)
            self.assertIn("What the broker kept about it was erased on ", shown)
            told = json.loads(self.told.command(
                "auditor", "--json", "audit", "why", "--party", "zorgcoordinator", "--case",
                self.told.case, *source).stdout)
            untied, = [r for r in told["untied"] if r["index"] == index]
            self.assertEqual("erased", untied["detail"])
            self.assertTrue(untied["fields"], "what was given stands in the entry itself")
            self.assertNotIn("withhold", {f["action"] for f in untied["fields"]})

    def test_a_detail_that_is_missing_and_was_not_erased_is_an_alarm(self):
        _, index = self.erase_one()
        copy = self.region.dir / "with-gaps"
        self.audit("export", copy)
        self.assertFalse((copy / "details" / str(index)).exists())
        details = sorted(int(p.name) for p in (copy / "details").iterdir())
        for gone in (details[0], details[len(details) // 2], details[-1]):
            path = copy / "details" / str(gone)
            kept = path.read_bytes()
            path.unlink()
            for words in (["verify"], ["list"], ["export", "-", "--as", "csv"]):
                done = self.audit(*words, "--tiles", copy, code=6)
                self.assertEqual("", done.stdout)
            path.write_bytes(b"")       # there, and says nothing
            self.audit("verify", "--tiles", copy, code=6)
            path.write_bytes(kept)
        self.audit("verify", "--tiles", copy)


def unpack(packed):
    """Packed field paths as a list of bytes, each with its length byte."""
    found = []
    while packed:
        n = packed[0] + 1
        found.append(packed[:n])
        packed = packed[n:]
    return found


if __name__ == "__main__":
    unittest.main()
