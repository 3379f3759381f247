// SPDX-License-Identifier: Apache-2.0

//! What leads a day on, who may take that step, and what stands in its way; pure.

use super::DayState;
use sealane_terminal_core::output::time_text;
use serde::Serialize;
use utoipa::ToSchema;

/// The next step of a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Next {
	/// The step.
	pub step: Step,
	/// Who takes it.
	pub by: By,
	/// Who may not: they had a part in what this step agrees to.
	pub not_by: Vec<String>,
	/// What stands in its way; empty: it can be taken now.
	pub missing: Vec<Missing>,
}

/// What leads a day on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
	/// The cut-off comes.
	Freeze,
	/// A price is entered.
	EnterPrice,
	/// The price is released.
	ReleasePrice,
	/// The rules propose a decision on each order.
	Propose,
	/// Somebody has looked at all decisions.
	Review,
	/// Somebody else agrees.
	Confirm,
	/// The books move, and the answers are sent.
	Execute,
	/// Nothing changes any more.
	Close,
	/// The day is closed.
	None,
}

/// Who takes a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum By {
	/// The running terminal, by itself.
	Terminal,
	/// A user with the role `price`.
	Price,
	/// A user with the role `approve`.
	Approve,
	/// A user with the role `decide`.
	Decide,
	/// Nobody.
	Nobody,
}

/// Something that stands in the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Missing {
	/// What, for programs.
	pub what: What,
	/// What, for people.
	pub text: String,
}

/// What can stand in a day's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum What {
	/// Its cut-off has not come.
	CutOff,
	/// Orders are held by hand.
	OrdersHeld,
	/// Answers are not sent yet.
	AnswersUnsent,
	/// The own node refused answers: their sellers do not have them.
	AnswersRefused,
	/// What the terminal missed when it looked last: an earlier day, a rule, a calendar, another product's price.
	Terminal,
}

/// What is known of a day.
pub(super) struct Known<'a> {
	pub state: DayState,
	pub closes_at: i64,
	/// What the terminal missed when it looked last.
	pub waits_for: &'a str,
	pub executed: bool,
	/// The price's text and who entered it, where there is one.
	pub entered: Option<&'a str>,
	pub released: bool,
	pub held: i64,
	/// Who reviewed the day or decided on its orders.
	pub deciders: Vec<String>,
	pub unsent: i64,
	pub refused: i64,
}

impl Next {
	pub(super) fn of(day: Known<'_>, now_ms: i64) -> Self {
		let (step, by) = day.step();
		let mut missing = Vec::new();
		let mut miss = |what, text| missing.push(Missing { what, text });
		match step {
			Step::Freeze if day.closes_at > now_ms => {
				miss(
					What::CutOff,
					format!("its orders come until {}", time_text(day.closes_at)),
				);
			}
			Step::Propose | Step::Execute if !day.waits_for.is_empty() => miss(What::Terminal, day.waits_for.into()),
			Step::Review if day.held > 0 => miss(What::OrdersHeld, format!("{} orders are held", day.held)),
			Step::Close => {
				if day.unsent > 0 {
					miss(What::AnswersUnsent, format!("{} answers are not sent yet", day.unsent));
				}
				if day.refused > 0 {
					let text = format!(
						"the own node refused {} answers: their sellers do not have them",
						day.refused
					);
					miss(What::AnswersRefused, text);
				}
			}
			_ => {}
		}
		let not_by = match step {
			Step::ReleasePrice => day.entered.map(String::from).into_iter().collect(),
			Step::Confirm => day.deciders,
			_ => Vec::new(),
		};
		Next {
			step,
			by,
			not_by,
			missing,
		}
	}

	/// In words, for a table.
	pub fn text(&self) -> String {
		let step = match self.step {
			Step::Freeze => "the cut-off",
			Step::EnterPrice => "its price",
			Step::ReleasePrice => "the release of its price by a second person",
			Step::Propose => "the rules' proposals",
			Step::Review => "a review",
			Step::Confirm => "the agreement of a second person",
			Step::Execute => "its execution",
			Step::Close => "its close",
			Step::None => return String::new(),
		};
		let missing: Vec<&str> = self.missing.iter().map(|missing| missing.text.as_str()).collect();
		if missing.is_empty() {
			return step.into();
		}
		format!("{step}: {}", missing.join("; "))
	}
}

impl Known<'_> {
	fn step(&self) -> (Step, By) {
		match self.state {
			DayState::Open => (Step::Freeze, By::Terminal),
			DayState::Frozen if self.released => (Step::Propose, By::Terminal),
			DayState::Frozen if self.entered.is_some() => (Step::ReleasePrice, By::Approve),
			DayState::Frozen => (Step::EnterPrice, By::Price),
			DayState::Priced => (Step::Review, By::Decide),
			DayState::Reviewed => (Step::Confirm, By::Approve),
			DayState::Confirmed if self.executed => (Step::Close, By::Approve),
			DayState::Confirmed => (Step::Execute, By::Terminal),
			DayState::Closed => (Step::None, By::Nobody),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn known(state: DayState) -> Known<'static> {
		Known {
			state,
			closes_at: 2_000,
			waits_for: "",
			executed: false,
			entered: None,
			released: false,
			held: 0,
			deciders: vec!["zhao".into()],
			unsent: 0,
			refused: 0,
		}
	}

	fn next(day: Known<'_>) -> (Step, By, Vec<What>, Vec<String>) {
		let next = Next::of(day, 1_000);
		let missing = next.missing.iter().map(|missing| missing.what).collect();
		(next.step, next.by, missing, next.not_by)
	}

	#[test]
	fn each_state_says_what_leads_on_and_who_may_not() {
		use DayState::*;
		assert_eq!(
			next(known(Open)),
			(Step::Freeze, By::Terminal, vec![What::CutOff], vec![])
		);
		assert_eq!(next(known(Frozen)), (Step::EnterPrice, By::Price, vec![], vec![]));
		let entered = Known {
			entered: Some("li"),
			..known(Frozen)
		};
		assert_eq!(
			next(entered),
			(Step::ReleasePrice, By::Approve, vec![], vec!["li".into()])
		);
		let released = Known {
			entered: Some("li"),
			released: true,
			waits_for: "the day before: 2026-03-02",
			..known(Frozen)
		};
		assert_eq!(
			next(released),
			(Step::Propose, By::Terminal, vec![What::Terminal], vec![])
		);
		let held = Known {
			held: 2,
			..known(Priced)
		};
		assert_eq!(next(held), (Step::Review, By::Decide, vec![What::OrdersHeld], vec![]));
		assert_eq!(
			next(known(Reviewed)),
			(Step::Confirm, By::Approve, vec![], vec!["zhao".into()])
		);
		assert_eq!(next(known(Confirmed)), (Step::Execute, By::Terminal, vec![], vec![]));
		let sent = Known {
			executed: true,
			unsent: 1,
			refused: 3,
			..known(Confirmed)
		};
		assert_eq!(
			next(sent),
			(
				Step::Close,
				By::Approve,
				vec![What::AnswersUnsent, What::AnswersRefused],
				vec![]
			)
		);
		assert_eq!(next(known(Closed)), (Step::None, By::Nobody, vec![], vec![]));
		assert_eq!(Next::of(known(Closed), 0).text(), "");
	}
}
