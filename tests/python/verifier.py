#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""A second opinion: receipts and exports checked from the specifications alone.

Written from RFC 6962 and C2SP's signed-note, tlog-checkpoint, tlog-tiles, tlog-proof,
tlog-cosignature and tlog-policy; it shares no code with the product (not even protobuf or
libsodium: hashlib, and Ed25519 of OpenSSL by python3-cryptography) and none with the other
Python of these tests.  What is ours, and not C2SP's, is little:

    extra of a receipt   2 bytes length, the leaf, then its detail or nothing
    DIR/details/N        the detail of entry N, whose SHA-256 is field 16 of the leaf

    verifier.py receipt FILE --key VKEY | --trust FILE
    verifier.py tiles DIR    --key VKEY | --trust FILE

ends with 0, or with 6 and one line that says what does not hold.
"""

import argparse
import base64
import binascii
import hashlib
import pathlib
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519, COSIGNATURE = 1, 4
MAX_SIGNATURES = 64


class Bad(Exception):
    """It does not hold."""


def must(holds, what):
    if not holds:
        raise Bad(what)


def unbase64(text, what):
    """Standard base64, in the one spelling that RFC 4648 section 4 gives."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as e:
        raise Bad(what + " is no base64") from e
    must(base64.b64encode(raw) == bytes(text), what + " is no canonical base64")
    return raw


def decimal(text, what):
    must(text.isascii() and text.isdigit() and (text == b"0" or text[:1] != b"0"),
         what + " is no decimal")
    must(int(text) < 1 << 64, what + " is too large")
    return int(text)


# --- signed notes -------------------------------------------------------------------------


class Key:
    """name+hex+base64(type || public key)"""

    def __init__(self, vkey):
        parts = vkey.strip().split("+", 2)
        must(len(parts) == 3 and len(parts[1]) == 8, "the verifier key is malformed")
        raw = unbase64(parts[2].encode(), "the verifier key")
        must(len(raw) == 33 and raw[0] in (ED25519, COSIGNATURE), "an unknown kind of key")
        self.name, self.kind, self.public = parts[0], raw[0], raw[1:]
        self.id = hashlib.sha256(self.name.encode() + b"\n" + raw).digest()[:4]
        must(self.id.hex() == parts[1], "the verifier key does not fit its name")

    def verifies(self, text, blob):
        """Does BLOB (behind the key id) sign TEXT?  For a cosignature its time, else 0."""
        if self.kind == COSIGNATURE:
            must(len(blob) == 72, "a cosignature has a wrong length")
            time = int.from_bytes(blob[:8], "big")
            text, blob = b"cosignature/v1\ntime %d\n" % time + text, blob[8:]
        must(len(blob) == 64, "a signature has a wrong length")
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(blob, text)
        except InvalidSignature as e:
            raise Bad("a signature of %s does not hold" % self.name) from e


def is_key_name(name):
    return name != "" and "+" not in name and not any(
        c.isspace() or ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 for c in name)


def open_note(note, keys):
    """(text, {names of KEYS that signed}); unknown keys are passed over."""
    try:
        whole = note.decode("utf-8")
    except UnicodeDecodeError as e:
        raise Bad("the note is not UTF-8") from e
    must(whole.endswith("\n"), "the note does not end in a newline")
    must(not any(ord(c) < 0x20 and c != "\n" for c in whole), "a control character")
    at = whole.rfind("\n\n")
    must(at >= 0, "the note has no signatures")
    text, lines = whole[:at + 1].encode(), whole[at + 2:].split("\n")[:-1]
    must(0 < len(lines) <= MAX_SIGNATURES, "no signatures, or too many")
    signed = set()
    for line in lines:
        must(line.startswith("\u2014 "), "a signature line is malformed")
        name, space, blob = line[2:].partition(" ")
        must(space == " " and is_key_name(name), "a signature line is malformed")
        raw = unbase64(blob.encode(), "a signature")
        must(len(raw) > 4, "a signature is too short")
        for key in keys:
            if key.name == name and key.id == raw[:4]:
                key.verifies(text, raw[4:])
                signed.add((name, key.id))
    return text, signed


# --- whom to trust ------------------------------------------------------------------------


class Trust:
    """One log's key, or a C2SP tlog-policy file."""

    def __init__(self, vkey=None, policy=None):
        self.logs, self.witnesses, self.groups, self.quorum = [], {}, {}, "none"
        if vkey is not None:
            self.logs.append(Key(vkey))
        if policy is not None:
            self.quorum = None
            for line in policy.split("\n"):
                self.take(line.replace("\t", " ").split())
            must(self.quorum is not None, "the trust file names no quorum")

    def take(self, words):
        if not words or words[0].startswith("#"):
            return
        if words[0] == "log" and len(words) in (2, 3):
            self.logs.append(Key(words[1]))
        elif words[0] == "witness" and len(words) in (3, 4):
            self.fresh(words[1])
            self.witnesses[words[1]] = Key(words[2])
        elif words[0] == "group" and len(words) >= 4:
            self.fresh(words[1])
            members = words[3:]
            must(all(m in self.witnesses or m in self.groups for m in members),
                 "a group of unknown members")
            need = {"all": len(members), "any": 1}.get(words[2])
            need = need or decimal(words[2].encode(), "a threshold")
            must(1 <= need <= len(members), "a threshold out of reach")
            self.groups[words[1]] = (need, members)
        elif words[0] == "quorum" and len(words) == 2 and self.quorum is None:
            must(words[1] == "none" or words[1] in self.witnesses or words[1] in self.groups,
                 "an unknown quorum")
            self.quorum = words[1]
        else:
            raise Bad("a line of the trust file is malformed")

    def fresh(self, name):
        must(name != "none" and name not in self.witnesses and name not in self.groups,
             "a name twice")

    def reached(self, name, signed):
        if name == "none":
            return True
        if name in self.witnesses:
            key = self.witnesses[name]
            return (key.name, key.id) in signed
        need, members = self.groups[name]
        return sum(self.reached(m, signed) for m in members) >= need

    def checkpoint(self, note):
        """(origin, size, root, how many witnesses cosigned)"""
        text, signed = open_note(note, self.logs + list(self.witnesses.values()))
        lines = text.split(b"\n")
        must(len(lines) >= 4 and lines[0] != b"" and all(lines[:-1]),
             "the checkpoint is malformed")
        origin = lines[0].decode()
        must(any(k.name == origin and (k.name, k.id) in signed for k in self.logs),
             "the log did not sign it")
        root = unbase64(lines[2], "the root")
        must(len(root) == 32, "the root has a wrong length")
        must(self.reached(self.quorum, signed), "too few witnesses")
        cosigned = sum(self.reached(w, signed) for w in self.witnesses)
        return origin, decimal(lines[1], "the size"), root, cosigned


# --- the tree -----------------------------------------------------------------------------


def leaf_hash(leaf):
    return hashlib.sha256(b"\0" + leaf).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root_from_path(index, size, node, path):
    """RFC 6962 2.1.1, from the leaf up."""
    must(index < size, "the index lies outside the tree")
    last, path = size - 1, list(path)
    while last > 0:
        if index % 2 == 1:
            must(path, "the proof is too short")
            node = node_hash(path.pop(0), node)
        elif index < last:
            must(path, "the proof is too short")
            node = node_hash(node, path.pop(0))
        index, last = index // 2, last // 2
    must(not path, "the proof is too long")
    return node


def root_of(hashes):
    """MTH() of RFC 6962 2.1."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    while len(hashes) > 1:
        odd = hashes[len(hashes) // 2 * 2:]
        hashes = [node_hash(hashes[i], hashes[i + 1])
                  for i in range(0, len(hashes) - 1, 2)] + odd
    return hashes[0]


# --- our own leaves: only as far as they commit to a detail -------------------------------


def varint(data, at):
    value = shift = 0
    while True:
        must(at < len(data) and shift < 64, "the leaf is malformed")
        value |= (data[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if data[at - 1] < 0x80:
            return value, at


def detail_digest(leaf):
    """Field 16 of a Leaf, or None."""
    at, found = 0, None
    while at < len(leaf):
        tag, at = varint(leaf, at)
        if tag & 7 == 0:
            _, at = varint(leaf, at)
        elif tag & 7 == 2:
            n, at = varint(leaf, at)
            must(at + n <= len(leaf), "the leaf is malformed")
            if tag >> 3 == 16:
                found = leaf[at:at + n]
            at += n
        else:
            raise Bad("the leaf is malformed")
    return found


# --- receipts -----------------------------------------------------------------------------


def verify_receipt(data, trust):
    """(index, leaf, detail or b"", checkpoint); raises Bad."""
    head, empty, note = data.partition(b"\n\n")
    must(empty == b"\n\n", "the proof has no checkpoint")
    lines = head.split(b"\n")
    must(len(lines) >= 3 and lines[0] == b"c2sp.org/tlog-proof@v1", "no tlog-proof")
    must(lines[1].startswith(b"extra "), "the proof carries no entry")
    must(lines[2].startswith(b"index "), "the proof has no index")
    index = decimal(lines[2][6:], "the index")
    path = [unbase64(line, "a hash") for line in lines[3:]]
    must(all(len(h) == 32 for h in path), "a hash has a wrong length")
    extra = unbase64(lines[1][6:], "the entry")
    n = int.from_bytes(extra[:2], "big")
    must(len(extra) >= 2 + n and n > 0, "the entry is cut short")
    leaf, detail = extra[2:2 + n], extra[2 + n:]
    checkpoint = trust.checkpoint(note)
    must(root_from_path(index, checkpoint[1], leaf_hash(leaf), path) == checkpoint[2],
         "the entry is not in the tree")
    if detail:
        must(detail_digest(leaf) == hashlib.sha256(detail).digest(),
             "the detail is not the entry's")
    return index, leaf, detail, checkpoint


# --- exports ------------------------------------------------------------------------------


def tile_name(level, index, width):
    digits = "%03d" % (index % 1000)
    index //= 1000
    while index:
        digits = "x%03d/%s" % (index % 1000, digits)
        index //= 1000
    return "tile/%s/%s%s" % (level, digits, "" if width == 256 else ".p/%d" % width)


def read_tile(folder, level, index, width):
    """(bytes, whether the file is exactly so wide): a fuller one may have replaced it."""
    for w in range(width, 257):
        path = folder / tile_name(level, index, w)
        if path.is_file():
            return path.read_bytes(), w == width
    raise Bad(tile_name(level, index, width) + " is missing")


def read_entries(folder, size):
    for index in range((size + 255) // 256):
        width = min(256, size - 256 * index)
        data, exact = read_tile(folder, "entries", index, width)
        at = 0
        for _ in range(width):
            must(at + 2 <= len(data), "a bundle is cut short")
            n = int.from_bytes(data[at:at + 2], "big")
            must(at + 2 + n <= len(data), "a bundle is cut short")
            yield data[at + 2:at + 2 + n]
            at += 2 + n
        must(not exact or at == len(data), "a bundle is too long")


def check_level(folder, level, hashes):
    """Every tile of LEVEL against HASHES; the hashes of the level above."""
    above = []
    for index in range((len(hashes) + 255) // 256):
        part = hashes[256 * index:256 * index + 256]
        data, exact = read_tile(folder, level, index, len(part))
        want = b"".join(part)
        must(data == want if exact else data.startswith(want),
             tile_name(level, index, len(part)) + " does not agree")
        if len(part) == 256:
            above.append(root_of(part))
    return above


def check_details(folder, leaves):
    if not (folder / "details").is_dir():
        return
    for index, leaf in enumerate(leaves):
        path = folder / "details" / str(index)
        want = detail_digest(leaf)
        must(path.is_file() == (want is not None), "details/%d" % index)
        if want is not None:
            must(hashlib.sha256(path.read_bytes()).digest() == want, "details/%d" % index)


def verify_tiles(folder, trust, checkpoint=None):
    """The checkpoint of an export, once all of it agrees; raises Bad."""
    folder = pathlib.Path(folder)
    path = checkpoint or folder / "checkpoint"
    head = trust.checkpoint(pathlib.Path(path).read_bytes())
    leaves = list(read_entries(folder, head[1]))
    hashes = [leaf_hash(leaf) for leaf in leaves]
    must(root_of(hashes) == head[2], "the entries do not give the root")
    level = 0
    while hashes:
        hashes = check_level(folder, level, hashes)
        level += 1
    check_details(folder, leaves)
    return head


def main(argv):
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["receipt", "tiles"])
    parser.add_argument("path", type=pathlib.Path)
    parser.add_argument("--key")
    parser.add_argument("--trust", type=pathlib.Path)
    asked = parser.parse_args(argv)
    try:
        policy = asked.trust.read_text("utf-8") if asked.trust else None
        trust = Trust(asked.key, policy)
        if asked.what == "tiles":
            head = verify_tiles(asked.path, trust)
        else:
            index, leaf, detail, head = verify_receipt(asked.path.read_bytes(), trust)
            print("entry %d, %d bytes, detail %d bytes" % (index, len(leaf), len(detail)))
    except (Bad, OSError) as e:
        print("verifier: %s" % e, file=sys.stderr)
        return 6
    print("verified: %s, size %d, root %s, %d cosignatures" % (
        head[0], head[1], base64.b64encode(head[2]).decode(), head[3]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
