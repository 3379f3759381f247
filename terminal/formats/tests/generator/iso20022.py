#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Messages of ISO 20022 by a library of other people (python-iso20022), which the crate under test does not know.

    iso20022.py write FOLDER           writes orders and requests to cancel, and `expected.json`
    iso20022.py same FOLDER FOLDER     ends with an error unless the files of both say the same
    iso20022.py check FOLDER           ends with an error unless each file keeps to its schema; prints what it says

The library reads by names alone, so `check` looks at what a schema demands itself: elements that must be there, their
order, lengths, patterns, digits.
"""
import dataclasses
import importlib
import json
import pathlib
import re
import sys
import typing
from decimal import Decimal
from xml.etree import ElementTree

from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.parsers.config import ParserConfig
from xsdata.formats.dataclass.serializers import XmlSerializer

SPACE = "urn:iso:std:iso:20022:tech:xsd:"


def models(message):
    return importlib.import_module(f"python_iso20022.setr.{message.replace('.', '_')}.models")


def class_of(message):
    return getattr(models(message), message.replace(".", "").capitalize())


def load(path):
    text = path.read_text("utf-8")
    message = re.search(re.escape(SPACE) + r"(setr[0-9.]+)", text).group(1)
    # The library's class is the type of the document; its own name is not that of the element.
    config = ParserConfig(fail_on_unknown_properties=True, fail_on_unknown_attributes=True)
    return message, XmlParser(config=config).from_string(text, class_of(message)), text


def fields(instance):
    hints = typing.get_type_hints(type(instance))
    return [(f, f.metadata.get("name", f.name), hints[f.name], getattr(instance, f.name))
            for f in dataclasses.fields(instance)]


def faults(instance, path=""):
    """What a schema would not take, as far as the library's classes tell it."""
    for field, name, _, value in fields(instance):
        here, rules = f"{path}/{name}", field.metadata
        values = value if isinstance(value, list) else [] if value is None else [value]
        if (rules.get("required") or rules.get("min_occurs")) and not values:
            yield f"{here}: must be there"
        for one in values:
            if dataclasses.is_dataclass(one):
                yield from faults(one, here)
            elif isinstance(one, str):
                if len(one) > rules.get("max_length", len(one)) or len(one) < rules.get("min_length", 0):
                    yield f"{here}: {one!r}: length"
                if "pattern" in rules and not re.fullmatch(rules["pattern"], one):
                    yield f"{here}: {one!r}: {rules['pattern']}"
            elif isinstance(one, Decimal):
                _, digits, exponent = one.as_tuple()
                if len(digits) > rules.get("total_digits", 99) or -exponent > rules.get("fraction_digits", 99):
                    yield f"{here}: {one}: digits"


def names(text):
    """Names and texts in their order, without namespaces."""
    root = ElementTree.fromstring(text)
    return [(e.tag.rpartition("}")[2], (e.text or "").strip()) for e in root.iter()][1:]


def check(folder):
    said = {}
    for path in sorted(folder.glob("*.xml")):
        message, instance, text = load(path)
        found = list(faults(instance))
        assert not found, f"{path.name}: {found}"
        # The library writes in the order of the schema.
        again = XmlSerializer().render(instance)
        ours, theirs = [n for n, _ in names(text)], [n for n, _ in names(again)]
        assert ours == theirs, f"{path.name}: {ours} is not in the schema's order {theirs}"
        said[path.stem] = {"message": message, "says": names(text)}
    print(json.dumps(said, ensure_ascii=False))


def same(one, other):
    files = sorted(path.name for path in one.glob("*.xml"))
    assert files and files == sorted(path.name for path in other.glob("*.xml")), files
    for name in files:
        before, after = load(one / name), load(other / name)
        assert before[0] == after[0] and before[1] == after[1], f"{name}: {after[2]}"


def build(message, spec):
    """An instance of the message's classes from nested dictionaries and lists, by the names of the elements."""
    return make(class_of(message), spec)


def make(kind, spec):
    if not dataclasses.is_dataclass(kind):
        return kind(spec) if isinstance(kind, type) and not isinstance(spec, kind) and kind is not object else spec
    hints, values = typing.get_type_hints(kind), {}
    known = {f.metadata.get("name", f.name): f for f in dataclasses.fields(kind)}
    for name, value in (spec if isinstance(spec, dict) else {"value": spec}).items():
        hint = hints[known[name].name]
        inner = [a for a in typing.get_args(hint) if a is not type(None)] or [hint]
        convert = getattr(inner[0], "from_string", None)
        values[known[name].name] = [make(inner[0], one) for one in value] if isinstance(value, list) else (
            convert(value) if convert else make(inner[0], value))
    return kind(**values)


def amount(value, currency="CNY"):
    return {"value": Decimal(value), "Ccy": currency}


def order(reference, product, quantity, choice, **more):
    own = {"ISIN": product} if len(product) == 12 else {"OthrPrtryId": {"Id": product, "IdSrc": {"Prtry": "ZZ8"}}}
    return {"OrdrRef": reference, "FinInstrmDtls": {"Id": own, "Nm": "稳健增长 & 一号", "ClssTp": "A"}, choice: quantity,
            "PhysDlvryInd": False, **more}


def write(folder):
    folder.mkdir(parents=True, exist_ok=True)
    account = {"AcctId": "99000000000000017", "AcctNm": "王 <小> 明", "AcctSvcr": {"Pty": {"AnyBIC": "ZZBKCNBJ"}}}
    many = {"MstrRef": "K-1", "PlcOfTrad": {"Ctry": "CN"}, "OrdrDtTm": "2026-11-24T09:30:00.5+08:00",
            "InvstmtAcctDtls": account}
    head = {"MsgId": {"Id": "M-1", "CreDtTm": "2026-11-24T09:31:00+08:00"}, "PoolRef": {"Ref": "POOL"}}
    tail = {"Xtnsn": [{"PlcAndNm": "/Document", "Txt": "kept"}, {"PlcAndNm": "/x", "Txt": "\"quoted\" & 'kept'"}]}
    offering = [{"Prtry": {"Id": "SUBS", "Issr": "SEAL"}}]
    messages = {
        "subscription": ("setr.010.001.04", {"SbcptOrdr": {**head, "MltplOrdrDtls": {**many, "IndvOrdrDtls": [
            order("A-1", "CNE100000000", {"GrssAmt": amount("10000.00")}, "AmtOrUnits", ClntRef="C-1", LttrInttRef="L",
                  RltdPtyDtls=[{"Id": {"Pty": {"AnyBIC": "ZZBKCNBJ"}}}]),
            order("A-2", "ZZLC20261124A01", {"GrssAmt": amount("0.01", "USD")}, "AmtOrUnits", OrdrTp=offering),
        ], "TtlSttlmAmt": amount("10000.01")}, **tail}}),
        "redemption": ("setr.004.001.04", {"RedOrdr": {**head, "MltplOrdrDtls": {**many, "IndvOrdrDtls": [
            order("A-3", "990001", {"UnitsNb": Decimal("500.123456")}, "AmtOrUnitsOrPctg", ReqdSttlmCcy="CNY"),
        ]}}}),
        "cancel": ("setr.011.001.04", {"SbcptOrdrCxlReq": {**head, "OrdrRefs": [
            {"OrdrRef": "A-1", "ClntRef": "C-1", "CxlRef": "X-1"}, {"OrdrRef": "A-2"}]}}),
        "cancel-redemption": ("setr.005.001.04", {"RedOrdrCxlReq": {
            "MsgId": head["MsgId"], "OrdrRefs": [{"OrdrRef": "A-3", "CxlRef": "X-3"}]}}),
    }
    for name, (message, spec) in messages.items():
        instance = build(message, spec)
        assert not list(faults(instance)), list(faults(instance))
        text = XmlSerializer().render(instance, ns_map={None: SPACE + message})
        text = re.sub(r"<(/?)" + message.replace(".", "").capitalize(), r"<\1Document", text)
        (folder / f"{name}.xml").write_text(text, "utf-8")
    fact = dict(customer=account["AcctId"], placed_at="2026-11-24T09:30:00.5+08:00")
    (folder / "expected.json").write_text(json.dumps({
        "A-1": dict(kind="purchase", product="CNE100000000", amount="10000.00", currency="CNY", **fact),
        "A-2": dict(kind="subscription", product="ZZLC20261124A01", amount="0.01", currency="USD", **fact),
        "A-3": dict(kind="redemption", product="990001", units="500.123456", currency="CNY", **fact),
        "X-1": dict(kind="cancellation", cancels="A-1", placed_at="2026-11-24T09:31:00+08:00"),
        "A-2.cancel": dict(kind="cancellation", cancels="A-2", placed_at="2026-11-24T09:31:00+08:00"),
        "X-3": dict(kind="cancellation", cancels="A-3", placed_at="2026-11-24T09:31:00+08:00"),
    }), "utf-8")


if __name__ == "__main__":
    {"write": write, "same": same, "check": check}[sys.argv[1]](*map(pathlib.Path, sys.argv[2:]))
