# SPDX-License-Identifier: EUPL-1.2
"""What one enrolled party may try against all others: its input is its own problem only."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import cases
import sluis_client as sc

SIGNAL_MAX = 64 * 1024


def varint(n):
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    return bytes(out) + bytes([n])


def field(number, content):
    """Field NUMBER, length-delimited, holding CONTENT."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def growing_signal():
    """Exactly as large as a signal may be; packed fields go out unpacked, so it would grow."""
    fields = sc.signal_pb2.Signal.DESCRIPTOR.fields_by_name
    number = fields["exploitation"].message_type.fields_by_name["indicators"].number
    indicators = field(fields["exploitation"].number, field(number, b"\x01" * 64))

    def person(last):
        return field(3, b"\x08\x01" + field(7, b"a" * 2000) * 32 + field(7, b"b" * last))

    return next(indicators + person(n) for n in range(1, 2000)
                if len(indicators + person(n)) == SIGNAL_MAX)


class Malice(cases.RegionCase):
    def test_a_signal_that_grows_when_it_is_written_again_fails_nobody_elses(self):
        raw = growing_signal()
        bad = [self.frame(signal=raw, convenant="zvh", phase="1", purpose="casusoverleg",
                          to=self.region.to("politie")) for _ in range(8)]
        with self.region.client("aandacht") as other:
            good = [self.frame(other) for _ in range(8)]
            for wrong, right in zip(bad, good):
                self.sender.socket.send(wrong)
                other.socket.send(right)
            for frame in bad:
                answer = self.sender.wait(sc.request_id_of(frame))
                self.assert_refused("too_large", answer)
            self.assertEqual({"ok"}, {other.wait(sc.request_id_of(f)).code for f in good})

    def test_who_was_not_served_does_not_learn_of_the_signal(self):
        answer = self.submit(to=self.region.to(*self.step["to"], "kmar"))
        kmar = next(o for o in answer.outcomes if o.oin == self.region.party("kmar").oin)
        self.assertNotEqual("ok", kmar.code)
        with self.region.client("kmar") as c:
            why = c.exchange(c.build(
                sc.EXPLAIN, sc.wire_pb2.Explain(leaf_index=kmar.receipt.index)))
            self.assertEqual("not_found", why.code)

    def test_an_explanation_to_an_auditor_stands_in_the_journal(self):
        answer = self.submit()
        first = answer.outcomes[0].receipt.index
        with self.region.client("auditor") as c:
            c.explain(trace_id=answer.request_id)
            c.explain(leaf_index=first)
        reads = [(leaf.refers_to, leaf.count) for leaf in self.journal()
                 if leaf.kind == cases.KIND["EVENT_AUDIT_READ"]]
        self.assertIn((first, len(answer.outcomes)), reads)
        self.assertIn((first, 1), reads)

    def test_sent_answers_with_no_more_than_it_can_carry(self):
        many = self.region.to(*self.step["to"])
        many += [("%020d" % i, None) for i in range(64 - len(many))]
        newest = [self.submit(to=many).request_id for _ in range(9)][-1]
        receipts = self.sender.sent(maximum=256)
        self.assertEqual(512, len(receipts), "eight whole submissions, not nine")
        detail = sc.journal_pb2.Detail.FromString(receipts[0].detail)
        self.assertEqual(newest, detail.trace_id)

    def test_nobody_tries_names_on_itself(self):
        """Else a recipient finds the name behind a pseudonym by sending guesses to itself."""
        signal = sc.signal_pb2.Signal()
        signal.persons.add(role=sc.signal_pb2.VICTIM, bsn="999990019", minor=False)
        signal.exploitation.types.append(1)
        self.submit(signal=signal.SerializeToString(), convenant="afstemming", phase="1",
                    purpose="duiding", to=self.region.to("nla"))
        with self.region.client("nla") as nla:
            theirs = self.statements(nla)
            self.submit(nla, signal=signal.SerializeToString(), convenant="afstemming",
                        phase="1", purpose="duiding", to=self.region.to("nla"))
            own = self.statements(nla)
        self.assertEqual(["bsn"], [s.kind for s in theirs])
        self.assertEqual([], own)

    def statements(self, client):
        """What the newest waiting copy says in place of values."""
        newest = client.receive(max_deliveries=256)[-1]
        copy, _, _ = sc.verify_delivery(newest, self.verifier)
        return list(copy.statements)


if __name__ == "__main__":
    unittest.main()
