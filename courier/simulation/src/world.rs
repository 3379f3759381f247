// SPDX-License-Identifier: Apache-2.0

//! The world of one run: nodes, chain, network, business, the hostile node, and who takes the next step.

use crate::{
	business::{Business, Handles, Placed},
	chain::{Chain, BLOCK_MS},
	checks::{self, Watch},
	executor::{Executor, Group},
	genesis::{self, KEYS},
	hostile::{Hostile, HOSTILE},
	machine::Hands,
	network::Network,
	plan::{Action, Keep, Plan, Setting},
	trace::Trace,
};
use parking_lot::Mutex;
use rand::{rngs::StdRng, Rng, SeedableRng};
use sealane_courier::{
	keys::KeyRing,
	store::{
		fault::{Call, Crash, FaultDisk},
		Step,
	},
	testing::{is_taking_over, peer},
	Config, Handle, Parts,
};
use sealane_primitives::{courier_host::CourierHost, directory::Refusal, ids::NodeId};
use std::{
	collections::BTreeMap,
	io,
	sync::{atomic::Ordering, Arc},
};

/// The nodes that run a courier: sellers 1 and 3, issuer 2 and its second node 5.
pub const COURIERS: [NodeId; 4] = [1, 2, 3, 5];
/// Number of the machine on which a node ran that was restored on another one, less the node's.
const OLD: NodeId = 100;
/// The group of everything that is no node's.
const WORLD: Group = 0;
/// Steps at one virtual moment after which the run is given up: somebody goes round for ever.
const MOST_STEPS_AT_ONCE: u64 = 100_000;
/// Of the last of them it is told who took them.
const SHOWN_STEPS: u64 = 1_000;

/// A rule of the world that was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
	/// Its name.
	pub rule: &'static str,
	/// How.
	pub what: String,
}

/// The result of a check.
pub type Checked = Result<(), Broken>;

/// Breaks a rule.
pub fn broken(rule: &'static str, what: impl Into<String>) -> Broken {
	Broken {
		rule,
		what: what.into(),
	}
}

/// What is due at a moment.
#[derive(Clone, Debug)]
enum Event {
	Act(Action),
	Block,
	Worker(NodeId),
	Start(NodeId),
	Room(NodeId),
	OldMachineEnds(NodeId),
}

/// A node with a courier.
pub struct Node {
	/// Its machine.
	pub hands: Hands,
	ring: KeyRing,
	life: u64,
	/// The group of its life; `None` while it is away.
	group: Option<Group>,
	stopping: bool,
	stalled_until: u64,
	crash: Option<(u64, Keep, u64)>,
	/// A sync failed in this life: what the disk has is not known.
	pub frozen: bool,
	/// It was restored from a copy once.
	pub restored: bool,
	/// Whoever starts it says that it takes over.
	take_over: bool,
	/// A copy of its disk, and how many orders there were in the world.
	copy: Option<(FaultDisk, usize)>,
}

impl Node {
	/// Whether its disk takes its time, or did not long ago.
	pub fn stalled_since(&self, moment: u64) -> bool {
		self.stalled_until > moment
	}
}

/// The world.
pub struct World {
	/// Tasks and time.
	pub executor: Executor,
	/// What happened.
	pub trace: Trace,
	/// The network.
	pub network: Network,
	/// The chain.
	pub chain: Chain,
	/// The hostile node.
	pub hostile: Hostile,
	/// The business systems.
	pub business: Business,
	/// The couriers that run.
	pub handles: Handles,
	/// The nodes with couriers.
	pub nodes: BTreeMap<NodeId, Node>,
	/// Steps so far.
	pub steps: u64,
	setting: Setting,
	random: StdRng,
	events: BTreeMap<(u64, u64), Event>,
	next_event: u64,
	chain_stalled_until: u64,
	stopped: Arc<Mutex<Vec<NodeId>>>,
	watch: Watch,
	counts: BTreeMap<&'static str, u64>,
	/// Who took the last step.
	last: (Group, &'static str),
}

impl Drop for World {
	fn drop(&mut self) {
		self.executor.end();
		self.network.end();
		self.handles.lock().clear();
	}
}

impl World {
	/// A world in which nothing has happened; a trace with text if `keep_text`.
	pub fn new(plan: &Plan, keep_text: bool) -> Result<Self, Broken> {
		let setting = plan.setting;
		let (executor, trace) = (Executor::default(), Trace::new(keep_text));
		let network = Network::new(executor.clone(), trace.clone(), WORLD, setting.seed ^ 0x6e65_7477);
		let nodes = COURIERS.iter().chain([&HOSTILE]);
		let pairs = nodes.map(|node| {
			(
				*node,
				(0..KEYS).map(|i| genesis::public(&genesis::pair(*node, i))).collect(),
			)
		});
		let chain = Chain::new(genesis::state(), pairs.collect());
		let hostile = Hostile::new(
			genesis::pair(HOSTILE, 0),
			chain.clone(),
			network.clone(),
			setting.seed ^ 0x686f_7374,
		);
		let handles = Handles::default();
		let business = Business::new(executor.clone(), WORLD, handles.clone(), setting.same_ids);
		let mut world = World {
			executor,
			trace,
			network,
			chain,
			hostile,
			business,
			handles,
			nodes: BTreeMap::new(),
			steps: 0,
			setting,
			random: StdRng::seed_from_u64(setting.seed),
			events: BTreeMap::new(),
			next_event: 0,
			chain_stalled_until: 0,
			stopped: Arc::default(),
			watch: Watch::default(),
			counts: BTreeMap::new(),
			last: (WORLD, "nobody"),
		};
		for node in COURIERS {
			let fresh = Node {
				hands: Hands::default(),
				ring: KeyRing::new((0..KEYS).map(|i| genesis::pair(node, i)).collect()),
				life: 0,
				group: None,
				stopping: false,
				stalled_until: 0,
				crash: None,
				frozen: false,
				restored: false,
				take_over: false,
				copy: None,
			};
			world.nodes.insert(node, fresh);
			world.start(node)?;
		}
		world.business.run_desk(2);
		world.business.run_desk(5);
		world.plan_event(BLOCK_MS, Event::Block);
		for entry in &plan.entries {
			world.plan_event(entry.at, Event::Act(entry.act.clone()));
		}
		Ok(world)
	}

	fn plan_event(&mut self, at: u64, event: Event) {
		self.events.insert((at, self.next_event), event);
		self.next_event += 1;
	}

	fn later(&mut self, ms: u64, event: Event) {
		self.plan_event(self.executor.now() + ms, event);
	}

	/// How often each kind of trouble happened.
	pub fn counts(&self) -> BTreeMap<&'static str, u64> {
		let mut counts = self.network.counts();
		counts.extend(self.counts.iter().map(|(what, n)| (*what, *n)));
		counts
	}

	fn counted(&mut self, what: &'static str) {
		*self.counts.entry(what).or_default() += 1;
	}

	/// Runs until `until`, in virtual milliseconds.
	pub fn run_until(&mut self, until: u64) -> Checked {
		let (mut at_once, mut spinning) = (0, BTreeMap::<(Group, &str), u64>::new());
		loop {
			let now = self.executor.now();
			let due = self.events.first_key_value().map(|((at, _), _)| *at);
			if due.is_some_and(|at| at <= now) {
				if let Some((_, event)) = self.events.pop_first() {
					self.happen(event)?;
				}
				continue;
			}
			let stopped = std::mem::take(&mut *self.stopped.lock());
			for node in stopped {
				self.stopped_in_order(node);
			}
			if self.take_step()? {
				at_once += 1;
				if at_once + SHOWN_STEPS > MOST_STEPS_AT_ONCE {
					*spinning.entry(self.last).or_default() += 1;
				}
				if at_once > MOST_STEPS_AT_ONCE {
					let what = format!("{at_once} steps at one moment, {now} ms, the last by {spinning:?}");
					return Err(broken("rests", what));
				}
				continue;
			}
			at_once = 0;
			spinning.clear();
			let stalls = self
				.nodes
				.values()
				.map(|node| node.stalled_until)
				.filter(|at| *at > now);
			let next = due
				.into_iter()
				.chain(self.executor.next_timer())
				.chain(stalls)
				.min()
				.unwrap_or(until);
			if next > until {
				self.executor.advance(until);
				self.trace.at(until);
				return Ok(());
			}
			self.executor.advance(next);
			self.trace.at(next);
		}
	}

	/// One step of somebody who can take one; false where everybody waits.
	fn take_step(&mut self) -> Result<bool, Broken> {
		let now = self.executor.now();
		let has_work = |node: &Node| {
			node.stalled_until <= now
				&& node
					.hands
					.writer
					.lock()
					.as_ref()
					.is_some_and(|writer| writer.has_work())
		};
		let writers: Vec<NodeId> = self
			.nodes
			.iter()
			.filter(|(_, node)| has_work(node))
			.map(|(id, _)| *id)
			.collect();
		let ready = self.executor.ready();
		if ready + writers.len() == 0 {
			return Ok(false);
		}
		let chosen = self.random.gen_range(0..ready + writers.len());
		self.steps += 1;
		if chosen < ready {
			let before = self.reads();
			if let Some((group, name)) = self.executor.run(chosen) {
				self.trace.step(group, name);
				self.last = (group, name);
				let after = self.reads();
				self.watch.step(name, &before, &after)?;
			}
		} else {
			self.last = (writers[chosen - ready].into(), "writer");
			self.step_writer(writers[chosen - ready])?;
		}
		self.crash_where_due()?;
		let watch = std::mem::take(&mut self.watch);
		let (watch, checked) = watch.after_step(self);
		self.watch = watch;
		checked.map(|()| true)
	}

	fn reads(&self) -> Vec<(NodeId, u64)> {
		let read = |node: &Node| node.hands.read.load(Ordering::Relaxed);
		self.nodes.iter().map(|(id, node)| (*id, read(node))).collect()
	}

	fn step_writer(&mut self, id: NodeId) -> Checked {
		let slot = self.nodes[&id].hands.writer.clone();
		let Some(mut writer) = slot.lock().take() else {
			return Ok(());
		};
		let step = writer.step();
		self.trace.step(id.into(), "writer");
		if step != Step::Closed {
			*slot.lock() = Some(writer);
		}
		Ok(())
	}

	fn crash_where_due(&mut self) -> Checked {
		let mut due = Vec::new();
		for (id, node) in &mut self.nodes {
			match &mut node.crash {
				Some((0, keep, down_ms)) => due.push((*id, *keep, *down_ms)),
				Some((steps, ..)) => *steps -= 1,
				None => (),
			}
		}
		for (id, keep, down_ms) in due {
			if let Some(node) = self.nodes.get_mut(&id) {
				node.crash = None;
			}
			self.crash(id, keep, down_ms);
		}
		Ok(())
	}

	fn happen(&mut self, event: Event) -> Checked {
		match event {
			Event::Act(action) => self.act(action),
			Event::Block => {
				self.later(BLOCK_MS, Event::Block);
				if self.executor.now() >= self.chain_stalled_until {
					self.chain.block(self.executor.now());
					for node in COURIERS {
						let pause = self.random.gen_range(0..500);
						self.later(pause, Event::Worker(node));
					}
				}
				Ok(())
			}
			Event::Worker(node) => {
				self.work_off_chain(node);
				Ok(())
			}
			Event::Start(node) if self.nodes[&node].group.is_none() => self.start(node),
			Event::Start(_) => Ok(()),
			Event::Room(node) => {
				self.nodes[&node].hands.disk.set_capacity(None);
				Ok(())
			}
			Event::OldMachineEnds(old) => {
				self.end_old_machine(old);
				Ok(())
			}
		}
	}

	fn act(&mut self, action: Action) -> Checked {
		self.trace.note(format_args!("{action:?}"));
		match action {
			Action::Submit {
				node,
				issuer,
				kinds,
				pad,
			} => self.business.submit(node, issuer, &kinds, pad),
			Action::Cancel { node, nth } => self.business.cancel(node, nth),
			Action::Network(faults) => self.network.set_faults(faults),
			Action::Part { a, b } => self.part(a, b, true),
			Action::Join { a, b } => self.part(a, b, false),
			Action::StallChain { ms } => {
				self.counted("chain stalled");
				self.chain_stalled_until = self.executor.now() + ms;
			}
			Action::Copy { node } => {
				let placed = self.business.memory(|m| m.placed.len());
				if let Some(node) = self.nodes.get_mut(&node) {
					node.copy = Some((node.hands.disk.crashed(Crash::KeepAll), placed));
				}
			}
			Action::Restore { node, old_ms } => self.restore(node, old_ms)?,
			Action::Reorganise { depth } => {
				self.counted("fork");
				self.chain.reorganise(depth, self.executor.now());
			}
			Action::Lag { node, blocks } => self.chain.set_lag(node, blocks),
			Action::Chain(change) => {
				self.counted("chain changed");
				self.chain.submit(change);
			}
			Action::Send(what) => {
				self.counted("hostile request");
				let task = self.hostile.send(what);
				self.executor.spawn(WORLD, "hostile sends", task);
			}
			Action::ConfirmUnsent => self.confirm_unsent(),
			Action::Answer(answers) => {
				self.counted("hostile answers");
				self.hostile.set_answers(answers);
			}
			other => self.act_on_machine(other),
		}
		Ok(())
	}

	fn part(&mut self, a: NodeId, b: NodeId, parted: bool) {
		self.counted("parted or joined");
		self.network.part(a, b, parted);
	}

	fn act_on_machine(&mut self, action: Action) {
		let now = self.executor.now();
		let (id, what) = match &action {
			Action::Stall { node, .. } => (*node, "disk stalled"),
			Action::Full { node, .. } => (*node, "disk full"),
			Action::FailSync { node } => (*node, "sync failed"),
			Action::Crash { node, .. } => (*node, "crash"),
			Action::Restart { node } => (*node, "restart"),
			Action::Clock { node, .. } => (*node, "clock set"),
			_ => return,
		};
		let Some(node) = self.nodes.get_mut(&id) else { return };
		match action {
			Action::Stall { ms, .. } => node.stalled_until = node.stalled_until.max(now + ms),
			Action::Full { room, .. } => {
				let used = node.hands.disk.used();
				node.hands.disk.set_capacity(Some(used + room));
				self.later(10_000, Event::Room(id));
			}
			// A disk that is not in use fails nobody.
			Action::FailSync { .. } if node.group.is_none() => return,
			Action::FailSync { .. } => {
				node.frozen = true;
				node.hands.disk.fail(Call::Sync, 0, io::ErrorKind::Other);
				self.plan_event(now + 10_000, Event::Act(Action::Restart { node: id }));
			}
			Action::Crash {
				steps, keep, down_ms, ..
			} => node.crash = Some((steps, keep, down_ms)),
			Action::Restart { .. } => self.stop(id),
			Action::Clock { by_ms, .. } => {
				node.hands.wall_offset.fetch_add(by_ms, Ordering::Relaxed);
			}
			_ => (),
		}
		self.counted(what);
	}

	/// The hostile issuer answers the newest order that node 1 has for it.
	fn confirm_unsent(&mut self) {
		let order = self
			.business
			.memory(|m| m.placed.iter().rev().find(|o| o.issuer == HOSTILE).cloned());
		let (Some(order), Some(handle)) = (order, self.handles.lock().get(&1).cloned()) else {
			return;
		};
		if let Ok(Some(state)) = handle.order(&order.id, None) {
			self.counted("hostile request");
			let task = self.hostile.send(crate::hostile::Sends::ConfirmUnsent {
				order: order.id,
				sequence: state.sequence,
			});
			self.executor.spawn(WORLD, "hostile sends", task);
		}
	}

	/// Starts a node on what its disk has.
	fn start(&mut self, id: NodeId) -> Checked {
		let Some(node) = self.nodes.get_mut(&id) else {
			return Ok(());
		};
		node.life += 1;
		node.frozen = false;
		node.hands.begin_life();
		let group = u64::from(id) << 32 | node.life;
		node.group = Some(group);
		let seed = self.setting.seed ^ group.wrapping_mul(0x9e37_79b9_7f4a_7c15);
		let mut config = Config::new("/node");
		config.queue_bytes = self.setting.queue_bytes;
		config.cache_bytes = 16 << 10;
		config.anchor_patience_ms = 0;
		config.take_over = node.take_over;
		let parts = Parts {
			config,
			local_peer: peer(id),
			keys: Some(node.ring.clone()),
			chain: self.chain.view(id),
			transport: self.network.transport(id),
			inbound: self.network.attach(id),
			machine: node.hands.machine(&self.executor, group, seed),
			registry: None,
		};
		let handle = Handle::start(parts).map_err(|error| broken("starts", format!("node {id}: {error}")))?;
		self.trace.note(format_args!("node {id} starts"));
		self.handles.lock().insert(id, handle);
		Ok(())
	}

	/// The process of a node dies, perhaps the power.
	fn crash(&mut self, id: NodeId, keep: Keep, down_ms: u64) {
		let Some(node) = self.nodes.get_mut(&id) else { return };
		let Some(group) = node.group.take() else { return };
		self.trace.note(format_args!("node {id} crashes"));
		node.hands.disk = node.hands.disk.crashed(match keep {
			Keep::None => Crash::DropAll,
			Keep::All => Crash::KeepAll,
			Keep::Prefix(bytes) => Crash::Prefix(bytes),
			Keep::Sectors(seed) => Crash::Sectors(seed),
		});
		node.stopping = false;
		let writer = node.hands.writer.lock().take();
		self.network.detach(id);
		self.executor.kill(group);
		// What these still store goes to the disk of the life that is over.
		drop(writer);
		let handle = self.handles.lock().remove(&id);
		self.note_take_over(id, handle.as_ref());
		drop(handle);
		self.later(down_ms, Event::Start(id));
	}

	/// Whoever starts a node that is to take over says so until it did.
	fn note_take_over(&mut self, id: NodeId, handle: Option<&Handle>) {
		let (Some(node), Some(handle)) = (self.nodes.get_mut(&id), handle) else {
			return;
		};
		node.take_over &= is_taking_over(handle);
	}

	/// A node is restored from the newest copy of its disk, on another machine; the old one goes on for a while, and nothing reaches it.
	fn restore(&mut self, id: NodeId, old_ms: u64) -> Checked {
		let Some((copy, copied)) = self.nodes.get(&id).and_then(|node| node.copy.clone()) else {
			return Ok(());
		};
		self.counted("restored from a copy");
		self.end_old_machine(OLD + id);
		self.network.detach(id);
		let handle = self.handles.lock().remove(&id);
		let Some(node) = self.nodes.get_mut(&id) else {
			return Ok(());
		};
		let old = Node {
			hands: node.hands.clone(),
			ring: node.ring.clone(),
			group: node.group.take(),
			copy: None,
			crash: None,
			..*node
		};
		node.hands.begin_life();
		node.hands.disk = copy.crashed(Crash::KeepAll);
		// Who restores a node looks at its clock.
		node.hands.wall_offset = Default::default();
		(node.stopping, node.crash, node.frozen) = (false, None, false);
		(node.restored, node.take_over) = (true, true);
		if let Some(handle) = handle.filter(|_| matches!(id, 1 | 3)) {
			self.business.submit_aside(id, handle, old_ms / 2);
		}
		self.nodes.insert(OLD + id, old);
		self.later(old_ms, Event::OldMachineEnds(OLD + id));
		self.watch.forget(id);
		// What neither the copy nor the other side has is lost.
		let kept = |at: usize, order: &Placed| match order {
			order if order.node == id => at < copied || checks::is_at_issuer(self, order),
			order if order.issuer == 2 && matches!(id, 2 | 5) => checks::is_at_seller(self, order),
			_ => true,
		};
		self.business.restored(id, kept);
		self.start(id)
	}

	fn end_old_machine(&mut self, id: NodeId) {
		let Some(node) = self.nodes.remove(&id) else { return };
		let writer = node.hands.writer.lock().take();
		if let Some(group) = node.group {
			self.executor.kill(group);
		}
		drop(writer);
	}

	/// Stops a node in order; it starts again when it has stopped.
	fn stop(&mut self, id: NodeId) {
		let Some(node) = self.nodes.get_mut(&id) else { return };
		if node.group.is_none() || node.stopping {
			return;
		}
		node.stopping = true;
		self.network.detach(id);
		let Some(handle) = self.handles.lock().remove(&id) else {
			return;
		};
		self.note_take_over(id, Some(&handle));
		let stopped = self.stopped.clone();
		let task = async move {
			handle.shutdown().await;
			stopped.lock().push(id);
		};
		self.executor.spawn(WORLD, "stops", Box::pin(task));
	}

	fn stopped_in_order(&mut self, id: NodeId) {
		let Some(node) = self.nodes.get_mut(&id).filter(|node| node.stopping) else {
			return;
		};
		node.stopping = false;
		if let Some(group) = node.group.take() {
			self.executor.kill(group);
		}
		node.hands.writer.lock().take();
		// The disk was repaired: what it has been told is there, and no fault that was planned for it is left.
		node.hands.disk = node.hands.disk.crashed(Crash::KeepAll);
		self.later(500, Event::Start(id));
	}

	/// What the runtime's off-chain worker does at each block.
	fn work_off_chain(&mut self, id: NodeId) {
		let Some(handle) = self.handles.lock().get(&id).cloned() else {
			return;
		};
		let known = self.chain.known(id);
		let Some(directory) = known.directory() else { return };
		let mut host = handle.host();
		for due in host.due_channels() {
			let channel = directory.channels.iter().find(|c| c.id == due.channel);
			match channel.map_or(Err(Refusal::ChannelUnknown), |c| c.authorisation) {
				Ok(authorisation) => host.dispatch(authorisation, known.block),
				Err(refusal) => host.close_channel(due.channel, refusal, known.block),
			}
		}
		let next = self.chain.next_anchor(id);
		if let Some(ready) = host.ready_anchor(next, known.block, known.block.is_multiple_of(2)) {
			host.anchor_submitted(ready.sequence, known.block);
			self.chain.submit_anchor(id, ready.sequence, ready.root);
		}
	}

	/// Ends all trouble but what the chain says: the network is good, disks are fast, every node runs.
	pub fn heal(&mut self) {
		COURIERS.iter().for_each(|id| self.end_old_machine(OLD + id));
		self.trace.note(format_args!("all trouble ends"));
		self.network.heal();
		self.chain_stalled_until = 0;
		let acts = std::mem::take(&mut self.events);
		let kept = |event: &Event| !matches!(event, Event::Act(_));
		self.events = acts.into_iter().filter(|(_, event)| kept(event)).collect();
		let mut frozen = Vec::new();
		for (id, node) in &mut self.nodes {
			node.stalled_until = 0;
			node.crash = None;
			node.hands.disk.set_capacity(None);
			self.chain.set_lag(*id, 0);
			if node.frozen {
				frozen.push(*id);
			}
		}
		frozen.into_iter().for_each(|id| self.stop(id));
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_world_that_is_over_leaves_nothing_behind() {
		let mut world = World::new(&Plan::from_seed(7, false), false).expect("the world begins");
		world.run_until(20_000).expect("no rule is broken");
		assert!(world.steps > 100, "something happened");
		let (executor, network) = (world.executor.held(), world.network.held());
		drop(world);
		assert!(executor.upgrade().is_none(), "a task lives on");
		assert!(network.upgrade().is_none(), "a node lives on");
	}
}
