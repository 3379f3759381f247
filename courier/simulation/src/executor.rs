// SPDX-License-Identifier: Apache-2.0

//! Tasks and timers in one thread, under a clock that moves only when everybody waits.
//!
//! Whoever drives the executor chooses which task runs next. The tasks that can run are kept in the order of their numbers and not in
//! that of their wake-ups, so the order in which a channel wakes those who wait for it, which some choose at random, has no effect.

use futures::future::BoxFuture;
use parking_lot::Mutex;
use std::{
	collections::{BTreeMap, BTreeSet},
	future::Future,
	pin::Pin,
	sync::Arc,
	task::{Context, Poll, Wake, Waker},
};

/// Number of a task; they grow in the order of spawning.
pub type TaskId = u64;
/// Tasks that end together: one life of a node, or the world around the nodes.
pub type Group = u64;

type Ready = Arc<Mutex<BTreeSet<TaskId>>>;

struct TaskWaker {
	id: TaskId,
	ready: Ready,
}

impl Wake for TaskWaker {
	fn wake(self: Arc<Self>) {
		self.ready.lock().insert(self.id);
	}
}

struct Task {
	group: Group,
	name: &'static str,
	/// Absent while it is polled.
	future: Option<BoxFuture<'static, ()>>,
	waker: Waker,
}

#[derive(Default)]
struct State {
	now: u64,
	next_task: TaskId,
	next_timer: u64,
	tasks: BTreeMap<TaskId, Task>,
	timers: BTreeMap<(u64, u64), Waker>,
}

/// The executor; clones are the same one.
#[derive(Clone, Default)]
pub struct Executor {
	state: Arc<Mutex<State>>,
	ready: Ready,
}

impl Executor {
	/// Virtual milliseconds since the beginning.
	pub fn now(&self) -> u64 {
		self.state.lock().now
	}

	/// Starts a task.
	pub fn spawn(&self, group: Group, name: &'static str, future: BoxFuture<'static, ()>) {
		let mut state = self.state.lock();
		let id = state.next_task;
		state.next_task += 1;
		let waker = Waker::from(Arc::new(TaskWaker {
			id,
			ready: self.ready.clone(),
		}));
		let task = Task {
			group,
			name,
			future: Some(future),
			waker,
		};
		state.tasks.insert(id, task);
		self.ready.lock().insert(id);
	}

	/// How many tasks can run.
	pub fn ready(&self) -> usize {
		self.ready.lock().len()
	}

	/// Runs the `nth` of the tasks that can run until it waits; gives its group and name, or `None` where it is gone.
	pub fn run(&self, nth: usize) -> Option<(Group, &'static str)> {
		let id = {
			let mut ready = self.ready.lock();
			let id = ready.iter().nth(nth).copied()?;
			ready.remove(&id);
			id
		};
		let (mut future, waker, group, name) = {
			let mut state = self.state.lock();
			let task = state.tasks.get_mut(&id)?;
			(task.future.take()?, task.waker.clone(), task.group, task.name)
		};
		// Nothing is locked here: the task may spawn, sleep and wake.
		let poll = future.as_mut().poll(&mut Context::from_waker(&waker));
		let mut state = self.state.lock();
		match poll {
			Poll::Ready(()) => drop(state.tasks.remove(&id)),
			Poll::Pending => {
				if let Some(task) = state.tasks.get_mut(&id) {
					task.future = Some(future);
				}
			}
		}
		Some((group, name))
	}

	/// Drops all tasks of a group, wherever they are.
	pub fn kill(&self, group: Group) {
		let killed: Vec<Task> = {
			let mut state = self.state.lock();
			let ids: Vec<_> = state
				.tasks
				.iter()
				.filter(|(_, t)| t.group == group)
				.map(|(id, _)| *id)
				.collect();
			ids.iter().filter_map(|id| state.tasks.remove(id)).collect()
		};
		// Unlocked, as what they hold may wake others.
		drop(killed);
	}

	/// Drops all tasks. What they hold may hold this executor: without it neither would ever be dropped.
	pub fn end(&self) {
		loop {
			let tasks = std::mem::take(&mut self.state.lock().tasks);
			if tasks.is_empty() {
				return;
			}
			// Unlocked, as in `kill`; whoever is dropped may start another.
			drop(tasks);
		}
	}

	/// To look whether anybody still holds it.
	#[cfg(test)]
	pub(crate) fn held(&self) -> std::sync::Weak<impl Sized> {
		Arc::downgrade(&self.state)
	}

	/// When the next timer is due.
	pub fn next_timer(&self) -> Option<u64> {
		self.state.lock().timers.keys().next().map(|(at, _)| *at)
	}

	/// Moves the clock and wakes those whose time has come.
	pub fn advance(&self, to: u64) {
		let mut due = Vec::new();
		{
			let mut state = self.state.lock();
			state.now = state.now.max(to);
			let later = state.timers.split_off(&(to + 1, 0));
			due.extend(std::mem::replace(&mut state.timers, later).into_values());
		}
		due.into_iter().for_each(Waker::wake);
	}

	/// Ends after so many virtual milliseconds.
	pub fn sleep(&self, ms: u64) -> Sleep {
		let mut state = self.state.lock();
		let key = (state.now.saturating_add(ms), state.next_timer);
		state.next_timer += 1;
		Sleep {
			executor: self.clone(),
			key,
		}
	}
}

/// See [`Executor::sleep`].
pub struct Sleep {
	executor: Executor,
	key: (u64, u64),
}

impl Future for Sleep {
	type Output = ();

	fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
		let mut state = self.executor.state.lock();
		if state.now >= self.key.0 {
			return Poll::Ready(());
		}
		state.timers.insert(self.key, context.waker().clone());
		Poll::Pending
	}
}

impl Drop for Sleep {
	fn drop(&mut self) {
		self.executor.state.lock().timers.remove(&self.key);
	}
}
