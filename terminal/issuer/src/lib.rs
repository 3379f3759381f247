// SPDX-License-Identifier: Apache-2.0

//! # The issuer terminal
//!
//! Reads the inbox of its node, decides by a rules file, keeps its books, confirms.
//!
//! * `rules`: what the issuer decides by; read again when the file changes.
//! * `prices`: the net asset values, by product and day, from a file that is read again when it changes.
//! * `decide`: one order, over the books as they are; pure.
//! * `api`: the HTTP API.
//! * `day`: the daily desk: days of products, their orders, prices and decisions, and what persons do with them.
//! * `desk`: page by page. A page of the inbox is one transaction: decisions, books, the answer that carries them, and the cursor
//!   behind the page. Only then is the answer sent. Killed in between, the next start sends the same bytes under the same key, so that
//!   an order never gets two different confirmations.
//! * `books`: the tables.
//!
//! An order that cannot be decided yet (its product has no price for its day) waits in the books, and is decided when the price comes.
//! What a seller sends and cannot be read is rejected by name, or, where it has no id, kept in quarantine: it ends nothing.

pub mod api;
pub mod books;
pub mod day;
mod decide;
mod desk;
mod entry;
mod load;
mod prices;
mod register;
mod rules;

pub use decide::{decide, propose, Books, Decision, Place, Proposal, Received};
pub use desk::{Desk, IssuerFigures, CURSOR};
pub use prices::Prices;
pub use rules::{BelowMinHolding, DayOf, FeeOn, Mode, Opening, ProductRules, Rules, WatchedRules};

use sealane_terminal_core::{decimal, error};
