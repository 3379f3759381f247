// SPDX-License-Identifier: Apache-2.0

//! What this node's business system asks.
//!
//! * `orders`: one order or registration, where it stands and why it waits.
//! * `feeds`: events and the inbox, by cursor.
//! * `views`: channels, clauses, lanes and the node itself.

mod feeds;
mod orders;
mod views;
