# SPDX-License-Identifier: EUPL-1.2
"""Nothing that a ruling withholds arrives, or lies anywhere that the broker writes.

For every signal, convenant, phase and recipient:
 - the copy is exactly the sender's signal minus what is withheld (oracle.py), so no
   field, record, gap or count tells of the rest;
 - the bytes of the answer hold no withheld value in any coat (leaks.py);
 - the size is a size class.
And over the broker's databases, WAL, log, ready file and journal: no value of any signal,
withheld or not, while copies wait and after they were acknowledged.
"""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import leaks
import oracle
import region as rg
import sluis_client as sc

FILES = sorted(p.name for p in rg.SIGNALS.glob("[0-9]*.json"))
SENDERS = ["meldpunt", "politie", "nla", "zorgcoordinator", "om", "belastingdienst"]
LEASE_MS = 120000


def spoken_texts(copy, leaf):
    """What the broker may say aloud next to the signal: rules, articles, obligations, ids."""
    said = [copy.sender_oin, copy.sender_desk, copy.convenant, copy.phase, copy.purpose,
            leaf.recipient_desk, leaf.sender_desk, leaf.convenant, leaf.phase, leaf.purpose]
    for g in list(copy.grounds) + list(leaf.released):
        said += [g.rule, g.article]
    for o in copy.obligations:
        said += [o.id, o.text, o.article]
    return [*said, *leaf.obligations]


class Delivered:
    """One delivery, checked, with the bytes it came in."""

    def __init__(self, party, delivery, verifier):
        self.party, self.delivery = party, delivery
        self.copy, self.signal, self.leaf = sc.verify_delivery(delivery, verifier)
        self.bytes = delivery.SerializeToString()


class NoLeak(unittest.TestCase):
    place = None
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.region = rg.Region()
        cls.addClassCleanup(cls.region.__exit__)
        cls.region.up()
        cls.verifier = cls.region.region.verifier
        cls.parties = [n for n in cls.region.region.parties if n != "auditor"]
        cls.questions = cls.region.questions()
        cls.clients = {n: cls.region.client(n) for n in cls.parties}
        cls.expected = {}    # index of the ruling leaf -> (rulings, party name, question)
        cls.answers = []
        cls.notices = []     # what the broker itself tells: others know the same
        cls.served = cls.refused = 0
        for sender in SENDERS:
            for name in FILES:
                for question in cls.questions:
                    cls.send(sender, name, question)
        cls.waiting_files = cls.region.files_of_broker()
        cls.delivered = [d for n in cls.parties for d in cls.collect(n)]
        rg.wait_for("word of a link", cls.collect_notices)
        cls.after_files = cls.region.files_of_broker()
        with cls.region.client("auditor") as auditor:
            cls.entries, _ = auditor.audit_all()

    @classmethod
    def send(cls, sender, name, question):
        """Submit one signal to everybody else and remember what each should get."""
        client = cls.clients[sender]
        signal = rg.signal_from(name)
        to = cls.region.to(*(p for p in cls.parties if p != sender))
        answer = client.exchange(client.build_submit(signal.SerializeToString(), *question, to))
        cls.answers.append((name, question, answer))
        served = [o for o in answer.outcomes if o.code == "ok"]
        cls.served += len(served)
        cls.refused += len(answer.outcomes) - len(served)
        if not served:
            return
        rulings = oracle.Rulings(client, signal, *question, to)
        for outcome in served:
            sc.verify_receipt(outcome.receipt, cls.verifier)
            cls.expected[outcome.receipt.index] = (rulings, outcome, name, question)

    @classmethod
    def collect(cls, name):
        """Every signal that waits for NAME; notices go to cls.notices.  All are acknowledged."""
        found = []
        while True:
            page = cls.clients[name].receive(max_deliveries=16, lease_ms=LEASE_MS)
            if not page:
                break
            found += [Delivered(name, d, cls.verifier) for d in page]
        for i in range(0, len(found), 16):
            cls.clients[name].acknowledge([d.delivery.delivery_id for d in found[i:i + 16]])
        cls.notices += [d for d in found if d.copy.HasField("notice")]
        return [d for d in found if not d.copy.HasField("notice")]

    @classmethod
    def collect_notices(cls):
        """Whether the broker told somebody that others know the same; it does so later."""
        for name in cls.parties:
            cls.delivered += cls.collect(name)
        return cls.notices

    def cases(self):
        """Every delivery with its rulings; on a failure the place is printed."""
        for d in self.delivered:
            rulings, outcome, name, question = self.expected[d.delivery.receipt.index]
            self.place = (name, question, d.party)
            yield d, rulings, outcome
        self.place = None

    def tearDown(self):
        if self.place:
            print("at", self.place, flush=True)

    # --- what arrives -----------------------------------------------------------------

    def test_the_run_covers_every_convenant_and_several_recipients(self):
        used = {q[0] for _, _, _, q in self.expected.values()}
        idle = {"cobo"}  # nobody of this region sits at that table
        self.assertEqual({q[0] for q in self.questions} - idle, used)
        self.assertGreaterEqual(len({d.party for d in self.delivered}), 4)
        self.assertGreater(self.refused, 0)

    def test_a_notice_brings_no_signal_and_no_case(self):
        self.assertTrue(self.notices)
        for d in self.notices:
            self.assertEqual(0, d.signal.ByteSize(), d.party)
            self.assertFalse(d.copy.statements)
            notice = sc.case_pb2.Notice.FromString(d.copy.notice)
            self.assertTrue(notice.links, "links are all that anybody is told here")
            for link in notice.links:
                self.assertLessEqual({f.name for f, _ in link.ListFields()},
                                     {"kind", "others", "convenant", "oins"})

    def test_every_ruling_arrived_at_its_recipient_and_nowhere_else(self):
        arrived = sorted(d.delivery.receipt.index for d in self.delivered)
        self.assertEqual(sorted(self.expected), arrived)
        for d, _, outcome in self.cases():
            mine = self.region.region.parties[d.party]
            self.assertEqual((mine["oin"], mine["desk"]), (outcome.oin, outcome.desk))
            self.assertEqual(mine["oin"], d.leaf.recipient_oin)

    def test_the_copy_is_the_signal_minus_what_is_withheld_and_nothing_else(self):
        for d, rulings, outcome in self.cases():
            expected, _ = rulings.expected(outcome.oin, outcome.desk)
            if d.signal.HasField("narrative"):
                self.assertTrue(expected.HasField("narrative"))
                expected.narrative.CopyFrom(d.signal.narrative)
            self.assertEqual(str(expected), str(oracle.without_empty(d.signal)))

    def test_an_empty_record_shows_only_where_the_broker_states_something_of_it(self):
        for d, rulings, outcome in self.cases():
            stated = {s.path.rpartition(".")[0] for s in d.copy.statements}
            for path in oracle.empty_messages(d.signal):
                self.assertTrue(
                    any(s == path or s.startswith(path + ".") for s in stated), path)
            self.assertLessEqual(
                len(d.signal.persons), rulings.visible_persons(outcome.oin, outcome.desk))

    def test_no_unknown_field_passes(self):
        for d, _, _ in self.cases():
            self.assertEqual(0, leaks.unknown_fields(d.signal))
            self.assertEqual(0, leaks.unknown_fields(d.copy))

    def test_no_withheld_value_stands_in_the_delivered_bytes(self):
        scanned = skipped = 0
        for d, rulings, outcome in self.cases():
            _, withheld = rulings.expected(outcome.oin, outcome.desk)
            needles = leaks.Needles()
            for path, value in withheld:
                if isinstance(value, str):
                    needles.add(path, value)
            aloud = [v for _, v in leaks.texts(d.signal)] + spoken_texts(d.copy, d.leaf)
            kept = needles.without("\n".join(aloud).encode())
            scanned += len(kept.coats)
            skipped += len(needles.coats) - len(kept.coats)
            self.assertEqual([], kept.found_in(d.bytes))
        self.assertGreater(scanned, 50 * skipped, "too much is excused")

    def test_the_narrative_where_it_passes_names_nobody_whose_name_is_withheld(self):
        for d, rulings, outcome in self.cases():
            if not d.signal.HasField("narrative"):
                continue
            _, withheld = rulings.expected(outcome.oin, outcome.desk)
            for path, value in withheld:
                if path.startswith("persons.") and isinstance(value, str) and len(value) > 4:
                    self.assertNotIn(value.lower(), d.signal.narrative.text.lower(), path)

    def test_the_size_is_a_size_class(self):
        sizes = set()
        for d, _, _ in self.cases():
            self.assertIn(len(d.delivery.copy), sc.SIZE_CLASSES)
            self.assertEqual(0, len(d.copy.padding.strip(b"\0")))
            sizes.add(len(d.delivery.copy))
        self.assertLessEqual(len(sizes), 16)        # four for each doubling

    def test_reporter_and_own_reference_never_leave(self):
        for d, _, _ in self.cases():
            self.assertFalse(d.signal.HasField("reporter"))
            self.assertFalse(d.signal.meta.HasField("local_reference"))

    def test_fields_that_no_schema_knows_never_pass_at_any_depth(self):
        mark = b"ONBEKEND-VELD-7f3a"

        def field(number, content):
            return bytes([number << 3 | 2 & 7]) + bytes([len(content)]) + content

        unknown = b"\xa2\x06" + bytes([len(mark)]) + mark       # field 100
        address = field(1, b"Lisdoddestraat") + unknown
        person = (b"\x08\x01" + field(4, b"Voornaam") + field(6, b"Achternaam")
                  + b"\x82\x01" + bytes([len(address)]) + address + unknown)
        wrong_type = b"\x85\x01" + mark[:4]                     # reporter as fixed32
        raw = (b"\x0a" + bytes([2 + len(unknown)]) + b"\x28\x02" + unknown
               + b"\x12" + bytes([2 + len(unknown)]) + b"\x08\x01" + unknown
               + b"\x1a" + bytes([len(person)]) + person
               + unknown + unknown)
        client = self.clients["meldpunt"]
        answer = client.exchange(client.build_submit(
            raw + wrong_type, "riec", "1", "casusoverleg", self.region.to("politie", "nla")))
        self.assertEqual("malformed", answer.code)
        answer = client.exchange(client.build_submit(
            raw, "riec", "1", "casusoverleg", self.region.to("politie", "nla")))
        self.assertEqual("ok", answer.code)
        for name in ("politie", "nla"):
            with self.region.client(name) as c:
                found = c.receive()
                c.acknowledge([d.delivery_id for d in found])
            (d,) = [d for d in found    # that others know may be told meanwhile
                    if not sc.wire_pb2.Copy.FromString(d.copy).HasField("notice")]
            copy, signal, _ = sc.verify_delivery(d, self.verifier)
            self.assertEqual("Achternaam", signal.persons[0].family_name)
            self.assertEqual("Lisdoddestraat", signal.persons[0].residence.street)
            self.assertEqual(0, leaks.unknown_fields(signal) + leaks.unknown_fields(copy))
            self.assertNotIn(mark, d.SerializeToString())

    # --- what the broker says instead ---------------------------------------------------

    def test_statements_say_no_more_than_their_ruling(self):
        n = 0
        for d, rulings, outcome in self.cases():
            ruled = oracle.actions_of(outcome)
            for s in d.copy.statements:
                n += 1
                names = [part.split("[")[0] for part in s.path.split(".")]
                self.assertIn(s.action, (sc.ACTION["ACTION_PSEUDONYMISE"],
                                         sc.ACTION["ACTION_GENERALISE"]))
                paths = {sc.path_name(p) for p in ruled.get(s.action, ())}
                self.assertTrue(
                    any(p == ".".join(names) or p.startswith(".".join(names) + ".") for p in paths),
                    (s.path, sorted(paths)))
                if s.action == sc.ACTION["ACTION_PSEUDONYMISE"]:
                    self.assertRegex(s.value, r"^psn1\.[0-9a-f]{4}\.[a-z2-7]{32}$")
                else:
                    self.assertRegex(s.value, r"^(\d{4}|present)$")
        self.assertGreater(n, 0)

    # --- what the sender and the journal are told -----------------------------------------

    def test_every_field_of_the_signal_is_accounted_for_to_the_sender(self):
        for name, _, answer in self.answers:
            present = oracle.present_paths(rg.signal_from(name))
            for outcome in answer.outcomes:
                if outcome.code == "ok":
                    ruled = set().union(*oracle.actions_of(outcome).values())
                    self.assertEqual(present, ruled)

    def test_the_answer_to_the_sender_echoes_no_value(self):
        needles = self.all_values()
        for name, question, answer in self.answers:
            with self.subTest(signal=name, question=question):
                self.assertEqual([], needles.found_in(answer.SerializeToString()))

    def test_leaf_and_detail_hold_no_value_and_no_pseudonym(self):
        needles = self.all_values()
        for r in self.entries:
            self.assertEqual([], needles.found_in(r.leaf + b"\n" + r.detail))
            self.assertNotIn(b"psn1.", r.leaf + r.detail)
            self.assertLessEqual(len(r.leaf), 1024)

    def test_the_recipient_is_not_shown_the_detail(self):
        for d, _, _ in self.cases():
            self.assertFalse(d.delivery.receipt.HasField("detail"))

    def test_a_leaf_for_a_recipient_names_only_released_fields(self):
        for d, rulings, outcome in self.cases():
            ruled = oracle.actions_of(outcome)
            shown = {sc.ACTION[a] for a in
                     ("ACTION_RELEASE", "ACTION_GENERALISE", "ACTION_PSEUDONYMISE")}
            for g in [*d.leaf.released, *d.copy.grounds]:
                self.assertIn(g.action, shown)
                self.assertLessEqual(set(sc.unpack_paths(g.paths)), ruled[g.action])

    # --- what lies on the broker's disk ---------------------------------------------------

    def all_values(self):
        """Every text of every signal, but for words that policy, region or certificates hold."""
        needles = leaks.Needles()
        for name in FILES:
            for path, value in leaks.texts(rg.signal_from(name)):
                needles.add(path, value)
        public = (self.region.dir / "region.json").read_bytes()
        for p in self.region.dir.glob("parties/*/chain.pem"):
            public += p.read_bytes()
        for p in (self.region.broker_dir / "policy").glob("*.yaml"):
            public += p.read_bytes()
        return needles.without(public)

    def assert_clean(self, files):
        self.assertTrue(any(p.suffix == ".db" for p in files), sorted(map(str, files)))
        needles = self.all_values()
        for path, data in files.items():
            with self.subTest(file=path.name):
                self.assertEqual([], needles.found_in(data))
                self.assertNotIn(b"psn1.", data)

    def test_no_value_lies_on_disk_while_copies_wait(self):
        self.assert_clean(self.waiting_files)

    def test_no_value_lies_on_disk_after_acknowledgement(self):
        self.assert_clean(self.after_files)

    def test_the_search_would_find_a_value_in_any_coat(self):
        needles = self.all_values()
        for coat in (b"999910012", b"999910012".hex().encode(), b"x" + sc.base64.b64encode(b"qq999910012z"),
                     "999910012".encode("utf-16-le"), sc.hashlib.sha256(b"999910012").digest(),
                     sc.hashlib.md5(b"rietschoten").hexdigest().encode()):
            self.assertTrue(needles.found_in(b"\0\1\2" + coat + b"\3"), coat)


if __name__ == "__main__":
    unittest.main(verbosity=2)
