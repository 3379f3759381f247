#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Verifies evidence packs of a Sealane chain, written from docs/evidence.md and from nothing else.

    verify.py PACK [--chain SPECIFICATION] [--checkpoint CHECKPOINT] [--known-block NUMBER:HASH]
    verify.py --set SET [--chain SPECIFICATION] [--checkpoint CHECKPOINT]
    verify.py --vectors vectors.json [--each-rule]

One of specification and checkpoint is needed.

Needs Python 3.9 or newer and one of the packages `nacl` (Debian: python3-nacl) and `cryptography` (python3-cryptography)
for the equation of Ed25519; that signatures are strict is checked here. Exit codes: 0 verified, 9 refused, 3 no pack or no
specification, 1 a vector has another verdict.
"""
import argparse
import collections
import datetime
import hashlib
import json
import re
import struct
import sys

try:
    from nacl.exceptions import BadSignatureError
    from nacl.signing import VerifyKey

    def equation_holds(key, message, signature):
        try:
            VerifyKey(key).verify(message, signature)
            return True
        except (BadSignatureError, ValueError):
            return False

except ImportError:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    def equation_holds(key, message, signature):
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
            return True
        except (InvalidSignature, ValueError):
            return False


MAX_FILE, MAX_DEPTH, MAX_ENTRIES, MAX_SPEC_DEPTH = 16 << 20, 8, 65_536, 64


class Refused(Exception):
    """A rule is broken."""

    def __init__(self, rule, found):
        super().__init__(f"{found} [rule {rule}]")
        self.rule = rule


class NoSpecification(Exception):
    """A check cannot start from this file."""


class Judge:
    """Applies the rules; one may be left out, to show that it is needed."""

    def __init__(self, without=None):
        self.without = without

    def demand(self, rule, holds, found=""):
        if not holds and rule != self.without:
            raise Refused(rule, found)


# ---- hashes and signatures ------------------------------------------------------------------------------------------


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def blake2_256(data):
    return hashlib.blake2b(data, digest_size=32).digest()


def blake2_128(data):
    return hashlib.blake2b(data, digest_size=16).digest()


def xxh64(data, seed):
    p1, p2, p3, p4, p5 = (
        11400714785074694791,
        14029467366897019727,
        1609587929392839161,
        9650029242287828579,
        2870177450012600261,
    )
    mask = (1 << 64) - 1

    def rotate(x, bits):
        return ((x << bits) | (x >> (64 - bits))) & mask

    def lane(acc, value):
        return (rotate((acc + value * p2) & mask, 31) * p1) & mask

    at, length = 0, len(data)
    if length >= 32:
        lanes = [(seed + p1 + p2) & mask, (seed + p2) & mask, seed, (seed - p1) & mask]
        while at + 32 <= length:
            values = struct.unpack_from("<4Q", data, at)
            lanes = [lane(acc, value) for acc, value in zip(lanes, values)]
            at += 32
        result = sum(rotate(acc, bits) for acc, bits in zip(lanes, (1, 7, 12, 18))) & mask
        for acc in lanes:
            result = ((result ^ lane(0, acc)) * p1 + p4) & mask
    else:
        result = (seed + p5) & mask
    result = (result + length) & mask
    while at + 8 <= length:
        result ^= lane(0, struct.unpack_from("<Q", data, at)[0])
        result = (rotate(result, 27) * p1 + p4) & mask
        at += 8
    if at + 4 <= length:
        result ^= struct.unpack_from("<I", data, at)[0] * p1 & mask
        result = (rotate(result, 23) * p2 + p3) & mask
        at += 4
    while at < length:
        result ^= data[at] * p5 & mask
        result = rotate(result, 11) * p1 & mask
        at += 1
    result = (result ^ (result >> 33)) * p2 & mask
    result = (result ^ (result >> 29)) * p3 & mask
    return result ^ (result >> 32)


FIELD = (1 << 255) - 19
ORDER = (1 << 252) + 27742317777372353535851937790883648493
# The y of the eight points of small order.
SMALL_ORDER = {
    0,
    1,
    FIELD - 1,
    int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"),
    int.from_bytes(bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"),
}


def strict_signature(key, message, signature):
    for point in (key, signature[:32]):
        y = int.from_bytes(point, "little") & ((1 << 255) - 1)
        if y >= FIELD or y in SMALL_ORDER:
            return False
    if int.from_bytes(signature[32:], "little") >= ORDER:
        return False
    return equation_holds(key, message, signature)


# ---- the file -------------------------------------------------------------------------------------------------------

OTHER = object()  # true, false, or a number that is no whole one


class Object(list):
    """The pairs of an object, in the order of the file."""


def read_json(data, depth):
    def number(text):
        value = int(text) if len(text) < 400 else None
        if value is None or abs(value) >= 1 << 1024:
            raise ValueError("a number is out of range")
        return value if not text.startswith("-") and value < 1 << 64 else OTHER

    def fraction(text):
        if float(text) in (float("inf"), float("-inf")):
            raise ValueError("a number is out of range")
        return OTHER

    def constant(text):
        raise ValueError(f"{text} is no JSON")

    def check(node, left):
        if isinstance(node, str):
            node.encode()  # refuses half a surrogate pair
        elif isinstance(node, list):
            if left == 0:
                raise ValueError("too many levels")
            if len(node) > MAX_ENTRIES:
                raise ValueError("too many entries")
            for entry in node:
                if isinstance(node, Object):
                    check(entry[0], left)
                    check(entry[1], left - 1)
                else:
                    check(entry, left - 1)
        return node

    try:
        text = data.decode("utf-8")
        node = json.loads(
            text, object_pairs_hook=Object, parse_int=number, parse_float=fraction, parse_constant=constant
        )
        return check(node, depth)
    except (ValueError, RecursionError) as error:
        raise Refused("file.json", f"not the JSON expected: {error}") from None


class Fields:
    """The fields of an object, taken one after the other."""

    def __init__(self, judge, path, node):
        if not isinstance(node, Object):
            raise Refused("file.fields", f"{path or 'the pack'} is no object")
        self.judge, self.path, self.fields = judge, path, node
        names = [name for name, _ in node]
        judge.demand("file.names", len(names) == len(set(names)), f"{path or 'the pack'} has a field twice")
        self.fields = {}
        for name, value in node:
            self.fields[name] = value

    def at(self, name):
        return f"{self.path}.{name}" if self.path else name

    def optional(self, name):
        if name not in self.fields:
            return None
        value = self.fields.pop(name)
        self.judge.demand("file.fields", value is not None, f"{self.at(name)} is null")
        return value

    def take(self, name):
        value = self.optional(name)
        if value is None:
            raise Refused("file.fields", f"{self.at(name)} is missing")
        return value

    def end(self):
        self.judge.demand("file.fields", not self.fields, f"{self.path or 'the pack'} has unknown fields")

    def inner(self, name, read):
        fields = Fields(self.judge, self.at(name), self.take(name))
        value = read(fields)
        fields.end()
        return value

    def listed(self, name, read):
        node = self.take(name)
        if not isinstance(node, list) or isinstance(node, Object):
            raise Refused("file.form", f"{self.at(name)} is no list")
        return [read(f"{self.at(name)}[{place}]", entry) for place, entry in enumerate(node)]

    def object_list(self, name, read):
        def entry(path, node):
            fields = Fields(self.judge, path, node)
            value = read(fields)
            fields.end()
            return value

        return self.listed(name, entry)

    def text(self, name):
        value = self.take(name)
        if not isinstance(value, str):
            raise Refused("file.form", f"{self.at(name)} is no text")
        return value

    def number(self, name, bits=32):
        value = self.take(name)
        if not isinstance(value, int) or isinstance(value, bool) or value >= 1 << bits:
            raise Refused("file.form", f"{self.at(name)} is no whole number below 2^{bits}")
        return value

    def date(self, name):
        text = self.text(name)
        if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII):
            try:
                days = (datetime.date.fromisoformat(text) - datetime.date(1970, 1, 1)).days
                if days >= 0:
                    return days
            except ValueError:
                pass
        raise Refused("file.form", f"{self.at(name)} is no date from 1970-01-01 on")

    def bytes_of(self, path, value, length=None):
        if not isinstance(value, str) or not re.fullmatch("([0-9a-fA-F]{2})*", value, re.ASCII):
            raise Refused("file.form", f"{path} is not hex")
        self.judge.demand("file.hex", value == value.lower(), f"{path}: hex must be in lower case")
        if length is not None and len(value) != 2 * length:
            raise Refused("file.form", f"{path} has {len(value) // 2} bytes where {length} are expected")
        return bytes.fromhex(value)

    def hex(self, name, length=None):
        return self.bytes_of(self.at(name), self.take(name), length)

    def hex_list(self, name, length=None):
        return self.listed(name, lambda path, value: self.bytes_of(path, value, length))

    def hex_list_if(self, name, length=None):
        value = self.optional(name)
        if value is None:
            return None
        self.fields[name] = value
        return self.hex_list(name, length)


class Part:
    """A part of the pack; its fields are attributes."""

    def __init__(self, **fields):
        self.__dict__.update(fields)


def read_payload(fields):
    text = fields.optional("text")
    if text is not None:
        if not isinstance(text, str):
            raise Refused("file.form", f"{fields.at('text')} is no text")
        return text.encode()
    data = fields.hex("hex")
    try:
        data.decode("utf-8")
        fields.judge.demand("file.text", False, f"{fields.at('hex')} is UTF-8")
    except UnicodeDecodeError:
        pass
    return data


def read_parts(fields, name):
    """A hash for some parts of an entry, by their numbers."""
    node = fields.optional(name)
    if node is None:
        return {}
    inner, found = Fields(fields.judge, fields.at(name), node), {}
    for number, part in enumerate(PARTS):
        value = inner.optional(part)
        if value is not None:
            found[number] = inner.bytes_of(inner.at(part), value, 32)
    inner.end()
    if not found:
        raise Refused("file.form", f"{fields.at(name)} is empty, and would be left out")
    return found


def read_entry(fields):
    return Part(
        bytes=read_payload(fields), salts=read_parts(fields, "salts"), withheld=read_parts(fields, "withheld")
    )


def read_record(fields):
    return Part(
        order=fields.inner("order", read_entry),
        confirmation=fields.inner("confirmation", read_entry),
        salt=fields.hex("salt", 32),
        clause_version=fields.number("clause_version"),
        channel=fields.number("channel"),
    )


def read_core(fields):
    return Part(
        genesis=fields.hex("genesis", 32),
        channel=fields.number("channel"),
        issuer_node=fields.number("issuer_node"),
        seller_node=fields.number("seller_node"),
        issuer=fields.number("issuer"),
        seller=fields.number("seller"),
        first_sequence=fields.number("first_sequence", 64),
        last_sequence=fields.number("last_sequence", 64),
        count=fields.number("count"),
        root=fields.hex("root", 32),
        previous=fields.hex("previous", 32),
        date=fields.date("date"),
    )


def read_attestation(fields):
    block_number = fields.number("block_number")
    block_hash = fields.hex("block_hash", 32)
    excluded = fields.optional("excluded")
    if excluded is not None:
        excluded = fields.bytes_of(fields.at("excluded"), excluded, None)
        if not 1 <= len(excluded) <= 8192 or excluded[-1] == 0:
            raise Refused("file.form", f"{fields.at('excluded')} is no set of records")
    return Part(
        block_number=block_number,
        block_hash=block_hash,
        excluded=excluded or b"",
        key=fields.hex("key", 32),
        signature=fields.hex("signature", 64),
    )


def read_batch(fields):
    return Part(
        index=fields.number("index"),
        path=fields.hex_list("path", 32),
        core=fields.inner("core", read_core),
        issuer=fields.inner("issuer", read_attestation),
        seller=fields.inner("seller", read_attestation),
    )


def read_step(fields):
    left = fields.optional("left")
    if left is not None:
        return (0, fields.bytes_of(fields.at("left"), left, 32))
    return (1, fields.hex("right", 32))


def read_reference(fields):
    return Part(
        node=fields.number("node"),
        sequence=fields.number("sequence", 64),
        root=fields.hex("root", 32),
        block_number=fields.number("block_number"),
        block_hash=fields.hex("block_hash", 32),
    )


def read_anchor(fields):
    return Part(
        path=fields.object_list("path", read_step),
        blinding=fields.hex("blinding", 32),
        reference=fields.inner("reference", read_reference),
        range=fields.hex_list_if("range", 32),
    )


def read_chain(fields):
    return Part(
        headers=fields.hex_list("headers"),
        before=fields.hex_list_if("before"),
        finality=fields.object_list("finality", lambda block: (block.hex("header"), block.hex("justification"))),
        storage_proof=fields.hex_list("storage_proof"),
    )


def read_pack(judge, data):
    judge.demand("file.length", len(data) <= MAX_FILE, f"the pack has {len(data)} bytes")
    fields = Fields(judge, "", read_json(data, MAX_DEPTH))

    def part_if(name, read):
        node = fields.optional(name)
        if node is None:
            return None
        inner = Fields(judge, name, node)
        value = read(inner)
        inner.end()
        return value

    pack = Part(format=fields.text("format"))
    pack.record = fields.inner("record", read_record)
    pack.batch = fields.inner("batch", read_batch)
    pack.anchor = part_if("anchor", read_anchor)
    pack.chain = part_if("chain", read_chain)
    pack.checksum = fields.hex("checksum", 32)
    fields.end()
    return pack


# ---- SCALE ----------------------------------------------------------------------------------------------------------


def u32(number):
    return struct.pack("<I", number)


def u64(number):
    return struct.pack("<Q", number)


def compact(number):
    if number < 1 << 6:
        return bytes([number << 2])
    if number < 1 << 14:
        return struct.pack("<H", number << 2 | 1)
    if number < 1 << 30:
        return struct.pack("<I", number << 2 | 2)
    size = max(4, (number.bit_length() + 7) // 8)
    return bytes([(size - 4) << 2 | 3]) + number.to_bytes(size, "little")


def byte_string(data):
    return compact(len(data)) + data


def listed(values):
    return compact(len(values)) + b"".join(values)


class Malformed(Exception):
    """Bytes that are no encoding."""


class Input:
    """Reads SCALE."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, length):
        if length > len(self.data) - self.at:
            raise Malformed("it is cut off")
        self.at += length
        return self.data[self.at - length : self.at]

    def u8(self):
        return self.take(1)[0]

    def u32(self):
        return struct.unpack("<I", self.take(4))[0]

    def u64(self):
        return struct.unpack("<Q", self.take(8))[0]

    def u16(self):
        return struct.unpack("<H", self.take(2))[0]

    def compact(self):
        first = self.u8()
        if first & 3 == 0:
            return first >> 2
        if first & 3 == 1:
            number, least = (first | self.u8() << 8) >> 2, 1 << 6
        elif first & 3 == 2:
            number, least = int.from_bytes(bytes([first]) + self.take(3), "little") >> 2, 1 << 14
        else:
            if first >> 2:
                raise Malformed("a number is too large")
            number, least = self.u32(), 1 << 30
        if number < least:
            raise Malformed("a number is not in its shortest form")
        return number

    def bytes(self):
        return self.take(self.compact())

    def list(self, read):
        return [read() for _ in range(self.compact())]

    def option(self, read):
        kind = self.u8()
        if kind > 1:
            raise Malformed("an option is 0 or 1")
        return read() if kind else None

    def end(self):
        if self.at != len(self.data):
            raise Malformed("bytes are left over")


def decoded(data, read, whole=True):
    source = Input(data)
    value = read(source)
    if whole:
        source.end()
    return value


# ---- what a pack shows by itself ------------------------------------------------------------------------------------


def core_bytes(core):
    return (
        core.genesis
        + u32(core.channel)
        + u32(core.issuer_node)
        + u32(core.seller_node)
        + u32(core.issuer)
        + u32(core.seller)
        + u64(core.first_sequence)
        + u64(core.last_sequence)
        + u32(core.count)
        + core.root
        + core.previous
        + u32(core.date)
    )


def attestation_bytes(side, it):
    """Suite 0, side, block, excluded records, key, signature."""
    return bytes([0, side]) + u32(it.block_number) + it.block_hash + byte_string(it.excluded) + it.key + it.signature


def checksum_of(pack):
    record, batch, anchor, chain = pack.record, pack.batch, pack.anchor, pack.chain
    data = byte_string(pack.format.encode())
    for entry in (record.order, record.confirmation):
        data += byte_string(entry.bytes)
        for parts in (entry.salts, entry.withheld):
            data += listed([bytes([number]) + parts[number] for number in sorted(parts)])
    data += record.salt
    data += u32(record.clause_version) + u32(record.channel)
    data += u32(batch.index) + listed(batch.path) + core_bytes(batch.core)
    data += attestation_bytes(0, batch.issuer) + attestation_bytes(1, batch.seller)
    if anchor is None:
        data += b"\0"
    else:
        reference = anchor.reference
        data += b"\1" + listed([bytes([side]) + value for side, value in anchor.path]) + anchor.blinding
        data += u32(reference.node) + u64(reference.sequence) + reference.root
        data += u32(reference.block_number) + reference.block_hash
    if chain is None:
        data += b"\0"
    else:
        data += b"\1" + listed([byte_string(header) for header in chain.headers])
        data += listed([byte_string(header) + byte_string(votes) for header, votes in chain.finality])
        data += listed([byte_string(node) for node in chain.storage_proof])
    if anchor is not None and anchor.range is not None:
        data += listed(anchor.range)
    if chain is not None and chain.before is not None:
        data += listed([byte_string(header) for header in chain.before])
    return sha256(b"sealane/2/pack", data)


def sides_of(size, index):
    """The sides on which the hashes of RFC 6962's path for leaf `index` of `size` stand, lowest first; None for no such leaf."""
    if index >= size:
        return None
    sides = []
    while size > 1:
        split = 1 << ((size - 1).bit_length() - 1)
        if index < split:
            sides.append(1)
            size = split
        else:
            sides.append(0)
            index, size = index - split, size - split
    return sides[::-1]


def climb(leaf, steps):
    for side, value in steps:
        leaf = sha256(b"\1", value, leaf) if side == 0 else sha256(b"\1", leaf, value)
    return leaf


PARTS = ("customer", "details", "facts", "person")
STRING = re.compile(rb'"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"')
SCALAR = re.compile(rb"true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
BLANK = re.compile(rb"[ \t\n\r]*")


class NoParts(Exception):
    """An entry that is no JSON object, is too deep, or names a part twice."""


class Scanner:
    """Finds the values of an entry's parts."""

    def __init__(self, text):
        self.text, self.at, self.found = text, 0, {}

    def blank(self):
        self.at = BLANK.match(self.text, self.at).end()

    def take(self, byte):
        if self.text[self.at : self.at + 1] != byte:
            raise NoParts
        self.at += 1

    def match(self, pattern):
        found = pattern.match(self.text, self.at)
        if not found:
            raise NoParts
        self.at = found.end()
        return found.group()

    def value(self, depth):
        first = self.text[self.at : self.at + 1]
        if first == b'"':
            self.match(STRING)
        elif first in (b"{", b"["):
            if depth >= 64:
                raise NoParts
            self.list_of(first, depth)
        else:
            self.match(SCALAR)

    def list_of(self, first, depth):
        end = b"}" if first == b"{" else b"]"
        self.take(first)
        self.blank()
        if self.text[self.at : self.at + 1] == end:
            self.at += 1
            return
        while True:
            self.blank()
            name = None
            if first == b"{":
                name = json.loads(self.match(STRING))
                self.blank()
                self.take(b":")
                self.blank()
            start = self.at
            self.value(depth + 1)
            if depth == 0 and name in PARTS:
                if PARTS.index(name) in self.found:
                    raise NoParts
                self.found[PARTS.index(name)] = (start, self.at)
            self.blank()
            if self.text[self.at : self.at + 1] == end:
                self.at += 1
                return
            self.take(b",")


def parts_of(entry):
    """Where the values of the parts stand, by the parts' numbers."""
    scanner = Scanner(entry)
    try:
        entry.decode("utf-8")
        scanner.blank()
        if entry[scanner.at : scanner.at + 1] != b"{":
            return {}
        scanner.list_of(b"{", 0)
        scanner.blank()
    except (NoParts, UnicodeDecodeError):
        return {}
    return scanner.found if scanner.at == len(entry) else {}


def entry_hash(judge, entry, where):
    found, skeleton, at, hashes = parts_of(entry.bytes), b"", 0, b""
    for number, name in enumerate(PARTS):
        given = (number in entry.salts) + (number in entry.withheld)
        fits = given == (number in found)
        if fits and number in entry.withheld:
            start, end = found[number]
            fits = entry.bytes[start:end] == b"null"
        judge.demand("record.parts", fits, f"{where}: {name} is not shown or withheld as it should be")
    for start, end in sorted(found.values()):
        skeleton += entry.bytes[at:start] + b"\0"
        at = end
    for number in sorted(found):
        start, end = found[number]
        if number in entry.salts:
            value = sha256(b"sealane/2/part", entry.salts[number], entry.bytes[start:end])
        elif number in entry.withheld:
            value = entry.withheld[number]
        else:
            continue
        hashes += bytes([number]) + value
    return sha256(b"sealane/2/entry", sha256(b"sealane/2/skeleton", skeleton + entry.bytes[at:]), hashes)


def verify_local(judge, pack, genesis_hash):
    record, batch, core = pack.record, pack.batch, pack.batch.core
    judge.demand("format", pack.format == "sealane-evidence/2", f"format is {pack.format!r}")
    judge.demand("genesis", core.genesis == genesis_hash, "the batch is of another chain")
    judge.demand("record.channel", record.channel == core.channel, "the record is of another channel")
    judge.demand("batch.sequences", core.first_sequence <= core.last_sequence, "the packets end before they begin")
    judge.demand("batch.nodes", core.issuer_node != core.seller_node, "one node on both sides")
    hashes = [entry_hash(judge, entry, where) for where, entry in (("order", record.order), ("confirmation", record.confirmation))]
    leaf = sha256(
        b"\0sealane/2/leaf",
        record.salt,
        *hashes,
        u32(record.clause_version),
        u32(record.channel),
    )
    sides = sides_of(core.count, batch.index)
    judge.demand("batch.path", sides is not None and len(sides) == len(batch.path), "the path has another length")
    found = None
    if sides is not None and len(sides) == len(batch.path):
        found = climb(leaf, zip(sides, batch.path))
    judge.demand("batch.root", found == core.root, "record and path lead to another root")
    core_hash = sha256(b"sealane/2/core", core_bytes(core))
    halves = ((0, "issuer", batch.issuer), (1, "seller", batch.seller))
    for _, who, by in halves:
        fits = not by.excluded or (len(by.excluded) - 1) * 8 + by.excluded[-1].bit_length() <= core.count
        judge.demand("excluded.form", fits, f"batch.{who}.excluded names a record beyond the batch")
    for side, who, by in halves:
        message = bytes([0, side]) + core_hash + u32(by.block_number) + by.block_hash + byte_string(by.excluded)
        digest = sha256(b"\x15sealane/2/attestation", core.genesis, message)
        holds = strict_signature(by.key, digest, by.signature)
        judge.demand(f"signature.{who}", holds, f"batch.{who}.signature is none of its key over the batch")
    for _, who, by in halves:
        place = batch.index // 8
        bit = by.excluded[place] >> batch.index % 8 & 1 if place < len(by.excluded) else 0
        judge.demand("record.agreed", not bit, f"the {who} excludes the record")
    if pack.anchor is not None:
        anchor = pack.anchor
        of_party = anchor.reference.node in (core.issuer_node, core.seller_node)
        judge.demand("anchor.node", of_party, "the anchor is of a third node")
        judge.demand("anchor.path", len(anchor.path) <= 64, "more steps than any tree has")
        hashes = [sha256(b"sealane/2/attestation", attestation_bytes(side, by)) for side, _, by in halves]
        blinded = sha256(b"\0sealane/2/batch", core_hash, *hashes, anchor.blinding)
        leads = climb(blinded, anchor.path) == anchor.reference.root
        judge.demand("anchor.root", leads, "batch and path lead to another root")
    judge.demand("chain.alone", pack.anchor is not None or pack.chain is None, "a chain part without an anchor")
    judge.demand("checksum", pack.checksum == checksum_of(pack), "some part was changed")
    return leaf


# ---- headers and votes ----------------------------------------------------------------------------------------------


def read_digest_item(source):
    kind = source.u8()
    if kind == 0:
        return (kind, None, source.bytes())
    if kind in (4, 5, 6):
        return (kind, source.take(4), source.bytes())
    if kind == 8:
        return (kind, None, None)
    raise Malformed("an unknown digest item")


def read_header(source):
    start = source.at
    header = Part(
        parent=source.take(32),
        number=source.compact(),
        state_root=source.take(32),
        extrinsics_root=source.take(32),
        digest=source.list(lambda: read_digest_item(source)),
    )
    header.hash = blake2_256(source.data[start : source.at])
    return header


def read_vote(source):
    return Part(hash=source.take(32), number=source.u32(), signature=source.take(64), voter=source.take(32))


def read_justification(source):
    return Part(
        round=source.u64(),
        hash=source.take(32),
        number=source.u32(),
        votes=source.list(lambda: read_vote(source)),
        headers=source.list(lambda: read_header(source)),
    )


def encoding(data, read, field):
    try:
        return decoded(data, read)
    except Malformed as error:
        raise Refused("encoding", f"{field} cannot be read: {error}") from None


def read_authorities(source):
    return source.list(lambda: (source.take(32), source.u64()))


def read_grandpa(source):
    kind = source.u8()
    if kind == 1:
        return ("scheduled", read_authorities(source), source.u32())
    if kind == 2:
        return ("forced", source.u32(), read_authorities(source), source.u32())
    if kind == 3:
        return ("disabled", source.u64())
    raise Malformed("an unknown item")


def grandpa_items(header):
    for kind, engine, data in header.digest:
        if kind == 4 and engine == b"FRNK":
            try:
                yield decoded(data, read_grandpa)
            except Malformed:
                yield ("unknown",)


class Voters:
    """A set of validators."""

    def __init__(self, judge, authorities, what):
        self.weights = dict(authorities)
        self.total = sum(weight for _, weight in authorities)
        good = (
            authorities
            and len(self.weights) == len(authorities)
            and all(weight for _, weight in authorities)
            and self.total < 1 << 64
        )
        judge.demand("set.form", bool(good), f"{what} is no set of validators")


def check_votes(judge, place, justification, number_of_set, voters):
    where = f"chain.finality[{place}].justification, block {justification.number}, set {number_of_set}"
    votes = justification.votes
    for vote in votes:
        judge.demand("votes.validator", vote.voter in voters.weights, f"{where}: {vote.voter.hex()} is no validator")
    cast = {}
    for vote in votes:
        of_voter = cast.setdefault(vote.voter, [])
        fresh = (vote.hash, vote.number) not in of_voter and len(of_voter) < 2
        judge.demand("votes.repeated", fresh, f"{where}: {vote.voter.hex()} voted too often")
        of_voter.append((vote.hash, vote.number))
    headers = {header.hash: header for header in justification.headers}
    reached = {justification.hash: justification.number}
    for vote in votes:
        path, at = [], vote.hash
        while at not in reached:
            if at not in headers:
                judge.demand("votes.target", False, f"{where}: a vote is for no descendant")
                path = []
                break
            path.append(headers[at])
            at = headers[at].parent
        number = reached.get(at, vote.number)
        for header in reversed(path):
            number += 1
            judge.demand("votes.number", header.number == number, f"{where}: a header's number does not step")
            reached[header.hash] = number
        judge.demand("votes.number", vote.number == number, f"{where}: a vote has another number than its block")
    judge.demand("votes.headers", len(reached) - 1 == len(justification.headers), f"{where}: headers that no vote needs")
    for vote in votes:
        message = b"\1" + vote.hash + u32(vote.number) + u64(justification.round) + u64(number_of_set)
        holds = strict_signature(vote.voter, message, vote.signature)
        judge.demand("votes.signature", holds, f"{where}: the signature of {vote.voter.hex()} does not fit")
    weight = sum(voters.weights.get(voter, 0) for voter in cast)
    judge.demand("votes.threshold", 3 * weight > 2 * voters.total, f"{where}: not more than two thirds of the weight")
    return len(cast)


def enacted(judge, header, what):
    scheduled = None
    for item in grandpa_items(header):
        if item[0] == "forced":
            judge.demand("change.forced", False, f"{what} changes the validators by force")
        elif item[0] == "scheduled":
            judge.demand("change.twice", scheduled is None, f"{what} schedules two changes")
            judge.demand("change.delayed", item[2] == 0, f"{what} changes the validators with a delay")
            if scheduled is None:
                scheduled = item[1]
        elif item[0] == "unknown":
            raise Refused("change.unknown", f"{what} changes the validators in an unknown way")
    return scheduled


Start = collections.namedtuple("Start", "genesis checkpoint")


def follow(judge, start, blocks):
    """The final blocks that were judged, and the numbers of those before them that a check from a checkpoint passes over."""
    number_of_set, voters, ahead = None, None, start.checkpoint
    if start.genesis is not None:
        what = "the list in the chain specification"
        number_of_set, voters = 0, Voters(judge, start.genesis.authorities, what)
    if not blocks:
        raise Refused("finality.missing", "chain.finality is empty")
    after, followed, passed = 0, [], []
    for place, (header_bytes, justification_bytes) in enumerate(blocks):
        header = encoding(header_bytes, read_header, f"chain.finality[{place}].header")
        number = header.number
        judge.demand("finality.order", number > after, f"chain.finality[{place}] is not above block {after}")
        after = number
        if ahead is not None and number > ahead.number:
            before = voters
            voters = Voters(judge, ahead.validators, "the list in the checkpoint's state")
            same = before is None or (number_of_set, before.weights) == (ahead.set, voters.weights)
            judge.demand("checkpoint.set", same, f"another set leads to block {ahead.number} than the checkpoint's")
            number_of_set, ahead = ahead.set, None
        if voters is None:
            passed.append(number)
            continue
        justification = encoding(justification_bytes, read_justification, f"chain.finality[{place}].justification")
        for_it = (justification.number, justification.hash) == (number, header.hash)
        judge.demand("finality.target", for_it, f"chain.finality[{place}].justification is for another block")
        justification.number, justification.hash = number, header.hash
        votes = check_votes(judge, place, justification, number_of_set, voters)
        following = enacted(judge, header, f"chain.finality[{place}], block {number},")
        followed.append(Part(header=header, changes=following is not None, set=number_of_set, votes=votes))
        followed[-1].validators = len(voters.weights)
        if following is not None:
            number_of_set += 1
            voters = Voters(judge, following, f"the list that block {number} schedules")
    return followed, passed


def slot_of(header):
    slots = [data for kind, engine, data in header.digest if kind == 6 and engine == b"aura"]
    if len(slots) != 1 or len(slots[0]) != 8:
        raise Refused("slot.form", f"the header of block {header.number} has not one slot of 8 bytes")
    slot = struct.unpack("<Q", slots[0])[0]
    # The year 9999 begins in this slot of 2 seconds.
    if slot >= 253_370_764_800 // 2:
        raise Refused("slot.form", f"the slot of block {header.number} is of the year 9999 or later")
    return slot


# ---- the state ------------------------------------------------------------------------------------------------------


def nibbles_of(data):
    return [half for byte in data for half in (byte >> 4, byte & 15)]


def read_node(data):
    """(nibbles, value, children): value is None, ("inline", bytes) or ("hash", bytes); a child likewise."""
    source = Input(data)
    first = source.u8()
    if first == 0:
        source.end()
        return [], None, [None] * 16
    for low, branch, value, bits in (
        (0xC0, True, "inline", 6),
        (0x80, True, None, 6),
        (0x40, False, "inline", 6),
        (0x20, False, "hash", 5),
        (0x10, True, "hash", 4),
    ):
        if first >= low:
            break
    else:
        raise Malformed("an unknown kind of node")
    most = (1 << bits) - 1
    count = first & most
    if count == most:
        more = 255
        while more == 255:
            more = source.u8()
            count += more
    nibbles = nibbles_of(source.take((count + 1) // 2))
    if count % 2 and nibbles.pop(0):
        raise Malformed("an odd nibble is not padded with 0")
    bitmap = source.u16() if branch else 0
    if branch and not bitmap:
        raise Malformed("a branch without children")
    if value == "inline":
        value = ("inline", source.bytes())
    elif value == "hash":
        value = ("hash", source.take(32))
    children = [None] * 16
    for nibble in range(16):
        if bitmap >> nibble & 1:
            child = source.bytes()
            if len(child) > 32:
                raise Malformed("a child of more than 32 bytes")
            children[nibble] = ("hash" if len(child) == 32 else "inline", child)
    source.end()
    return nibbles, value, children


class State:
    """A state of which some trie nodes are known."""

    def __init__(self, root, nodes, field="chain.storage_proof"):
        self.root, self.nodes, self.needed = root, {blake2_256(node): node for node in nodes}, set()
        self.field = field

    def node(self, value, what):
        if value not in self.nodes:
            raise Refused("trie.path", f"{self.field} does not lead to {what}")
        self.needed.add(value)
        return self.nodes[value]

    def find(self, key, what):
        rest, data = nibbles_of(key), self.node(self.root, what)
        while True:
            try:
                nibbles, value, children = read_node(data)
            except Malformed as error:
                raise Refused("trie.node", f"a trie node on the way to {what} is none: {error}") from None
            if rest[: len(nibbles)] != nibbles:
                return None
            rest = rest[len(nibbles) :]
            if not rest:
                return value
            child, rest = children[rest[0]], rest[1:]
            if child is None:
                return None
            data = child[1] if child[0] == "inline" else self.node(child[1], what)

    def get(self, key, what):
        value = self.find(key, what)
        if value is None:
            return None
        return value[1] if value[0] == "inline" else self.node(value[1], what)

    def hash_of(self, key, what):
        value = self.find(key, what)
        if value is None:
            return None
        return value[1] if value[0] == "hash" else blake2_256(value[1])


def trie_root(entries):
    def header(branch, value, nibbles):
        kind, bits = {
            (False, "inline"): (0x40, 6),
            (False, "hash"): (0x20, 5),
            (True, None): (0x80, 6),
            (True, "inline"): (0xC0, 6),
            (True, "hash"): (0x10, 4),
        }[branch, value]
        most, count = (1 << bits) - 1, len(nibbles)
        if count < most:
            data = bytes([kind | count])
        else:
            rest = count - most
            data = bytes([kind | most]) + b"\xff" * (rest // 255) + bytes([rest % 255])
        if count % 2:
            nibbles = [0] + nibbles
        return data + bytes(high << 4 | low for high, low in zip(nibbles[::2], nibbles[1::2]))

    def kind_of(value):
        return None if value is None else "inline" if len(value) <= 32 else "hash"

    def value_bytes(value):
        return b"" if value is None else byte_string(value) if len(value) <= 32 else blake2_256(value)

    def node(part, start):
        if len(part) == 1:
            key, value = part[0]
            return header(False, kind_of(value), key[start:]) + value_bytes(value)
        first, last = part[0][0], part[-1][0]
        at = start
        while at < len(first) and first[at] == last[at]:
            at += 1
        own = None
        nibbles = first[start:at]
        if len(first) == at:
            own, part = part[0][1], part[1:]
        bitmap, children = 0, b""
        for nibble in range(16):
            of_child = [entry for entry in part if entry[0][at] == nibble]
            if of_child:
                bitmap |= 1 << nibble
                child = node(of_child, at + 1)
                children += byte_string(child if len(child) < 32 else blake2_256(child))
        return header(True, kind_of(own), nibbles) + struct.pack("<H", bitmap) + value_bytes(own) + children

    part = [(nibbles_of(key), value) for key, value in sorted(entries.items())]
    return blake2_256(node(part, 0) if part else b"\0")


def storage_key(pallet, item, *parts):
    key = b"".join(u64(xxh64(name.encode(), seed)) for name in (pallet, item) for seed in (0, 1))
    return key + b"".join(parts)


def twox(part):
    return u64(xxh64(part, 0)) + part


def blake2(part):
    return blake2_128(part) + part


def read_channel(source):
    return Part(seller=source.u32(), issuer=source.u32())


def read_standing(source):
    return source.u8(), source.u16(), source.option(source.u32), source.option(source.u32)


def read_name(source):
    name = source.bytes()
    if len(name) > 32:
        raise Malformed("a name of more than 32 bytes")
    return name


def read_version(source):
    channel, kind = source.u32(), source.u8()
    if kind > 2:
        raise Malformed("an unknown scope")
    if kind:
        read_name(source)
    version = Part(channel=channel, number=source.u32(), start=source.u32(), ratified=source.u32(), withdraws=source.u8())
    if version.withdraws > 1:
        raise Malformed("a truth is 0 or 1")
    return version


def read_profile(source):
    name, kind = source.bytes(), source.u8()
    if kind > 1:
        raise Malformed("an unknown kind of number")
    return name.decode("utf-8"), (("LEI", 20), ("统一社会信用代码", 18))[kind][0], source.take((20, 18)[kind]).decode("utf-8")


def read_product(source):
    product = Part(issuer=source.u32(), type=source.bytes(), currency=source.take(3), risk=source.u8())
    product.type, product.currency = product.type.decode("utf-8"), product.currency.decode("utf-8")
    return product


def read_runtime(source):
    version = source.compact()
    return version, source.bytes().decode("utf-8")


def product_of(order):
    try:
        node = json.loads(order.decode("utf-8"), object_pairs_hook=Object, parse_constant=lambda text: int(text))
    except (ValueError, RecursionError):
        return None
    if not isinstance(node, Object):
        return None
    found = [value for name, value in node if name == "product"]
    if len(found) != 1 or not isinstance(found[0], str):
        return None
    try:
        product = found[0].encode()
    except UnicodeEncodeError:
        return None
    return product if len(product) <= 32 else None


def value_in(state, key, what, read, whole=False):
    data = state.get(key, what)
    if data is None:
        return None
    try:
        return decoded(data, read, whole)
    except (Malformed, UnicodeDecodeError):
        raise Refused("state.value", f"the value of {what} has an unknown form") from None


def needed(found, rule, what):
    if found is None:
        raise Refused(rule, f"the chain does not have {what}")
    return found


def in_range(reference, path, count, peaks):
    """Whether the path leads from the anchor's leaf to the root of the tree whose peaks these are, largest first."""
    if len(peaks) != bin(count).count("1"):
        return False
    leaf = sha256(
        b"\0sealane/2/anchor",
        u32(reference.node) + u64(reference.sequence) + reference.root + u32(reference.block_number),
    )
    sides = sides_of(count, reference.sequence)
    if sides is None or len(sides) != len(path):
        return False
    root = peaks[-1]
    for left in peaks[-2::-1]:
        root = sha256(b"\1", left, root)
    return climb(leaf, zip(sides, path)) == root


def read_range(source):
    """Count, block of the last, peaks."""
    count, _, length = source.u64(), source.u32(), source.compact()
    if length > 64:
        raise Malformed("more peaks than any range has")
    return count, [source.take(32) for _ in range(length)]


def read_state(judge, state, pack):
    record, batch, reference = pack.record, pack.batch, pack.anchor.reference

    def value(key, what, read, whole=False):
        return value_in(state, key, what, read, whole)

    def in_force(key, what, read):
        """The last version that holds at the anchor's block, looked for at 1, 2, 4, 8 …, then halfway between."""

        def held(version):
            found = value(key + twox(u32(version)), f"version {version} of {what}", lambda s: (s.u32(), read(s)))
            return None if found is None or found[0] > reference.block_number else (found[1],)

        best, low, high = None, 0, 1
        while (found := held(high)) is not None:
            best, low = found, high
            if high * 2 >= 1 << 32:
                break
            high *= 2
        while high - low > 1:
            middle = low + (high - low) // 2
            found = held(middle)
            if found is None:
                high = middle
            else:
                best, low = found, middle
        return None if best is None else best[0]

    what = f"anchor {reference.sequence} of node {reference.node}"
    if pack.anchor.range is not None:
        key = storage_key("Anchors", "Ranges", twox(u32(reference.node)))
        count, peaks = value(key, f"the range of node {reference.node}", read_range) or (0, [])
        needed(True if reference.sequence < count else None, "state.anchor", what)
        leads = in_range(reference, pack.anchor.range, count, peaks)
        judge.demand("state.range", leads, f"{what} and anchor.range do not lead to the node's range")
    else:
        key = storage_key("Anchors", "Anchors", twox(u32(reference.node)), twox(u64(reference.sequence)))
        root, block = needed(value(key, what, lambda s: (s.take(32), s.u32())), "state.anchor", what)
        judge.demand("state.root", root == reference.root, "the chain has another root")
        judge.demand("state.block", block == reference.block_number, f"the chain has the anchor in block {block}")
    thefts = {}
    for who, signer, of in (("issuer", batch.issuer, batch.core.issuer_node), ("seller", batch.seller, batch.core.seller_node)):
        what = f"the {who}'s key"
        key = storage_key("Members", "KeyOwners", blake2(signer.key))
        node, number = needed(value(key, what, lambda s: (s.u32(), s.u32()), True), "key.owner", what)
        judge.demand("key.node", node == of, f"{what} is one of node {node}")
        key = storage_key("Members", "KeyHistory", twox(u32(node)), twox(u32(number)))
        read = lambda s: (s.take(32), s.take(32), s.u32(), s.option(s.u32))  # noqa: E731
        signing, _, start, end = needed(value(key, what, read, True), "key.owner", what)
        judge.demand("key.history", signing == signer.key, f"the history of {what} is of another key")
        key = storage_key("Members", "Compromises", twox(u32(node)), twox(u32(number)))
        stolen = value(key, what, lambda s: (s.u32(), s.u32()), True)
        attested, anchored = signer.block_number, reference.block_number
        judge.demand("attested.before", attested < anchored, f"batch.{who}.block_number is {attested}")
        known = stolen is None or stolen[1] > anchored or attested >= anchored
        judge.demand("key.compromised", known, f"{what} was declared stolen in block {stolen and stolen[1]}")
        if stolen is not None:
            thefts[who] = stolen
        held = [start <= at and (end is None or at < end) for at in (attested, anchored)]
        in_time = held[1] or held[0] and anchored <= end + 43200
        judge.demand("key.in_force", in_time or attested >= anchored, f"{what} held neither at {attested} nor at {anchored}")
    members = {}
    for who, node in (("issuer", batch.core.issuer_node), ("seller", batch.core.seller_node)):
        what = f"the {who}'s node {node}"
        key = storage_key("Members", "NodeRecords", twox(u32(node)))
        record_of_node = value(key, what, lambda s: (s.u32(), s.u32(), s.option(s.u32)))
        members[who] = needed(record_of_node, "node.member", f"the member of {what}")[0]
    judge.demand("members.differ", members["issuer"] != members["seller"], "both nodes are of one member")
    named = {"issuer": batch.core.issuer, "seller": batch.core.seller}
    judge.demand("core.members", named == members, "the core names other members")
    facts = Part(members=members, thefts=thefts)
    for who, member in members.items():
        what = f"name and number of member {member}"
        key = storage_key("Members", "Identities", twox(u32(member)))
        setattr(facts, who, needed(in_force(key, what, read_profile), "member.profile", what))
    what = f"channel {record.channel}"
    channel = value(storage_key("Channels", "Channels", twox(u32(record.channel))), what, read_channel)
    channel = needed(channel, "channel", what)
    parties = {"issuer": channel.issuer, "seller": channel.seller}
    judge.demand("channel.parties", parties == members, f"{what} is between others")
    standing = in_force(storage_key("Channels", "Standings", twox(u32(record.channel))), f"the terms of {what}", read_standing)
    needed(standing, "channel.granted", f"the terms of {what} at block {reference.block_number}")
    if record.clause_version:
        what = f"clause version {record.clause_version}"
        version = value(storage_key("Agreements", "Versions", twox(u32(record.clause_version))), what, read_version)
        version = needed(version, "clauses.version", what)
        judge.demand("clauses.channel", version.channel == record.channel, f"{what} is of channel {version.channel}")
        judge.demand("clauses.from", version.start <= reference.block_number, f"{what} holds from block {version.start}")
        if not version.withdraws:
            key = storage_key("Agreements", "AgreedClauses", twox(u32(record.clause_version)))
            needed(state.get(key, f"the text of {what}"), "clauses.text", f"the text of {what}")
    facts.product, product = None, product_of(record.order.bytes)
    if product is not None:
        what = f"product {product!r}"
        key = storage_key("Channels", "ProductVersions", blake2(byte_string(product)))
        facts.product = in_force(key, what, read_product)
        if facts.product is not None:
            of_issuer = facts.product.issuer == members["issuer"]
            judge.demand("product.issuer", of_issuer, f"{what} is of member {facts.product.issuer}")
    what = "the runtime's version"
    facts.runtime = needed(value(storage_key("System", "LastRuntimeUpgrade"), what, read_runtime), "runtime", what)
    facts.code = needed(state.hash_of(b":code", "the runtime's code"), "runtime", "the runtime's code")
    return facts


# ---- a checkpoint ---------------------------------------------------------------------------------------------------


def read_checkpoint_file(judge, data):
    judge.demand("file.length", len(data) <= MAX_FILE, f"the checkpoint has {len(data)} bytes")
    fields = Fields(judge, "", read_json(data, MAX_DEPTH))

    def signature(entry):
        member, ed25519 = entry.number("member"), entry.optional("ed25519")
        if ed25519 is not None:
            return Part(member=member, kind="ed25519", bytes=entry.bytes_of(entry.at("ed25519"), ed25519, 64))
        return Part(member=member, kind="sr25519", bytes=entry.hex("sr25519", 64))

    file = Part(
        format=fields.text("format"),
        header=fields.hex("header"),
        signatures=fields.object_list("signatures", signature),
        storage_proof=fields.hex_list("storage_proof"),
    )
    fields.end()
    return file


def account_signed(account, message, signature):
    if signature.kind == "ed25519":
        return strict_signature(account, message, signature.bytes)
    # Beside this file; needed for these signatures alone.
    import sr25519

    return sr25519.signature_holds(account, message, signature.bytes)


def verify_checkpoint(data, without=None):
    judge = Judge(without)
    file = read_checkpoint_file(judge, data)
    judge.demand("checkpoint.format", file.format == "sealane-checkpoint/1", f"format is {file.format!r}")
    header = encoding(file.header, read_header, "header")
    members = [signature.member for signature in file.signatures]
    ascend = bool(members) and all(one < other for one, other in zip(members, members[1:]))
    judge.demand("checkpoint.signers", ascend, f"signatures are of the members {members}")
    state = State(header.state_root, file.storage_proof, "storage_proof")

    def value(key, what, read, whole=True):
        return value_in(state, key, what, read, whole)

    what = "the hash of the genesis block"
    genesis_hash = value(storage_key("System", "BlockHash", twox(u32(0))), what, lambda s: s.take(32))
    genesis_hash = needed(genesis_hash, "checkpoint.state", what)
    what = "the validators"
    validators = value(storage_key("Grandpa", "Authorities"), what, read_authorities)
    validators = needed(validators, "checkpoint.state", what)
    Voters(judge, validators, "the list in the checkpoint's state")
    what = "the number of the validators' set"
    number_of_set = value(storage_key("Grandpa", "CurrentSetId"), what, lambda s: s.u64())
    number_of_set = needed(number_of_set, "checkpoint.state", what)
    pending = state.get(storage_key("Grandpa", "PendingChange"), "a pending change")
    judge.demand("checkpoint.pending", pending is None, "a change of the validators is pending")
    signers = []
    for member in members:
        what = f"member {member}"
        key = storage_key("Members", "Members", twox(u32(member)))
        found = value(key, what, lambda s: (s.u8(), s.take(32), s.u8()), whole=False)
        _, account, standing = needed(found, "checkpoint.member", what)
        judge.demand("checkpoint.standing", standing == 0, f"{what} is suspended or has left")
        key = storage_key("Members", "Profiles", twox(u32(member)))
        profile = needed(value(key, what, read_profile, whole=False), "checkpoint.member", f"the name of {what}")
        signers.append(Part(member=member, account=account, profile=profile))
    minimal = sorted(state.nodes[value] for value in state.needed) == file.storage_proof
    judge.demand("trie.minimal", minimal, "storage_proof has other nodes than those needed, in their order")
    tag = b"sealane/1/checkpoint"
    contents = genesis_hash + u32(header.number) + header.hash + header.state_root + u64(number_of_set)
    contents += listed([key + u64(weight) for key, weight in validators])
    message = b"<Bytes>" + sha256(bytes([len(tag)]), tag, contents) + b"</Bytes>"
    for signature, signer in zip(file.signatures, signers):
        holds = account_signed(signer.account, message, signature)
        judge.demand("checkpoint.signature", holds, f"the signature of member {signer.member} does not fit")
    return Part(
        genesis=genesis_hash,
        number=header.number,
        hash=header.hash,
        set=number_of_set,
        validators=validators,
        signers=signers,
    )


# ---- the whole ------------------------------------------------------------------------------------------------------


def read_specification(data):
    judge = Judge()
    try:
        fields = Fields(judge, "", read_json(data, MAX_SPEC_DEPTH))
        name = fields.text("name")
        genesis = Fields(judge, "genesis", fields.take("genesis"))
        raw = genesis.optional("raw")
        if raw is None:
            raise NoSpecification("genesis.raw is missing")
        raw = Fields(judge, "genesis.raw", raw)
        children = raw.optional("childrenDefault")
        if children is not None and (not isinstance(children, Object) or children):
            raise NoSpecification("genesis.raw.childrenDefault has entries")
        top = Fields(judge, "genesis.raw.top", raw.take("top")).fields
    except Refused as error:
        raise NoSpecification(str(error)) from None
    state = {}
    for key, value in top.items():
        for text in (key, value):
            if not isinstance(text, str) or not re.fullmatch("0x([0-9a-f]{2})*", text, re.ASCII):
                raise NoSpecification(f"genesis.raw.top.{key}: key and value are 0x and digits in lower case")
        state[bytes.fromhex(key[2:])] = bytes.fromhex(value[2:])
    authorities = state.get(storage_key("Grandpa", "Authorities"))
    if authorities is None:
        raise NoSpecification("genesis.raw.top has no list of validators")
    try:
        authorities = decoded(authorities, read_authorities)
    except Malformed as error:
        raise NoSpecification(f"Grandpa.Authorities: {error}") from None
    header = bytes(32) + compact(0) + trie_root(state) + trie_root({}) + compact(0)
    return Part(name=name, hash=blake2_256(header), authorities=authorities)


def verify(data, start, known=(), without=None):
    """Returns what is proven; raises `Refused` with the first rule that is broken."""
    judge = Judge(without)
    pack = read_pack(judge, data)
    genesis, checkpoint = start
    if genesis is not None and checkpoint is not None:
        one = genesis.hash == checkpoint.genesis
        judge.demand("checkpoint.genesis", one, "the checkpoint is of another chain than the specification")
    leaf = verify_local(judge, pack, genesis.hash if genesis is not None else checkpoint.genesis)
    if pack.anchor is None:
        raise Refused("anchor.missing", "there is no anchor yet")
    if pack.chain is None:
        raise Refused("chain.missing", "there is no chain part")
    reference, chain = pack.anchor.reference, pack.chain
    blocks, passed = follow(judge, start, chain.finality)
    if passed and (passed[-1] >= reference.block_number or not blocks):
        raise Refused("checkpoint.after", f"block {passed[-1]} is needed and is not above the checkpoint")
    covering = next((i for i, b in enumerate(blocks) if b.header.number >= reference.block_number), None)
    if covering is None:
        raise Refused("anchor.covered", "no final block is at the anchor's or after it")
    for place, block in enumerate(blocks):
        needed = block.changes or place == covering or place + 1 == len(blocks)
        judge.demand("finality.needless", needed, f"chain.finality[{place}] proves nothing that the pack needs")
    final = blocks[covering].header
    if len(chain.headers) != final.number - reference.block_number:
        raise Refused("headers.count", f"chain.headers has {len(chain.headers)} headers")
    attested = [it.block_number for it in (pack.batch.issuer, pack.batch.seller)]
    if chain.before is not None:
        if len(chain.before) != max(0, reference.block_number - max(1, min(attested))):
            raise Refused("before.count", f"chain.before has {len(chain.before)} headers")
    before = [encoding(h, read_header, f"chain.before[{place}]") for place, h in enumerate(chain.before or ())]
    headers = [encoding(h, read_header, f"chain.headers[{place}]") for place, h in enumerate(chain.headers)]
    vouched = [] if checkpoint is None else [(checkpoint.number, checkpoint.hash)]
    changes_from = checkpoint.number if checkpoint is not None and final.number > checkpoint.number else 0
    final_hashes = {block.header.number: block.header.hash for block in blocks}
    chained = before + headers
    for header, child in zip(chained, chained[1:] + [final]):
        what = f"the header of block {header.number}"
        judge.demand("headers.parent", header.hash == child.parent, f"{what} is not the parent of the next")
        judge.demand("headers.number", header.number + 1 == child.number, f"{what} does not step by one")
        if header.number in final_hashes:
            one = header.hash == final_hashes[header.number]
            judge.demand("before.finality", one, f"{what} is another in chain.finality")
            continue
        # What the votes above a checkpoint cover below it is their ancestry, whoever was to vote there.
        for item in grandpa_items(header) if header.number > changes_from else ():
            if item[0] == "forced":
                judge.demand("change.forced", False, f"{what} changes the validators by force")
            elif item[0] != "disabled":
                judge.demand("headers.change", False, f"{what} changes the validators")
    first = headers[0] if headers else final
    named = (first.number, first.hash) == (reference.block_number, reference.block_hash)
    judge.demand("anchor.block", named, "the headers lead to another block than the anchor's")
    signed_after = None
    if chain.before is not None:
        hashes = {header.number: header.hash for header in before}
        hashes[0] = pack.batch.core.genesis
        for who, it in (("issuer", pack.batch.issuer), ("seller", pack.batch.seller)):
            same = hashes.get(it.block_number, it.block_hash) == it.block_hash
            judge.demand("attested.block", same, f"batch.{who} names another block {it.block_number}")
        slots = {header.number: header for header in before}
        signed_after = [slots.get(number) for number in attested]
    below = [b.header for b in blocks[:covering] if not before or b.header.number < before[0].number]
    shown = below + before + headers + [b.header for b in blocks[covering:]]
    last_shown = None
    for header in shown:
        slot = slot_of(header)
        if last_shown is not None:
            least = last_shown[1] + max(1, header.number - last_shown[0])
            judge.demand("slot.order", slot >= least, f"block {header.number} is of a slot before its time")
        last_shown = (header.number, slot)
    compared = []
    for number, value in [*known, *vouched]:
        for header in shown:
            if header.number == number:
                judge.demand("known.block", header.hash == value, f"block {number} is known to be another")
                compared.append(number)
                break
    if checkpoint is not None and blocks[-1].header.number > checkpoint.number:
        compared.append(checkpoint.number)
    last = blocks[-1]
    state = State(last.header.state_root, chain.storage_proof)
    facts = read_state(judge, state, pack)
    minimal = sorted(state.nodes[value] for value in state.needed) == chain.storage_proof
    judge.demand("trie.minimal", minimal, "chain.storage_proof has other nodes than those needed, in their order")
    return Part(
        leaf=leaf,
        pack=pack,
        facts=facts,
        made_at=time_of(first),
        signed_after=signed_after,
        final=blocks[covering],
        last=last,
        compared=sorted(set(compared)),
        checkpoint=checkpoint if checkpoint is not None and last.header.number > checkpoint.number else None,
    )


def time_of(header):
    return datetime.datetime.fromtimestamp(slot_of(header) * 2, datetime.timezone.utc)


def packs_in_set(data):
    """The packs of a set, each as the file that it was."""

    def once(pairs):
        if len({name for name, _ in pairs}) != len(pairs):
            raise Refused("file.names", "a name stands twice in the set")
        return dict(pairs)

    try:
        found = json.loads(data.decode("utf-8"), object_pairs_hook=once)
        if set(found) != {"format", "headers", "finality", "nodes", "packs"}:
            raise Refused("file.fields", "the set has other fields than it should")
        if found["format"] != "sealane-evidence-set/1":
            raise Refused("format", f"format is {found['format']!r}")
        lists = {"headers": found["headers"], "finality": found["finality"], "storage_proof": found["nodes"]}
        all_lists = {**lists, "before": found["headers"]}
        for pack in found["packs"]:
            if "chain" in pack:
                if set(pack["chain"]) not in (set(lists), set(all_lists)):
                    raise Refused("file.fields", "a pack's chain has other fields than it should")
                if any(place < 0 for places in pack["chain"].values() for place in places):
                    raise Refused("file.form", "a place is below 0")
                places = pack["chain"].items()
                pack["chain"] = {name: [all_lists[name][at] for at in at_places] for name, at_places in places}
            yield json.dumps(pack, ensure_ascii=False).encode("utf-8")
    except (ValueError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise Refused("file.form", f"not the set expected: {error}") from None


def known_block(text):
    number, value = text.split(":")
    return int(number), bytes.fromhex(value.removeprefix("0x"))


def edited(value, edits):
    for edit in edits:
        at = value
        for step in edit["at"][:-1]:
            at = at[step]
        if "put" in edit:
            at[edit["at"][-1]] = edit["put"]
        elif "list" in edit:
            old = at[edit["at"][-1]]
            at[edit["at"][-1]] = [old[entry] if isinstance(entry, int) else entry for entry in edit["list"]]
        else:
            del at[edit["at"][-1]]
    return json.dumps(value, ensure_ascii=False).encode("utf-8")


def vector_file(vector, base):
    if "text" in vector:
        text = base.decode("utf-8")
        for edit in vector["text"]:
            assert text.count(edit["find"]) == 1, vector["name"]
            text = text.replace(edit["find"], edit["put"] * edit.get("times", 1))
        return text.encode("utf-8")
    return edited(json.loads(base), vector.get("edit", ()))


def judge_vectors(path, each_rule):
    folder = path.rpartition("/")[0] or "."
    with open(path, encoding="utf-8") as file:
        vectors = json.load(file)
    with open(f"{folder}/{vectors['base']}", "rb") as file:
        base = file.read().removesuffix(b"\n")
    with open(f"{folder}/{vectors['specification']}", "rb") as file:
        genesis = read_specification(file.read())
    checkpoint_base = None
    if "checkpoint" in vectors:
        with open(f"{folder}/{vectors['checkpoint']}", "rb") as file:
            checkpoint_base = file.read()

    def start_of(vector, without):
        if checkpoint_base is None:
            return Start(genesis, None)
        file = edited(json.loads(checkpoint_base), vector.get("checkpoint", ()))
        return Start(genesis if vector.get("with_specification") else None, verify_checkpoint(file, without))

    def verdict(vector, without=None):
        known = [known_block(text) for text in vector.get("known_blocks", ())]
        try:
            verify(vector_file(vector, base), start_of(vector, without), known, without)
            return "accept"
        except Refused as error:
            return error.rule

    wrong = 0
    rules = {}
    for vector in vectors["packs"]:
        found = verdict(vector)
        rules.setdefault(vector["verdict"], []).append(vector)
        if found != vector["verdict"]:
            wrong += 1
            print(f"{vector['name']}: expected {vector['verdict']}, found {found}")
    print(f"{len(vectors['packs'])} packs, {len(rules) - 1} rules, {wrong} other verdicts")
    idle = 0
    if each_rule:
        for rule, of_rule in rules.items():
            # A rule of form is raised, never left out: it is not idle where a pack breaks it.
            if rule == "accept" or rule in FORM_RULES:
                continue
            if all(verdict(vector, rule) == rule for vector in of_rule):
                idle += 1
                print(f"rule {rule}: no verdict changes without it")
        print(f"{idle} idle rules")
    return 1 if wrong or idle else 0


FORM_RULES = {
    "file.json", "file.form", "anchor.missing", "chain.missing", "finality.missing", "encoding", "change.unknown",
    "anchor.covered", "headers.count", "before.count", "slot.form", "trie.node", "trie.path", "state.value", "state.anchor",
    "key.owner", "node.member", "member.profile", "channel", "channel.granted", "clauses.version", "clauses.text",
    "runtime", "checkpoint.state", "checkpoint.member", "checkpoint.after",
}  # fmt: skip


def judge_set(data, start, known):
    refused = total = 0
    for number, pack in enumerate(packs_in_set(data)):
        total += 1
        try:
            verify(pack, start, known)
        except Refused as error:
            refused += 1
            print(f"pack {number}: not verified: {error}", file=sys.stderr)
    print(f"{total} packs, {total - refused} verified")
    return 9 if refused or not total else 0


def main():
    parser = argparse.ArgumentParser(description="Verifies an evidence pack from the chain specification alone.")
    parser.add_argument("pack", nargs="?", help="the evidence pack")
    parser.add_argument("--chain", help="the raw chain specification")
    parser.add_argument("--checkpoint", help="a checkpoint to start from")
    parser.add_argument("--known-block", action="append", default=[], metavar="NUMBER:HASH", help="a block that you know")
    parser.add_argument("--set", help="a file with many packs, instead of one pack")
    parser.add_argument("--vectors", help="judge the packs of this file of vectors")
    parser.add_argument("--each-rule", action="store_true", help="with --vectors: show that no rule is idle")
    arguments = parser.parse_args()
    if arguments.vectors:
        return judge_vectors(arguments.vectors, arguments.each_rule)
    if bool(arguments.pack) == bool(arguments.set) or not (arguments.chain or arguments.checkpoint):
        parser.error("a pack or --set, and --chain or --checkpoint, are needed")
    genesis = checkpoint = None
    try:
        if arguments.chain:
            with open(arguments.chain, "rb") as file:
                genesis = read_specification(file.read())
        if arguments.checkpoint:
            with open(arguments.checkpoint, "rb") as file:
                checkpoint = verify_checkpoint(file.read())
        with open(arguments.pack or arguments.set, "rb") as file:
            data = file.read()
        known = [known_block(text) for text in arguments.known_block]
        if arguments.set:
            return judge_set(data, Start(genesis, checkpoint), known)
        proven = verify(data, Start(genesis, checkpoint), known)
    except NoSpecification as error:
        print(f"{arguments.chain}: {error}", file=sys.stderr)
        return 3
    except Refused as error:
        print(f"not verified: {error}", file=sys.stderr)
        return 3 if error.rule.startswith("file.") else 9
    facts, reference = proven.facts, proven.pack.anchor.reference
    print(f"record       leaf {proven.leaf.hex()}")
    for who in ("issuer", "seller"):
        name, kind, number = getattr(facts, who)
        print(f"{who}       {name} ({kind} {number}), member {facts.members[who]}")
        if who in facts.thefts:
            since, declared = facts.thefts[who]
            print(f"{who}       declared its key stolen in block {declared}, after the anchor, suspect since block {since}")
    print(f"anchor       {reference.sequence} of node {reference.node}, in block {reference.block_number}")
    batch, named_blocks = proven.pack.batch, proven.signed_after or (None, None)
    for who, it, named in zip(("issuer", "seller"), (batch.issuer, batch.seller), named_blocks):
        if proven.signed_after is None:
            print(f"{who}       signed after block {it.block_number}, by its own word")
        else:
            made = f", made at {time_of(named).isoformat()}" if named is not None else ""
            print(f"{who}       signed after block {it.block_number}{made}")
    print(f"made at      {proven.made_at.isoformat()}, as the block's author says")
    print(f"final        block {proven.final.header.number}, {proven.final.votes} of {proven.final.validators} validators")
    print(f"state        of block {proven.last.header.number}, runtime {facts.runtime[1]} {facts.runtime[0]}, code {facts.code.hex()}")
    compared = ", ".join(map(str, proven.compared)) or "none"
    origin = f"the specification of {genesis.name!r}" if genesis is not None else "the checkpoint"
    if proven.checkpoint is not None:
        signed = ", ".join(f"{signer.profile[0]} (member {signer.member})" for signer in checkpoint.signers)
        print(f"checkpoint   of block {checkpoint.number}, signed by {signed}")
        if genesis is not None:
            origin += " and the checkpoint"
    print(f"verified from {origin} alone; compared with known blocks: {compared}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
