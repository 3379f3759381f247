// SPDX-License-Identifier: Apache-2.0

//! What a network of five validators must survive, shown on real processes under zombienet. One program, so that its large
//! dependency tree is linked once; the tests run one after the other.

mod faults;
mod follower;
mod liveness;
mod trade;
