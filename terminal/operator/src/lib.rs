// SPDX-License-Identifier: Apache-2.0

//! # The operators' way to the chain, and the evidence verifier
//!
//! * [`chain`]: state and extrinsics over RPC, council motions included.
//! * [`evidence`]: checks what proves a trade record.
//! * [`checkpoint`]: makes what such a check can start from.
//! * [`server`]: a node's state for people, behind users and roles.

pub mod chain;
pub mod checkpoint;
pub mod evidence;
pub mod server;

use sealane_terminal_core::{error, node};
