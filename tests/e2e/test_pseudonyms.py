# SPDX-License-Identifier: EUPL-1.2
"""One person, one recipient, one convenant: one pseudonym.  Otherwise unlinkable."""

import pathlib
import re
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import cases
import region as rg
import sluis_client as sc

FIRST, AGAIN = "01-older-friend.json", "10-truant-girl.json"
PSEUDONYM = re.compile(r"^psn1\.[0-9a-f]{4}\.[a-z2-7]{32}$")


class Pseudonyms(cases.RegionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.parties = [n for n in cls.region.region.parties if n not in ("auditor", "meldpunt")]
        cls.seen = {}  # (convenant, phase, purpose, recipient, file) -> {(person, kind): value}
        for question in cls.region.questions():
            for name in sorted(p.name for p in rg.SIGNALS.glob("[0-9]*.json")):
                cls.send(name, question)

    @classmethod
    def send(cls, name, question):
        signal = rg.signal_from(name)
        answer = cls.sender.exchange(cls.sender.build_submit(
            signal.SerializeToString(), *question, cls.region.to(*cls.parties)))
        if answer.code != "ok":
            return
        for recipient in cls.parties:
            with cls.region.client(recipient) as c:
                for d in c.receive(max_deliveries=100):
                    copy, _, _ = sc.verify_delivery(d, cls.verifier)
                    c.acknowledge([d.delivery_id])
                    cls.seen[(*question, recipient, name)] = [
                        (s.path, s.kind, s.value) for s in copy.statements
                        if s.action == sc.ACTION["ACTION_PSEUDONYMISE"]]

    def of_victim(self, file):
        """{(convenant, phase, purpose, recipient, kind): value} for persons[0] of FILE."""
        found = {}
        for (*where, name), statements in self.seen.items():
            for path, kind, value in statements:
                if name == file and path.startswith("persons[0]."):
                    found[(*where, kind)] = value
        return found

    def test_there_are_pseudonyms_of_persons_for_several_recipients(self):
        found = self.of_victim(FIRST)
        self.assertIn("bsn", {key[4] for key in found})
        self.assertGreaterEqual(len({key[3] for key in found}), 2)

    def test_same_person_same_pseudonym_in_two_signals(self):
        first, again = self.of_victim(FIRST), self.of_victim(AGAIN)
        both = [key for key in first if key in again and key[4] in ("bsn", "phone", "person")]
        self.assertTrue([key for key in both if key[4] == "bsn"])
        for key in both:
            self.assertEqual(first[key], again[key], key)

    def test_other_persons_have_other_pseudonyms(self):
        for (*where, name), statements in self.seen.items():
            if name != FIRST:
                continue
            mine = {v for p, k, v in statements if k == "bsn"}
            for (*other, file), theirs in self.seen.items():
                if other == where and file not in (FIRST, AGAIN):
                    self.assertFalse(mine & {v for _, _, v in theirs}, (where, file))

    def test_victim_and_suspect_records_of_one_person_share_their_pseudonym(self):
        checked = 0
        for (*_, name), statements in self.seen.items():
            if name not in ("03-forced-to-steal.json", "07-straw-man.json"):
                continue
            bsns = [v for p, k, v in statements if k == "bsn" and p.startswith(("persons[0]", "persons[1]"))]
            if len(bsns) == 2:
                checked += 1
                self.assertEqual(*bsns)
        self.assertGreater(checked, 0)

    def test_different_for_another_recipient(self):
        # two desks of one party are one recipient
        parties = self.region.region.parties
        self.assert_disjoint(lambda key: parties[key[3]]["oin"])

    def test_different_under_another_convenant(self):
        self.assert_disjoint(lambda key: key[0])

    def test_different_for_another_kind_of_identifier(self):
        self.assert_disjoint(lambda key: key[4])

    def assert_disjoint(self, side):
        """No value stands on two sides."""
        where = {}
        for (*place, _), statements in self.seen.items():
            for _, kind, value in statements:
                where.setdefault(value, set()).add(side((*place, kind)))
        self.assertGreater(len(set().union(*where.values())), 1, "only one side was seen")
        self.assertEqual([], [v for v, sides in where.items() if len(sides) > 1])

    def test_constant_form_and_length(self):
        values = [v for statements in self.seen.values() for _, _, v in statements]
        self.assertTrue(values)
        for v in values:
            self.assertRegex(v, PSEUDONYM)
            self.assertEqual(42, len(v))

    def test_the_key_id_belongs_to_the_domain_and_not_to_the_person(self):
        ids = {}
        for (*place, _), statements in self.seen.items():
            for _, kind, value in statements:
                ids.setdefault((place[0], place[2], place[3], kind), set()).add(value.split(".")[1])
        for domain, kids in ids.items():
            self.assertEqual(1, len(kids), domain)

    def test_a_signal_sent_twice_has_the_same_pseudonyms(self):
        key = next(k for k in self.seen if k[4] == FIRST and self.seen[k])
        before = list(self.seen[key])
        self.send(FIRST, key[:3])
        self.assertEqual(before, self.seen[key])


class TwinConvenant(unittest.TestCase):
    """The shipped policy gives no recipient pseudonyms under two convenants; this one has a
    second `afstemming` under another name, alike in everything else."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        policy = pathlib.Path(folder.name)
        for p in (sc.ROOT / "policy").glob("*.yaml"):
            if not p.name.endswith(".cases.yaml"):
                (policy / p.name).write_text(p.read_text("utf-8"), "utf-8")
        text = (policy / "afstemming.yaml").read_text("utf-8")
        (policy / "tweeling.yaml").write_text(
            text.replace("convenant: afstemming", "convenant: tweeling")
            .replace("end: afstemming", "end: tweeling").replace("afs-", "twe-")
            .replace("FICTIEF-AFS", "FICTIEF-TWE"), "utf-8")
        parties = (policy / "parties.yaml").read_text("utf-8")
        line = re.compile(r"^( +- \{convenant: )afstemming(,[^}]*\})", re.M)
        (policy / "parties.yaml").write_text(
            line.sub(lambda m: m.group(0) + "\n" + m.group(1) + "tweeling" + m.group(2), parties)
            .replace("approval:\n", "approval:\n  - {convenant: tweeling, needed: 1, "
                     "of: ['00000099000000010000']}\n"),
            "utf-8")
        cls.region = rg.Region(policy=policy)
        cls.addClassCleanup(cls.region.__exit__)
        cls.region.up()

    def statements(self, convenant, name="politie"):
        signal = rg.signal_from(FIRST).SerializeToString()
        with self.region.client("meldpunt") as c:
            c.submit(signal, convenant, "1", "duiding", self.region.to(name))
        with self.region.client(name) as c:
            (d,) = c.receive()
            c.acknowledge([d.delivery_id])
        return {(s.path, s.kind): s.value
                for s in sc.wire_pb2.Copy.FromString(d.copy).statements}

    def test_the_same_person_and_recipient_under_another_convenant(self):
        one, twin = self.statements("afstemming"), self.statements("tweeling")
        self.assertEqual(set(one), set(twin))
        self.assertTrue(one)
        self.assertFalse(set(one.values()) & set(twin.values()))
        ids = lambda said: {v.split(".")[1] for v in said.values()}
        self.assertFalse(ids(one) & ids(twin))
        self.assertEqual(one, self.statements("afstemming"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
