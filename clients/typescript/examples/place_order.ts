// SPDX-License-Identifier: Apache-2.0

// Places an order and follows it until the issuer has answered.
//
//     npm ci && npm run build && node dist/examples/place_order.js PRODUCT CUSTOMER AMOUNT CURRENCY
//
// The environment names the node: SEALANE_URL and SEALANE_TOKEN. Where clauses are in force for the product, FACTS has what they
// ask of the customer, as JSON.

import { randomUUID } from "node:crypto";
import { Client, type Order } from "../src/client.js";

const [product, customer, amount, currency] = process.argv.slice(2);
const url = process.env.SEALANE_URL;
const token = process.env.SEALANE_TOKEN;
if (!product || !customer || !amount || !currency || !url || !token) {
	throw new Error("place_order PRODUCT CUSTOMER AMOUNT CURRENCY, with SEALANE_URL and SEALANE_TOKEN");
}
const node = new Client(url, token);
const order: Order = {
	id: process.env.ORDER_ID ?? randomUUID(),
	kind: "purchase",
	product,
	customer,
	amount,
	currency,
	placed_at: new Date().toISOString(),
};

const agreement = (await node.clauses({ product })).clauses.find((one) => one.agreement)?.agreement;
if (agreement) {
	// What the bank checked the order against, and with which facts: the issuer's node checks the same.
	order.clause_version = agreement.id;
	order.facts = JSON.parse(process.env.FACTS ?? "{}") as Record<string, unknown>;
}

// Where the log ends now: the answer comes behind it.
let page = await node.eventsPage("0-0", 1_000, 0);
while (!page.at_end) {
	page = await node.eventsPage(page.next, 1_000, 0);
}
const report = await node.submitOrders([order]);
for (const refused of report.refused_entries ?? []) {
	console.error(`refused: ${refused.code}: ${refused.field}: ${refused.rule}`);
	process.exit(1);
}
console.log(`${order.id}: on the node's disk`);
for await (const { event } of node.events(page.next)) {
	if (event.confirmation?.order === order.id) {
		const status = await node.order(order.id);
		console.log(JSON.stringify({ confirmation: event.confirmation, stage: status?.stage }));
		break;
	}
}
