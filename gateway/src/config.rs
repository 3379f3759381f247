// SPDX-License-Identifier: Apache-2.0

use crate::evidence::EvidenceChain;
use sealane_http::{Limits, TlsFiles};
use std::{fmt, net::SocketAddr, path::PathBuf, sync::Arc};

/// Days for which the audit log is kept where nothing else is said: a year, and time to look at it.
pub const DEFAULT_AUDIT_DAYS: u32 = 400;

/// How the gateway of a node runs.
#[derive(Clone)]
pub struct Config {
	/// Where to listen; port 0 takes a free one. Must be a loopback address unless there is TLS: a token must not cross
	/// a network in the clear.
	pub listen: SocketAddr,
	/// TLS in the place of plain HTTP.
	pub tls: Option<TlsFiles>,
	/// The node's folder. Holds the tokens, `gateway.json` and the audit log; made where absent.
	pub folder: PathBuf,
	/// Version of the node's program, for `GET /v1/status`.
	pub version: String,
	/// Bounds on requests.
	pub limits: Limits,
	/// Days for which the audit log is kept.
	pub audit_days: u32,
	/// What the chain adds to evidence. Without it, evidence ends at the batch that both sides signed.
	pub chain: Option<Arc<dyn EvidenceChain>>,
	/// What else of the node an operator must look at, in words: beside what courier and gateway say of themselves.
	pub alarms: Option<Alarms>,
}

/// Tells what an operator must look at now.
pub type Alarms = Arc<dyn Fn() -> Vec<String> + Send + Sync>;

impl fmt::Debug for Config {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Config")
			.field("listen", &self.listen)
			.field("tls", &self.tls)
			.field("folder", &self.folder)
			.field("version", &self.version)
			.field("limits", &self.limits)
			.field("audit_days", &self.audit_days)
			.field("chain", &self.chain.is_some())
			.field("alarms", &self.alarms.is_some())
			.finish()
	}
}

impl Config {
	/// The gateway of the node in `folder`, at 127.0.0.1 and this port, without TLS.
	pub fn new(folder: impl Into<PathBuf>, port: u16) -> Self {
		Config {
			listen: SocketAddr::from(([127, 0, 0, 1], port)),
			tls: None,
			folder: folder.into(),
			version: env!("CARGO_PKG_VERSION").into(),
			limits: Limits::default(),
			audit_days: DEFAULT_AUDIT_DAYS,
			chain: None,
			alarms: None,
		}
	}
}
