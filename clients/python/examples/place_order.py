#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Places an order and follows it until the issuer has answered.

    PYTHONPATH=clients/python python3 clients/python/examples/place_order.py PRODUCT CUSTOMER AMOUNT CURRENCY

The environment names the node: SEALANE_URL and SEALANE_TOKEN. Where clauses are in force for the product, FACTS has what they
ask of the customer, as JSON.
"""
import json
import os
import sys
import uuid
from datetime import datetime

from sealane import Client


def main() -> int:
    product, customer, amount, currency = sys.argv[1:]
    order = {"id": os.environ.get("ORDER_ID") or str(uuid.uuid4()), "kind": "purchase", "product": product,
             "customer": customer, "amount": amount, "currency": currency,
             "placed_at": datetime.now().astimezone().isoformat(timespec="seconds")}
    with Client(os.environ["SEALANE_URL"], os.environ["SEALANE_TOKEN"]) as node:
        agreements = [one["agreement"] for one in node.clauses(product=product)["clauses"] if one.get("agreement")]
        if agreements:
            # What the bank checked the order against, and with which facts: the issuer's node checks the same.
            order["clause_version"] = agreements[0]["id"]
            order["facts"] = json.loads(os.environ.get("FACTS", "{}"))
        # Where the log ends now: the answer comes behind it.
        page = node.events_page(wait_ms=0)
        while not page["at_end"]:
            page = node.events_page(page["next"], wait_ms=0)
        report = node.submit_orders([order])
        for refused in report.get("refused_entries", []):
            print(f"refused: {refused['code']}: {refused.get('field')}: {refused['rule']}", file=sys.stderr)
            return 1
        print(f"{order['id']}: on the node's disk", flush=True)
        for _, event in node.events(page["next"]):
            confirmation = event and event.get("confirmation")
            if confirmation and confirmation["order"] == order["id"]:
                status = node.order(order["id"])
                print(json.dumps({"confirmation": confirmation, "stage": status and status["stage"]}))
                return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
