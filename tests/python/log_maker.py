# SPDX-License-Identifier: EUPL-1.2
"""Logs as others would make them: tiles, checkpoints, cosignatures, proofs, trust files.

Everything is signed and hashed here, from the C2SP specifications and with OpenSSL's
Ed25519, so that what our command says of it was not made by it.  Anything can also be made
wrong.
"""

import base64
import hashlib
import pathlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import verifier


class Signer:
    """A key of a log (kind 1) or of a witness (kind 4)."""

    def __init__(self, name, kind=verifier.ED25519):
        self.name, self.kind = name, kind
        self.private = Ed25519PrivateKey.from_private_bytes(
            hashlib.sha256(("%s/%d" % (name, kind)).encode()).digest())
        raw = bytes([kind]) + self.private.public_key().public_bytes(
            Encoding.Raw, PublicFormat.Raw)
        self.id = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
        self.vkey = "%s+%s+%s" % (name, self.id.hex(), base64.b64encode(raw).decode())

    def line(self, text, time_s=0):
        blob = b""
        if self.kind == verifier.COSIGNATURE:
            text, blob = b"cosignature/v1\ntime %d\n" % time_s + text, time_s.to_bytes(8, "big")
        blob = self.id + blob + self.private.sign(text)
        return "\u2014 %s %s\n" % (self.name, base64.b64encode(blob).decode())


def path_to(index, hashes):
    """RFC 6962 2.1.1: PATH(index, D[n])."""
    if len(hashes) <= 1:
        return []
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    if index < k:
        return path_to(index, hashes[:k]) + [verifier.root_of(hashes[k:])]
    return path_to(index - k, hashes[k:]) + [verifier.root_of(hashes[:k])]


class Log:
    """A log of made-up leaves; leaf I is a Leaf of kind 1 at time I."""

    def __init__(self, origin, witnesses=0):
        self.key = Signer(origin)
        self.witnesses = [Signer("%s/witness/w%d" % (origin, i), verifier.COSIGNATURE)
                          for i in range(witnesses)]
        self.leaves = []

    def grow(self, size):
        for i in range(len(self.leaves), size):
            time = i + 1
            varint = b""
            while time > 127:
                varint += bytes([time & 127 | 128])
                time >>= 7
            self.leaves.append(b"\x18\x01\x20" + varint + bytes([time]))
        return self

    def hashes(self, size):
        return [verifier.leaf_hash(leaf) for leaf in self.leaves[:size]]

    def checkpoint(self, size=None, witnesses=(), time_s=1800000000, root=None):
        """The signed head of SIZE, cosigned by the WITNESSES (their numbers)."""
        size = len(self.leaves) if size is None else size
        root = root or verifier.root_of(self.hashes(size))
        text = "%s\n%d\n%s\n" % (self.key.name, size, base64.b64encode(root).decode())
        lines = self.key.line(text.encode()) + "".join(
            self.witnesses[w].line(text.encode(), time_s) for w in witnesses)
        return (text + "\n" + lines).encode()

    def receipt(self, index, size=None, checkpoint=None):
        size = len(self.leaves) if size is None else size
        leaf = self.leaves[index]
        lines = ["c2sp.org/tlog-proof@v1",
                 "extra " + base64.b64encode(len(leaf).to_bytes(2, "big") + leaf).decode(),
                 "index %d" % index]
        lines += [base64.b64encode(h).decode() for h in path_to(index, self.hashes(size))]
        return ("\n".join(lines) + "\n\n").encode() + (checkpoint or self.checkpoint(size))

    def write(self, folder, checkpoint=None):
        """The tiles of the whole log, and CHECKPOINT."""
        folder = pathlib.Path(folder)
        hashes, level = self.hashes(len(self.leaves)), 0
        bundles = [len(leaf).to_bytes(2, "big") + leaf for leaf in self.leaves]
        self._tiles(folder, "entries", bundles)
        while hashes:
            full = self._tiles(folder, level, hashes)
            hashes = [verifier.root_of(hashes[256 * i:256 * i + 256]) for i in range(full)]
            level += 1
        (folder / "checkpoint").write_bytes(checkpoint or self.checkpoint())

    @staticmethod
    def _tiles(folder, level, parts):
        for index in range((len(parts) + 255) // 256):
            part = parts[256 * index:256 * index + 256]
            path = folder / verifier.tile_name(level, index, len(part))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"".join(part))
        return len(parts) // 256

    def trust(self, need, url=False):
        """A trust file in which NEED of the witnesses are the quorum."""
        text = "# whom to believe\n\nlog %s%s\n" % (self.key.vkey, " https://x" if url else "")
        for i, w in enumerate(self.witnesses):
            text += "witness w%d %s\n" % (i, w.vkey)
        names = " ".join("w%d" % i for i in range(len(self.witnesses)))
        if need == 0:
            return text + "quorum none\n"
        return text + "group them %d %s\nquorum them\n" % (need, names)
