# SPDX-License-Identifier: EUPL-1.2
"""docs/wire.md is true: its worked example, its code table, its paths.  No broker."""

import pathlib
import re
import sys
import unittest

import nacl.signing

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import sluis_client as sc

WIRE = (sc.ROOT / "docs" / "wire.md").read_text("utf-8")
RC_H = (sc.ROOT / "proto" / "rc.h").read_text("utf-8")
VECTORS = sc.ROOT / "tests" / "vectors" / "tlog-tiles"
VECTORS_KEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"


def hex_block_after(text):
    """The indented hex lines that follow TEXT in the document."""
    rest = WIRE.split(text, 1)[1].split("\n\n", 2)[1]
    return bytes.fromhex("".join(rest.split()))


class WorkedExample(unittest.TestCase):
    def setUp(self):
        self.key = nacl.signing.SigningKey(bytes(range(32)))
        m = sc.wire_pb2.Sent(max=5)
        m.head.request_id = bytes(range(16))
        m.head.created_ms = 1795000000000
        m.head.sender_oin = "00000099000000010000"
        m.head.sender_desk = "meldpunt"
        m.head.broker_origin = "sluis.example/rivierenland"
        self.payload = m.SerializeToString()

    def test_public_key(self):
        self.assertEqual(bytes(self.key.verify_key), hex_block_after("so public key"))

    def test_payload(self):
        self.assertEqual(self.payload, hex_block_after("(`payload`):"))

    def test_pre_authentication_encoding(self):
        self.assertEqual(sc.pae(sc.SENT, self.payload), hex_block_after("PAE, 132 bytes"))

    def test_signature(self):
        sig = hex_block_after("`sig`:")
        self.assertEqual(self.key.sign(sc.pae(sc.SENT, self.payload)).signature, sig)

    def test_key_id(self):
        self.assertEqual(
            sc.key_id(bytes(self.key.verify_key)), hex_block_after("`keyid`:").hex())

    def test_frame(self):
        frame = sc.make_envelope(sc.SENT, self.payload, bytes(range(32)))
        self.assertEqual(257, len(frame))
        envelope = sc.wire_pb2.Envelope.FromString(frame)
        self.assertEqual(self.payload, envelope.payload)


class Tables(unittest.TestCase):
    def test_every_result_code_is_in_the_document_with_kind_and_exit_and_no_other(self):
        code = re.findall(r'X\(RC_\w+,\s*(\w+),\s*\d+,\s*(\d+),\s*"(\w+)"\)', RC_H)
        self.assertGreater(len(code), 50)
        ours = {(name, kind.lower(), status) for kind, status, name in code}
        section = WIRE.split("## 9. Result codes")[1].split("## 10.")[0]
        theirs = set(re.findall(r"^\| `(\w+)` \| (\w+) \| (\d+) \|", section, re.M))
        self.assertEqual(ours, theirs)

    def test_the_document_speaks_of_no_event_that_is_not(self):
        self.assertLessEqual(set(re.findall(r"`(EVENT_\w+)`", WIRE)),
                             set(sc.journal_pb2.EventKind.keys()))

    def test_packed_paths(self):
        lines = re.findall(r"^    ((?:[0-9a-f]{2} )+) +(persons\S*?|persons\.bsn, reporter\.name)(?:  .*)?$",
                           WIRE, re.M)
        self.assertEqual(3, len(lines))
        for packed, names in lines:
            paths = sc.unpack_paths(bytes.fromhex(packed.replace(" ", "")))
            self.assertEqual(names, ", ".join(sc.path_name(p) for p in paths))
            self.assertEqual(
                packed.replace(" ", ""), b"".join(sc.pack_path(p) for p in paths).hex())


class OwnVerifier(unittest.TestCase):
    """The Python verifier is right too: another log's real tiles and checkpoints."""

    def test_accepts_every_checkpoint_and_proof_of_the_public_log(self):
        verifier = sc.Verifier(VECTORS_KEY)
        hashes = (VECTORS / "tile" / "0" / "000.p" / "15").read_bytes()
        leaves = [hashes[i:i + 32] for i in range(0, len(hashes), 32)]
        for size in range(1, 16):
            c = sc.open_checkpoint((VECTORS / ("checkpoint.%d" % size)).read_text(), verifier)
            self.assertEqual(sc.tree_root(leaves[:c.size]), c.root)

    def test_inclusion_and_consistency_agree_with_the_definition(self):
        leaves = [sc.leaf_hash(b"%d" % i) for i in range(20)]
        for size in range(1, 21):
            root = sc.tree_root(leaves[:size])
            for i in range(size):
                proof = inclusion(leaves[:size], i)
                sc.verify_inclusion(proof, i, size, leaves[i], root)
                with self.assertRaises(sc.BadProof):
                    sc.verify_inclusion(proof, i, size, leaves[i], sc.leaf_hash(root))
                with self.assertRaises(sc.BadProof):
                    sc.verify_inclusion(proof + [root], i, size, leaves[i], root)
                if size > 1:
                    with self.assertRaises(sc.BadProof):
                        sc.verify_inclusion(proof, (i + 1) % size, size, leaves[i], root)
            for old in range(1, size + 1):
                proof = consistency(leaves[:size], old)
                old_root = sc.tree_root(leaves[:old])
                sc.verify_consistency(proof, old, size, old_root, root)
                with self.assertRaises(sc.BadProof):
                    sc.verify_consistency(proof, old, size, sc.leaf_hash(b"x"), root)
            with self.assertRaises(sc.BadProof):
                sc.verify_consistency([], 0, size, sc.tree_root([]), root)

    def test_refuses_a_note_with_one_changed_byte(self):
        key = nacl.signing.SigningKey(b"\x07" * 32)
        raw = b"\x01" + bytes(key.verify_key)
        kid = sc.hashlib.sha256(b"log.example\n" + raw).digest()[:4]
        b64 = lambda b: sc.base64.b64encode(b).decode()
        verifier = sc.Verifier("log.example+%s+%s" % (kid.hex(), b64(raw)))
        text = "log.example\n7\n%s\n" % b64(b"r" * 32)
        note = "%s\n\u2014 log.example %s\n" % (text, b64(kid + key.sign(text.encode()).signature))
        self.assertEqual(7, sc.open_checkpoint(note, verifier).size)
        for i in range(len(note)):
            changed = note[:i] + chr(ord(note[i]) ^ 1) + note[i + 1:]
            with self.assertRaises(Exception, msg="byte %d" % i):
                sc.open_checkpoint(changed, verifier)


def largest_power_below(n):
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def inclusion(leaves, m):
    """RFC 6962 2.1.1, literally."""
    if len(leaves) == 1:
        return []
    k = largest_power_below(len(leaves))
    if m < k:
        return inclusion(leaves[:k], m) + [sc.tree_root(leaves[k:])]
    return inclusion(leaves[k:], m - k) + [sc.tree_root(leaves[:k])]


def consistency(leaves, m, whole=True):
    """RFC 6962 2.1.2, literally."""
    if m == len(leaves):
        return [] if whole else [sc.tree_root(leaves)]
    k = largest_power_below(len(leaves))
    if m <= k:
        return consistency(leaves[:k], m, whole) + [sc.tree_root(leaves[k:])]
    return consistency(leaves[k:], m - k, False) + [sc.tree_root(leaves[:k])]


if __name__ == "__main__":
    unittest.main(verbosity=2)
