# SPDX-License-Identifier: EUPL-1.2
"""Every wrong message is refused with its own code, journalled where the sender is known,
and the broker goes on (tearDown of RegionCase sends a good one after each test)."""

import os
import pathlib
import random
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import cases
import pki
import region as rg
import sluis_client as sc
import zmq

FIVE_MINUTES_MS = 5 * 60 * 1000
FRAME_MAX, SIGNAL_MAX = 96 * 1024, 64 * 1024
FLIPS = int(os.environ.get("SLUIS_TEST_FLIPS", "600"))
GARBAGE = int(os.environ.get("SLUIS_TEST_GARBAGE", "640"))  # of each kind
UNDER_WAY = 64  # requests on one connection at a time
CUTS = int(os.environ.get("SLUIS_TEST_CUTS", "300"))


class WhoSends(cases.RegionCase):
    """Wrong keys, wrong names."""

    def test_a_signature_by_another_party_is_refused(self):
        m = sc.wire_pb2.Sent(head=self.sender.head(), max=1)
        other = self.region.party("politie").keys.ed25519_seed
        frame = sc.make_envelope(sc.SENT, m.SerializeToString(), other)
        self.assert_refused("bad_signature", self.sender.exchange(frame))

    def test_a_signature_with_the_keyid_of_the_right_key_but_made_by_another_is_refused(self):
        m = sc.wire_pb2.Sent(head=self.sender.head(), max=1)
        other = self.region.party("politie").keys.ed25519_seed
        envelope = sc.wire_pb2.Envelope.FromString(
            sc.make_envelope(sc.SENT, m.SerializeToString(), other))
        envelope.signatures[0].keyid = sc.key_id(self.sender.party.keys.ed25519_public)
        self.assert_refused("bad_signature", self.sender.exchange(envelope.SerializeToString()))

    def test_a_stripped_signature_is_not_taken_for_unsigned_and_fine(self):
        for change in ("none", "empty", "zeros", "two"):
            with self.subTest(change):
                envelope = sc.wire_pb2.Envelope.FromString(self.frame())
                if change == "none":
                    del envelope.signatures[:]
                elif change == "empty":
                    envelope.signatures[0].sig = b""
                elif change == "zeros":
                    envelope.signatures[0].sig = bytes(64)
                else:
                    envelope.signatures.add().CopyFrom(envelope.signatures[0])
                answer = self.exchange_any(self.sender, envelope.SerializeToString())
                self.assertIn(answer.code, ("malformed", "bad_signature"))

    def test_a_signature_for_another_message_type_is_refused(self):
        envelope = sc.wire_pb2.Envelope.FromString(self.frame())
        envelope.payload_type = sc.PREVIEW
        self.assert_refused("bad_signature", self.sender.exchange(envelope.SerializeToString()))

    def test_a_sender_naming_another_oin_is_refused(self):
        head = self.sender.head()
        head.sender_oin = self.region.party("politie").oin
        leaf = self.assert_refused("sender_is_not_the_key_holder", self.submit(head=head))
        self.assertEqual(self.sender.party.oin, leaf.sender_oin, "blamed on the key holder")

    def test_a_sender_naming_another_desk_of_its_own_party_is_refused(self):
        head = self.sender.head()
        head.sender_desk = self.region.party("aandacht").desk
        self.assertEqual(self.sender.party.oin, self.region.party("aandacht").oin)
        self.assert_refused("sender_is_not_the_key_holder", self.submit(head=head))

    def test_a_sender_without_name_is_refused(self):
        head = self.sender.head()
        head.ClearField("sender_oin")
        head.ClearField("sender_desk")
        answer = self.submit(head=head)
        self.assertIn(answer.code, ("sender_is_not_the_key_holder", "malformed"))

    def test_another_partys_message_through_my_channel_is_refused(self):
        stolen = self.frame()  # made and signed by meldpunt, sent by politie
        with self.region.client("politie") as c:
            c.socket.send(stolen)
            answer = c.wait(None)
        self.assert_refused("bad_signature", answer)

    def test_a_wrong_curve_key_does_not_get_in(self):
        with cases.Watched(self.region.region.endpoint,
                           cases.curve(self.region.region, pki.new_keys())) as w:
            w.socket.send(self.frame())
            self.assertEqual((zmq.EVENT_HANDSHAKE_FAILED_AUTH, 400), w.wait_event(
                cases.EVENT_FAILED | {zmq.EVENT_HANDSHAKE_SUCCEEDED}))
            self.assertTrue(w.nothing_arrives())

    def test_a_client_with_another_broker_key_does_not_get_in(self):
        keys = self.sender.party.keys
        wrong = sc.z85.encode(pki.new_keys().curve_public)
        with cases.Watched(self.region.region.endpoint,
                           cases.curve(self.region.region, keys, wrong)) as w:
            w.socket.send(self.frame())
            event = w.wait_event({zmq.EVENT_DISCONNECTED, zmq.EVENT_HANDSHAKE_SUCCEEDED,
                                  *cases.EVENT_FAILED})
            self.assertNotEqual(zmq.EVENT_HANDSHAKE_SUCCEEDED, event and event[0])

    def exchange_any(self, client, frame):
        """Send FRAME on a fresh connection: the next answer, whatever its request id."""
        with self.region.client(client.party.name) as c:
            c.socket.send(frame)
            return c.wait(None)


class When(cases.RegionCase):
    """Freshness, replay, addressee."""

    def head_at(self, offset_ms):
        return self.sender.head(created_ms=pki.now_ms() + offset_ms)

    def test_stale_is_refused(self):
        self.assert_refused("stale", self.submit(head=self.head_at(-FIVE_MINUTES_MS - 5000)))

    def test_the_future_is_refused(self):
        self.assert_refused("clock_ahead", self.submit(head=self.head_at(FIVE_MINUTES_MS + 60000)))

    def test_the_limits_of_time_do_not_overflow(self):
        for created, codes in ((0, {"stale"}), (2**64 - 1, {"clock_ahead"}), (2**63, {"clock_ahead"})):
            with self.subTest(created):
                head = self.sender.head(created_ms=created)
                self.assertIn(self.submit(head=head).code, codes)

    def test_a_little_off_is_accepted(self):
        for offset in (-FIVE_MINUTES_MS + 30000, FIVE_MINUTES_MS - 30000):
            self.assertEqual("ok", self.submit(head=self.head_at(offset)).code)

    def test_another_broker_is_refused(self):
        head = self.sender.head()
        head.broker_origin = "sluis.example/elders"
        self.assert_refused("addressed_to_another_broker", self.submit(head=head))

    def test_no_broker_is_refused(self):
        head = self.sender.head()
        head.ClearField("broker_origin")
        self.assertIn(self.submit(head=head).code, ("addressed_to_another_broker", "malformed"))

    def test_a_request_id_that_is_not_16_bytes_is_refused(self):
        for request_id in (b"x", bytes(15), bytes(17), bytes(64)):
            with self.subTest(len(request_id)):
                frame = self.frame(head=self.sender.head(request_id=request_id))
                with self.region.client(self.sender.party.name) as c:
                    c.socket.send(frame)
                    self.assertEqual("malformed", c.wait(None).code)

    def test_an_identical_replay_gives_the_same_receipts_and_has_no_second_effect(self):
        frame = self.frame()
        first = self.sender.exchange(frame)
        self.assertEqual("ok", first.code)
        waiting = [d.delivery_id for n in self.step["to"] for d in self.waiting_for(n)]
        size = len(self.events())
        with self.region.client(self.sender.party.name) as another_connection:
            for client in (self.sender, another_connection):
                again = client.exchange(frame)
                self.assertEqual(first.code, again.code)
                self.assertEqual([o.SerializeToString() for o in first.outcomes],
                                 [o.SerializeToString() for o in again.outcomes])
        self.assertEqual(waiting, [d.delivery_id for n in self.step["to"] for d in self.waiting_for(n)])
        self.assertEqual(size, len(self.events()))

    def test_the_same_id_with_other_bytes_is_refused(self):
        head = self.sender.head()
        self.assertEqual("ok", self.submit(head=head).code)
        other = rg.signal_from("02-barn-at-the-nursery.json").SerializeToString()
        self.assert_refused("request_id_used_before", self.submit(head=head, signal=other))

    def test_the_same_id_is_free_for_another_party(self):
        request_id = pki.random_id()
        self.assertEqual("ok", self.submit(head=self.sender.head(request_id=request_id)).code)
        with self.region.client("politie") as c:
            answer = c.exchange(c.build(sc.SENT, sc.wire_pb2.Sent(
                head=c.head(request_id=request_id), max=1)))
            self.assertEqual("ok", answer.code)

    def test_a_replay_by_somebody_else_is_refused(self):
        frame = self.frame()
        self.assertEqual("ok", self.sender.exchange(frame).code)
        with self.region.client("aandacht") as c:
            c.socket.send(frame)
            self.assertEqual("bad_signature", c.wait(None).code)

    def test_identical_replays_at_the_same_moment_are_one_submission(self):
        frame = self.frame()
        clients = [self.region.client(self.sender.party.name) for _ in range(8)]
        for c in clients:
            for _ in range(4):
                c.socket.send(frame)
        answers = [c.wait(None) for c in clients for _ in range(4)]
        self.assertEqual({"ok"}, {a.code for a in answers})
        self.assertEqual(1, len({tuple(o.receipt.index for o in a.outcomes) for a in answers}))


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
            "recipients": self.sender.build(sc.SUBMIT, many_recipients(self.sender.head(), 40000)),
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


class Door(cases.RegionCase):
    """Each door has its own guests and requests."""

    def code_of(self, name, door, payload_type, message):
        with sc.Client(self.region.region, self.region.party(name), door=door) as c:
            return c.exchange(c.build(payload_type, message)).code

    def test_an_agency_does_not_get_in_at_the_audit_door(self):
        self.assert_shut("meldpunt", "audit")

    def test_an_auditor_does_not_get_in_at_the_agency_door(self):
        self.assert_shut("auditor", "agency")

    def assert_shut(self, name, door):
        """The handshake is refused, and the log says why."""
        keys = self.region.party(name).keys
        with cases.Watched(self.region.region.door(door),
                           cases.curve(self.region.region, keys)) as w:
            self.assertEqual((zmq.EVENT_HANDSHAKE_FAILED_AUTH, 400), w.wait_event(
                cases.EVENT_FAILED | {zmq.EVENT_HANDSHAKE_SUCCEEDED}))
        log = (self.region.broker_dir / "sluisd.log").read_text("utf-8")
        self.assertIn("GATE-REFUSED code=not_at_this_endpoint", log)

    def test_audit_read_at_the_agency_door_is_refused(self):
        self.assertEqual("not_at_this_endpoint", self.code_of(
            "meldpunt", "agency", sc.AUDIT_READ, sc.wire_pb2.AuditRead(from_index=0, max=10)))

    def test_submit_at_the_audit_door_is_refused(self):
        self.assertEqual("not_at_this_endpoint", self.code_of(
            "auditor", "audit", sc.SUBMIT, sc.wire_pb2.Submit(convenant="riec", signal=self.signal)))

    def test_submit_at_the_enrolment_door_is_refused(self):
        self.assertEqual("not_at_this_endpoint", self.code_of(
            "meldpunt", "enrol", sc.SENT, sc.wire_pb2.Sent(max=1)))

    def test_enrol_at_the_agency_door_is_refused(self):
        binding = (self.region.party_dir("meldpunt") / "binding.bin").read_bytes()
        chain = (self.region.party_dir("meldpunt") / "chain.pem").read_bytes()
        self.assertEqual("not_at_this_endpoint", self.code_of(
            "meldpunt", "agency", sc.ENROL, sc.wire_pb2.Enrol(binding=binding, chain_pem=chain)))


class Denied(cases.RegionCase):
    """The convenant says no: each with its own code."""

    def test_criminal_intelligence_is_refused_journalled_and_stored_nowhere(self):
        signal = rg.signal_from("09-criminal-intelligence.json").SerializeToString()
        step = next(s for s in rg.story() if s["file"].startswith("09"))
        answer = self.submit(**{k: step[k] for k in ("convenant", "phase", "purpose", "to")},
                             signal=signal)
        self.assertEqual("cie_information_refused", answer.code)
        self.assertTrue(answer.rule and answer.article)
        for name in step["to"]:
            for d in self.waiting_for(name):
                _, got, _ = sc.verify_delivery(d, self.verifier)
                self.assertNotIn("Hadh", str(got))
        refused = [leaf for leaf in self.journal() if leaf.code == "cie_information_refused"]
        self.assertTrue(refused)
        for data in self.region.files_of_broker().values():
            self.assertNotIn("Hadházi".encode(), data)

    def test_words_that_the_policy_does_not_know(self):
        for change, code in (
                ({"convenant": "bestaat-niet"}, "no_such_convenant"),
                ({"phase": "bestaat-niet"}, "no_such_phase"),
                ({"purpose": "bestaat-niet"}, "purpose_not_covered"),
                ({"to": []}, "no_recipients_named")):
            with self.subTest(code):
                self.assertEqual(code, self.submit(**change).code)

    def test_words_of_the_senders_own_do_not_get_into_the_journal(self):
        """The journal holds no person: what the policy does not know is not written there."""
        spoken = "Noor van Rietschoten 999910012"
        for change in ({"convenant": spoken}, {"phase": spoken}, {"purpose": spoken},
                       {"to": [(spoken, None)]}, {"to": [(self.region.party("politie").oin, spoken)]}):
            with self.subTest(change):
                self.assertNotEqual("ok", self.submit(**change).code)
        with self.region.client("auditor") as auditor:
            entries, _ = auditor.audit_all()
        for r in entries:
            self.assertNotIn(b"Rietschoten", r.leaf + r.detail)
        for path, data in self.region.files_of_broker().items():
            self.assertNotIn(b"Rietschoten", data, path)

    def test_words_that_are_too_long_or_no_text_are_the_senders_fault(self):
        """Not the broker's: one bad request may not fail the batch that others are in."""
        for word in ("x" * 33, "x" * 900, "x" * 20000):
            for change in ({"convenant": word}, {"phase": word}, {"purpose": word},
                           {"to": [(word, None)]},
                           {"to": [(self.region.party("politie").oin, word)]}):
                with self.subTest(n=len(word), field=list(change)[0]):
                    self.assertIn(self.submit(**change).code, (
                        "malformed", "too_large", "no_such_convenant", "no_such_phase",
                        "purpose_not_covered", "unknown_recipient", "no_recipient_entitled"))
        m = sc.wire_pb2.Submit.FromString(sc.wire_pb2.Envelope.FromString(self.frame()).payload)
        m.head.CopyFrom(self.sender.head())
        m.convenant = "QQQQ"
        raw = m.SerializeToString().replace(b"QQQQ", b"\xff\xfe\xc0\x80")
        answer = self.sender.exchange(
            sc.make_envelope(sc.SUBMIT, raw, self.sender.party.keys.ed25519_seed))
        self.assertIn(answer.code, ("malformed", "no_such_convenant"))
        self.journal()

    def test_an_unknown_recipient_gets_nothing_and_the_others_do(self):
        to = self.region.to(*self.step["to"]) + [("00000099000000990000", "loket")]
        answer = self.submit(to=to)
        self.assertEqual("ok", answer.code)
        self.assertEqual("unknown_recipient", answer.outcomes[-1].code)

    def test_a_desk_that_the_recipient_has_not_is_unknown(self):
        oin = self.region.party("politie").oin
        self.assertIn("unknown_recipient", {
            o.code for o in self.submit(to=[(oin, "bestaat-niet")]).outcomes})

    def test_a_non_signatory_is_not_entitled_and_is_told_what_would_change(self):
        answer = self.submit(to=self.region.to("politie", "kmar"))
        by_oin = {o.oin: o for o in answer.outcomes}
        kmar = by_oin[self.region.party("kmar").oin]
        self.assertNotEqual("ok", kmar.code)
        self.assertTrue(kmar.change)
        self.assertTrue(kmar.HasField("receipt"))
        leaf, _ = sc.verify_receipt(kmar.receipt, self.verifier)
        self.assertEqual(cases.KIND["EVENT_NOT_SERVED"], leaf.kind)
        self.assertEqual([], self.waiting_for("kmar"))

    def test_somebody_elses_delivery_cannot_be_had_acknowledged_or_explained(self):
        answer = self.submit()
        mine = self.step["to"][0]
        delivery = self.waiting_for(mine)[-1]
        for name in self.region.region.parties:
            if name in (mine, "auditor"):
                continue
            with self.subTest(name), self.region.client(name) as c:
                got = c.exchange(c.build(sc.RECEIVE, sc.wire_pb2.Receive(
                    delivery_id=delivery.delivery_id)))
                self.assertFalse(got.deliveries)
                ack = c.exchange(c.build(sc.ACKNOWLEDGE, sc.wire_pb2.Acknowledge(
                    delivery_ids=[delivery.delivery_id])))
                self.assertEqual("not_found", ack.code)
                if name != self.sender.party.name:
                    why = c.exchange(c.build(sc.EXPLAIN, sc.wire_pb2.Explain(
                        trace_id=answer.request_id)))
                    self.assertEqual("not_found", why.code)
        self.assertIn(delivery.delivery_id, [d.delivery_id for d in self.waiting_for(mine)])


def varint_field(number, content):
    """Field NUMBER, length-delimited, holding CONTENT."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(n):
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    return bytes(out) + bytes([n])


def many_recipients(head, n):
    raw = varint_field(1, head.SerializeToString()) + b"\x2a\x00" * n
    return sc.wire_pb2.Submit.FromString(raw)


if __name__ == "__main__":
    unittest.main(verbosity=2)
