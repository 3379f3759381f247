// SPDX-License-Identifier: Apache-2.0

//! One file per call, one for the off-chain worker, and random sequences of all calls.

mod close;
mod close_batch;
mod ends;
mod force_revoke;
mod issue;
mod issue_batch;
mod offchain;
mod random;
mod revoke;
