// SPDX-License-Identifier: Apache-2.0

//! What a node's questions cost, asked of the wasm runtime as a node asks it: reads of the state and bytes of the answer, which are
//! the same on every machine. `what_a_block_costs_in_time` measures milliseconds, by hand.

use super::{
	directory::offer,
	setup::{courier_key, genesis_state, join, open_channel, Institution},
};
use crate::{System, WASM_BINARY};
use codec::{Decode, Encode};
use sc_executor::{sp_wasm_interface::ExtendedHostFunctions, WasmExecutor};
use sealane_primitives::{
	business::Role,
	courier_host::{CourierExt, HostCall},
	directory::Standing,
	ids::PeerIdBytes,
	open::Open,
};
use sp_core::traits::{CallContext, CodeExecutor, RuntimeCode, WrappedRuntimeCode};
use std::{cell::Cell, time::Instant};

/// The functions with which a runtime reads its state, counted.
// Called from the wasm, never from here.
#[allow(dead_code)]
mod counted {
	use sp_runtime_interface::{
		pass_by::{AllocateAndReturnByCodec, PassFatPointerAndRead},
		runtime_interface,
	};

	fn count() {
		super::READS.with(|reads| reads.set(reads.get() + 1));
	}

	#[runtime_interface]
	pub trait Storage {
		fn get(&mut self, key: PassFatPointerAndRead<&[u8]>) -> AllocateAndReturnByCodec<Option<Vec<u8>>> {
			count();
			self.storage(key)
		}

		fn next_key(&mut self, key: PassFatPointerAndRead<&[u8]>) -> AllocateAndReturnByCodec<Option<Vec<u8>>> {
			count();
			self.next_storage_key(key)
		}

		fn exists(&mut self, key: PassFatPointerAndRead<&[u8]>) -> bool {
			count();
			self.exists_storage(key)
		}
	}
}

thread_local! {
	static READS: Cell<usize> = const { Cell::new(0) };
}

/// What a node has, with the counting functions in the place of those they are named like.
type Counting = ExtendedHostFunctions<
	(
		sp_io::SubstrateHostFunctions,
		sealane_primitives::courier_host::courier::HostFunctions,
	),
	counted::storage::HostFunctions,
>;

/// The runtime in a node's hands.
struct Node {
	executor: WasmExecutor<Counting>,
	code: &'static [u8],
}

impl Node {
	/// `None` in a build that was told to make no wasm runtime.
	fn new() -> Option<Self> {
		let code = WASM_BINARY;
		if code.is_none() {
			println!("built with SKIP_WASM_BUILD: there is no runtime whose cost could be told");
		}
		Some(Node {
			executor: WasmExecutor::builder().with_max_runtime_instances(1).build(),
			code: code?,
		})
	}

	/// Answer, reads and time of a call.
	fn call(&self, ext: &mut sp_io::TestExternalities, method: &str, argument: &[u8]) -> (Vec<u8>, usize, f64) {
		let code = WrappedRuntimeCode(self.code.into());
		let code = RuntimeCode {
			code_fetcher: &code,
			heap_pages: None,
			hash: sp_io::hashing::blake2_256(self.code).to_vec(),
		};
		READS.with(|reads| reads.set(0));
		let begun = Instant::now();
		let (answer, _) = self
			.executor
			.call(&mut ext.ext(), &code, method, argument, CallContext::Offchain);
		let took = begun.elapsed().as_secs_f64() * 1_000.0;
		let answer = answer.unwrap_or_else(|error| panic!("{method}: {error}"));
		(answer, READS.with(Cell::get), took)
	}
}

/// A seller, an issuer and their kind.
struct Market {
	ext: sp_io::TestExternalities,
	/// The node that is asked.
	peer: PeerIdBytes,
	/// The issuer of the first channel.
	issuer: u32,
}

impl Market {
	/// An institution with `channels` channels to partners, where each issuer has `products` products.
	fn new(is_issuer: bool, channels: usize, products: usize) -> Self {
		let mut ext = genesis_state();
		let (peer, issuer) = ext.execute_with(|| {
			// In the genesis block nothing is told, so that no list of events grows.
			System::set_block_number(0);
			let one = join("one", &[if is_issuer { Role::Issuer } else { Role::Seller }]);
			let others = |number| {
				let role = if is_issuer { Role::Seller } else { Role::Issuer };
				join(&format!("other {number}"), &[role])
			};
			let others: Vec<Institution> = (0..channels).map(others).collect();
			let issuers = if is_issuer {
				std::slice::from_ref(&one)
			} else {
				&others[..]
			};
			for (number, issuer) in issuers.iter().enumerate() {
				offer(issuer, &format!("i{number}"), products);
			}
			for other in &others {
				match is_issuer {
					true => open_channel(other, &one),
					false => open_channel(&one, other),
				};
			}
			let peer = pallet_members::network::peer_of_key(&courier_key("one/courier"));
			(peer, issuers[0].member)
		});
		ext.commit_all().expect("nothing is left open");
		Market { ext, peer, issuer }
	}

	fn standing(&mut self, node: &Node) -> (Standing, usize, usize, f64) {
		let peer = self.peer.encode();
		let (answer, reads, took) = node.call(&mut self.ext, "CourierApi_standing", &peer);
		let standing = Option::<Open<Standing>>::decode(&mut &answer[..]).expect("its own form");
		let standing = standing.and_then(Open::known).expect("registered");
		(standing, answer.len(), reads, took)
	}
}

/// Bytes that a node may be told in a block in which nothing changed.
const MOST_BYTES: usize = 64 * 1024;
/// Reads of the state per channel: the channel, the other party, two revisions.
const READS_PER_CHANNEL: usize = 4;
/// Reads besides: the node, its member, the policy, the lists of channels, the catalogues of issuers.
const READS_BESIDES: usize = 16;

#[test]
fn a_block_costs_a_few_reads_per_channel_however_many_products_there_are() {
	let Some(node) = Node::new() else { return };
	for (is_issuer, channels) in [(true, 300), (false, 100)] {
		let mut seen = Vec::new();
		for products in [10, 1_000] {
			let mut market = Market::new(is_issuer, channels, products);
			let (standing, bytes, reads, took) = market.standing(&node);
			assert_eq!(standing.channels.len(), channels);
			assert!(bytes <= MOST_BYTES, "{bytes} bytes for {channels} channels");
			let most = channels * (READS_PER_CHANNEL + usize::from(!is_issuer)) + READS_BESIDES;
			assert!(reads <= most, "{reads} reads for {channels} channels, at most {most}");
			println!("{channels} channels, {products} products: {bytes} bytes, {reads} reads, {took:.2} ms");
			seen.push((bytes, reads));
		}
		assert_eq!(seen[0], seen[1], "products cost nothing while they stay as they are");
	}
}

#[test]
fn a_page_costs_by_its_own_length() {
	let Some(node) = Node::new() else { return };
	let mut market = Market::new(true, 1, 1_000);
	let argument = (market.issuer, Option::<Vec<u8>>::None).encode();
	let (answer, reads, _) = node.call(&mut market.ext, "CourierApi_products", &argument);
	assert!(reads <= 256 * 2 + 2, "{reads} reads for a page of 256");
	assert!(answer.len() <= 32 * 1024, "{} bytes", answer.len());
}

/// A courier of an age that knows no method at all.
struct Deaf;

impl HostCall for Deaf {
	fn call(&mut self, _: u32, _: &[u8]) -> Option<Vec<u8>> {
		None
	}
}

#[test]
fn a_node_that_knows_no_method_runs_the_off_chain_worker() {
	let Some(node) = Node::new() else { return };
	let mut market = Market::new(true, 1, 1);
	market.ext.register_extension(CourierExt(Box::new(Deaf)));
	let header = crate::Header {
		parent_hash: Default::default(),
		number: 1,
		state_root: Default::default(),
		extrinsics_root: Default::default(),
		digest: Default::default(),
	};
	node.call(&mut market.ext, "OffchainWorkerApi_offchain_worker", &header.encode());
}

/// The runtime asks its node for one thing, and by one name, for ever: a node of today can run every runtime to come.
#[test]
fn the_runtime_imports_one_function_of_the_courier() {
	let Some(code) = WASM_BINARY else { return };
	let wasm = sp_maybe_compressed_blob::decompress(code, sp_maybe_compressed_blob::CODE_BLOB_BOMB_LIMIT)
		.expect("the build's own output");
	let imports = imported_functions(&wasm);
	assert!(
		imports.iter().any(|name| name == "ext_storage_get_version_1"),
		"{imports:?}"
	);
	let own: Vec<_> = imports.iter().filter(|name| name.contains("courier")).collect();
	assert_eq!(own, ["ext_courier_call_version_1"]);
}

/// The names of the functions that a wasm module imports (WebAssembly core specification 1.0, sections 5.5.2 and 5.5.5).
fn imported_functions(wasm: &[u8]) -> Vec<String> {
	const IMPORTS: u64 = 2;
	const MAGIC_AND_VERSION: usize = 8;
	let mut rest = &wasm[MAGIC_AND_VERSION..];
	loop {
		let (id, len) = (number(&mut rest), number(&mut rest) as usize);
		let (mut section, behind) = rest.split_at(len);
		rest = behind;
		if id != IMPORTS {
			continue;
		}
		let mut names = Vec::new();
		for _ in 0..number(&mut section) {
			let _module = text(&mut section);
			let name = text(&mut section);
			match number(&mut section) {
				// A function, by its type.
				0 => {
					number(&mut section);
					names.push(name);
				}
				// A memory: whether it has a most, its least, its most.
				2 => {
					let has_most = number(&mut section) & 1 == 1;
					number(&mut section);
					if has_most {
						number(&mut section);
					}
				}
				other => panic!("a runtime imports functions and its memory, not {other}"),
			}
		}
		return names;
	}
}

/// An unsigned LEB128 number.
fn number(bytes: &mut &[u8]) -> u64 {
	let (mut value, mut shift) = (0, 0);
	loop {
		let byte = bytes[0];
		*bytes = &bytes[1..];
		value |= u64::from(byte & 0x7f) << shift;
		if byte & 0x80 == 0 {
			return value;
		}
		shift += 7;
	}
}

/// A name behind its length.
fn text(bytes: &mut &[u8]) -> String {
	let len = number(bytes) as usize;
	let (text, rest) = bytes.split_at(len);
	*bytes = rest;
	String::from_utf8(text.to_vec()).expect("names are UTF-8")
}

#[test]
#[ignore = "measures; run by hand on a machine that does nothing else, with --nocapture"]
fn what_a_block_costs_in_time() {
	let node = Node::new().expect("a build with the wasm runtime");
	println!("| view | products | bytes | reads | best of 20, ms |");
	for (is_issuer, channels, products) in [
		(false, 100, 100),
		(false, 100, 1_000),
		(true, 100, 100),
		(true, 300, 1_000),
	] {
		let mut market = Market::new(is_issuer, channels, products);
		let runs: Vec<_> = (0..20).map(|_| market.standing(&node)).collect();
		let best = runs.iter().map(|run| run.3).fold(f64::MAX, f64::min);
		let side = if is_issuer { "issuer" } else { "seller" };
		println!(
			"| {side}, {channels} channels | {products} each | {} | {} | {best:.2} |",
			runs[0].1, runs[0].2
		);
		let argument = (market.issuer, Option::<Vec<u8>>::None).encode();
		let (answer, reads, took) = node.call(&mut market.ext, "CourierApi_products", &argument);
		println!("| a page of its products | | {} | {reads} | {took:.2} |", answer.len());
	}
}
