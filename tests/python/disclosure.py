# SPDX-License-Identifier: EUPL-1.2
"""The disclosure tree in Python, written from docs/wire.md alone.

A sender says one root to each recipient and signs all of that at once; a copy and its
evidence lead to what was signed, or the copy was altered.  Messages are protoc's; every function takes and gives plain values.

    tree = Tree(signal, seed_for(submission_seed, oin, desk))
    tree.root                                   # what the sender signs
    root_of_copy(signal, stated, evidence)      # what a recipient computes
    Signing(submission_seed, [said(raw), ...])  # what one signature stands under
"""

import functools
import hashlib
import hmac

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms
from google.protobuf import descriptor_pool

HASH, SALT, ELEMENTS = 24, 16, 64


class NotSigned(Exception):
    """The evidence does not fit what was delivered."""


def h(data):
    return hashlib.sha256(data).digest()[:HASH]


# --- one signature for all of them ---------------------------------------------------

SMALL, LARGE, OUTER = 4, 6, 6


def said(raw):
    """The digest of the bytes of a Disclosure."""
    return h(b"\x03" + raw)


def above(left, right):
    return h(b"\x04" + left + right)


def name_for(request_id, what, oin):
    """What a statement is called between its sender and one recipient."""
    return hmac.new(request_id, what + b"\0" + oin.encode(), hashlib.sha256).digest()[:16]


class Signing:
    """The tree over LEAVES, each in a place that SEED draws."""

    def __init__(self, seed, leaves, levels=None):
        self.levels = levels or (LARGE if len(leaves) > 1 << SMALL else SMALL)
        n = 1 << self.levels
        stream = Stream(hmac.new(seed, b"places", hashlib.sha256).digest())
        self.places = draw_places(stream, len(leaves), n)
        row = dict(zip(self.places, leaves))
        self.rows = [[row[i] if i in row else stream.draw(HASH) for i in range(n)]]
        while len(self.rows[-1]) > 1:
            below = self.rows[-1]
            self.rows.append([above(*below[i:i + 2]) for i in range(0, len(below), 2)])
        self.root = self.rows[-1][0]

    def path(self, i):
        """(place, hashes from the bottom up) of the I-th leaf."""
        at = self.places[i]
        return at, [row[at >> k ^ 1] for k, row in enumerate(self.rows[:-1])]


def draw_places(stream, n, among):
    places = []
    while len(places) < n:
        place = stream.draw(1)[0] & (among - 1)
        if place not in places:
            places.append(place)
    return places


def follow(leaf_hash, place, path):
    """The root that LEAF_HASH has with PATH (bytes)."""
    if len(path) not in (SMALL * HASH, LARGE * HASH, (SMALL + OUTER) * HASH,
                         (LARGE + OUTER) * HASH) or place >> len(path) // HASH:
        raise NotSigned("no path of such a length, or no such place")
    for k in range(len(path) // HASH):
        other = path[k * HASH:(k + 1) * HASH]
        leaf_hash = above(other, leaf_hash) if place >> k & 1 else above(leaf_hash, other)
    return leaf_hash


# --- the tree of a signal ------------------------------------------------------------


def node(left, right):
    return h(b"\x02" + left + right)


def leaf(veiled):
    return h(b"\x00" + veiled)


def spelled(field, value):
    """One value as bytes."""
    if isinstance(value, str):
        return value.encode("utf-8")
    if isinstance(value, bytes):
        return value
    return (int(value) & (1 << 64) - 1).to_bytes(8, "big")


def repeats(field):
    return field.label == field.LABEL_REPEATED


def veiled(message, field, salt):
    values = getattr(message, field.name)
    out = b"\x01" + salt
    for value in values if repeats(field) else [values]:
        raw = spelled(field, value)
        out += len(raw).to_bytes(4, "big") + raw
    return h(out)


def seed_for(submission_seed, oin, desk=None):
    """The seed of one recipient's tree."""
    said = oin.encode() + b"\0" + (desk or "").encode()
    return hmac.new(submission_seed, said, hashlib.sha256).digest()


class Stream:
    """The ChaCha20 key stream of a seed, from its first byte on."""

    def __init__(self, seed):
        self.cipher = Cipher(algorithms.ChaCha20(seed, bytes(16)), None).encryptor()
        self.ready, self.used = b"", 0

    def draw(self, n):
        if self.used + n > len(self.ready):
            self.ready = self.ready[self.used:] + self.cipher.update(bytes(16384))
            self.used = 0
        self.used += n
        return self.ready[self.used - n:self.used]


def children(message, field):
    """The messages in FIELD of MESSAGE."""
    if repeats(field):
        return list(getattr(message, field.name))
    return [getattr(message, field.name)] if message.HasField(field.name) else []


@functools.lru_cache(None)
def slots_of(name):
    """(how many slots, those with a field as a bit mask) of the message type NAME."""
    numbers = descriptor_pool.Default().FindMessageTypeByName(name).fields_by_number
    n = 2
    while n <= max(numbers):
        n *= 2
    return n, sum(1 << number for number in numbers)


class Walk:
    """One pass over the tree; subclasses say where digests come from."""

    def stated_of(self, message):
        """The fields of MESSAGE that somebody else speaks for."""
        return []

    def stands(self, message):
        """Whether any field stands in MESSAGE or below it."""
        if self.stated_of(message):
            return True
        for field, value in message.ListFields():
            if field.message_type is None:
                return True
            if any(self.stands(m) for m in (value if repeats(field) else [value])):
                return True
        return False

    def message(self, message):
        filled = {f.number: (self.stated, f) for f in self.stated_of(message)}
        for field, value in message.ListFields():
            if field.message_type is None:
                if field.number in filled:
                    raise NotSigned("both given and stated")
                filled[field.number] = (self.given, message, field)
            elif repeats(field):
                if any(self.stands(m) for m in value):
                    filled[field.number] = (self.elements, message, field)
            elif self.stands(value):
                filled[field.number] = (self.message, value)
        n, declared = slots_of(message.DESCRIPTOR.full_name)
        return self.row(filled, sum(1 << k for k in filled), declared, 0, n)

    def elements(self, message, field):
        below = children(message, field)
        seats = self.seats(len(below))
        filled = {seat: (self.message, m) for seat, m in zip(seats, below) if self.stands(m)}
        mask = sum(1 << k for k in filled)
        return self.row(filled, mask, (1 << ELEMENTS) - 1, 0, ELEMENTS)

    def row(self, filled, mask, declared, low, n):
        """The subtree over N slots from LOW on; MASK has a bit for each that is filled."""
        half = n // 2
        if n > 1 and not declared >> low & (1 << half) - 1:
            return self.row(filled, mask, declared, low + half, half)
        if n > 1 and not declared >> low + half & (1 << half) - 1:
            return self.row(filled, mask, declared, low, half)
        if not mask >> low & (1 << n) - 1:
            return self.bare()
        if n == 1:
            call, *args = filled[low]
            return call(*args)
        left = self.row(filled, mask, declared, low, half)
        return node(left, self.row(filled, mask, declared, low + half, half))

    def given(self, message, field):
        return leaf(veiled(message, field, self.salt()))


class Tree(Walk):
    """The whole tree, as its sender makes it."""

    def __init__(self, signal, seed):
        self.stream = Stream(seed)
        self.root = self.message(signal)

    def bare(self):
        return self.stream.draw(HASH)

    def salt(self):
        return self.stream.draw(SALT)

    def seats(self, n):
        return draw_places(self.stream, n, ELEMENTS)


class Copied(Walk):
    """The same out of a copy and its evidence.  STATED: {id of message: [field]}."""

    def __init__(self, signal, stated, evidence):
        self.of, self.met = stated, 0
        self.rest = {name: bytes(getattr(evidence, name))
                     for name in ("slots", "salts", "veiled", "siblings")}
        self.refuse_empty(signal)
        self.root = self.message(signal)
        if self.met != sum(map(len, stated.values())):
            raise NotSigned("stated of a message that is not there")
        if any(self.rest.values()):
            raise NotSigned("more evidence than the copy needs")

    def refuse_empty(self, message):
        for field, value in message.ListFields():
            if field.message_type is None:
                continue
            for below in value if repeats(field) else [value]:
                if not self.stands(below):
                    raise NotSigned("a message with nothing in it")
                self.refuse_empty(below)

    def take(self, part, n):
        if len(self.rest[part]) < n:
            raise NotSigned("too little in %s" % part)
        out, self.rest[part] = self.rest[part][:n], self.rest[part][n:]
        return out

    def stated_of(self, message):
        return self.of.get(id(message), [])

    def bare(self):
        return self.take("siblings", HASH)

    def salt(self):
        return self.take("salts", SALT)

    def stated(self, field):
        self.met += 1
        return leaf(self.take("veiled", HASH))

    def seats(self, n):
        seats = list(self.take("slots", n))
        if len(set(seats)) != n or any(s >= ELEMENTS for s in seats):
            raise NotSigned("not a place for each element")
        return seats


def keep_alive(message, alive):
    """Hold every message below MESSAGE: an id is one message's as long as somebody does."""
    for field, value in message.ListFields():
        if field.message_type is not None:
            for below in value if repeats(field) else [value]:
                alive.append(below)
                keep_alive(below, alive)


def find_stated(signal, statements):
    """The fields that STATEMENTS speak of: {id of message: [field]}."""
    stated = {}
    for statement in statements:
        message = signal
        *above, last = statement.path.split(".")
        for part in above:
            name, _, index = part.partition("[")
            message = getattr(message, name)
            if index:
                message = message[int(index[:-1])]
        field = message.DESCRIPTOR.fields_by_name[last.partition("[")[0]]
        fields = stated.setdefault(id(message), [])
        if field not in fields:
            fields.append(field)
    return stated


def root_of_copy(signal, statements, evidence):
    alive = []
    keep_alive(signal, alive)
    return Copied(signal, find_stated(signal, statements), evidence).root
