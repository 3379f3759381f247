// SPDX-License-Identifier: Apache-2.0

//! The business systems: what they hand in, repeat, confirm, call off, and what they remember of it.

use crate::executor::{Executor, Group};
use bytes::Bytes;
use parking_lot::Mutex;
use sealane_courier::{
	api::{ClauseQuery, Cursor, InboxEntry, SubmitReport},
	library::id_of,
	testing::lines,
	Handle,
};
use sealane_primitives::{
	business::BusinessKind,
	ids::{MemberId, NodeId},
};
use std::{
	collections::{BTreeMap, BTreeSet},
	sync::Arc,
};

/// Virtual milliseconds between two looks into an inbox.
const INBOX_PAUSE_MS: u64 = 700;
/// Virtual milliseconds until a request that failed is repeated.
const REPEAT_PAUSE_MS: u64 = 1_000;
/// Most confirmations of one request: a request that is larger than the queue to the disk would be refused as such each time.
const ANSWERS_AT_ONCE: usize = 128;
/// Attempts at a request before its sender gives up.
const ATTEMPTS: u32 = 120;

/// The couriers that run now, by node.
pub type Handles = Arc<Mutex<BTreeMap<NodeId, Handle>>>;

/// An order that a node took.
#[derive(Clone, Debug)]
pub struct Placed {
	/// The seller.
	pub seller: MemberId,
	/// The seller's node.
	pub node: NodeId,
	/// The issuer.
	pub issuer: MemberId,
	/// Its id.
	pub id: String,
	/// Its kind.
	pub kind: BusinessKind,
}

/// What the business systems remember.
#[derive(Default)]
pub struct Memory {
	/// Orders that a node said it took.
	pub placed: Vec<Placed>,
	/// Orders that an issuer's desk confirmed, and its node took it: seller and id.
	pub confirmed: BTreeSet<(MemberId, String)>,
	/// Bytes and requests handed to each node.
	pub handed_in: BTreeMap<NodeId, (u64, u64)>,
	cursors: BTreeMap<NodeId, Cursor>,
	numbers: BTreeMap<String, u32>,
}

/// The business systems; clones are the same ones.
#[derive(Clone)]
pub struct Business {
	executor: Executor,
	group: Group,
	handles: Handles,
	same_ids: bool,
	memory: Arc<Mutex<Memory>>,
}

impl Business {
	/// Systems that remember nothing yet.
	pub fn new(executor: Executor, group: Group, handles: Handles, same_ids: bool) -> Self {
		Business {
			executor,
			group,
			handles,
			same_ids,
			memory: Arc::default(),
		}
	}

	/// What they remember, as `look` sees it.
	pub fn memory<T>(&self, look: impl FnOnce(&Memory) -> T) -> T {
		look(&self.memory.lock())
	}

	/// A node was restored: of the orders so far, numbered from 0, those are still somewhere that `kept` holds for. A desk reads its inbox from
	/// the beginning.
	pub fn restored(&self, node: NodeId, kept: impl Fn(usize, &Placed) -> bool) {
		let placed = self.memory(|m| m.placed.clone());
		let placed = placed.into_iter().enumerate();
		let placed = placed.filter(|(at, order)| kept(*at, order));
		let placed = placed.map(|(_, order)| order).collect();
		let mut memory = self.memory.lock();
		memory.placed = placed;
		memory.cursors.remove(&node);
	}

	/// An order that nobody counts on is handed to a machine that is not the node's any more.
	pub fn submit_aside(&self, node: NodeId, handle: Handle, after_ms: u64) {
		let id = format!("X{}", self.next_id(node));
		let (body, ranges) = lines(&[order(&id, BusinessKind::Purchase, "P2", None, 0)]);
		let executor = self.executor.clone();
		let task = async move {
			executor.sleep(after_ms).await;
			// Whatever becomes of it.
			let _ = handle.submit_orders(body, ranges, None).await;
		};
		self.executor.spawn(self.group, "business submits", Box::pin(task));
	}

	fn handle(&self, node: NodeId) -> Option<Handle> {
		self.handles.lock().get(&node).cloned()
	}

	fn count(&self, node: NodeId, bytes: usize) {
		let mut memory = self.memory.lock();
		let (sum, requests) = memory.handed_in.entry(node).or_default();
		*sum += bytes as u64;
		*requests += 1;
	}

	/// Hands in one request of orders and repeats it until it was answered.
	pub fn submit(&self, node: NodeId, issuer: MemberId, kinds: &[BusinessKind], pad: u32) {
		let product = format!("P{issuer}");
		// A desk asks which clauses hold, and stamps its orders with them.
		let version = self.handle(node).and_then(|handle| {
			let views = handle.clauses(&ClauseQuery::Product(product.clone()));
			views.into_iter().find_map(|view| view.agreement).map(|a| a.id)
		});
		let mut placed = Vec::new();
		let orders: Vec<String> = kinds
			.iter()
			.map(|kind| {
				let id = self.next_id(node);
				let line = order(&id, *kind, &product, version, pad);
				placed.push(Placed {
					seller: node,
					node,
					issuer,
					id,
					kind: *kind,
				});
				line
			})
			.collect();
		let (body, ranges) = lines(&orders);
		let business = self.clone();
		let task = async move {
			for _ in 0..ATTEMPTS {
				if let Some(handle) = business.handle(node) {
					business.count(node, body.len());
					if let Ok(report) = handle.submit_orders(body.clone(), ranges.clone(), None).await {
						business.placed(placed, &report);
						return;
					}
				}
				business.executor.sleep(REPEAT_PAUSE_MS).await;
			}
		};
		self.executor.spawn(self.group, "business submits", Box::pin(task));
	}

	fn placed(&self, placed: Vec<Placed>, report: &SubmitReport) {
		let refused: BTreeSet<u32> = report.refused.iter().map(|(line, _)| *line).collect();
		let taken = placed
			.into_iter()
			.enumerate()
			.filter(|(line, _)| !refused.contains(&(*line as u32)));
		self.memory.lock().placed.extend(taken.map(|(_, order)| order));
	}

	fn next_id(&self, node: NodeId) -> String {
		let prefix = if self.same_ids {
			"N".to_owned()
		} else {
			format!("S{node}")
		};
		let mut memory = self.memory.lock();
		let number = memory.numbers.entry(format!("{node}")).or_default();
		*number += 1;
		format!("{prefix}-{number}")
	}

	/// Calls off one of a seller's orders.
	pub fn cancel(&self, node: NodeId, nth: usize) {
		let own: Vec<Placed> = self.memory(|m| m.placed.iter().filter(|o| o.node == node).cloned().collect());
		let (Some(handle), false) = (self.handle(node), own.is_empty()) else {
			return;
		};
		let order = own[nth % own.len()].clone();
		let business = self.clone();
		let task = async move {
			business.count(node, 0);
			if let Ok(id) = handle.cancel(&order.id).await {
				let mut memory = business.memory.lock();
				if !memory.placed.iter().any(|o| o.node == node && o.id == id) {
					memory.placed.push(Placed {
						id,
						kind: BusinessKind::Cancellation,
						..order
					});
				}
			}
		};
		self.executor.spawn(self.group, "business cancels", Box::pin(task));
	}

	/// Lets the desk of an issuer's node confirm whatever comes, for ever.
	pub fn run_desk(&self, node: NodeId) {
		let business = self.clone();
		let task = async move {
			loop {
				business.executor.sleep(INBOX_PAUSE_MS).await;
				if let Some(handle) = business.handle(node) {
					business.confirm(node, handle).await;
				}
			}
		};
		self.executor.spawn(self.group, "business confirms", Box::pin(task));
	}

	async fn confirm(&self, node: NodeId, handle: Handle) {
		let cursor = self.memory.lock().cursors.get(&node).copied().unwrap_or_default();
		let Ok(page) = handle.inbox(cursor, 1 << 20) else {
			return;
		};
		let open: Vec<InboxEntry> = page
			.entries
			.into_iter()
			.filter(|e| !e.registration && !e.answered)
			.collect();
		let mut all = true;
		for open in open.chunks(ANSWERS_AT_ONCE) {
			// The first time no seller is named, as ids are unique in the eyes of most desks.
			let Some((taken, ambiguous)) = self.confirm_entries(node, &handle, open, false).await else {
				return;
			};
			all &= taken;
			if !ambiguous.is_empty() {
				let named = self.confirm_entries(node, &handle, &ambiguous, true).await;
				all &= named.is_some_and(|(all, ambiguous)| all && ambiguous.is_empty());
			}
		}
		if all {
			self.memory.lock().cursors.insert(node, page.next);
		}
	}

	/// Confirms entries; gives whether none has to be confirmed again later, and those whose seller must be named. `None` where the
	/// node did not take the request.
	async fn confirm_entries(
		&self,
		node: NodeId,
		handle: &Handle,
		open: &[InboxEntry],
		named: bool,
	) -> Option<(bool, Vec<InboxEntry>)> {
		let (mut all, mut ambiguous) = (true, Vec::new());
		if open.is_empty() {
			return Some((all, ambiguous));
		}
		let answers: Vec<String> = open.iter().map(|entry| confirmation(entry, named)).collect();
		let (body, ranges) = lines(&answers);
		self.count(node, body.len());
		let report = handle.submit_confirmations(body, ranges, None).await.ok()?;
		let refused: BTreeMap<u32, String> = report
			.refused
			.iter()
			.map(|(line, problem)| (*line, problem.code.to_string()))
			.collect();
		for (line, entry) in open.iter().enumerate() {
			match refused.get(&(line as u32)).map(String::as_str) {
				None => {
					let id = id_of(&entry.bytes).map(|id| id.into_owned()).unwrap_or_default();
					self.memory.lock().confirmed.insert((entry.seller, id));
				}
				Some("order_ambiguous") if !named => ambiguous.push(entry.clone()),
				Some("already_confirmed") => (),
				Some(_) => all = false,
			}
		}
		Some((all, ambiguous))
	}
}

fn order(id: &str, kind: BusinessKind, product: &str, version: Option<u32>, pad: u32) -> String {
	let what = match kind {
		BusinessKind::Redemption => r#""units":"10.00""#,
		_ => r#""amount":"1000.00","currency":"CNY""#,
	};
	let version = version.map(|v| format!(r#","clause_version":{v}"#)).unwrap_or_default();
	let pad = "x".repeat(pad as usize);
	format!(
		r#"{{"id":"{id}","kind":"{}","product":"{product}","customer":"c",{what},"placed_at":"2026-01-05T17:00:00+08:00"{version},"details":{{"note":"{pad}"}}}}"#,
		kind.as_str()
	)
}

fn confirmation(entry: &InboxEntry, named: bool) -> String {
	let id = id_of(&entry.bytes).map(|id| id.into_owned()).unwrap_or_default();
	let id = serde_json::Value::from(id);
	let seller = if named {
		format!(r#""seller":{},"#, entry.seller)
	} else {
		String::new()
	};
	format!(r#"{{"order":{id},{seller}"outcome":"accepted","deal":"D","units":"950.11","nav":"1.0525"}}"#)
}

/// The kind of the order in these bytes.
pub fn kind_of(order: &Bytes) -> Option<BusinessKind> {
	let value: serde_json::Value = serde_json::from_slice(order).ok()?;
	BusinessKind::from_name(value.get("kind")?.as_str()?)
}
