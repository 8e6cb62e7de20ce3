# SPDX-License-Identifier: EUPL-1.2
"""The guess test: who knows every other field of a leaf cannot test a guess of the person.

The space of valid BSNs is small (2^26): whatever published value depends on one without a secret
tells it within a minute.  Here a million numbers, the right one among them, are tried
against a real ruling whose copy holds the BSN: against the published hash of the leaf by somebody
who knows every field but the nonce, and against the digests in the leaf by somebody who has the leaf
itself and knows the copy and the detail up to the person and the salt.  None matches.  The same
tries with nonce or salt at hand do find the number: the test can fail.
"""

import hashlib
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import region as rg
import sluis_client as sc

GUESSES = 1000000
FILE, QUESTION, WHO = "01-older-friend.json", ("zvh", "1", "casusoverleg"), "politie"


def numbers_around(bsn):
    """A million numbers, BSN among them."""
    first = int(bsn) - GUESSES // 2
    return (b"%09d" % (first + i) for i in range(GUESSES))


def found(guesses, text, person, wanted, before=b""):
    """The guesses that, in the place of PERSON in TEXT, hash to WANTED."""
    head, *rest = text.split(person)
    state = hashlib.sha256(before + head)
    hits = []
    for guess in guesses:
        h = state.copy()
        h.update(guess + guess.join(rest))
        if h.digest() == wanted:
            hits.append(guess)
    return hits


class Guess(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with rg.Region() as region:
            signal = rg.signal_from(FILE)
            cls.bsn = signal.persons[0].bsn.encode()
            with region.client("meldpunt") as sender, region.client(WHO) as recipient:
                answer = sender.exchange(sender.build_submit(
                    signal.SerializeToString(), *QUESTION, region.to(WHO)))
                outcome, = answer.outcomes
                delivery, = recipient.receive()
            cls.sent = bytes(answer.request_id)
            cls.raw, cls.detail = bytes(outcome.receipt.leaf), bytes(outcome.receipt.detail)
            cls.leaf = sc.journal_pb2.Leaf.FromString(cls.raw)
            cls.copy, cls.salt = bytes(delivery.copy), bytes(delivery.salt)
            cls.delivery_id = bytes(delivery.delivery_id)
        cls.published = sc.leaf_hash(cls.raw)

    def test_the_copy_holds_the_number_and_the_leaf_does_not(self):
        self.assertEqual(1, self.copy.count(self.bsn))
        self.assertNotIn(self.bsn, self.raw + self.detail)

    def test_who_has_the_salt_would_find_it(self):
        self.assertEqual([self.bsn], found(
            numbers_around(self.bsn), self.copy, self.bsn, self.leaf.copy_digest, self.salt))

    def test_the_digest_of_the_copy_answers_no_guess(self):
        known = {"nothing": b"", "zeros": bytes(32), "the nonce": self.leaf.nonce,
                 "the request": self.sent, "the delivery": self.delivery_id}
        for what, salt in known.items():
            with self.subTest(salt=what):
                few = numbers_around(self.bsn) if not salt else (self.bsn,)
                self.assertEqual([], found(few, self.copy, self.bsn, self.leaf.copy_digest, salt))

    def test_the_published_hash_answers_no_guess(self):
        """The nonce is not known: guesses of it that depend on the person, or on nothing."""
        head, tail = self.raw[:2], self.raw[34:]
        self.assertEqual(self.published, hashlib.sha256(b"\0" + head + self.leaf.nonce + tail).digest())
        hits = []
        for guess in numbers_around(self.bsn):
            for nonce in (hashlib.sha256(guess).digest(),):
                if hashlib.sha256(b"\0" + head + nonce + tail).digest() == self.published:
                    hits.append(guess)
        for nonce in (bytes(32), self.sent * 2, self.leaf.copy_digest, self.leaf.detail_digest):
            if hashlib.sha256(b"\0" + head + nonce + tail).digest() == self.published:
                hits.append(nonce)
        self.assertEqual([], hits)

    def test_the_digest_of_the_detail_answers_no_guess_of_what_was_withheld(self):
        """Everything in the detail known but its salt: also the right guess does not match."""
        detail = sc.journal_pb2.Detail.FromString(self.detail)
        self.assertEqual(self.leaf.detail_digest, hashlib.sha256(self.detail).digest())
        self.assertEqual(32, len(detail.salt))
        for salt in (bytes(32), self.leaf.nonce, self.salt, hashlib.sha256(self.sent).digest()):
            detail.salt = salt
            self.assertNotEqual(self.leaf.detail_digest,
                                hashlib.sha256(detail.SerializeToString()).digest())

    def test_nonces_and_salts_are_never_the_same(self):
        drawn = [self.leaf.nonce, self.salt, sc.journal_pb2.Detail.FromString(self.detail).salt]
        self.assertEqual(3, len(set(drawn)))
        for value in drawn:
            self.assertEqual(32, len(value))
            self.assertGreater(len(set(value)), 12)


if __name__ == "__main__":
    unittest.main(verbosity=2)
