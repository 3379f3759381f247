// SPDX-License-Identifier: Apache-2.0

//! One channel from admission to final trade records, by the terminals' own commands, and the same with a third of the validators
//! dead.

use anyhow::{ensure, Context, Result};
use sealane_zombienet::{
	network::{self, Network},
	story::Story,
	terminals::{Args, Terminal},
	wait::{until, LIMIT},
};
use serde::Deserialize;
use std::{
	collections::BTreeMap,
	fmt::Write,
	path::{Path, PathBuf},
};
use zombienet_sdk::NetworkNode;

/// Orders of one file.
const ORDERS: u64 = 100;

/// The customers of the sample that is kept with the sources.
const CUSTOMERS: &str = concat!(
	env!("CARGO_MANIFEST_DIR"),
	"/../examples/sample/harbour-bank/customers.ndjson"
);

/// One of the two institutions.
struct Party<'a> {
	node: &'a NetworkNode,
	/// Secret of the account that manages it.
	suri: &'static str,
	role: &'static str,
	legal_id: &'static str,
}

impl Party<'_> {
	fn delegate(&self) -> String {
		format!("{}//delegate", self.suri)
	}

	fn name(&self) -> String {
		format!("Institution of {}", self.node.name())
	}
}

/// What `sealane` prints of a list: numbers and names.
#[derive(Deserialize)]
struct Listed {
	id: u32,
	#[serde(default)]
	name: String,
	#[serde(default)]
	member: u32,
}

#[derive(Deserialize)]
struct Proposed {
	motion: Option<u32>,
	hash: Option<String>,
}

#[derive(Deserialize)]
struct Status {
	status: Ready,
	channels: Vec<Channel>,
}

#[derive(Deserialize)]
struct Ready {
	ready: bool,
}

#[derive(Deserialize)]
struct Channel {
	authorised: bool,
	refusal: Option<String>,
	products: Vec<serde_json::Value>,
}

#[derive(Debug, Deserialize, PartialEq, Eq)]
struct Sales {
	orders_read: u64,
	refused: u64,
	submitted: u64,
	confirmed: u64,
	records: u64,
	finalised: u64,
}

#[derive(Deserialize)]
struct Books {
	orders: BTreeMap<String, u64>,
}

/// The chain, asked and changed through one node.
struct Chain<'a> {
	terminal: &'a Terminal,
	rpc: &'a str,
}

impl Chain<'_> {
	async fn list<T: serde::de::DeserializeOwned>(&self, what: &str) -> Result<Vec<T>> {
		self.terminal.run(Args::new(what).option("--rpc", self.rpc)).await
	}

	/// Signs and submits; returns when it is in a block.
	async fn submit<T: serde::de::DeserializeOwned>(&self, args: Args, suri: &str) -> Result<T> {
		let args = args
			.option("--rpc", self.rpc)
			.option("--suri", suri)
			.option("--wait", "in-block");
		self.terminal.run(args).await
	}

	/// A motion of the council: proposed by one member, who votes for it, too, then voted for by two more, then closed.
	async fn pass(&self, args: Args) -> Result<()> {
		let proposed: Proposed = self.submit(args, "//Alice").await?;
		let motion = proposed.motion.context("a motion has a number")?.to_string();
		let hash = proposed.hash.context("a motion has a hash")?;
		let vote = |suri| {
			let args = Args::new("council vote").with(motion.as_str()).with(hash.as_str());
			async move { self.submit::<serde_json::Value>(args, suri).await }
		};
		futures::future::try_join(vote("//Bob"), vote("//Charlie")).await?;
		self.submit::<serde_json::Value>(Args::new("council close").with(motion.as_str()), "//Bob")
			.await?;
		Ok(())
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_are_confirmed_and_anchored_with_a_third_of_the_validators_dead_too() -> Result<()> {
	let story = Story::begin("A bank and an issuer trade");
	let network = network::start().await?;
	let folder = tempfile::tempdir().context("a temporary folder")?;
	let terminal = Terminal::new(network.programs().terminal.clone());
	let seller = Party {
		node: network.node("alice")?,
		suri: "//Alice",
		role: "seller",
		legal_id: "91310000MA00000012",
	};
	let issuer = Party {
		node: network.node("charlie")?,
		suri: "//Charlie",
		role: "issuer",
		legal_id: "91310000MA00000025",
	};
	story.tell("five validators run");

	open_channel(&network, &terminal, folder.path(), &seller, &issuer).await?;
	story.tell("both admitted, nodes and a product registered, agreement countersigned, channel granted, by `sealane`");

	let rules = folder.path().join("rules.toml");
	write(&rules, RULES)?;
	let books = format!("sqlite:{}", folder.path().join("issuer.db").display());
	let desk = Args::new("issuer run")
		.option("--node", network.data_of("charlie")?)
		.option("--db", books.as_str())
		.option("--rules", &rules);
	let _desk = terminal.start(desk)?;

	let figures = sell(&network, &terminal, folder.path(), "first").await?;
	ensure!(figures == all_final(), "{figures:?}");
	story.tell(format!(
		"{ORDERS} orders sent, confirmed by the issuer's terminal, final on chain"
	));

	network.kill("dave").await?;
	let figures = sell(&network, &terminal, folder.path(), "second").await?;
	ensure!(figures == all_final(), "{figures:?}");
	story.tell(format!(
		"dave killed; {ORDERS} more orders sent, confirmed, final on chain"
	));

	let booked: Books = terminal
		.run(Args::new("issuer books").option("--db", books.as_str()))
		.await?;
	ensure!(
		booked.orders.values().sum::<u64>() == 2 * ORDERS,
		"in the issuer's books: {:?}",
		booked.orders
	);
	counted(&network).await?;
	story.tell("the issuer has every order once; the node of an institution that is no party has seen none");

	let proof = folder.path().join("evidence.json");
	let get = Args::new("evidence get second-1")
		.option("--node", network.data_of("alice")?)
		.option("--output", &proof);
	terminal.run::<serde_json::Value>(get).await?;
	let verify = Args::new("evidence verify")
		.with(&proof)
		.option("--node-rpc", network.node("eve")?.ws_uri());
	// It ends with an error where the proof does not hold.
	terminal.run::<serde_json::Value>(verify).await?;
	story.tell("the evidence of one order holds, judged by the state of eve, who is no party");
	network.end().await
}

/// From admission to a channel over which both nodes may trade.
async fn open_channel(
	network: &Network,
	terminal: &Terminal,
	folder: &Path,
	seller: &Party<'_>,
	issuer: &Party<'_>,
) -> Result<()> {
	let chain = Chain {
		terminal,
		// The node of an institution that is no party: what it tells went over the network.
		rpc: network.node("bob")?.ws_uri(),
	};
	for party in [seller, issuer] {
		let admit = Args::new("member admit --contact desk")
			.option("--name", party.name())
			.option("--legal-id", party.legal_id)
			.option("--role", party.role)
			.option("--manager", party.suri);
		chain.pass(admit).await?;
		network.insert_delegate(party.node.name(), &party.delegate()).await?;
	}
	let members: Vec<Listed> = chain.list("member list").await?;
	let member = |party: &Party<'_>| {
		let found = members.iter().find(|m| m.name == party.name());
		found
			.map(|m| m.id)
			.with_context(|| format!("{} is no member", party.name()))
	};
	let issuer_member = member(issuer)?;
	futures::future::try_join(register(network, &chain, seller), register(network, &chain, issuer)).await?;
	let nodes: Vec<Listed> = chain.list("node list").await?;
	let node = nodes.iter().find(|node| node.member == issuer_member);
	let node = node.context("the issuer's node is not registered")?.id.to_string();

	for prefix in ["issuer.", "FUND"] {
		let grant = Args::new("grant-prefix")
			.option("--issuer", issuer_member.to_string())
			.with(prefix);
		chain.pass(grant).await?;
	}
	let interface = Args::new("interface register issuer.funds").option("--node", node);
	chain.submit::<serde_json::Value>(interface, issuer.suri).await?;
	let product =
		Args::new("product register FUND01 --type fund.bond --risk 2 --currency CNY --interface issuer.funds");
	chain.submit::<serde_json::Value>(product, issuer.suri).await?;

	write(
		&folder.join("agreement.txt"),
		"The cooperation agreement of both institutions.\n",
	)?;
	let credential = folder.join("credential.json");
	let agreements = serde_json::json!([{
		"issuer": issuer_member,
		"agreement_file": "agreement.txt",
		"valid_from": "2020-01-01T00:00:00Z",
		"valid_until": "2090-01-01T00:00:00Z",
	}]);
	write(&credential, &agreements.to_string())?;
	chain
		.submit::<serde_json::Value>(Args::new("join").option("--credential", &credential), seller.suri)
		.await?;
	let channels: Vec<Listed> = chain.list("countersign").await?;
	ensure!(
		channels.len() == 1,
		"{} channels were applied for, 1 expected",
		channels.len()
	);
	let channel = channels[0].id.to_string();
	chain
		.submit::<serde_json::Value>(Args::new("countersign").with(channel.as_str()), issuer.suri)
		.await?;
	chain.pass(Args::new("grant").with(channel.as_str())).await?;

	for party in [seller, issuer] {
		let folder = network.data_of(party.node.name())?;
		let what = format!("the node of {} may trade over one channel", party.node.name());
		until(&what, LIMIT, || async {
			let status: Status = terminal.run(Args::new("status").option("--node", &folder)).await?;
			let open = status
				.channels
				.iter()
				.filter(|c| c.authorised && !c.products.is_empty());
			let open = open.count();
			let refusals: Vec<_> = status.channels.iter().map(|c| &c.refusal).collect();
			ensure!(
				status.status.ready && open == 1,
				"ready: {}, open channels: {open}, refusals: {refusals:?}",
				status.status.ready
			);
			Ok(())
		})
		.await?;
	}
	Ok(())
}

/// A member registers its node.
async fn register(network: &Network, chain: &Chain<'_>, party: &Party<'_>) -> Result<()> {
	let (signing, sealing) = network.courier_keys(party.node.name()).await?;
	let (address, peer) = party
		.node
		.multiaddr()
		.split_once("/p2p/")
		.with_context(|| format!("`{}` has no PeerId", party.node.multiaddr()))?;
	let args = Args::new("node register")
		.option("--peer", peer)
		.option("--address", address)
		.option("--signing-key", signing)
		.option("--sealing-key", sealing)
		.option("--delegate", party.delegate());
	chain.submit::<serde_json::Value>(args, party.suri).await?;
	Ok(())
}

/// The issuer's rules: it takes purchases of its one product.
const RULES: &str = r#"cut_off = "15:00"
utc_offset = "+08:00"

[products.FUND01]
status = "open"
currency = "CNY"
nav = "1.0250"
"#;

/// The bank's terminal sends a file of orders and waits until every trade record is final on chain.
async fn sell(network: &Network, terminal: &Terminal, folder: &Path, name: &str) -> Result<Sales> {
	let mut orders = String::new();
	for number in 1..=ORDERS {
		writeln!(
			orders,
			r#"{{"id":"{name}-{number}","kind":"purchase","product":"FUND01","customer":"HCB-000001","amount":"{number}00.00","currency":"CNY","placed_at":"2026-03-02T10:00:00+08:00"}}"#
		)?;
	}
	let file: PathBuf = folder.join(format!("{name}.ndjson"));
	write(&file, &orders)?;
	let args = Args::new("sales run --until finalised --timeout-s 300")
		.option("--node", network.data_of("alice")?)
		.option("--db", format!("sqlite:{}", folder.join("seller.db").display()))
		.option("--customers", CUSTOMERS)
		.option("--orders", &file);
	terminal.run(args).await
}

/// The figures of a file of which nothing was lost.
fn all_final() -> Sales {
	Sales {
		orders_read: ORDERS,
		refused: 0,
		submitted: ORDERS,
		confirmed: ORDERS,
		records: ORDERS,
		finalised: ORDERS,
	}
}

/// What the nodes themselves counted.
async fn counted(network: &Network) -> Result<()> {
	const ACCEPTED: &str = "sealane_courier_accepted_total";
	const RECEIVED: &str = "sealane_courier_entries_received_total";
	let expected = (2 * ORDERS) as f64;
	for (name, metric, expected) in [
		("alice", ACCEPTED, expected),
		("charlie", RECEIVED, expected),
		("bob", ACCEPTED, 0.0),
		("bob", RECEIVED, 0.0),
	] {
		let value = network.node(name)?.reports(metric).await?;
		ensure!(value == expected, "{metric} of {name}: {value}, {expected} expected");
	}
	Ok(())
}

fn write(file: &Path, text: &str) -> Result<()> {
	std::fs::write(file, text).with_context(|| file.display().to_string())
}
