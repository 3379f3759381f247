// SPDX-License-Identifier: Apache-2.0

//! The issuer terminal: reads the inbox of its node, decides by a rules file, keeps its books, confirms.
//!
//! A page of the inbox is one transaction: decisions, books, the answer that carries them, and the cursor behind the page.
//! Only then is the answer sent. Killed in between, the next start sends the same bytes under the same key, so that an order
//! never gets two different confirmations.

mod decide;
mod desk;
mod register;
mod rules;

pub use decide::{decide, Books, Decision};
pub use desk::{Desk, IssuerFigures};
pub use rules::{Opening, ProductRules, Rules};
