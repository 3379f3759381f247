// SPDX-License-Identifier: Apache-2.0

use std::{io, net::SocketAddr, path::PathBuf};

/// Why the gateway did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
	/// The address is reachable from other machines.
	#[error(
		"the HTTP API cannot listen at {0}: it speaks plain HTTP and takes loopback addresses only; \
		 put a proxy that ends TLS in front of it"
	)]
	NotLoopback(SocketAddr),
	/// The address cannot be had.
	#[error("the HTTP API cannot listen at {address}: {source}")]
	Listen {
		/// The address.
		address: SocketAddr,
		/// Why.
		source: io::Error,
	},
	/// The tokens cannot be had.
	#[error("{}: {rule}", path.display())]
	Tokens {
		/// The file.
		path: PathBuf,
		/// The rule that it breaks.
		rule: String,
	},
	/// A file or folder cannot be written.
	#[error("cannot write {}: {source}", path.display())]
	File {
		/// The file.
		path: PathBuf,
		/// Why.
		source: io::Error,
	},
}
