// SPDX-License-Identifier: Apache-2.0

use std::{io, net::SocketAddr, path::PathBuf};

/// Why the gateway did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
	/// The address is reachable from other machines, and there is no TLS.
	#[error(
		"the HTTP API cannot listen at {0} without TLS: a token must not cross a network in the clear; \
		 give it a certificate and its key, or a loopback address"
	)]
	NotLoopback(SocketAddr),
	/// A file that TLS needs cannot be used.
	#[error(transparent)]
	Tls(#[from] sealane_http::TlsError),
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
