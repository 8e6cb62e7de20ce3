# SPDX-License-Identifier: EUPL-1.2
"""The disclosure tree in Python, written from docs/wire.md alone.

A sender signs one root for each recipient; a copy and its evidence lead to that root, or
the copy was altered.  Messages are protoc's; every function takes and gives plain values.

    tree = Tree(signal, seed_for(submission_seed, oin, desk))
    tree.root                                   # what the sender signs
    root_of_copy(signal, stated, evidence)      # what a recipient computes
"""

import hashlib
import hmac

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms

HASH, SALT, ELEMENTS = 24, 16, 64


class NotSigned(Exception):
    """The evidence does not fit what was delivered."""


def h(data):
    return hashlib.sha256(data).digest()[:HASH]


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

    def draw(self, n):
        return self.cipher.update(bytes(n))


def children(message, field):
    """The messages in FIELD of MESSAGE."""
    if repeats(field):
        return list(getattr(message, field.name))
    return [getattr(message, field.name)] if message.HasField(field.name) else []


def has_value(message, field):
    if repeats(field):
        return len(getattr(message, field.name)) != 0
    return message.HasField(field.name)


def slots_of(descriptor):
    highest, n = max(descriptor.fields_by_number), 2
    while n <= highest:
        n *= 2
    return n


class Walk:
    """One pass over the tree; subclasses say where digests come from."""

    def stands(self, message):
        """Whether any field stands in MESSAGE or below it."""
        for field in message.DESCRIPTOR.fields:
            if field.message_type is not None:
                if any(self.stands(m) for m in children(message, field)):
                    return True
            elif self.is_given(message, field) or self.is_stated(message, field):
                return True
        return False

    def is_given(self, message, field):
        return has_value(message, field)

    def is_stated(self, message, field):
        return False

    def message(self, message):
        filled = {}
        for number, field in message.DESCRIPTOR.fields_by_number.items():
            if field.message_type is None:
                if self.is_given(message, field) or self.is_stated(message, field):
                    filled[number] = (self.field, message, field)
                continue
            below = children(message, field)
            if any(self.stands(m) for m in below):
                if repeats(field):
                    filled[number] = (self.elements, message, field)
                else:
                    filled[number] = (self.message, below[0])
        declared = set(message.DESCRIPTOR.fields_by_number)
        return self.row(filled, declared, 0, slots_of(message.DESCRIPTOR))

    def elements(self, message, field):
        below = children(message, field)
        seats = self.seats(message, field, len(below))
        filled = {seat: (self.message, m) for seat, m in zip(seats, below) if self.stands(m)}
        return self.row(filled, set(range(ELEMENTS)), 0, ELEMENTS)

    def row(self, filled, declared, low, n):
        def has(slots, first, count):
            return any(first <= k < first + count for k in slots)

        half = n // 2
        if n > 1 and not has(declared, low, half):
            return self.row(filled, declared, low + half, half)
        if n > 1 and not has(declared, low + half, half):
            return self.row(filled, declared, low, half)
        if not has(filled, low, n):
            return self.bare()
        if n == 1:
            call, *args = filled[low]
            return call(*args)
        left = self.row(filled, declared, low, half)
        return node(left, self.row(filled, declared, low + half, half))

    def field(self, message, field):
        return leaf(self.veiled(message, field))


class Tree(Walk):
    """The whole tree, as its sender makes it."""

    def __init__(self, signal, seed):
        self.stream = Stream(seed)
        self.root = self.message(signal)

    def bare(self):
        return self.stream.draw(HASH)

    def veiled(self, message, field):
        return veiled(message, field, self.stream.draw(SALT))

    def seats(self, message, field, n):
        seats = []
        while len(seats) < n:
            seat = self.stream.draw(1)[0] & (ELEMENTS - 1)
            if seat not in seats:
                seats.append(seat)
        return seats


class Copied(Walk):
    """The same out of a copy and its evidence.  STATED: (id of message, field name)."""

    def __init__(self, signal, stated, evidence):
        self.stated, self.met = stated, set()
        self.rest = {name: bytes(getattr(evidence, name))
                     for name in ("slots", "salts", "veiled", "siblings")}
        self.signal = signal
        self.refuse_empty(signal)
        self.root = self.message(signal)
        if self.met != set(stated):
            raise NotSigned("stated of a message that is not there")
        if any(self.rest.values()):
            raise NotSigned("more evidence than the copy needs")

    def refuse_empty(self, message):
        for field in message.DESCRIPTOR.fields:
            if field.message_type is None:
                continue
            for below in children(message, field):
                if not self.stands(below):
                    raise NotSigned("a message with nothing in it")
                self.refuse_empty(below)

    def take(self, part, n):
        if len(self.rest[part]) < n:
            raise NotSigned("too little in %s" % part)
        out, self.rest[part] = self.rest[part][:n], self.rest[part][n:]
        return out

    def is_stated(self, message, field):
        stated = (id(message), field.name) in self.stated
        if stated and has_value(message, field):
            raise NotSigned("both given and stated")
        if stated:
            self.met.add((id(message), field.name))
        return stated

    def bare(self):
        return self.take("siblings", HASH)

    def veiled(self, message, field):
        if self.is_stated(message, field):
            return self.take("veiled", HASH)
        return veiled(message, field, self.take("salts", SALT))

    def seats(self, message, field, n):
        seats = list(self.take("slots", n))
        if len(set(seats)) != n or any(s >= ELEMENTS for s in seats):
            raise NotSigned("not a place for each element")
        return seats


def find_stated(signal, statements):
    """The fields that STATEMENTS speak of: {(id of message, field name)}.  The messages
    must stay alive while that is used: protoc's Python gives the same object each time
    only as long as somebody holds it, so they come back too."""
    stated, alive = set(), [signal]
    for statement in statements:
        message = signal
        *above, last = statement.path.split(".")
        for part in above:
            name, _, index = part.partition("[")
            message = getattr(message, name)
            if index:
                message = message[int(index[:-1])]
            alive.append(message)
        stated.add((id(message), last.partition("[")[0]))
    return stated, alive


def root_of_copy(signal, statements, evidence):
    stated, alive = find_stated(signal, statements)
    keep_alive(signal, alive)
    return Copied(signal, stated, evidence).root


def keep_alive(message, alive):
    """Hold every message below MESSAGE, so that ids stay theirs."""
    for field in message.DESCRIPTOR.fields:
        if field.message_type is not None:
            for below in children(message, field):
                alive.append(below)
                keep_alive(below, alive)
