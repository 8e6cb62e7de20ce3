# SPDX-License-Identifier: EUPL-1.2
"""Bytes that are no message, too large, too deep, too many, or signed garbage: refused with a
code, in bounded memory, and the broker goes on."""

import os
import pathlib
import random
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import cases
import region as rg
import sluis_client as sc
from raw import varint_field

FRAME_MAX, SIGNAL_MAX = 96 * 1024, 64 * 1024
UNDER_WAY = 64  # requests on one connection at a time
FLIPS = int(os.environ.get("SLUIS_TEST_FLIPS", "600"))
CUTS = int(os.environ.get("SLUIS_TEST_CUTS", "300"))
GARBAGE = int(os.environ.get("SLUIS_TEST_GARBAGE", "640"))  # of each kind



class Shape(cases.RegionCase):
    """Bytes that are no message."""

    def answers_to(self, frames, client_name="meldpunt"):
        """Send FRAMES (lists of parts) on one connection, some at a time, each time with a good
        request behind them; all answers but those to the good ones."""
        got = []
        with self.region.client(client_name) as c:
            for i in range(0, len(frames), UNDER_WAY):
                for parts in frames[i:i + UNDER_WAY]:
                    c.socket.send_multipart(parts)
                fence = c.build(sc.SENT, sc.wire_pb2.Sent(max=1))
                c.socket.send(fence)
                while True:
                    answer = c.wait(None)
                    if answer.request_id == sc.request_id_of(fence):
                        self.assertEqual("ok", answer.code)
                        break
                    got.append(answer)
        return got

    def only_answer(self, *parts):
        answers = self.answers_to([list(parts)])
        self.assertEqual(1, len(answers))
        return answers[0]

    def test_truncations_are_refused(self):
        frame = self.frame()
        before = len(self.waiting_for(self.step["to"][0]))
        step = max(1, len(frame) // CUTS)
        cuts = sorted({*range(0, len(frame), step), len(frame) - 1})
        answers = self.answers_to([[frame[:n]] for n in cuts])
        self.assertEqual(len(cuts), len(answers))
        self.assertLessEqual({a.code for a in answers}, {"malformed", "bad_signature"})
        self.assertEqual(before, len(self.waiting_for(self.step["to"][0])))

    def test_added_bytes_are_refused(self):
        frame = self.frame()
        for tail in (b"\0", b"\x0a\x00", b"\x12\x00", b"\x1a\x00", b"\x22\x01x", b"\xff" * 20):
            with self.subTest(tail):
                self.assertEqual("malformed", self.only_answer(frame + tail).code)

    def test_flipped_bits_are_refused(self):
        """A flip in the key id changes a hint and nothing else; all others are refused."""
        seed = int(os.environ.get("SLUIS_TEST_SEED", random.SystemRandom().randrange(2**32)))
        print("flip seed", seed)
        frame = self.frame()
        keyid = sc.key_id(self.sender.party.keys.ed25519_public).encode()
        first, last = frame.index(keyid), frame.index(keyid) + len(keyid)
        bits = sorted(random.Random(seed).sample(range(len(frame) * 8), min(FLIPS, len(frame) * 8)))
        bits = [b for b in bits if not first <= b // 8 < last]
        flipped = []
        for b in bits:
            raw = bytearray(frame)
            raw[b // 8] ^= 1 << b % 8
            flipped.append([bytes(raw)])
        answers = self.answers_to(flipped)
        self.assertEqual(len(flipped), len(answers))
        for a in answers:
            self.assertFalse(a.outcomes)
            self.assertIn(a.code, ("malformed", "bad_signature", "unknown_message_type"))
        self.assertEqual("ok", self.sender.exchange(frame).code, "the message itself is still good")

    def test_a_flipped_bit_in_the_key_id_changes_nothing(self):
        frame = bytearray(self.frame())
        keyid = sc.key_id(self.sender.party.keys.ed25519_public).encode()
        frame[frame.index(keyid) + 5] ^= 1
        answers = self.answers_to([[bytes(frame)]])
        self.assertEqual(1, len(answers))
        self.assertIn(answers[0].code, ("ok", "malformed", "bad_signature"))

    def test_an_unknown_type_is_refused(self):
        m = sc.wire_pb2.Sent(head=self.sender.head()).SerializeToString()
        for name in ("application/vnd.sluis.delete-everything.v1", "application/vnd.sluis.submit.v2",
                     "application/json", "", sc.KEYBINDING, sc.SUBMIT + "\0", sc.SUBMIT.upper()):
            with self.subTest(name):
                frame = sc.make_envelope(name, m, self.sender.party.keys.ed25519_seed)
                self.assertIn(self.only_answer(frame).code, ("unknown_message_type", "malformed"))
        frame = sc.make_envelope("application/vnd.sluis.submit.v2", m,
                                 self.sender.party.keys.ed25519_seed)
        self.assertEqual("unknown_message_type", self.only_answer(frame).code)

    def test_an_empty_frame_is_refused(self):
        self.assertEqual("malformed", self.only_answer(b"").code)

    def test_random_bytes_are_refused(self):
        rng = random.Random(7)
        answers = self.answers_to([[rng.randbytes(n)] for n in (1, 2, 3, 16, 100, 1000, 50000)])
        self.assertEqual(7, len(answers))
        self.assertLessEqual({a.code for a in answers},
                             {"malformed", "too_many_elements", "too_deep", "bad_signature"})

    def test_more_than_one_frame_is_refused(self):
        good = self.frame()
        for parts in ([b"", good], [good, b""], [good, good], [b"", b"", b""], [good] * 20):
            with self.subTest(len(parts)):
                self.assertEqual("wrong_number_of_frames", self.only_answer(*parts).code)

    def test_a_request_of_another_type_inside_is_refused(self):
        m = sc.wire_pb2.Prove(head=self.sender.head(), index=0)
        frame = self.sender.build(sc.SUBMIT, sc.wire_pb2.Submit.FromString(m.SerializeToString()))
        self.assertNotEqual("ok", self.only_answer(frame).code)

    def test_a_request_without_a_head_is_refused(self):
        frame = sc.make_envelope(sc.SENT, b"", self.sender.party.keys.ed25519_seed)
        answer = self.only_answer(frame)
        self.assertIn(answer.code, ("malformed", "sender_is_not_the_key_holder"))


class Size(cases.RegionCase):
    """Too large, too deep, too many: protobuf's traps."""

    def test_a_frame_over_the_cap_ends_the_connection_and_nothing_else(self):
        with self.region.client("meldpunt") as big:
            good = self.frame()
            big.socket.send(os.urandom(FRAME_MAX * 2))
            with self.assertRaises(sc.NoAnswer):
                # no answer can come: proven by two round trips of somebody else meanwhile
                self.assert_serves()
                self.assert_serves()
                big.wait(None, 50)
            self.assertEqual("ok", big.exchange(good).code, "it may come back")

    def test_a_signal_over_the_cap_is_refused(self):
        signal = rg.signal_from("08-weekly-registrations.json")
        signal.narrative.text = "a" * (SIGNAL_MAX + 10)
        self.assert_refused("too_large", self.submit(signal=signal.SerializeToString()))

    def test_a_text_over_its_cap_is_refused_with_its_place(self):
        signal = rg.signal_from("08-weekly-registrations.json")
        signal.persons[0].family_name = "a" * 2001
        answer = self.submit(signal=signal.SerializeToString())
        self.assertIn(answer.code, ("invalid_signal", "too_large"))
        self.assertNotIn("aaaa", answer.where)

    def test_nested_messages_do_not_reach_the_parser(self):
        """34 kB of nesting overflow protobuf-c's stack; at every place where it fits."""
        inner = b""
        while len(inner) < 34000:
            inner = varint_field(1, inner)
        person = b""
        while len(person) < 34000:
            person = varint_field(3, person)
        for place, payload in (
                ("payload", inner), ("signal field 1", self.submit_with(inner)),
                ("signal persons", self.submit_with(person))):
            with self.subTest(place):
                if place == "payload":
                    frame = sc.make_envelope(sc.SUBMIT, payload, self.sender.party.keys.ed25519_seed)
                else:
                    frame = payload
                with self.region.client("meldpunt") as c:
                    c.socket.send(frame)
                    answer = c.wait(None)
                self.assertIn(answer.code, ("too_deep", "malformed", "too_many_elements",
                                            "invalid_signal", "too_large",
                                            "sender_is_not_the_key_holder"))
        with self.region.client("meldpunt") as c:
            c.socket.send(varint_field(1, inner))  # no envelope at all
            self.assertIn(c.wait(None).code, ("malformed", "too_deep"))

    def submit_with(self, signal):
        return self.frame(signal=signal)

    def test_empty_submessages_do_not_blow_up_memory(self):
        before = rg.resident_kib(self.pid)
        many = {
            "persons": self.submit_with(b"\x1a\x00" * 30000),
            "bans of one person": self.submit_with(varint_field(3, b"\xd2\x01\x00" * 20000)),
            "recipients": sc.make_envelope(
                sc.SUBMIT, many_recipients(self.sender.head(), 40000).SerializeToString(),
                self.sender.party.keys.ed25519_seed),
        }
        for name, frame in many.items():
            with self.subTest(name):
                answer = self.sender.exchange(frame)
                self.assertIn(answer.code, ("too_many_elements", "too_large", "invalid_signal"))
        self.assert_grew_less(40 * 1024, before)

    def test_two_megabytes_of_empty_submessages_are_cut_off(self):
        before = rg.resident_kib(self.pid)
        with self.region.client("meldpunt") as c:
            c.socket.send(b"\x1a\x00" * (1024 * 1024))
            self.assert_serves()
            self.assertFalse(c.socket.poll(0))
        self.assert_grew_less(20 * 1024, before)

    def test_too_many_recipients_are_refused(self):
        to = [(self.region.party("politie").oin, "avim")] * 65
        answer = self.submit(to=to)
        self.assertIn(answer.code, ("too_many_elements", "malformed"))

    def test_an_invalid_signal_is_refused_with_the_field_and_without_the_value(self):
        changes = {
            "bsn": "123456789", "birth_date": "1999-13-45", "nationality": "Nederland"}
        for field, value in changes.items():
            with self.subTest(field):
                signal = rg.signal_from("08-weekly-registrations.json")
                setattr(signal.persons[0], field, value)
                answer = self.submit(signal=signal.SerializeToString())
                self.assert_refused("invalid_signal", answer)
                self.assertIn(field, answer.where)
                self.assertNotIn(value, str(answer))

    def test_an_unknown_enum_value_and_an_unspecified_one_are_refused(self):
        for value in (0, 99):
            raw = self.signal + varint_field(3, b"\x08" + bytes([value]))
            self.assertEqual("invalid_signal", self.submit(signal=raw).code)


class SignedGarbage(cases.RegionCase):
    """Payloads with random changes, properly signed: they reach the handlers."""

    def seeds(self, c):
        """{payload type: a good message}, but for the head."""
        signal = rg.signal_from("04-hotel-and-webcam.json")
        preview = sc.wire_pb2.Preview(convenant="riec", phase="1", purpose="casusoverleg")
        preview.recipients.add(oin=self.region.party("politie").oin, desk="avim")
        preview.handling.CopyFrom(signal.handling)
        preview.records.add(facts=["victim", "adult"], paths=b"\x02\x03\x0a\x02\x03\x04")
        submit = sc.wire_pb2.Submit(
            convenant="riec", phase="2", purpose="casusoverleg", signal=signal.SerializeToString())
        submit.recipients.add(oin=self.region.party("politie").oin, desk="avim")
        submit.recipients.add(oin=self.region.party("nla").oin)
        return {
            sc.SUBMIT: submit, sc.PREVIEW: preview,
            sc.RECEIVE: sc.wire_pb2.Receive(wait_ms=1, max_deliveries=3, lease_ms=1,
                                            delivery_id=bytes(16)),
            sc.ACKNOWLEDGE: sc.wire_pb2.Acknowledge(delivery_ids=[bytes(16), b"x" * 16]),
            sc.EXPLAIN: sc.wire_pb2.Explain(trace_id=bytes(16)),
            sc.SENT: sc.wire_pb2.Sent(max=3), sc.PROVE: sc.wire_pb2.Prove(index=1),
        }

    def mutate(self, rng, raw):
        raw = bytearray(raw)
        for _ in range(rng.choice((1, 1, 1, 2, 5))):
            where = rng.randrange(len(raw))
            change = rng.randrange(4)
            if change == 0:
                raw[where] ^= 1 << rng.randrange(8)
            elif change == 1:
                raw[where] = rng.choice((0, 0x7f, 0x80, 0xff))
            elif change == 2:
                del raw[where:where + rng.randrange(1, 9)]
            else:
                raw[where:where] = rng.randbytes(rng.randrange(1, 9))
            if not raw:
                return b"\0"
        return bytes(raw)

    def test_the_broker_answers_every_one_and_goes_on(self):
        seed = int(os.environ.get("SLUIS_TEST_SEED", random.SystemRandom().randrange(2**32)))
        print("garbage seed", seed)
        rng = random.Random(seed)
        before = rg.resident_kib(self.pid)
        codes = {}
        with self.region.client("meldpunt") as c:
            for payload_type, message in self.seeds(c).items():
                for start in range(0, GARBAGE, UNDER_WAY):
                    n = min(UNDER_WAY, GARBAGE - start)
                    for _ in range(n):
                        message.head.CopyFrom(c.head())
                        payload = message.SerializeToString()
                        head = len(varint_field(1, message.head.SerializeToString()))
                        if rng.random() < 0.8:      # mostly behind a head that holds
                            payload = payload[:head] + self.mutate(rng, payload[head:] or b"\0")
                        else:
                            payload = self.mutate(rng, payload)
                        c.socket.send(sc.make_envelope(
                            payload_type, payload, c.party.keys.ed25519_seed))
                    for _ in range(n):
                        code = c.wait(None, 30000).code
                        codes[code] = codes.get(code, 0) + 1
        print(codes)
        self.assertFalse(set(codes) & {"internal_error", "storage_failed", "crypto_failed",
                                       "out_of_memory"})
        self.assertGreater(len(codes), 5)
        self.assert_grew_less(60 * 1024, before)
        self.journal()


def many_recipients(head, n):
    raw = varint_field(1, head.SerializeToString()) + b"\x2a\x00" * n
    return sc.wire_pb2.Submit.FromString(raw)


if __name__ == "__main__":
    unittest.main(verbosity=2)
