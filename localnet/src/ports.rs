// SPDX-License-Identifier: Apache-2.0

//! Ports of loopback for nodes that are killed and started again on the same ones.
//!
//! A port that was free a moment ago is not enough: while its node is down, the kernel gives it to any outgoing connection, and
//! two networks that look at the same time find the same one. So ports come from below the range that the kernel hands out by
//! itself, in blocks, and whoever listens on the first port of a block owns the rest. The kernel releases the block when that
//! process ends, however it ends.

use std::{
	io,
	net::{Ipv4Addr, TcpListener},
	ops::Range,
	sync::{Mutex, PoisonError},
};

/// First port that is used; those below are given to well-known services.
const FIRST: u16 = 10_000;
/// Where the kernel's own range begins unless the machine says otherwise (`ip-sysctl.rst` of Linux).
const KERNEL_FIRST: u16 = 32_768;
/// Ports of a block: one that is held, the others for three networks' nodes.
const BLOCK: u16 = 64;

/// The blocks that this process holds.
static HELD: Mutex<Held> = Mutex::new(Held {
	leases: Vec::new(),
	left: 0..0,
});

struct Held {
	/// Listeners on the first port of each block.
	leases: Vec<TcpListener>,
	/// What the newest block has left.
	left: Range<u16>,
}

/// A port of 127.0.0.1 that nobody listens on, that this function gives out once, and that it gives to no other process while this
/// one lives.
///
/// Fails where no block is left.
pub fn reserve() -> io::Result<u16> {
	// A panic elsewhere leaves the list as it was.
	let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
	loop {
		for port in held.left.by_ref() {
			if listen(port).is_ok() {
				return Ok(port);
			}
		}
		let (lease, rest) = take_block(blocks_end(), rand::random())?;
		held.leases.push(lease);
		held.left = rest;
	}
}

fn listen(port: u16) -> io::Result<TcpListener> {
	TcpListener::bind((Ipv4Addr::LOCALHOST, port))
}

/// The first block that nobody holds, searched from a random one so that processes started together seldom meet.
fn take_block(end: u16, start: u16) -> io::Result<(TcpListener, Range<u16>)> {
	let blocks = (end - FIRST) / BLOCK;
	for index in 0..blocks {
		let first = FIRST + (start % blocks + index) % blocks * BLOCK;
		if let Ok(lease) = listen(first) {
			return Ok((lease, first + 1..first + BLOCK));
		}
	}
	Err(io::Error::new(
		io::ErrorKind::AddrInUse,
		format!("all {blocks} blocks of ports from {FIRST} to {end} are in use"),
	))
}

/// Where the blocks end: before the kernel's own range, if that leaves a useful number of them.
fn blocks_end() -> u16 {
	let range = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").unwrap_or_default();
	match range.split_whitespace().next().and_then(|first| first.parse().ok()) {
		Some(first) if first >= FIRST + 16 * BLOCK => first,
		_ => KERNEL_FIRST,
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::collections::HashSet;

	#[test]
	fn ports_are_given_once_and_can_be_used() {
		let ports: Vec<u16> = (0..200).map(|_| reserve().unwrap()).collect();
		assert_eq!(ports.iter().collect::<HashSet<_>>().len(), ports.len());
		let end = blocks_end();
		for port in ports {
			assert!((FIRST..end).contains(&port), "{port}");
			listen(port).unwrap();
		}
	}

	#[test]
	fn a_block_is_held_until_its_owner_ends() {
		let (lease, ports) = take_block(blocks_end(), rand::random()).unwrap();
		let held = ports.start - 1;
		assert_eq!(listen(held).unwrap_err().kind(), io::ErrorKind::AddrInUse);
		let (_other, others) = take_block(blocks_end(), (held - FIRST) / BLOCK).unwrap();
		assert_ne!(ports, others, "two owners at once");
		drop(lease);
		listen(held).expect("free again");
	}

	#[test]
	fn an_owner_of_everything_leaves_none() {
		let end = FIRST + BLOCK;
		match take_block(end, 0) {
			// Where somebody else uses that very port there is nothing to take either.
			Err(_) => {}
			Ok((_lease, _)) => {
				let error = take_block(end, 0).unwrap_err();
				assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
				assert!(error.to_string().contains("10000"), "{error}");
			}
		}
	}
}
