// SPDX-License-Identifier: Apache-2.0

//! One file per call, one for what the pallet does by itself, and random sequences of all calls.

mod agenda;
mod apply;
mod authorise;
mod countersign;
mod directory;
mod genesis;
mod grant;
mod grant_prefix;
mod leave;
mod random;
mod refuse;
mod register_interface;
mod register_product;
mod resume;
mod retire_interface;
mod revoke;
mod revoke_prefix;
mod set_interface_node;
mod set_product_status;
mod set_terms;
mod standings;
mod suspend;
mod update_product;
mod withdraw;
