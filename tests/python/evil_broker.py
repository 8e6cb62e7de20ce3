# SPDX-License-Identifier: EUPL-1.2
"""A broker with all the keys of its region, and no honesty.

It stands where region.json says the broker is, holds the same CURVE key and signs heads with
the same key.  Behind it the real sluisd does the work; what comes back it may change as it
likes, write into a journal of its own, and prove by that.  What it lacks is what a broker
lacks: the keys of the parties, and those of the authorities that vouch for them.  (It
connects to sluisd with the channel keys of whoever asks, in place of being sluisd.)

    with EvilBroker(region) as evil:
        victim = evil.victim("politie")
        with evil.doing(lambda asked, answer: ...):
            victim.command("inbox", "show", some_id)

Its journal is that of sluisd, but for what an attack changed in it:

    evil.journal.leaves[7] = other_bytes
    receipt = evil.journal.receipt(7)
"""

import base64
import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import threading

import nacl.signing
import region as rg
import sluis_client as sc
import zmq
from zmq.utils import z85

POLL_MS = 50


# --- a tree that can be proven -------------------------------------------------------------


def split(n):
    """The largest power of two below N."""
    return 1 << (n - 1).bit_length() - 1


def inclusion(hashes, index):
    """RFC 6962 2.1.1: PATH(INDEX, HASHES)."""
    if len(hashes) == 1:
        return []
    k = split(len(hashes))
    if index < k:
        return inclusion(hashes[:k], index) + [sc.tree_root(hashes[k:])]
    return inclusion(hashes[k:], index - k) + [sc.tree_root(hashes[:k])]


def consistency(hashes, old, whole=True):
    """RFC 6962 2.1.2: SUBPROOF(OLD, HASHES, WHOLE)."""
    if old == len(hashes):
        return [] if whole else [sc.tree_root(hashes)]
    k = split(len(hashes))
    if old <= k:
        return consistency(hashes[:k], old, whole) + [sc.tree_root(hashes[k:])]
    return consistency(hashes[k:], old - k, False) + [sc.tree_root(hashes[:k])]


class Journal:
    """Leaves, and the key that signs their head."""

    def __init__(self, origin, seed, leaves):
        self.origin, self.leaves = origin, list(leaves)
        self.key = nacl.signing.SigningKey(seed)
        public = b"\x01" + bytes(self.key.verify_key)
        self.key_id = hashlib.sha256(origin.encode() + b"\n" + public).digest()[:4]

    def hashes(self, size=None):
        return [sc.leaf_hash(leaf) for leaf in self.leaves[:size]]

    def head(self, size=None):
        """The signed note of the first SIZE leaves."""
        hashes = self.hashes(size)
        text = "%s\n%d\n%s\n" % (
            self.origin, len(hashes), base64.b64encode(sc.tree_root(hashes)).decode())
        signature = self.key_id + self.key.sign(text.encode()).signature
        return "%s\n\u2014 %s %s\n" % (text, self.origin, base64.b64encode(signature).decode())

    def receipt(self, index, detail=None, size=None):
        hashes = self.hashes(size)
        r = sc.journal_pb2.Receipt(
            leaf=self.leaves[index], index=index, proof=inclusion(hashes, index),
            checkpoint=self.head(size))
        if detail is not None:
            r.detail = detail
        return r


# --- a party that it serves ----------------------------------------------------------------


class Victim:
    """A copy of a party's folder that knows the evil broker as its own."""

    def __init__(self, folder):
        self.folder = folder

    def command(self, *words):
        """(exit status, error as JSON or {}, output as JSON or None) of a real `sluis`."""
        done = subprocess.run(
            [rg.binary("sluis"), "--party", str(self.folder), "--json", *map(str, words)],
            text=True, capture_output=True, timeout=rg.LIMIT_S * 2, check=False,
            env=dict(os.environ, LC_ALL="C.UTF-8"), cwd=str(self.folder))
        error = {}
        for line in done.stderr.splitlines():
            if line.startswith('{"error"'):
                error = json.loads(line)["error"]
        return done.returncode, error, json.loads(done.stdout) if done.stdout else None


# --- the broker ----------------------------------------------------------------------------


class Asked:
    """A request as it came: its TYPE (sc.RECEIVE, ...) and payload."""

    def __init__(self, frame):
        envelope = sc.wire_pb2.Envelope.FromString(frame)
        self.frame, self.type, self.payload = frame, envelope.payload_type, envelope.payload
        self.head = sc.wire_pb2.Sent.FromString(envelope.payload).head


class EvilBroker:
    def __init__(self, region):
        self.region = region
        keys = json.loads((region.broker_dir / "broker-keys.json").read_text("utf-8"))
        self.keys = {"checkpoint_seed": keys["checkpoint"][0]["seed"],
                     "curve_secret": keys["curve"][0]["secret"]}
        self.true = region.region           # where sluisd is
        self.attack = None
        self.failure = None                 # what went wrong in the attack itself
        self.upstream = {}
        self.n_victims = 0
        self.hides = 0                      # not 0: it shows only so many entries
        self.journal = None
        self.learn()

    def learn(self):
        """Take the journal as sluisd has it now."""
        database = self.region.broker_dir / "state" / "sluis.db"
        with contextlib.closing(sqlite3.connect("file:%s?mode=ro" % database, uri=True)) as db:
            leaves = [row[0] for row in db.execute("SELECT bytes FROM leaf ORDER BY idx")]
        self.journal = Journal(
            self.true.origin, bytes.fromhex(self.keys["checkpoint_seed"]), leaves)

    # --- its life ------------------------------------------------------------------------

    def __enter__(self):
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.ROUTER)
        self.socket.linger = 0
        self.socket.curve_server = True
        self.socket.curve_secretkey = z85.encode(bytes.fromhex(self.keys["curve_secret"]))
        port = self.socket.bind_to_random_port("tcp://127.0.0.1")
        self.endpoint = "tcp://127.0.0.1:%d" % port
        data = dict(self.true.data, endpoint=self.endpoint)
        (self.region.dir / "evil.json").write_text(json.dumps(data), "utf-8")
        self.running = True
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.running = False
        self.thread.join()
        self.socket.close()
        self.context.term()

    def serve(self):
        while self.running:
            if not self.socket.poll(POLL_MS):
                continue
            peer, frame = self.socket.recv_multipart()
            try:
                self.socket.send_multipart([peer, self.answer(Asked(frame))])
            except Exception as e:      # told to the test, in doing()
                self.failure = e
        for c in self.upstream.values():
            c.close()

    def answer(self, asked):
        answer = self.pass_on(asked)
        if self.hides and asked.type == sc.PROVE:
            self.prove_nothing(answer)
            return answer.SerializeToString()
        if self.attack is None:
            return answer.SerializeToString()
        changed = self.attack(asked, answer)    # pylint: disable=not-callable
        return (changed if isinstance(changed, sc.wire_pb2.Answer) else answer).SerializeToString()

    def pass_on(self, asked):
        who = (asked.head.sender_oin, asked.head.sender_desk)
        if who not in self.upstream:
            name = next(n for n, p in self.true.parties.items() if (p["oin"], p["desk"]) == who)
            self.upstream[who] = sc.Client(self.true, self.region.party(name))
        c = self.upstream[who]
        if asked.type != sc.PROVE:
            return c.exchange(asked.frame)
        # what its victims saw stays here: sluisd would stop at a head of another history
        m = sc.wire_pb2.Prove.FromString(asked.payload)
        m.ClearField("seen")
        m.ClearField("head")
        answer = c.exchange(c.build(sc.PROVE, m))
        answer.request_id = asked.head.request_id
        return answer

    # --- what a test asks of it ------------------------------------------------------------

    def victim(self, name):
        """A fresh copy of the folder of NAME, as it is now."""
        self.n_victims += 1
        folder = self.region.dir / "victims" / ("%s-%d" % (name, self.n_victims))
        shutil.copytree(self.region.party_dir(name), folder)
        who = json.loads((folder / "party.json").read_text("utf-8"))
        who["region"] = "../../evil.json"
        (folder / "party.json").write_text(json.dumps(who), "utf-8")
        return Victim(folder)

    @contextlib.contextmanager
    def doing(self, attack):
        """ATTACK(asked, answer) changes every answer, or gives another."""
        self.attack, self.failure = attack, None
        try:
            yield
        finally:
            self.attack = None
        if self.failure is not None:
            raise self.failure

    # --- how it lies -----------------------------------------------------------------------

    def forge(self, delivery, copy=None, journalled=True, **leaf):
        """Put COPY into DELIVERY and the entry of it into a journal of its own, with the
        fields LEAF changed; or, not JOURNALLED, leave the entry as it was."""
        if copy is not None:
            delivery.copy = copy if isinstance(copy, bytes) else copy.SerializeToString()
        if not journalled:
            return
        entry = sc.journal_pb2.Leaf.FromString(delivery.receipt.leaf)
        entry.copy_digest = hashlib.sha256(delivery.salt + delivery.copy).digest()
        change(entry, leaf)
        self.write(delivery.receipt, entry)

    def write(self, receipt, entry):
        """The journal says ENTRY at the place of RECEIPT, which proves it."""
        detail = receipt.detail if receipt.HasField("detail") else None
        self.learn()
        self.journal.leaves[receipt.index] = entry.SerializeToString()
        receipt.CopyFrom(self.journal.receipt(receipt.index, detail))

    def prove_nothing(self, answer):
        """Answer a Prove with the tree of the first entries alone: true, a beginning of every
        journal it may show later, and so at odds with none of its lies."""
        answer.code = "ok"
        answer.checkpoint = self.journal.head(self.hides)
        del answer.proof[:]

    def prove(self, asked, answer):
        """Answer a Prove from its own journal instead."""
        m = sc.wire_pb2.Prove.FromString(asked.payload)
        hashes = self.journal.hashes(m.size if m.HasField("size") else None)
        proof = []
        if m.HasField("index") and m.index < len(hashes):
            proof = inclusion(hashes, m.index)
        if m.HasField("old_size") and 0 < m.old_size <= len(hashes):
            proof = consistency(hashes, m.old_size)
        answer.code = "ok"
        answer.checkpoint = self.journal.head()
        del answer.proof[:]
        answer.proof.extend(proof)


def change(message, fields):
    """Set FIELDS of MESSAGE; None clears one."""
    for name, value in fields.items():
        if value is None:
            message.ClearField(name)
        else:
            setattr(message, name, value)
