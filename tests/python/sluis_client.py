# SPDX-License-Identifier: EUPL-1.2
"""A sluis client in Python, written from docs/wire.md alone.

It shares no code with libsluis: pyzmq for the channel, protoc's classes for the
messages, PyNaCl for Ed25519, hashlib for the journal.  That is its use: what this
client and the C client both accept is what the document says, and what a test
sends through it is built by hand, so it can also be built wrong.

    region = Region.read("D/region.json")
    party = Party.read("D/parties/meldpunt")
    with Client(region, party) as c:
        answer = c.submit(signal_bytes, "zvh", "casus", "aanpak", [(oin, None)])
        for outcome in answer.outcomes:
            verify_receipt(outcome.receipt, region.verifier)

Every request is first built (bytes), then sent: sending the same bytes again is
how a client retries.
"""

import base64
import binascii
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import google.protobuf.message
import nacl.exceptions
import nacl.signing
import zmq
from zmq.utils import z85

import disclosure

ROOT = pathlib.Path(__file__).resolve().parents[2]

TYPE = "application/vnd.sluis.%s.v1"
SUBMIT, PREVIEW, RECEIVE = TYPE % "submit", TYPE % "preview", TYPE % "receive"
ACKNOWLEDGE, EXPLAIN, SENT = TYPE % "acknowledge", TYPE % "explain", TYPE % "sent"
AUDIT_READ, PROVE, ENROL = TYPE % "audit-read", TYPE % "prove", TYPE % "enrol"
KEYBINDING = TYPE % "keybinding"
SUBMIT_MANY = TYPE % "submit-many"
BINDING_READ, DISCLOSURE = TYPE % "binding-read", "application/vnd.sluis.disclosure.v2"
DISCLOSURE_ALONE = "application/vnd.sluis.disclosure.v1"
CASE_OPEN, CASE_READ, CASE_MOVE = TYPE % "case-open", TYPE % "case-read", TYPE % "case-move"
CASE_JOIN, CASE_DECLARE = TYPE % "case-join", TYPE % "case-declare"
CASE_ALIGN, CASE_VERDICT = TYPE % "case-align", TYPE % "case-verdict"
CASE_GATE, CASE_EXCHANGE = TYPE % "case-gate", TYPE % "case-exchange"
TODO = TYPE % "todo"

SIZE_CLASSES = [(1024 << i) + k * (256 << i) for i in range(8) for k in range(4)] + [256 << 10]


class Refused(Exception):
    """The broker answered with another code than "ok"."""

    def __init__(self, answer):
        super().__init__("%s (where: %s)" % (answer.code, answer.where))
        self.answer = answer
        self.code = answer.code


class NoAnswer(Exception):
    """Nothing came back in time."""


class BadProof(Exception):
    """A signature, digest or proof does not hold: stop and alarm."""


# --- the messages ---------------------------------------------------------------


def _load_messages():
    """protoc the .proto files into a folder that goes away, and import the result."""
    with tempfile.TemporaryDirectory(prefix="sluis-pb-") as out:
        protos = ["signal.proto", "journal.proto", "case.proto", "wire.proto"]
        subprocess.run(
            ["protoc", "--fatal_warnings", "-I", str(ROOT / "proto"), "--python_out", out] + protos,
            check=True)
        sys.path.insert(0, out)
        try:
            import case_pb2
            import journal_pb2
            import signal_pb2
            import wire_pb2
        finally:
            sys.path.remove(out)
    return signal_pb2, journal_pb2, wire_pb2, case_pb2


signal_pb2, journal_pb2, wire_pb2, case_pb2 = _load_messages()

ACTION = {name: value for name, value in journal_pb2.Action.items()}


def pack_path(numbers):
    """[3, 10] -> b"\\x02\\x03\\x0a": one length byte, then the field numbers."""
    return bytes([len(numbers)]) + bytes(numbers)


def unpack_paths(packed):
    """The inverse, for a whole list: b"\\x02\\x03\\x0a..." -> [(3, 10), ...]."""
    paths, at = [], 0
    while at < len(packed):
        n = packed[at]
        numbers = packed[at + 1:at + 1 + n]
        if n == 0 or len(numbers) != n:
            raise ValueError("packed paths cut short")
        paths.append(tuple(numbers))
        at += 1 + n
    return paths


def path_name(numbers, descriptor=None):
    """(3, 10) -> "persons.bsn"."""
    descriptor = descriptor or signal_pb2.Signal.DESCRIPTOR
    names = []
    for number in numbers:
        field = descriptor.fields_by_number[number]
        names.append(field.name)
        descriptor = field.message_type
    return ".".join(names)


# --- signatures -----------------------------------------------------------------


def pae(payload_type, payload):
    """DSSE v1: what a signature covers."""
    t = payload_type.encode("utf-8")
    return b"DSSEv1 %d %s %d %s" % (len(t), t, len(payload), payload)


def key_id(public_key):
    return hashlib.sha256(public_key).hexdigest()


def make_envelope(payload_type, payload, seed):
    """Sign PAYLOAD with the Ed25519 SEED (32 bytes); the serialised Envelope."""
    key = nacl.signing.SigningKey(seed)
    envelope = wire_pb2.Envelope(payload=payload, payload_type=payload_type)
    envelope.signatures.add(
        sig=key.sign(pae(payload_type, payload)).signature,
        keyid=key_id(bytes(key.verify_key)))
    return envelope.SerializeToString()


# --- the journal: notes, checkpoints, proofs ---------------------------------------


class Verifier:
    """A C2SP vkey: name+hex(key id)+base64(0x01 || public key)."""

    def __init__(self, vkey):
        name, hex_id, key = vkey.split("+", 2)
        raw = base64.b64decode(key, validate=True)
        if len(raw) != 33 or raw[0] != 1:
            raise BadProof("not an Ed25519 verifier key")
        self.name = name
        self.public_key = raw[1:]
        self.key_id = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
        if self.key_id != binascii.unhexlify(hex_id):
            raise BadProof("key id does not belong to this key")


class Checkpoint:
    def __init__(self, origin, size, root, note):
        self.origin, self.size, self.root, self.note = origin, size, root, note


def open_note(note, verifier):
    """The text of a signed note, checked against VERIFIER."""
    text, separator, signatures = note.rpartition("\n\n")
    if not separator or not signatures.endswith("\n"):
        raise BadProof("not a signed note")
    text += "\n"
    if any(ord(c) < 0x20 and c != "\n" for c in note):
        raise BadProof("control character in a note")
    found = False
    for line in signatures[:-1].split("\n"):
        dash, name, blob = line.split(" ", 2)
        raw = base64.b64decode(blob, validate=True)
        if dash != "\u2014" or len(raw) < 5:
            raise BadProof("malformed signature line")
        if name != verifier.name or raw[:4] != verifier.key_id:
            continue
        try:
            nacl.signing.VerifyKey(verifier.public_key).verify(text.encode("utf-8"), raw[4:])
        except (nacl.exceptions.BadSignatureError, ValueError) as e:
            raise BadProof("signature of the known key fails") from e
        found = True
    if not found:
        raise BadProof("no signature of the known key")
    return text


def open_checkpoint(note, verifier):
    lines = open_note(note, verifier).split("\n")
    if len(lines) < 4 or lines[0] != verifier.name:
        raise BadProof("not a checkpoint of this journal")
    if not lines[1].isdigit() or str(int(lines[1])) != lines[1]:
        raise BadProof("size is not a plain decimal number")
    root = base64.b64decode(lines[2], validate=True)
    if len(root) != 32:
        raise BadProof("root is not 32 bytes")
    return Checkpoint(lines[0], int(lines[1]), root, note)


def leaf_hash(leaf):
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree_root(hashes):
    """RFC 6962 2.1: the root of a list of leaf hashes."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return node_hash(tree_root(hashes[:k]), tree_root(hashes[k:]))


def verify_inclusion(proof, index, size, leaf, root):
    """RFC 9162 2.1.3.2.  LEAF is the leaf hash."""
    if index >= size or any(len(h) != 32 for h in proof):
        raise BadProof("inclusion: index or hash size")
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        if sn == 0:
            raise BadProof("inclusion: proof too long")
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while fn & 1 == 0 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0 or r != root:
        raise BadProof("inclusion: root differs")


def verify_consistency(proof, old, size, old_root, root):
    """RFC 9162 2.1.4.2, size 0 refused."""
    if old == 0 or old > size or any(len(h) != 32 for h in proof):
        raise BadProof("consistency: sizes")
    if old == size:
        if proof or old_root != root:
            raise BadProof("consistency: one size, two roots")
        return
    proof = list(proof)
    if not proof:
        raise BadProof("consistency: empty proof")
    if old & (old - 1) == 0:
        proof.insert(0, old_root)
    fn, sn = old - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = proof[0]
    for c in proof[1:]:
        if sn == 0:
            raise BadProof("consistency: proof too long")
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while fn & 1 == 0 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0 or fr != old_root or sr != root:
        raise BadProof("consistency: root differs")


def verify_receipt(receipt, verifier):
    """Leaf, place, head and detail of RECEIPT; returns (Leaf, Checkpoint)."""
    checkpoint = open_checkpoint(receipt.checkpoint, verifier)
    verify_inclusion(
        list(receipt.proof), receipt.index, checkpoint.size, leaf_hash(receipt.leaf),
        checkpoint.root)
    leaf = journal_pb2.Leaf.FromString(receipt.leaf)
    if len(receipt.leaf) > 1024 or len(leaf.nonce) != 32:
        raise BadProof("leaf without its nonce, or too large")
    if receipt.HasField("detail"):
        if hashlib.sha256(receipt.detail).digest() != leaf.detail_digest:
            raise BadProof("detail is not the one the leaf commits to")
    return leaf, checkpoint


def verify_delivery(delivery, verifier):
    """The receipt of a delivery and the digest of its copy; returns (Copy, Signal, Leaf)."""
    leaf, _ = verify_receipt(delivery.receipt, verifier)
    digest = hashlib.sha256(delivery.salt + delivery.copy).digest()
    if len(delivery.salt) != 32 or digest != leaf.copy_digest:
        raise BadProof("copy is not the one the leaf commits to")
    copy = wire_pb2.Copy.FromString(delivery.copy)
    return copy, signal_pb2.Signal.FromString(copy.signal), leaf


# --- what a sender signs for each recipient ------------------------------------------


def make_disclosure(submit, recipient, root):
    """What SUBMIT says with ROOT to RECIPIENT."""
    d = wire_pb2.Disclosure(version=2, root=root, recipient_oin=recipient.oin)
    own, name_for = submit.head.request_id, disclosure.name_for
    d.said = name_for(own, b"said", recipient.oin)
    d.corrects = (name_for(submit.corrects, b"said", recipient.oin)
                  if submit.HasField("corrects") else name_for(own, b"none", recipient.oin))
    if submit.HasField("case_id") and submit.enriches:
        d.enriches = True
    for name in ("broker_origin", "sender_oin", "sender_desk", "created_ms"):
        if submit.head.HasField(name):
            setattr(d, name, getattr(submit.head, name))
    for name in ("convenant", "phase", "purpose", "case_id"):
        if submit.HasField(name):
            setattr(d, name, getattr(submit, name))
    if recipient.HasField("desk"):
        d.recipient_desk = recipient.desk
    return d


def disclosures_of(submit):
    """The bytes of what SUBMIT, with its seed, says to each of its recipients."""
    signal = signal_pb2.Signal.FromString(submit.signal)
    said = []
    for to in submit.recipients:
        tree = disclosure.Tree(
            signal, disclosure.seed_for(submit.disclosure_seed, to.oin, to.desk))
        said.append(
            make_disclosure(submit, to, tree.root).SerializeToString(deterministic=True))
    return said


def signed_root(submit, said):
    """The root over SAID, the bytes of disclosures, with the seed of SUBMIT."""
    return disclosure.Signing(
        submit.disclosure_seed, [disclosure.said(raw) for raw in said]).root


def add_disclosures(submit, seed):
    """Sign SUBMIT, whole but for this, for all of its recipients with the key of SEED."""
    submit.disclosure_seed = os.urandom(32)
    if len(submit.recipients) > 64:     # more than can be signed: a broker looks no further
        submit.disclosure_sig = os.urandom(64)
        return
    root = signed_root(submit, disclosures_of(submit))
    submit.disclosure_sig = nacl.signing.SigningKey(seed).sign(pae(DISCLOSURE, root)).signature


def sign_many(many, seed):
    """Sign all that is said in MANY, a SubmitMany, with the key of SEED."""
    root = disclosure.Signing(
        many.disclosure_seed, [bytes(said) for said in many.said], disclosure.OUTER).root
    many.disclosure_sig = nacl.signing.SigningKey(seed).sign(pae(DISCLOSURE, root)).signature


def signed_text(evidence, version):
    """What the signature in EVIDENCE is under, if its Disclosure is of VERSION."""
    if version == 1:                # signed by itself; kept from before
        if evidence.path or evidence.place:
            raise disclosure.NotSigned("a path that leads nowhere")
        return pae(DISCLOSURE_ALONE, evidence.disclosure)
    return pae(DISCLOSURE, disclosure.follow(
        disclosure.said(evidence.disclosure), evidence.place, evidence.path))


def verify_evidence(copy, signal, leaf, binding, versions=(2,)):
    """That who sent COPY signed what is in it; BINDING is the KeyBinding of LEAF."""
    evidence = copy.evidence
    said = wire_pb2.Disclosure.FromString(evidence.disclosure)
    try:
        nacl.signing.VerifyKey(binding.ed25519_public).verify(
            signed_text(evidence, said.version), evidence.sig)
    except (nacl.exceptions.BadSignatureError, ValueError, disclosure.NotSigned) as e:
        raise BadProof("the sender did not sign this") from e
    for name in ("sender_oin", "sender_desk", "convenant", "phase", "purpose", "case_id",
                 "enriches")[:6 if said.version == 1 else 7]:
        if getattr(said, name) != getattr(copy, name):
            raise BadProof("signed for another %s" % name)
    if (said.recipient_oin != leaf.recipient_oin or
            said.recipient_desk not in ("", leaf.recipient_desk)):
        raise BadProof("signed for another recipient")
    if (binding.oin, binding.desk) != (copy.sender_oin, copy.sender_desk):
        raise BadProof("signed with the key of another desk")
    if abs(said.created_ms - leaf.time_ms) > 600000:
        raise BadProof("signed at another time")
    try:
        root = disclosure.root_of_copy(signal, copy.statements, evidence)
    except disclosure.NotSigned as e:
        raise BadProof(str(e)) from e
    if said.version not in versions or root != said.root:
        raise BadProof("not what the sender signed")


# --- files ------------------------------------------------------------------------


class Region:
    """region.json."""

    def __init__(self, path, data):
        self.path = pathlib.Path(path)
        self.data = data
        self.origin = data["origin"]
        self.endpoint = data["endpoint"]
        self.endpoint_audit = data["endpoint_audit"]
        self.endpoint_enrol = data["endpoint_enrol"]
        self.curve_public = data["broker_curve_public"].encode("ascii")
        self.verifier = Verifier(data["verifier"])
        self.parties = {p["name"]: p for p in data["parties"]}

    @classmethod
    def read(cls, path):
        return cls(path, json.loads(pathlib.Path(path).read_text("utf-8")))

    def door(self, name):
        return {"agency": self.endpoint, "audit": self.endpoint_audit,
                "enrol": self.endpoint_enrol}[name]


class Keys:
    """keys.json: six 32-byte keys in hex."""

    def __init__(self, data):
        for name in ("ed25519_seed", "ed25519_public", "curve_secret", "curve_public",
                     "x25519_secret", "x25519_public"):
            raw = binascii.unhexlify(data[name])
            if len(raw) != 32:
                raise ValueError("%s is not 32 bytes" % name)
            setattr(self, name, raw)


class Party:
    """One folder of D/parties."""

    def __init__(self, folder, data, keys):
        self.folder = pathlib.Path(folder)
        self.name, self.oin, self.desk = data["name"], data["oin"], data["desk"]
        self.role = data["role"]
        self.keys = keys

    @classmethod
    def read(cls, folder):
        folder = pathlib.Path(folder)
        data = json.loads((folder / "party.json").read_text("utf-8"))
        keys = Keys(json.loads((folder / "keys.json").read_text("utf-8")))
        return cls(folder, data, keys)


# --- the client ----------------------------------------------------------------------


class Client:
    """One connection of one party to one door."""

    def __init__(self, region, party, door="agency", timeout_ms=15000, limits=None):
        """LIMITS: socket options that hold before it connects."""
        self.region, self.party, self.timeout_ms = region, party, timeout_ms
        self.door, self.limits = door, limits or {}
        self.clock = None       # a clock.Clock that it lives by instead of ours
        self.context = zmq.Context()
        self.socket = None
        self.connect()

    def connect(self, endpoint=None):
        """(Re)connect; a new CURVE handshake."""
        if self.socket is not None:
            self.socket.close(linger=0)
        s = self.context.socket(zmq.DEALER)
        s.linger = 0
        for name, value in self.limits.items():
            setattr(s, name, value)
        s.curve_serverkey = self.region.curve_public
        s.curve_publickey = z85.encode(self.party.keys.curve_public)
        s.curve_secretkey = z85.encode(self.party.keys.curve_secret)
        s.connect(endpoint or self.region.door(self.door))
        self.socket = s

    def close(self):
        if self.socket is not None:
            self.socket.close(linger=0)
            self.socket = None
        self.context.term()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # --- building ------------------------------------------------------------------

    def head(self, request_id=None, created_ms=None):
        if created_ms is None:
            created_ms = self.clock.now_ms if self.clock else int(time.time() * 1000)
        return wire_pb2.Head(
            request_id=request_id or os.urandom(16), created_ms=created_ms,
            sender_oin=self.party.oin, sender_desk=self.party.desk,
            broker_origin=self.region.origin)

    def build(self, payload_type, message):
        """The bytes of the frame that carries MESSAGE."""
        if not message.HasField("head"):
            message.head.CopyFrom(self.head())
        if payload_type == SUBMIT and not message.HasField("disclosure_seed"):
            self.disclose(message)
        return make_envelope(
            payload_type, message.SerializeToString(), self.party.keys.ed25519_seed)

    def disclose(self, submit):
        """Sign for each recipient, if there is a signal at all; anew if that was done."""
        submit.ClearField("disclosure_sig")
        try:
            add_disclosures(submit, self.party.keys.ed25519_seed)
        except google.protobuf.message.DecodeError:
            submit.ClearField("disclosure_seed")

    def build_many(self, submissions, seed=None):
        """The frame of a SubmitMany with SUBMISSIONS (Submit messages, whole but for what
        is said with them), and the message itself."""
        m = wire_pb2.SubmitMany(disclosure_seed=seed or os.urandom(32))
        m.head.CopyFrom(self.head())
        for submit in submissions:
            if not submit.HasField("head"):
                submit.head.CopyFrom(self.head())
            submit.ClearField("disclosure_sig")
            submit.disclosure_seed = os.urandom(32)
            m.said.append(signed_root(submit, disclosures_of(submit)))
            m.submissions.append(submit.SerializeToString())
        sign_many(m, self.party.keys.ed25519_seed)
        return self.build(SUBMIT_MANY, m), m

    def build_submit(self, signal, convenant, phase, purpose, to, head=None, **more):
        m = wire_pb2.Submit(
            convenant=convenant, phase=phase, purpose=purpose, signal=signal, **more)
        for oin, desk in to:
            m.recipients.add(oin=oin, **({"desk": desk} if desk else {}))
        if head is not None:
            m.head.CopyFrom(head)
        return self.build(SUBMIT, m)

    # --- sending -------------------------------------------------------------------

    def exchange(self, frame, timeout_ms=None):
        """Send FRAME, wait for the answer to its request id."""
        request_id = request_id_of(frame)
        self.socket.send(frame)
        return self.wait(request_id, timeout_ms)

    def wait(self, request_id, timeout_ms=None):
        """The Answer to REQUEST_ID (None: the next one, whatever it answers).  An answer
        without an id is about something refused before its head was read: with one request
        under way, about that."""
        deadline = time.monotonic() + (timeout_ms or self.timeout_ms) / 1000
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not self.socket.poll(int(left * 1000) + 1):
                raise NoAnswer()
            frames = self.socket.recv_multipart()
            if len(frames) != 1:
                raise ValueError("an answer is one frame")
            answer = wire_pb2.Answer.FromString(frames[0])
            if request_id is None or answer.request_id in (request_id, b""):
                return answer

    def ask(self, payload_type, message, timeout_ms=None):
        """Build, send, wait; raises Refused unless the code is "ok"."""
        answer = self.exchange(self.build(payload_type, message), timeout_ms)
        if answer.code != "ok":
            raise Refused(answer)
        return answer

    # --- the requests ---------------------------------------------------------------

    def submit(self, signal, convenant, phase, purpose, to, **more):
        answer = self.exchange(
            self.build_submit(signal, convenant, phase, purpose, to, **more))
        if answer.code != "ok":
            raise Refused(answer)
        return answer

    def receive(self, wait_ms=0, max_deliveries=16, lease_ms=0, delivery_id=None):
        m = wire_pb2.Receive(wait_ms=wait_ms, max_deliveries=max_deliveries, lease_ms=lease_ms)
        if delivery_id is not None:
            m.delivery_id = delivery_id
        return list(self.ask(RECEIVE, m, self.timeout_ms + wait_ms).deliveries)

    def acknowledge(self, delivery_ids):
        return list(self.ask(
            ACKNOWLEDGE, wire_pb2.Acknowledge(delivery_ids=delivery_ids)).receipts)

    def binding(self, binding_id):
        """The KeyBinding that BINDING_ID names, as its envelope says it."""
        answer = self.ask(BINDING_READ, wire_pb2.BindingRead(binding_id=binding_id))
        if hashlib.sha256(answer.binding).digest() != binding_id:
            raise BadProof("another binding")
        envelope = wire_pb2.Envelope.FromString(answer.binding)
        return wire_pb2.KeyBinding.FromString(envelope.payload)

    def verify_evidence(self, delivery):
        """That the sender of DELIVERY, a signal, signed what is in it."""
        copy, signal, leaf = verify_delivery(delivery, self.region.verifier)
        verify_evidence(copy, signal, leaf, self.binding(leaf.binding_id))

    def explain(self, trace_id=None, leaf_index=None):
        m = wire_pb2.Explain()
        if trace_id is not None:
            m.trace_id = trace_id
        if leaf_index is not None:
            m.leaf_index = leaf_index
        return self.ask(EXPLAIN, m)

    def sent(self, maximum=100):
        return list(self.ask(SENT, wire_pb2.Sent(max=maximum)).receipts)

    # --- cases: each builds a frame, for exchange() ------------------------------------

    def build_case_open(self, route, deliveries=(), traces=(), **fields):
        return self.build(CASE_OPEN, wire_pb2.CaseOpen(
            route=route, deliveries=deliveries, traces=traces, **fields))

    def build_case_read(self, case_id=None):
        fields = {} if case_id is None else {"case_id": case_id}
        return self.build(CASE_READ, wire_pb2.CaseRead(**fields))

    def build_case_move(self, case_id, transition, **fields):
        assigned = fields.pop("assigned", ())
        m = wire_pb2.CaseMove(case_id=case_id, transition=transition, **fields)
        for oin, desk in assigned:
            m.assigned.add(oin=oin, desk=desk)
        return self.build(CASE_MOVE, m)

    def build_case_join(self, case_id, who, **fields):
        kind = fields.pop("kind", None)
        m = wire_pb2.CaseJoin(case_id=case_id, **fields)
        if kind is not None:
            setattr(m, "as", kind)
        for oin, desk in who:
            m.who.add(oin=oin, desk=desk)
        return self.build(CASE_JOIN, m)

    def build_case_declare(self, case_id):
        return self.build(CASE_DECLARE, wire_pb2.CaseDeclare(case_id=case_id))

    def build_case_submit(self, case_id, signal, place, to, **fields):
        """A signal inside a case; PLACE is (convenant, phase, purpose)."""
        m = wire_pb2.Submit(
            case_id=case_id, signal=signal, convenant=place[0], phase=place[1],
            purpose=place[2], **fields)
        for oin, desk in to:
            m.recipients.add(oin=oin, desk=desk)
        return self.build(SUBMIT, m)

    def build_todo(self, **fields):
        return self.build(TODO, wire_pb2.Todo(**fields))

    def case_confirmed(self, case_id, transition, **fields):
        """Ask what TRANSITION changes, and make it with that confirmation."""
        asked = self.exchange(
            self.build_case_move(case_id, transition, only_ask=True, **fields))
        if asked.code != "ok":
            return asked
        return self.exchange(self.build_case_move(
            case_id, transition, confirmation=asked.confirmation, **fields))

    def prove_inclusion(self, index):
        """(proof, Checkpoint) of entry INDEX in the current tree."""
        answer = self.ask(PROVE, wire_pb2.Prove(index=index))
        return list(answer.proof), open_checkpoint(answer.checkpoint, self.region.verifier)

    def prove_consistency(self, old):
        """Check that the current tree extends the Checkpoint OLD; returns the current one."""
        answer = self.ask(PROVE, wire_pb2.Prove(old_size=old.size))
        now = open_checkpoint(answer.checkpoint, self.region.verifier)
        verify_consistency(list(answer.proof), old.size, now.size, old.root, now.root)
        return now

    def audit_read(self, from_index=0, maximum=256):
        """(receipts, Checkpoint): entries from FROM_INDEX on, and the head before this read."""
        answer = self.ask(AUDIT_READ, wire_pb2.AuditRead(from_index=from_index, max=maximum))
        return list(answer.receipts), open_checkpoint(answer.checkpoint, self.region.verifier)

    def audit_all(self):
        """The whole journal as of the first read, checked against its head:
        ([Receipt], Checkpoint)."""
        entries, first = self.audit_read(0)
        while len(entries) < first.size:
            more, _ = self.audit_read(len(entries))
            if not more:
                raise BadProof("the journal stops at %d of %d" % (len(entries), first.size))
            entries += more
        entries = entries[:first.size]
        for i, receipt in enumerate(entries):
            if receipt.index != i:
                raise BadProof("entry %d calls itself %d" % (i, receipt.index))
        if tree_root([leaf_hash(r.leaf) for r in entries]) != first.root:
            raise BadProof("entries do not make the signed root")
        check_catalogue(entries)
        return entries, first


def check_catalogue(entries):
    """Every leaf and detail is as docs/journal.md says."""
    import catalogue    # it reads the page with this module: pylint: disable=cyclic-import
    faults = ["entry %d: %s" % (r.index, fault) for r in entries
              for fault in catalogue.faults(bytes(r.leaf), bytes(r.detail))]
    if faults:
        raise AssertionError("; ".join(faults[:20]))


def request_id_of(frame):
    """The request id inside a frame that build() made: Head is field 1 of every request."""
    envelope = wire_pb2.Envelope.FromString(frame)
    return wire_pb2.Sent.FromString(envelope.payload).head.request_id
