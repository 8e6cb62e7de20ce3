# SPDX-License-Identifier: EUPL-1.2
"""Protobuf by hand, for messages that no library would write."""


def varint_field(number, content):
    """Field NUMBER, length-delimited, holding CONTENT."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(n):
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    return bytes(out) + bytes([n])
