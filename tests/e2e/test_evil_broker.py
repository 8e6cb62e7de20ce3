# SPDX-License-Identifier: EUPL-1.2
"""A broker with all its keys may hide, and cannot forge: what its clients notice, and by what.

Each attack is made on answers of the real sluisd (tests/python/evil_broker.py), with the
region's own CURVE and checkpoint keys, against real `sluis` processes.  What is said of each:
the command ends with status 6, and names this code and this place.
"""

import contextlib
import copy as copies
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import evil_broker
import region as rg
import sluis_client as sc

QUESTION = ("riec", "1", "casusoverleg")
FILE = "08-weekly-registrations.json"
HOUR_MS = 3600 * 1000
EVENT = sc.journal_pb2.EventKind
ALARM = 6

DIGEST, PROOF, NOTE = "digest_does_not_match", "proof_does_not_verify", "signed_note_refused"
SIGNED, FORKED = "not_signed_by_the_sender", "history_forked"


def instead(answer, delivery):
    """ANSWER brings DELIVERY and nothing else."""
    del answer.deliveries[:]
    answer.deliveries.add().CopyFrom(delivery)
    answer.code = "ok"


class EvilCase(unittest.TestCase):
    HIDES = 1               # it shows only the first entry, so that no head contradicts another

    @classmethod
    def setUpClass(cls):
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        cls.region = stack.enter_context(rg.Region())
        cls.sender = cls.region.client("meldpunt")
        cls.prepare()
        cls.evil = stack.enter_context(evil_broker.EvilBroker(cls.region))
        cls.evil.hides = cls.HIDES

    @classmethod
    def prepare(cls):
        """What happened before the broker became evil."""

    @classmethod
    def send(cls, *to, question=QUESTION, file=FILE):
        answer = cls.sender.submit(
            rg.signal_from(file).SerializeToString(), *question, cls.region.to(*to))
        assert [o.code for o in answer.outcomes] == ["ok"] * len(to)
        return answer

    @classmethod
    def waiting(cls, name):
        with cls.region.client(name) as c:
            return c.receive(max_deliveries=256)

    def alarm(self, code, where, status, error):
        self.assertEqual((ALARM, code, where), (status, error.get("code"), error.get("where")))


class Replacing(EvilCase):
    """What a copy says of an earlier one, its sender meant."""
    HIDES = 3

    @classmethod
    def prepare(cls):
        trace = cls.send("belastingdienst").request_id
        cls.first, = cls.waiting("belastingdienst")
        with cls.region.client("belastingdienst") as c:
            c.acknowledge([cls.first.delivery_id])
        cls.sender.submit(
            rg.signal_from(FILE).SerializeToString(), *QUESTION,
            cls.region.to("belastingdienst"), corrects=trace)
        cls.send("belastingdienst")
        cls.correction, cls.other = sorted(
            cls.waiting("belastingdienst"), key=lambda d: d.receipt.index)

    def look(self, victim, delivery, corrects=None):
        """(status, error) of VICTIM that keeps DELIVERY, said to correct CORRECTS."""
        def on_answer(asked, answer):
            if asked.type != sc.RECEIVE:
                return
            d = copies.deepcopy(delivery)
            if corrects is not None:
                copy = sc.wire_pb2.Copy.FromString(d.copy)
                copy.corrects = corrects.delivery_id
                self.evil.forge(d, copy)
            instead(answer, d)
        with self.evil.doing(on_answer):
            return victim.command("inbox", "show", delivery.delivery_id.hex(), "--save")[:2]

    def victim(self, *kept):
        victim = self.evil.victim("belastingdienst")
        for delivery in kept:
            self.assertEqual(0, self.look(victim, delivery)[0])
        return victim

    def test_a_correction_that_its_sender_meant_is_taken(self):
        copy = sc.wire_pb2.Copy.FromString(self.correction.copy)
        self.assertEqual(self.first.delivery_id, copy.corrects)
        self.assertEqual(0, self.look(self.victim(self.first), self.correction)[0])

    def test_a_copy_that_corrects_nothing_cannot_be_made_to(self):
        victim = self.victim(self.first)
        self.alarm(SIGNED, "disclosure.corrects",
                   *self.look(victim, self.other, corrects=self.first))
        self.assertEqual([], list((victim.folder / "inbox").glob("*.recalled")))

    def test_a_correction_replaces_nothing_else(self):
        self.alarm(SIGNED, "disclosure.corrects", *self.look(
            self.victim(self.first, self.other), self.correction, corrects=self.other))


class Copies(EvilCase):
    """What a recipient notices in one delivery."""

    @classmethod
    def prepare(cls):
        cls.send("belastingdienst")
        cls.delivery, = cls.waiting("belastingdienst")
        cls.id = cls.delivery.delivery_id.hex()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.victim = cls.evil.victim("belastingdienst")

    def show(self, attack, victim=None):
        """(status, error) of the victim that looks at the delivery, changed by ATTACK."""
        def on_answer(asked, answer):
            if asked.type == sc.RECEIVE:
                for d in answer.deliveries:
                    attack(d)
        with self.evil.doing(on_answer):
            status, error, _ = (victim or self.victim).command("inbox", "show", self.id)
        return status, error

    def changed(self, how, journalled=True, **leaf):
        """The same of a copy and its signal that HOW(copy, signal) changed, before its entry
        was written; or, not JOURNALLED, after."""
        def attack(d):
            copy = sc.wire_pb2.Copy.FromString(d.copy)
            signal = sc.signal_pb2.Signal.FromString(copy.signal)
            how(copy, signal)
            if copy.HasField("signal"):
                copy.signal = signal.SerializeToString()
            self.evil.forge(d, copy, journalled, **leaf)
        return self.show(attack)

    def test_untouched_and_journalled_anew_it_is_accepted(self):
        self.assertEqual(0, self.show(lambda d: None)[0])
        self.assertEqual((0, {}), self.changed(lambda c, s: None))

    # --- after the entry was written ------------------------------------------------------

    def test_whatever_is_changed_after_it_was_journalled_is_not_what_the_entry_says(self):
        def spell(_, s):
            s.persons[2].family_name = "Stoyanchef"

        def pseudonym(c, _):
            c.statements[0].value, c.statements[3].value = (
                c.statements[3].value, c.statements[0].value)

        def purpose(c, _):
            c.purpose = "handhaving"

        for how in (spell, pseudonym, purpose, lambda c, _: c.ClearField("evidence")):
            self.alarm(DIGEST, "delivery.copy", *self.changed(how, journalled=False))

    # --- alters a field ---------------------------------------------------------------------

    def test_no_field_can_be_altered(self):
        def each():
            yield lambda s: setattr(s.persons[2], "family_name", "Stoyanchef")
            yield lambda s: setattr(s.persons[0], "role", sc.signal_pb2.SUSPECT)
            yield lambda s: setattr(s.persons[0], "minor", True)
            yield lambda s: setattr(s.persons[2], "birth_date", "1975-00-00")
            yield lambda s: setattr(s.places[1].address, "house_number", "7")
            yield lambda s: setattr(s.vehicles[0], "plate", "0-SLS-08")
            yield lambda s: setattr(s.meta, "strength", sc.signal_pb2.CONFIRMED)
            yield lambda s: s.exploitation.indicators.pop()
            yield lambda s: s.exploitation.indicators.reverse()
            yield lambda s: s.persons[2].aliases.append("de smalle meneer")

        for alter in each():
            self.alarm(SIGNED, "copy.signal", *self.changed(lambda _, s: alter(s)))

    def test_values_cannot_be_moved_from_one_record_to_another(self):
        def swap(_, s):
            s.persons[0].role, s.persons[2].role = s.persons[2].role, s.persons[0].role

        self.alarm(SIGNED, "copy.signal", *self.changed(swap))

    # --- adds a field -----------------------------------------------------------------------

    def test_a_field_that_the_entry_does_not_name_is_not_accepted(self):
        def add(_, s):
            s.persons[2].residence.city = "Waalbrug"

        self.alarm(DIGEST, "persons.residence.city", *self.changed(add))

    def test_a_field_that_the_sender_did_not_fill_in_does_not_fit_the_evidence(self):
        def add(_, s):
            s.persons[1].given_names = "Plamena"    # the entry names it, for the third

        self.alarm(SIGNED, "copy.evidence", *self.changed(add))

    def test_nor_with_a_salt_made_for_it(self):
        def add(c, s):
            s.persons[1].given_names = "Plamena"
            c.evidence.salts += bytes(16)

        status, error = self.changed(add)
        self.assertEqual((ALARM, SIGNED), (status, error["code"]))
        self.assertIn(error["where"], ("copy.evidence", "copy.signal"))

    def test_no_record_can_be_added(self):
        def empty(_, s):
            s.persons.add()

        def twin(_, s):
            s.persons.add().CopyFrom(s.persons[2])

        def seated(c, s):
            s.persons.add().CopyFrom(s.persons[2])
            free = next(i for i in range(64) if i not in c.evidence.slots)
            c.evidence.slots += bytes([free])

        for how in (empty, twin, seated):
            self.alarm(SIGNED, "copy.evidence", *self.changed(how))

    def test_a_field_without_a_name_is_not_accepted(self):
        def attack(d):
            copy = sc.wire_pb2.Copy.FromString(d.copy)
            copy.signal += b"\xf8\x07\x01"
            self.evil.forge(d, copy)
        self.alarm(DIGEST, "copy", *self.show(attack))

    # --- swaps the statement of a pseudonym --------------------------------------------------

    def test_a_statement_cannot_be_moved_to_who_has_no_such_field(self):
        def move(c, _):
            c.statements[0].path = "persons[2].bsn"     # the suspect's is not in the signal

        self.alarm(SIGNED, "copy.signal", *self.changed(move))

    def test_a_statement_cannot_be_made_about_what_the_sender_did_not_say(self):
        def more(c, _):
            c.statements.add().CopyFrom(c.statements[0])
            c.statements[-1].path = "persons[2].bsn"

        self.alarm(SIGNED, "copy.evidence", *self.changed(more))

    def test_a_statement_cannot_stand_beside_what_the_sender_said(self):
        def beside(c, _):
            c.statements.add().CopyFrom(c.statements[1])
            c.statements[-1].path = "persons[2].family_name"

        self.alarm(SIGNED, "copy.evidence", *self.changed(beside))

    def test_a_statement_of_a_field_that_the_entry_does_not_name_is_not_accepted(self):
        def other(c, _):
            c.statements[0].path = "persons[0].v_number"

        self.alarm(DIGEST, "persons.v_number", *self.changed(other))

    def test_a_statement_cannot_be_left_out_with_its_digest_standing(self):
        self.alarm(SIGNED, "copy.evidence", *self.changed(lambda c, _: c.statements.pop(0)))

    def test_what_it_says_in_a_statement_is_its_own_word_and_shown_as_such(self):
        """Nobody can tell a wrong pseudonym that was wrong from the beginning."""
        def swap(d):
            copy = sc.wire_pb2.Copy.FromString(d.copy)
            copy.statements[0].value, copy.statements[3].value = (
                copy.statements[3].value, copy.statements[0].value)
            self.evil.forge(d, copy)
        with self.evil.doing(lambda a, b: [swap(d) for d in b.deliveries] and None):
            status, _, shown = self.victim.command("inbox", "show", self.id, "--verify")
        self.assertEqual(0, status)
        said = {f["path"]: f["said_by"] for f in shown["verified"]["fields"]}
        self.assertEqual("broker", said["persons[0].bsn"])
        self.assertEqual("sender", said["persons[2].family_name"])

    # --- the evidence -------------------------------------------------------------------------

    def test_evidence_cannot_be_stripped(self):
        self.alarm(SIGNED, "copy.evidence", *self.changed(lambda c, _: c.ClearField("evidence")))
        self.alarm(SIGNED, "copy.evidence.sig",
                   *self.changed(lambda c, _: c.evidence.ClearField("sig")))
        self.alarm(SIGNED, "copy.evidence",
                   *self.changed(lambda c, _: c.evidence.ClearField("disclosure")))

    def test_evidence_is_whole_and_nothing_more(self):
        for part in ("slots", "salts", "veiled", "siblings"):
            def less(c, _):
                setattr(c.evidence, part, getattr(c.evidence, part)[:-1])

            def more(c, _):
                setattr(c.evidence, part, getattr(c.evidence, part) + b"\x01")

            for how in (less, more):
                self.alarm(SIGNED, "copy.evidence", *self.changed(how))

    def test_what_was_signed_for_others_is_signed_for_nobody_else(self):
        """A statement that the sender did sign, for another recipient or another matter."""
        self.send("politie")
        other = max(self.waiting("politie"), key=lambda d: d.receipt.index)
        theirs = sc.wire_pb2.Copy.FromString(other.copy)

        def borrow(c, s):
            c.evidence.CopyFrom(theirs.evidence)

        self.alarm(SIGNED, "disclosure.recipient_oin", *self.changed(borrow))

    # --- for another exchange ---------------------------------------------------------------

    def test_it_cannot_say_that_it_was_sent_for_something_else(self):
        for field, value in (("convenant", "zvh"), ("phase", "2"), ("purpose", "handhaving")):
            self.alarm(SIGNED, "disclosure." + field, *self.changed(
                lambda c, _: setattr(c, field, value), **{field: value}))
        self.alarm(SIGNED, "disclosure.case_id", *self.changed(
            lambda c, _: setattr(c, "case_id", bytes(16))))

    def test_it_cannot_say_that_another_sent_it(self):
        nla = self.region.region.parties["nla"]
        self.alarm(SIGNED, "disclosure.sender_oin", *self.changed(
            lambda c, _: evil_broker.change(
                c, {"sender_oin": nla["oin"], "sender_desk": nla["desk"]}),
            sender_oin=nla["oin"], sender_desk=nla["desk"]))
        self.alarm(SIGNED, "disclosure.sender_desk", *self.changed(
            lambda c, _: setattr(c, "sender_desk", "analist"), sender_desk="analist"))

    def test_it_cannot_say_that_it_enriches_a_case(self):
        self.alarm(SIGNED, "disclosure.enriches", *self.changed(
            lambda c, _: setattr(c, "enriches", True)))

    def test_what_was_signed_at_once_has_each_its_own_place_and_path(self):
        def swap(c, _):
            c.evidence.place ^= 1

        def shorter(c, _):
            c.evidence.path = c.evidence.path[:-24]

        def longer(c, _):
            c.evidence.path += bytes(24)

        def none(c, _):
            c.evidence.ClearField("path")
            c.evidence.ClearField("place")

        for how in (swap, shorter, longer, none):
            with self.subTest(how.__name__):
                self.alarm(SIGNED, "copy.evidence.sig", *self.changed(how))

    def test_the_old_form_is_none_for_what_was_signed_in_the_new_one(self):
        def as_before(c, _):
            said = sc.wire_pb2.Disclosure.FromString(c.evidence.disclosure)
            said.version = 1
            c.evidence.disclosure = said.SerializeToString(deterministic=True)
            c.evidence.ClearField("path")
            c.evidence.ClearField("place")

        self.alarm(SIGNED, "copy.evidence.sig", *self.changed(as_before))

    def test_it_cannot_give_other_rules_or_duties_than_its_entry(self):
        def rule(c, _):
            c.grounds[0].rule = "riec-cie"

        self.alarm(DIGEST, "copy.grounds", *self.changed(rule))
        self.alarm(DIGEST, "copy.obligations",
                   *self.changed(lambda c, _: c.obligations.pop()))

    # --- keys ------------------------------------------------------------------------------

    def binding_of(self, name):
        """The id of NAME's key binding."""
        data = (self.region.party_dir(name) / "binding.bin").read_bytes()
        return evil_broker.hashlib.sha256(data).digest()

    def test_no_other_key_signs_for_the_sender(self):
        self.alarm(SIGNED, "binding", *self.changed(
            lambda c, _: None, binding_id=self.binding_of("nla")))
        self.alarm(SIGNED, "binding", *self.changed(
            lambda c, _: None, binding_id=self.binding_of("analist")))
        self.alarm(SIGNED, "binding", *self.changed(lambda c, _: None, binding_id=bytes(32)))
        self.alarm(SIGNED, "receipt.leaf.binding_id",
                   *self.changed(lambda c, _: None, binding_id=None))

    def test_no_other_binding_can_be_handed_out_for_the_one_of_the_entry(self):
        other = (self.region.party_dir("nla") / "binding.bin").read_bytes()

        def lie(asked, answer):
            if asked.type == sc.TYPE % "binding-read":
                answer.binding = other
        victim = self.evil.victim("belastingdienst")
        with self.evil.doing(lie):
            status, error, _ = victim.command("inbox", "show", self.id)
        self.alarm(SIGNED, "binding", status, error)

    def test_only_an_authority_of_the_region_vouches_for_a_key(self):
        victim = self.evil.victim("belastingdienst")
        with self.stranger() as chain:
            def lie(asked, answer):
                if asked.type == sc.TYPE % "binding-read":
                    answer.chain_pem = chain
            with self.evil.doing(lie):
                status, error, _ = victim.command("inbox", "show", self.id)
        self.alarm(SIGNED, "binding", status, error)

    @contextlib.contextmanager
    def stranger(self):
        """The chain of the same desk in another region, of another authority."""
        with rg.Region() as other:
            yield (other.party_dir("meldpunt") / "chain.pem").read_bytes()

    # --- another desk ------------------------------------------------------------------------

    def test_the_entry_of_another_is_not_for_this_desk(self):
        victim = self.evil.victim("politie")
        other = copies.deepcopy(self.delivery)

        def hand_over(asked, answer):
            if asked.type == sc.RECEIVE:
                instead(answer, other)
        with self.evil.doing(hand_over):
            status, error, _ = victim.command("inbox", "show", self.id)
        self.alarm(PROOF, "receipt.leaf", status, error)

    def test_a_copy_cannot_be_given_to_another_party_or_desk(self):
        self.send("politie")
        sent = max(self.waiting("politie"), key=lambda d: d.receipt.index)
        for name, where in (("teamleiding", "disclosure.recipient_desk"),
                            ("belastingdienst", "disclosure.recipient_oin")):
            to = self.region.region.parties[name]

            def hand_over(asked, answer):
                if asked.type == sc.RECEIVE:
                    d = copies.deepcopy(sent)
                    self.evil.forge(d, None, recipient_oin=to["oin"], recipient_desk=to["desk"])
                    instead(answer, d)
            with self.evil.doing(hand_over):
                status, error, _ = self.evil.victim(name).command(
                    "inbox", "show", sent.delivery_id.hex())
            self.alarm(SIGNED, where, status, error)

    # --- dates ------------------------------------------------------------------------------

    def test_an_entry_cannot_be_dated_back_or_on(self):
        at = sc.journal_pb2.Leaf.FromString(self.delivery.receipt.leaf).time_ms
        self.alarm(PROOF, "receipt.leaf.time_ms",
                   *self.changed(lambda c, _: None, time_ms=at - HOUR_MS))
        self.alarm(PROOF, "receipt.leaf.time_ms",
                   *self.changed(lambda c, _: None, time_ms=at + HOUR_MS))

    def test_it_is_not_dated_before_what_its_reader_saw_already(self):
        """The same of a reader that knows how long the journal was, and when."""
        victim = self.evil.victim("belastingdienst")
        at = sc.journal_pb2.Leaf.FromString(self.delivery.receipt.leaf).time_ms
        self.evil.learn()
        head = self.evil.journal.head(self.delivery.receipt.index)  # without that entry
        (victim.folder / "checkpoint").write_text(head, "utf-8")
        (victim.folder / "checkpoint.time").write_text(
            "%d %d\n" % (self.delivery.receipt.index, at), "ascii")

        def attack(d):
            self.evil.forge(d, None, time_ms=at - HOUR_MS)
        self.addCleanup(setattr, self.evil, "hides", self.HIDES)
        self.evil.hides = self.delivery.receipt.index
        self.alarm(PROOF, "receipt.leaf.time_ms", *self.show(attack, victim))

    # --- again ------------------------------------------------------------------------------

    def again(self, **leaf):
        """An attack that delivers the same copy a second time, with an entry of its own."""
        def attack(asked, answer):
            if asked.type != sc.RECEIVE:
                return
            d = copies.deepcopy(self.delivery)
            d.delivery_id = bytes(16)
            d.salt = bytes(32)
            entry = sc.journal_pb2.Leaf.FromString(d.receipt.leaf)
            evil_broker.change(entry, {
                "nonce": bytes(32), "time_ms": int(time.time() * 1000),
                "copy_digest": evil_broker.hashlib.sha256(d.salt + d.copy).digest(), **leaf})
            self.evil.learn()
            self.evil.journal.leaves.append(entry.SerializeToString())
            d.receipt.CopyFrom(
                self.evil.journal.receipt(len(self.evil.journal.leaves) - 1))
            instead(answer, d)
        return attack

    def test_a_copy_that_was_kept_does_not_come_again_as_another(self):
        victim = self.evil.victim("belastingdienst")
        self.assertEqual(0, victim.command("inbox", "show", self.id, "--save")[0])
        with self.evil.doing(self.again()):
            for words in (("show", "0" * 32), ("show", "0" * 32, "--save"), ("list",)):
                status, error, _ = victim.command("inbox", *words)
                self.alarm(SIGNED, "copy.evidence.disclosure", status, error)
        self.assertEqual(0, victim.command("inbox", "show", self.id)[0])

    def test_nor_after_it_was_erased_here(self):
        victim = self.evil.victim("belastingdienst")
        self.assertEqual(0, victim.command("inbox", "show", self.id, "--save")[0])
        self.assertEqual(0, victim.command("inbox", "erase", self.id)[0])
        with self.evil.doing(self.again()):
            status, error, _ = victim.command("inbox", "list")
        self.alarm(SIGNED, "copy.evidence.disclosure", status, error)

    def kept_before_signatures(self):
        """A victim that keeps the delivery as it came before senders signed what they send."""
        old = sc.wire_pb2.Delivery.FromString(self.delivery.SerializeToString())
        copy = sc.wire_pb2.Copy.FromString(old.copy)
        copy.ClearField("evidence")
        self.evil.forge(old, copy)
        victim = self.evil.victim("belastingdienst")
        (victim.folder / "inbox").mkdir(0o700)
        kept = victim.folder / "inbox" / (self.id + ".delivery")
        kept.write_bytes(old.SerializeToString())
        kept.chmod(0o600)
        return victim

    def test_what_was_kept_before_there_were_signatures_is_marked_and_stops_nothing(self):
        victim = self.kept_before_signatures()
        status, error, listed = victim.command("inbox", "list")
        self.assertEqual((0, {}), (status, error))
        one, = listed["deliveries"]
        self.assertEqual((self.id, "kept", False), (one["id"], one["state"], one["signature_kept"]))
        status, _, shown = victim.command("inbox", "show", self.id)
        self.assertEqual((0, self.id), (status, shown["id"]))
        self.assertNotIn("signature", shown)
        status, error, _ = victim.command("inbox", "show", self.id, "--verify")
        self.alarm(SIGNED, "copy.evidence", status, error)
        for language, words in (("en", ("signature not kept", "WARNING")),
                                ("nl", ("handtekening niet bewaard", "WAARSCHUWING"))):
            told = [self.region.command("--party", victim.folder, "--lang", language, *what).stdout
                    for what in (("inbox", "list"), ("inbox", "show", self.id))]
            self.assertIn(words[0], told[0])
            self.assertIn(words[1], told[1])

    def test_what_arrives_now_without_a_signature_is_an_alarm_there_too(self):
        victim = self.kept_before_signatures()

        def strip(asked, answer):
            if asked.type == sc.RECEIVE:
                for d in answer.deliveries:
                    copy = sc.wire_pb2.Copy.FromString(d.copy)
                    copy.ClearField("evidence")
                    self.evil.forge(d, copy)
        with self.evil.doing(strip):
            status, error, _ = victim.command("inbox", "list")
        self.alarm(SIGNED, "copy.evidence", status, error)

    def test_a_kept_copy_whose_signature_is_not_good_is_no_old_one(self):
        victim = self.kept_before_signatures()
        kept = victim.folder / "inbox" / (self.id + ".delivery")
        d = sc.wire_pb2.Delivery.FromString(self.delivery.SerializeToString())
        copy = sc.wire_pb2.Copy.FromString(d.copy)
        copy.evidence.ClearField("sig")
        self.evil.forge(d, copy)
        kept.write_bytes(d.SerializeToString())
        for words in (("list",), ("show", self.id)):
            status, error, _ = victim.command("inbox", *words)
            self.alarm(SIGNED, "copy.evidence.sig", status, error)

    def test_a_copy_of_long_ago_does_not_come_again_at_all(self):
        """Its sender signed it when it was sent, and not again."""
        copy = sc.wire_pb2.Copy.FromString(self.delivery.copy)
        signed = sc.wire_pb2.Disclosure.FromString(copy.evidence.disclosure)
        with self.evil.doing(self.again(time_ms=signed.created_ms + 10 * 60 * 1000 + 1)):
            status, error, _ = self.victim.command("inbox", "show", "0" * 32)
        self.alarm(SIGNED, "disclosure.created_ms", status, error)

    # --- the proof ---------------------------------------------------------------------------

    def test_an_entry_that_is_in_no_tree_or_another_is_not_proven(self):
        def elsewhere(d):
            d.receipt.index -= 1

        def broken(d):
            d.receipt.proof[0] = bytes(32)

        def own(d):
            self.evil.learn()
            self.evil.journal.key = evil_broker.nacl.signing.SigningKey(bytes(32))
            d.receipt.checkpoint = self.evil.journal.head()

        self.alarm(PROOF, "receipt", *self.show(elsewhere))
        self.alarm(PROOF, "receipt", *self.show(broken))
        self.alarm(NOTE, "receipt", *self.show(own))

    def test_another_tree_of_a_size_that_was_seen_is_a_fork(self):
        victim = self.evil.victim("belastingdienst")
        self.evil.learn()
        (victim.folder / "checkpoint").write_text(self.evil.journal.head(), "utf-8")

        def attack(d):
            self.evil.learn()
            self.evil.journal.leaves[0] = b"\x0a\x01x"
            d.receipt.CopyFrom(self.evil.journal.receipt(d.receipt.index))
        self.alarm(FORKED, "checkpoint", *self.show(attack, victim))


if __name__ == "__main__":
    unittest.main(verbosity=2)
