// SPDX-License-Identifier: Apache-2.0

//! # The daily desk
//!
//! Orders for products with `mode = "daily"` are not decided when they come, but all of a day together. A day is that of one product:
//! products whose prices come at different times do not wait for each other.
//!
//! ```text
//! open ──cut-off──► frozen ──prices released──► priced ──► reviewed ──second person──► confirmed ──all sent──► closed
//!                     ▲  the rules propose a decision   │      │  a change of a decision: reviewed again
//!                     └──── an order in time that was read late, a price that was entered anew
//! ```
//!
//! * `state`: the states and what leads from one to the next; pure.
//! * `when`: which day an order belongs to, by the calendar and the channel's rule; pure.
//! * `large`: 巨额赎回, how much of a day's redemptions is executed; pure.
//! * `moves`: what a decision does to the books, and the answer that an order gets in the end; pure.
//! * `rows`: the tables.
//! * `prices`: net asset values, entered by one person and released by another.
//! * `acts`: what persons do with a day. Each act is one transaction that names who did it.
//! * `lists`: days, orders and totals to look at; `next`: what leads a day on, and what stands in its way.
//!
//! Only the running desk moves the books, proposes and sends (`crate::desk`); a person's act never does, so that it may be done from
//! another process. A decision that was confirmed is stored before it is sent, and sent unchanged however often the desk is killed.

#[cfg(test)]
mod tests;

mod acts;
mod large;
mod lists;
mod moves;
mod next;
mod person;
mod prices;
mod rows;
mod state;
mod when;

pub use acts::{history, ActRow, Correction};
pub use large::share_of;
pub use lists::{DaysFilter, Filter, Listed, Total};
pub(crate) use moves::taken_off;
pub use moves::{answer_of, apply, Executed};
pub use next::{By, Missing, Next, Step, What};
pub use person::Person;
pub use prices::Nav;
pub use rows::{DayKey, DayOrder, DayRow, OrderState};
pub use state::{Act, DayState};
pub use when::{closes_at, day_of, reason, When};

pub(crate) use acts::{change, decision_of, note_act, Change, DESK};
pub(crate) use prices::{latest_release, released};
pub(crate) use rows::{
	carry_over, due, insert_orders, last_over, load_parts, orders_after, set_done, set_executed, set_proposals,
	set_share, set_waits, take_off, under_way, unfinished_before, with_state,
};
