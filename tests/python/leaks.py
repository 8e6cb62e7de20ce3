# SPDX-License-Identifier: EUPL-1.2
"""Looking for a value in bytes where it must not be, in every coat it may wear.

    needles = Needles()
    needles.add("persons.bsn", "999910012")
    needles.found_in(data)     ->  [("persons.bsn", "hex")]

A coat is an encoding (raw, other case, hex, base64 at all three alignments, UTF-16, percent
and JSON escapes) or an unkeyed digest of an identifier (SHA-256, SHA-1, MD5; raw or hex).
"""

import base64
import hashlib
import json
import re
import unicodedata
import urllib.parse

SHORTEST = 6  # bytes of a coat: shorter ones turn up in random bytes by themselves

IDENTIFIERS = ("bsn", "v_number", "document_number", "phone", "email", "plate", "kvk_number", "iban",
               "given_names", "family_name", "birth_date", "name", "holder_name", "postcode",
               "guardian_name", "guardian_phone", "care_worker", "owner_name", "local_reference")


def spellings(name, value):
    """The value as written, and as a program might have normalised it."""
    compact = re.sub(r"[\s\-./]", "", value)
    plain = "".join(
        c for c in unicodedata.normalize("NFKD", value) if not unicodedata.combining(c))
    found = {value, value.lower(), value.upper(), value.casefold(), plain, plain.lower(),
             unicodedata.normalize("NFD", value)}
    if any(c.isdigit() for c in value):
        found |= {compact, compact.upper(), compact.lower()}
    if name.endswith("phone") and compact.startswith("06"):
        found.add("+31" + compact[1:])
    if name.endswith("phone") and compact.startswith("+31"):
        found.add("0" + compact[3:])
    if name in ("given_names", "family_name"):
        found.add(re.sub(r"[\s\-']+", " ", plain.lower()))
    return found


def base64_cores(raw):
    """What base64 of any text that holds RAW must contain, whatever stands around it."""
    for alignment in range(3):
        text = base64.b64encode(b"\0" * alignment + raw)
        first = -(-alignment * 8 // 6)
        last = (alignment + len(raw)) * 8 // 6
        yield text[first:last]


def coats(text):
    """(name, bytes) of every encoding of one spelling."""
    raw = text.encode("utf-8")
    yield "raw", raw
    yield "hex", raw.hex().encode()
    yield "HEX", raw.hex().upper().encode()
    for core in base64_cores(raw):
        yield "base64", core
        yield "base64url", core.replace(b"+", b"-").replace(b"/", b"_")
    yield "utf-16-le", text.encode("utf-16-le")
    yield "utf-16-be", text.encode("utf-16-be")
    yield "latin-1", text.encode("latin-1", "ignore") if text.isascii() else raw
    yield "percent", urllib.parse.quote(text, safe="").encode()
    yield "form", urllib.parse.quote_plus(text).encode()
    yield "json", json.dumps(text)[1:-1].encode()


def digests(text):
    raw = text.encode("utf-8")
    for name in ("sha256", "sha1", "md5"):
        d = hashlib.new(name, raw).digest()
        yield name, d
        yield name + " hex", d.hex().encode()
        yield name + " HEX", d.hex().upper().encode()
        yield name + " base64", base64.b64encode(d).rstrip(b"=")


class Needles:
    def __init__(self):
        self.coats = {}    # bytes -> (path, coat)
        self.values = 0
        self.heads = None  # first bytes -> coats that begin so; made when first needed

    def add(self, path, value):
        """Add VALUE of the field PATH; the narrative is cut into overlapping pieces."""
        name = path.split(".")[-1]
        self.values += 1
        self.heads = None
        pieces = [value]
        if len(value) > 60:
            pieces = [value[i:i + 24] for i in range(0, len(value) - 23, 8)]
        for piece in pieces:
            for text in spellings(name, piece):
                for coat, raw in coats(text):
                    self.put(raw, path, coat)
        if name in IDENTIFIERS:
            for text in spellings(name, value):
                for coat, raw in digests(text):
                    self.put(raw, path, coat)

    def put(self, raw, path, coat):
        if len(raw) >= SHORTEST:
            self.coats.setdefault(raw, (path, coat))

    def without(self, allowed):
        """Forget the coats that stand in the ALLOWED bytes (what may be said aloud)."""
        kept = Needles()
        kept.values = self.values
        kept.coats = {raw: at for raw, at in self.coats.items() if raw not in allowed}
        return kept

    def found_in(self, data):
        """[(path, coat)] of the needles in DATA."""
        if self.heads is None:
            self.heads = {}
            for raw in self.coats:
                self.heads.setdefault(raw[:SHORTEST], []).append(raw)
        found, heads = set(), self.heads
        for i in range(len(data) - SHORTEST + 1):
            for raw in heads.get(data[i:i + SHORTEST], ()):
                if data.startswith(raw, i):
                    found.add(self.coats[raw])
        return sorted(found)


def leaf_values(message, path=()):
    """(path of names, path of numbers, value) of every leaf value that is present."""
    for field, value in message.ListFields():
        many = field.label == field.LABEL_REPEATED
        for v in value if many else [value]:
            if field.message_type:
                yield from leaf_values(v, path + (field,))
            else:
                yield (".".join(f.name for f in path + (field,)),
                       tuple(f.number for f in path + (field,)), v)


def texts(message):
    """(path, value) of the string values of MESSAGE."""
    return [(path, v) for path, _, v in leaf_values(message) if isinstance(v, str)]


def unknown_fields(message):
    """How many fields on any level this schema does not know."""
    n = len(message.UnknownFields())
    for field, value in message.ListFields():
        if field.message_type:
            many = field.label == field.LABEL_REPEATED
            n += sum(unknown_fields(v) for v in (value if many else [value]))
    return n
