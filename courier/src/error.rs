// SPDX-License-Identifier: Apache-2.0

//! Why a courier cannot start. Errors of single operations stand beside them in [`crate::api`].

use crate::{keys::KeyError, store};

/// Why a courier cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
	/// The key file.
	#[error(transparent)]
	Keys(#[from] KeyError),
	/// The log.
	#[error("the log of the courier: {0}")]
	Store(#[from] store::OpenError),
	/// The log, while it was read.
	#[error("the log of the courier: {0}")]
	Read(store::ReadError),
	/// The metrics could not be registered.
	#[error("metrics: {0}")]
	Metrics(#[from] substrate_prometheus_endpoint::PrometheusError),
}
