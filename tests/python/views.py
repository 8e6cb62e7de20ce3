# SPDX-License-Identifier: EUPL-1.2
"""What somebody can see, made comparable between two runs.

An answer of the broker is taken apart down to the messages inside its bytes fields, what is
random by design is replaced by as many zero bytes, and it is put together again.  Nothing
else is touched: sizes, indices, tree sizes, counts, times, orders and texts stay.
"""

import re

import sluis_client as sc

# What is drawn at random, or follows from what is: message, field.
RANDOM = {
    ("Leaf", "nonce"), ("Leaf", "copy_digest"), ("Leaf", "detail_digest"), ("Detail", "salt"),
    ("Delivery", "delivery_id"), ("Delivery", "salt"), ("Task", "task_id"),
    ("Receipt", "proof"), ("Answer", "proof"),       # hashes of leaves with their nonces
    ("Sealed", "box"), ("Disclosure", "root"), ("Disclosure", "said"), ("Disclosure", "corrects"),
    ("Evidence", "path"), ("Evidence", "place"), ("Evidence", "sig"), ("Evidence", "slots"),
    ("Evidence", "salts"), ("Evidence", "veiled"),
}
# As long as the slots that were drawn for what is in the copy make it, which nothing else
# has a hand in (test_disclosure.c); and what makes up for that.
RANDOM_SIZE = {("Evidence", "siblings"), ("Copy", "padding")}
# The reader's own delivery ids again, where something is about them.
ABOUT = {("Notice", "about"), ("Task", "about"), ("CaseStep", "about"), ("Copy", "corrects")}
# Bytes fields that hold a message.
INSIDE = {
    ("Receipt", "leaf"): "Leaf", ("Receipt", "detail"): "Detail", ("Delivery", "copy"): "Copy",
    ("Copy", "signal"): "Signal", ("Copy", "notice"): "Notice", ("Detail", "act"): "CaseStep",
    ("Evidence", "disclosure"): "Disclosure",
}


def _type(name):
    for module in (sc.wire_pb2, sc.journal_pb2, sc.signal_pb2, sc.case_pb2):
        if hasattr(module, name):
            return getattr(module, name)
    raise KeyError(name)


def zeros(value):
    return b"\0" * len(value)


def plain_note(text):
    """A signed checkpoint without root and signature: origin and size stay."""
    lines = text.split("\n")
    lines[2] = "?" * len(lines[2])
    return "\n".join(re.sub(r"^(\u2014 \S+ )(.*)$", lambda m: m[1] + "?" * len(m[2]), line)
                     for line in lines)


def _plain_bytes(key, value):
    if key in INSIDE:
        inner = _type(INSIDE[key]).FromString(value)
        return plain(inner).SerializeToString()
    return zeros(value) if key in RANDOM or key in ABOUT else value


def copy_of_notice(message):
    """A notice has no evidence, so its size is nothing but what it says."""
    return message.DESCRIPTOR.name == "Copy" and message.HasField("notice")


def plain(message):
    """A copy of MESSAGE without what is random."""
    copy = type(message)()
    copy.CopyFrom(message)
    name = copy.DESCRIPTOR.name
    for field, value in copy.ListFields():
        key = (name, field.name)
        many = field.label == field.LABEL_REPEATED
        if key in RANDOM_SIZE and not copy_of_notice(copy):
            copy.ClearField(field.name)
        elif field.type == field.TYPE_MESSAGE:
            for one in value if many else [value]:
                one.CopyFrom(plain(one))
        elif key[1] == "checkpoint":
            setattr(copy, field.name, plain_note(value))
        elif field.type == field.TYPE_BYTES and many:
            new = [_plain_bytes(key, v) for v in value]
            del value[:]
            value.extend(new)
        elif field.type == field.TYPE_BYTES:
            setattr(copy, field.name, _plain_bytes(key, value))
        elif key in RANDOM and not many:
            setattr(copy, field.name, 0)
    return copy


def plain_text(text):
    """Output of a command: ids, digests and hashes become as many question marks."""
    text = re.sub(r"\b([0-9a-f]{32}|[0-9a-f]{64})\b", lambda m: "?" * len(m[0]), text)
    return re.sub(r"[A-Za-z0-9+/]{43,}={0,2}", lambda m: "?" * len(m[0]), text)
