#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes sets of files as partners would send them, and what a reader must find in them.

    generate.py FOLDER --layout ofd-2.2 [--records 200] [--parts 2] [--seed 1] [--empty zeros|blanks]

Writes the seller's set (applications, with index), the issuer's set (confirmations and every other kind, with index)
and `expected.json`: files with their number of records and the sum of each number, orders by kind and product,
confirmations by kind, product and outcome. Made from descriptions of the two formats alone and with the standard library alone: the
crate under test shares no line and no table with it.
"""
import argparse
import json
import pathlib
import random
from collections import defaultdict

HERE = pathlib.Path(__file__).parent
SELLER, ISSUER = "ZZ8", "XQ"
SELLER_LONG, ISSUER_LONG = "ZZ80000001", "XQ00000001"
DAY, CONFIRMED = "20261124", "20261125"
# One dialect has the order of fields of 2.1 and other widths.
BTA = {"FundCode": "C20", "CodeOfTargetFund": "C20", "BranchCode": "C16", "TargetBranchCode": "C16",
       "TargetRegistrarCode": "C9", "NAV": "N9.6", "TargetNAV": "N9.6", "AccumulativeNAV": "N9.6",
       "GuaranteedNAV": "N9.6", "FundName": "C60"}
LENGTHS = {
    "ofd-2.0": {"01": 1456, "02": 465, "03": 665, "04": 1170, "05": 191, "06": 440, "07": 972},
    "ofd-2.1": {"01": 1456, "02": 465, "03": 665, "04": 1234, "05": 191, "06": 440, "07": 972},
    "ofd-2.2": {"01": 2313, "02": 565, "03": 1083, "04": 1360, "05": 209, "06": 494, "07": 1553},
    "bta-2.1": {"01": 1463, "02": 472, "03": 714, "04": 1287, "05": 212, "06": 463, "07": 1012},
    "wdep-1.0": {"001": 6076, "003": 572, "005": 1125, "008": 1386, "013": 230, "017": 499, "020": 4025, "042": 86,
                 "043": 2497},
}
KINDS = {"020": "subscription", "022": "purchase", "024": "redemption", "036": "switch", "033": "non_trade_transfer",
         "026": "custody_transfer", "029": "dividend_method", "052": "cancellation"}
TEXTS = ["", "示例客户", "欧阳·示例", "Example & Co", "𠮷野家示例", "㐀㐁", "a\"b'c,d;e", "理财产品示例甲"]
REFUSALS = ["0001", "0309", "0317", "0403", "9999"]


class Field:
    """A field of a layout: its name, letter, bytes and decimals."""

    def __init__(self, name, kind):
        self.name, self.letter = name, kind[0]
        width, _, decimals = kind[1:].partition(".")
        self.width, self.decimals = int(width), int(decimals or 0)


def layouts(which):
    """Kind of file -> fields, for one layout."""
    base = "ofd-2.1" if which == "bta-2.1" else which
    found = {}
    for line in (HERE / "layouts.txt").read_text("utf-8").splitlines():
        if line.startswith(base + " "):
            _, kind, *fields = line.split()
            pairs = (f.split(":") for f in fields)
            found[kind] = [Field(n, BTA.get(n, t) if which == "bta-2.1" else t) for n, t in pairs]
    for kind, length in LENGTHS[which].items():
        assert sum(f.width for f in found[kind]) == length, f"{which} {kind}: the table does not add up to {length}"
    return found


def text(value, width):
    """Value in GB18030, blanks on the right; a value that is too long is cut between two characters."""
    done = b""
    for character in value:
        one = character.encode("gb18030")
        if len(done) + len(one) > width:
            break
        done += one
    return done.ljust(width)


def number(value, width):
    """A number without its point, zeros on the left; a minus is the first byte."""
    body = str(abs(value)).rjust(width - (value < 0), "0")
    assert len(body) + (value < 0) == width, (value, width)
    return (("-" if value < 0 else "") + body).encode()


def shown(units, decimals):
    """A sum of whole units as a decimal number without trailing zeros."""
    sign, units = ("-", -units) if units < 0 else ("", units)
    whole, rest = divmod(units, 10 ** decimals)
    rest = str(rest).rjust(decimals, "0").rstrip("0") if decimals else ""
    return sign + str(whole) + ("." + rest if rest else "")


class Set:
    """One side's set of files of one day."""

    def __init__(self, options, sender, receiver, day):
        self.options, self.sender, self.receiver, self.day = options, sender, receiver, day
        self.folder = options.folder
        self.wdep = options.layout == "wdep-1.0"
        self.new_header = options.layout == "ofd-2.2"
        self.names, self.described = [], []

    def line(self, value, old, new):
        width = new if self.new_header else old
        return value.encode().ljust(width)

    def digits(self, value, old, new):
        return str(value).rjust(new if self.new_header else old, "0").encode()

    def head(self, kind, fields, count):
        """Lines from the first to the number of records."""
        names = [f.name.encode() for f in fields]
        if self.wdep:
            return [b"WDEP", b"1.0", b"%03d" % len(fields), *names, b"%08d" % count]
        version = {"ofd-2.0": "20", "ofd-2.2": "22"}.get(self.options.layout, "21")
        return [b"OFDCFDAT", self.line(version, 4, 8), self.line(self.sender, 9, 20), self.line(self.receiver, 9, 20),
                self.day.encode(), self.digits(1, 3, 8), self.line(kind, 2, 8), self.sender.encode().ljust(8),
                self.receiver.encode().ljust(8), self.digits(len(fields), 3, 8), *names, self.digits(count, 8, 16)]

    def name(self, kind, part, parts):
        if self.wdep:
            return f"{self.sender}-{self.receiver}-{kind}-{self.day}-{part:02d}.txt"
        tail = f"_{part:03d}" if parts > 1 else ""
        return f"OFD_{self.sender}_{self.receiver}_{self.day}_{kind}{tail}.TXT"

    def write(self, kind, fields, rows, parts=1):
        """Rows (field -> value; a number in whole units, None = empty) as files in `parts` parts."""
        size = max(1, -(-len(rows) // parts))
        for part in range(parts):
            chunk = rows[part * size:(part + 1) * size]
            sums, lines = defaultdict(int), []
            for row in chunk:
                lines.append(b"".join(self.value(f, row.get(f.name), sums) for f in fields))
            data = b"".join(line + b"\r\n" for line in
                            [*self.head(kind, fields, len(chunk)), *lines, b"WDEPEND" if self.wdep else b"OFDCFEND"])
            name = self.name(kind, part + 1, parts)
            (self.folder / name).write_bytes(data)
            self.names.append((kind, name))
            self.described.append({
                "name": name, "kind": kind, "records": len(chunk), "fields": len(fields),
                "sums": {f.name: shown(sums[f.name], f.decimals) for f in fields if f.letter == "N"}})

    def value(self, field, value, sums):
        if field.letter != "N":
            return text(value or "", field.width)
        if value is None:
            return b" " * field.width if self.options.empty == "blanks" else b"0" * field.width
        sums[field.name] += value
        return number(value, field.width)

    def index(self):
        """Writes the index, one per set (OFD), or one count file per kind (WDEP)."""
        if not self.wdep:
            version = {"ofd-2.0": "20", "ofd-2.2": "22"}.get(self.options.layout, "21")
            lines = [b"OFDCFIDX", self.line(version, 4, 8), self.line(self.sender, 9, 20),
                     self.line(self.receiver, 9, 20), self.day.encode(), self.digits(len(self.names), 3, 8),
                     *(name.encode() for _, name in self.names), b"OFDCFEND"]
            self.put(f"OFI_{self.sender}_{self.receiver}_{self.day}.TXT", lines)
            return
        for kind in dict(self.names):
            names = [name.encode() for k, name in self.names if k == kind]
            self.put(f"COUNT-{self.sender}-{self.receiver}-{kind}-{self.day}.txt",
                     [b"WDEPCOUNT", b"1.0", b"%03d" % len(names), *names, b"WDEPCOUNTEND"])

    def put(self, name, lines):
        (self.folder / name).write_bytes(b"".join(line + b"\r\n" for line in lines))


def product(options, which):
    return f"ZZLC20261124A0{which}" if options.layout in ("wdep-1.0", "bta-2.1") else f"99000{which}"


def own(options, name):
    """The field's name in this layout: the wealth products' format says WP where the other says Fund."""
    return name.replace("Fund", "WP") if options.layout == "wdep-1.0" else name


def application(options, pick, n):
    """The n-th application: what its record says."""
    code = pick.choice(list(KINDS))
    row = {"AppSheetSerialNo": f"9900{DAY}{n:012d}", own(options, "FundCode"): product(options, pick.randrange(1, 5)),
           "TransactionDate": DAY, "TransactionTime": f"{9 + n // 3600 % 7:02d}{n // 60 % 60:02d}{n % 60:02d}",
           "TransactionAccountID": f"{99 * 10**15 + pick.randrange(10**9):017d}", "DistributorCode": SELLER,
           "BranchCode": SELLER, "BusinessCode": code, "TAAccountID": f"{99 * 10**10 + pick.randrange(10**9):012d}",
           "IndividualOrInstitution": pick.choice("012"), "CurrencyType": pick.choice(["156", "840"]),
           "DiscountRateOfCommission": 10000, "BackenloadDiscount": 10000, "ShareClass": "0",
           "Specification": pick.choice(TEXTS), "AcceptMethod": pick.choice("012345"), "ChargeType": "0"}
    if code in ("020", "022"):
        row["ApplicationAmount"] = pick.randrange(1, 10**9)
    elif code in ("024", "036", "026", "033"):
        row["ApplicationVol"] = pick.randrange(1, 10**9)
    if code in ("024", "036"):
        row["LargeRedemptionFlag"] = pick.choice("01")
    if code == "036":
        row[own(options, "CodeOfTargetFund")], row["TargetShareType"] = product(options, pick.randrange(5, 9)), "0"
    if code == "029":
        row["DefDividendMethod"] = pick.choice("01")
    if code in ("026", "033"):
        row["TargetTransactionAccountID"] = f"{88 * 10**15 + n:017d}"
    if code == "026":
        row["TargetDistributorCode"] = "ZZ9"
    if code == "033":
        row["TargetTAAccountID"] = f"{88 * 10**10 + n:012d}"
    if code == "052":
        row["OriginalAppSheetNo"], row["OriginalAppDate"] = f"9900{DAY}{0:012d}", DAY
    return row


def confirmation(options, pick, n, order):
    """Confirmations of one application: records and the outcome of each that is an answer (None where it is none)."""
    code = order["BusinessCode"]
    row = {k: v for k, v in order.items() if k not in ("OriginalAppDate",)}
    row.update({"TransactionCfmDate": CONFIRMED, "BusinessCode": "1" + code[1:], "ReturnCode": "0000",
                "TASerialNO": f"{99 * 10**18 + n:020d}", "BusinessFinishFlag": "1", "FromTAFlag": "0",
                "DownLoadDate": CONFIRMED})
    asked = order.get("ApplicationAmount") or order.get("ApplicationVol") or 0
    scale = 4 if options.layout in ("ofd-2.0", "ofd-2.1") else 6 if options.layout == "bta-2.1" else 8
    done = asked
    kind = pick.randrange(10)
    outcome = "accepted"
    if kind == 0:
        row["ReturnCode"], row["ErrorDetail"] = pick.choice(REFUSALS), pick.choice(TEXTS)
        row["ConfirmedVol"], row["ConfirmedAmount"] = 0, 0
        outcome, done = "rejected", None
    elif kind == 1:
        row["ReturnCode"] = "0408"
    elif kind == 2 and code == "024" and asked > 1:
        row["ReturnCode"], done, outcome = pick.choice(["0000", "0410"]), asked // 2, "partial"
    if done is not None and code in ("020", "022", "024", "036"):
        nav = 10 ** scale + pick.randrange(10 ** (scale - 1))
        row["NAV"] = nav
        if code in ("020", "022"):
            fee = done // 1000
            row["Charge"], row["ConfirmedAmount"] = fee, done - fee
            row["TotalTransFee"] = fee
            row["ConfirmedVol"] = (done - fee) * 10 ** scale // nav
        else:
            row["ConfirmedVol"], row["ConfirmedAmount"] = done, done * nav // 10 ** scale
    elif done is not None and code in ("026", "033"):
        row["ConfirmedVol"] = done
    if code != "020":
        return [(row, outcome)]
    # The first confirmation of a subscription is a receipt; its result comes at the end of the offering.
    result_only = ("ConfirmedVol", "NAV", "Charge", "TotalTransFee", "ErrorDetail")
    receipt = {k: v for k, v in row.items() if k not in result_only}
    receipt.update({"ReturnCode": "0000", "ConfirmedAmount": asked, "TASerialNO": f"{98 * 10**18 + n:020d}"})
    row["BusinessCode"] = "130"
    return [(receipt, None), (row, outcome)]


def anything(pick, field, sparse):
    """A value of the field's kind: valid dates and times, digits, text of one, two and four bytes."""
    if sparse and pick.randrange(3) == 0:
        return None
    name = field.name
    if field.letter == "N":
        top = 10 ** min(field.width - 1, 9)
        return pick.randrange(top) * (-1 if pick.randrange(20) == 0 and field.width > 10 else 1)
    if field.width == 8 and ("Date" in name or "Deadline" in name or "Birthday" in name or "date" in name):
        return f"{pick.randrange(1950, 2040)}{pick.randrange(1, 13):02d}{pick.randrange(1, 29):02d}"
    if field.width == 6 and name.endswith("Time"):
        return f"{pick.randrange(24):02d}{pick.randrange(60):02d}{pick.randrange(60):02d}"
    if field.letter == "A" or field.width < 16:
        return "".join(pick.choice("0123456789") for _ in range(pick.randrange(1, field.width + 1)))
    value = pick.choice(TEXTS)
    while len(value.encode("gb18030")) > field.width:
        value = value[:-1]
    return value


def rest(options, pick, files, table):
    """Every other kind of the issuer's side, and account applications of the seller's, each field by its kind alone."""
    trades = ("005", "008") if options.layout == "wdep-1.0" else ("03", "04")
    for kind, fields in table.items():
        if kind in trades:
            continue
        rows = [{f.name: anything(pick, f, True) for f in fields} for _ in range(max(3, options.records // 20))]
        files["seller" if kind in ("01", "001") else "issuer"].write(kind, fields, rows)


def total(found):
    return [dict(zip(("kind", "product", "outcome"), key), count=v[0], amount=shown(v[1], 2), units=shown(v[2], 2),
                 fee=shown(v[3], 2)) for key, v in sorted(found.items(), key=lambda item: [k or "" for k in item[0]])]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--layout", choices=LENGTHS, required=True)
    parser.add_argument("--records", type=int, default=200)
    parser.add_argument("--parts", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--empty", choices=["zeros", "blanks"], default="zeros")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    pick, table = random.Random(options.seed), layouts(options.layout)
    wdep = options.layout == "wdep-1.0"
    seller, issuer = (SELLER_LONG, ISSUER_LONG) if wdep else (SELLER, ISSUER)
    files = {"seller": Set(options, seller, issuer, DAY), "issuer": Set(options, issuer, seller, CONFIRMED)}

    applications = [application(options, pick, n) for n in range(1, options.records + 1)]
    answers = [answer for n, order in enumerate(applications) for answer in confirmation(options, pick, n, order)]
    trades, confirmations = ("005", "008") if wdep else ("03", "04")
    files["seller"].write(trades, table[trades], applications, options.parts)
    files["issuer"].write(confirmations, table[confirmations], [row for row, _ in answers], options.parts)
    rest(options, pick, files, table)
    for one in files.values():
        one.index()

    code = own(options, "FundCode")
    orders, confirmed = defaultdict(lambda: [0, 0, 0, 0]), defaultdict(lambda: [0, 0, 0, 0])
    for row in applications:
        sums = orders[KINDS[row["BusinessCode"]], row[code]]
        for i, value in enumerate((1, row.get("ApplicationAmount", 0), row.get("ApplicationVol", 0))):
            sums[i] += value
    kinds = {"1" + c[1:]: k for c, k in KINDS.items()} | {"130": "subscription"}
    for row, outcome in answers:
        sums = confirmed[kinds[row["BusinessCode"]], row[code], outcome]
        for i, value in enumerate((1, row.get("ConfirmedAmount", 0), row.get("ConfirmedVol", 0), row.get("Charge", 0))):
            sums[i] += value
    (options.folder / "expected.json").write_text(json.dumps({
        "layout": options.layout, "files": files["seller"].described + files["issuer"].described,
        "orders": total(orders), "confirmations": total(confirmed)}, ensure_ascii=False, indent=1), "utf-8")


if __name__ == "__main__":
    main()
