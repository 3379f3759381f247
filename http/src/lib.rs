// SPDX-License-Identifier: Apache-2.0

//! # What every HTTP service of Sealane stands on
//!
//! The gateway of a node and the terminals serve different resources to different people; what can be asked of a server before a
//! resource is asked for is the same, and stands here once.
//!
//! * [`Server`]: accepts connections, within [`Limits`], until it is told to stop. [`Client`]: who is at the other end.
//! * [`Traffic`]: which requests are under way, and that the service stops.
//! * [`limits`]: bounds on what a client can make a service hold, and reading a body within them.
//! * [`TlsFiles`], [`tls`]: TLS, and certificates of clients. [`Watched`]: values that follow their files.
//! * [`Failure`]: an answer that is a problem document. [`extract`]: parameters and headers with problems for those that break a rule.
//! * [`openapi`]: what the documents of all services have in common. `contract`, of the feature `test-support`: what each must keep.
//! * [`files`]: files that only their owner may read.

mod admission;
mod connections;
#[cfg(any(test, feature = "test-support"))]
pub mod contract;
mod deadline;
pub mod extract;
pub mod files;
pub mod limits;
pub mod openapi;
mod problem;
pub mod tls;
mod traffic;
mod watched;

pub use admission::Connection;
pub use connections::{Client, Server};
pub use limits::Limits;
pub use problem::Failure;
pub use tls::{TlsError, TlsFiles};
pub use tokio_rustls::TlsAcceptor;
pub use traffic::{Traffic, UnderWay};
pub use watched::Watched;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Where a program on this machine reaches what listens at `address`.
pub fn local(address: SocketAddr) -> SocketAddr {
	let ip = match address.ip() {
		IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
		IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
		ip => ip,
	};
	SocketAddr::new(ip, address.port())
}
