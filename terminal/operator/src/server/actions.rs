// SPDX-License-Identifier: Apache-2.0

//! What can be exported for signing: the same calls that the commands make.

use super::link::failed;
use crate::chain::{self, Call, ChainClient, ChainError, GrantFile, RevocationReason, Share};
use sealane_primitives::{
	business::{Role, Roles},
	calendar::json as calendars,
	clauses::json as clauses,
	directory::Scope,
	ids::*,
};
use sealane_service::Failure;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Most calls of one motion.
const MAX_GRANTS: usize = 64;

/// What is to be signed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
	/// Vote on a motion. It is named by its number and its hash as they were shown: the vote is for what was shown, or for nothing.
	Vote {
		/// The motion's number.
		motion: u32,
		/// The hash of its call.
		hash: String,
		/// For it; against it where false.
		aye: bool,
	},
	/// Close a motion: an approved one runs its call.
	Close {
		/// The motion's number.
		motion: u32,
		/// The hash of its call.
		hash: String,
	},
	/// Put something to the vote. The proposer's own vote is another action: it needs the motion's number.
	Propose {
		/// What the council is to decide.
		proposal: Proposal,
		/// Votes that the motion needs; those that its power takes unless given.
		threshold: Option<u32>,
	},
	/// Accept the other party's clauses (a party's manager).
	AcceptAgreement {
		/// The proposal's number.
		proposal: ProposalId,
	},
	/// Propose clauses to the other party of a channel (a party's manager).
	ProposeAgreement {
		/// The channel.
		channel: ChannelId,
		/// For one product.
		product: Option<String>,
		/// For the products of one type; without either for everything over the channel.
		product_type: Option<String>,
		/// The clauses, as they stand in files of clauses.
		#[schema(value_type = Vec<Object>)]
		clauses: Value,
		/// First block in which they hold; when they are ratified unless given.
		from_block: Option<BlockNumber>,
	},
	/// Announce a calendar (an issuer's manager).
	AnnounceCalendar {
		/// For one product; for all that have none of their own unless given.
		product: Option<String>,
		/// The calendar, as it stands in files of calendars.
		#[schema(value_type = Object)]
		calendar: Value,
		/// First block in which it holds.
		from_block: BlockNumber,
	},
	/// Take back a calendar that does not hold yet (an issuer's manager).
	WithdrawCalendar {
		/// Of one product; of all that have none of their own unless given.
		product: Option<String>,
	},
}

/// What the council can be asked for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "call", rename_all = "snake_case", deny_unknown_fields)]
pub enum Proposal {
	/// Admit an institution.
	AdmitMember {
		/// Its name.
		name: String,
		/// LEI (20 characters) or unified social credit code (18).
		legal_id: String,
		/// How to reach its operators: an office, never a person.
		contact: String,
		/// What it is: `seller`, `issuer`, `auditor`, `operator`.
		#[schema(value_type = Vec<String>)]
		roles: Vec<Role>,
		/// The account that manages it: SS58 or 0x-hex.
		manager: String,
	},
	/// Suspend a member.
	SuspendMember {
		/// Its number.
		member: MemberId,
	},
	/// End a member's suspension.
	ReinstateMember {
		/// Its number.
		member: MemberId,
	},
	/// Grant channels, all of them or none.
	Grant {
		/// The grants.
		grants: Vec<Grant>,
	},
	/// Hold a channel closed.
	SuspendChannel {
		/// The channel.
		channel: ChannelId,
		/// Why, in a sentence; goes on chain.
		reason: String,
	},
	/// Open a suspended channel again.
	ResumeChannel {
		/// The channel.
		channel: ChannelId,
	},
	/// End a channel for good.
	RevokeChannel {
		/// The channel.
		channel: ChannelId,
		/// Why, in a sentence; goes on chain.
		reason: String,
	},
	/// Let an issuer register interfaces and products whose ids begin so.
	GrantPrefix {
		/// The issuer.
		issuer: MemberId,
		/// How the ids begin.
		prefix: String,
	},
	/// Ratify a joint proposal for clauses.
	RatifyAgreement {
		/// The proposal's number.
		proposal: ProposalId,
	},
	/// Declare a registration receipt wrong.
	RevokeReceipt {
		/// The issuer.
		issuer: MemberId,
		/// The commitment, 64 hexadecimal digits.
		commitment: String,
		/// Why; goes on chain.
		reason: ReceiptReason,
	},
	/// Add a validator, whose account has set session keys.
	AddValidator {
		/// Its account: SS58 or 0x-hex.
		account: String,
	},
	/// Remove a validator.
	RemoveValidator {
		/// Its account: SS58 or 0x-hex.
		account: String,
	},
	/// Set the fewest validators that motions may leave.
	SetFloor {
		/// The fewest.
		floor: u32,
	},
	/// Enter safe mode for a day.
	EnterSafeMode {},
	/// Prolong safe mode by a day.
	ExtendSafeMode {},
	/// Leave safe mode.
	LeaveSafeMode {},
	/// Pause a call.
	PauseCall {
		/// Its pallet, e.g. `Channels`.
		pallet: String,
		/// Its name, e.g. `apply`.
		name: String,
	},
	/// Let a paused call go on.
	UnpauseCall {
		/// Its pallet.
		pallet: String,
		/// Its name.
		name: String,
	},
}

/// A grant.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Grant {
	/// The channel.
	pub channel: ChannelId,
	/// Kinds of business by their names in orders; all unless given.
	pub kinds: Option<Vec<String>>,
	/// First block in which it no longer holds; as long as the credential unless given.
	pub valid_until: Option<BlockNumber>,
	/// Most orders in a minute; no limit unless given.
	pub orders_per_minute: Option<u32>,
}

/// Why a registration receipt is wrong.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptReason {
	/// It should not have been issued.
	IssuedInError,
	/// The customer is registered twice.
	Duplicate,
	/// The registration was obtained by deceit.
	Fraud,
	/// A court or a supervisor ordered it.
	Order,
	/// Anything else.
	Other,
}

impl From<ReceiptReason> for RevocationReason {
	fn from(reason: ReceiptReason) -> Self {
		match reason {
			ReceiptReason::IssuedInError => RevocationReason::IssuedInError,
			ReceiptReason::Duplicate => RevocationReason::Duplicate,
			ReceiptReason::Fraud => RevocationReason::Fraud,
			ReceiptReason::Order => RevocationReason::Order,
			ReceiptReason::Other => RevocationReason::Other,
		}
	}
}

impl Action {
	/// The call.
	///
	/// # Errors
	/// An argument breaks a rule, what it names is not there, or the node does not answer.
	pub async fn call(self, chain: &ChainClient) -> Result<Call, Failure> {
		let made = match self {
			Action::Vote { motion, hash, aye } => {
				let (motion, _) = chain.motion_shown(motion, &hash).await.map_err(failed)?;
				chain.ballot(&motion, aye).await
			}
			Action::Close { motion, hash } => {
				let (motion, _) = chain.motion_shown(motion, &hash).await.map_err(failed)?;
				chain.closing(&motion).await
			}
			Action::Propose { proposal, threshold } => {
				let share = proposal.share();
				let call = proposal.call(chain).await?;
				let threshold = match threshold {
					Some(threshold) => threshold,
					None => share.votes(chain.council().await.map_err(failed)?.len() as u32),
				};
				chain.proposal(&call, threshold).await
			}
			Action::AcceptAgreement { proposal } => chain::accept_agreement(chain, proposal).await,
			Action::ProposeAgreement {
				channel,
				product,
				product_type,
				clauses,
				from_block,
			} => {
				let scope = scope(product, product_type)?;
				let clauses = clauses::from_json(clauses.to_string().as_bytes()).map_err(|e| invalid("clauses", e))?;
				chain::propose_agreement(chain, channel, &scope, &clauses, from_block).await
			}
			Action::AnnounceCalendar {
				product,
				calendar,
				from_block,
			} => {
				let calendar =
					calendars::from_json(calendar.to_string().as_bytes()).map_err(|e| invalid("calendar", e))?;
				chain::announce_calendar(chain, product.as_deref(), &calendar, from_block).await
			}
			Action::WithdrawCalendar { product } => chain::withdraw_calendar(chain, product.as_deref()).await,
		};
		made.map_err(failed)
	}
}

impl Proposal {
	/// The share of the council that it takes.
	fn share(&self) -> Share {
		let (pallet, call) = match self {
			Proposal::AdmitMember { .. } => ("Members", "admit"),
			Proposal::SuspendMember { .. } => ("Members", "suspend"),
			Proposal::ReinstateMember { .. } => ("Members", "reinstate"),
			Proposal::Grant { .. } => ("Channels", "grant"),
			Proposal::SuspendChannel { .. } => ("Channels", "suspend"),
			Proposal::ResumeChannel { .. } => ("Channels", "resume"),
			Proposal::RevokeChannel { .. } => ("Channels", "revoke"),
			Proposal::GrantPrefix { .. } => ("Channels", "grant_prefix"),
			Proposal::RatifyAgreement { .. } => ("Agreements", "ratify"),
			Proposal::RevokeReceipt { .. } => ("Receipts", "force_revoke"),
			Proposal::AddValidator { .. } => ("Validators", "add_validator"),
			Proposal::RemoveValidator { .. } => ("Validators", "remove_validator"),
			Proposal::SetFloor { .. } => ("Validators", "set_floor"),
			Proposal::EnterSafeMode {} => ("SafeMode", "force_enter"),
			Proposal::ExtendSafeMode {} => ("SafeMode", "force_extend"),
			Proposal::LeaveSafeMode {} => ("SafeMode", "force_exit"),
			Proposal::PauseCall { .. } => ("TxPause", "pause"),
			Proposal::UnpauseCall { .. } => ("TxPause", "unpause"),
		};
		// More than one half is enough for what is not in the table, and a test shows that all are.
		chain::share_of(pallet, call).unwrap_or(Share::Majority)
	}

	async fn call(self, chain: &ChainClient) -> Result<Call, Failure> {
		let made = match self {
			Proposal::AdmitMember {
				name,
				legal_id,
				contact,
				roles,
				manager,
			} => {
				let manager = chain::parse_account(&manager)?;
				chain::admit_member(chain, &name, &legal_id, &contact, Roles::of(&roles), manager).await
			}
			Proposal::SuspendMember { member } => chain::suspend_member(chain, member).await,
			Proposal::ReinstateMember { member } => chain::reinstate_member(chain, member).await,
			Proposal::Grant { grants } => grant(chain, grants).await,
			Proposal::SuspendChannel { channel, reason } => chain::suspend(chain, channel, &reason).await,
			Proposal::ResumeChannel { channel } => chain::resume(chain, channel).await,
			Proposal::RevokeChannel { channel, reason } => chain::revoke(chain, channel, &reason).await,
			Proposal::GrantPrefix { issuer, prefix } => chain::grant_prefix(chain, issuer, &prefix).await,
			Proposal::RatifyAgreement { proposal } => chain::ratify_agreement(chain, proposal).await,
			Proposal::RevokeReceipt {
				issuer,
				commitment,
				reason,
			} => {
				let commitment = chain::commitment(&commitment).map_err(failed)?;
				chain::force_revoke_receipt(chain, issuer, &commitment, reason.into()).await
			}
			Proposal::AddValidator { account } => chain::add_validator(chain, chain::parse_account(&account)?).await,
			Proposal::RemoveValidator { account } => {
				chain::remove_validator(chain, chain::parse_account(&account)?).await
			}
			Proposal::SetFloor { floor } => chain::set_floor(chain, floor).await,
			Proposal::EnterSafeMode {} => chain::enter_safe_mode(chain).await,
			Proposal::ExtendSafeMode {} => chain::extend_safe_mode(chain).await,
			Proposal::LeaveSafeMode {} => chain::leave_safe_mode(chain).await,
			Proposal::PauseCall { pallet, name } => chain::pause_call(chain, &pallet, &name).await,
			Proposal::UnpauseCall { pallet, name } => chain::unpause_call(chain, &pallet, &name).await,
		};
		made.map_err(failed)
	}
}

async fn grant(chain: &ChainClient, grants: Vec<Grant>) -> Result<Call, ChainError> {
	let mut channels: Vec<_> = grants.iter().map(|grant| grant.channel).collect();
	channels.sort_unstable();
	channels.dedup();
	if channels.is_empty() || channels.len() != grants.len() || channels.len() > MAX_GRANTS {
		return Err(ChainError::Invalid {
			field: "grants",
			value: grants.len().to_string(),
			rule: format!("1 to {MAX_GRANTS}, each of another channel"),
		});
	}
	let terms = grants.into_iter().map(|grant| {
		let file = GrantFile {
			channel: grant.channel,
			kinds: grant.kinds,
			valid_until: grant.valid_until,
			orders_per_minute: grant.orders_per_minute,
		};
		Ok((file.channel, file.terms()?))
	});
	chain::grants(chain, &terms.collect::<Result<Vec<_>, ChainError>>()?).await
}

fn scope(product: Option<String>, product_type: Option<String>) -> Result<Scope, Failure> {
	let name = |field, text: String| {
		let name = chain::text(field, &text, MAX_NAME_LEN).map_err(failed)?;
		Name::try_from(name).map_err(|_| invalid(field, "at most 32 bytes"))
	};
	match (product, product_type) {
		(Some(_), Some(_)) => Err(invalid("product", "either a product or a type of products")),
		(Some(product), None) => Ok(Scope::Product(name("product", product)?)),
		(None, Some(product_type)) => Ok(Scope::ProductType(name("product_type", product_type)?)),
		(None, None) => Ok(Scope::All),
	}
}

fn invalid(field: &'static str, rule: impl ToString) -> Failure {
	failed(ChainError::Invalid {
		field,
		value: String::new(),
		rule: rule.to_string(),
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use serde_json::json;

	fn read(value: Value) -> Result<Action, serde_json::Error> {
		serde_json::from_value(value)
	}

	#[test]
	fn actions_are_read_by_their_names_and_nothing_else_is() {
		let vote = read(json!({ "action": "vote", "motion": 3, "hash": "0xab", "aye": true })).unwrap();
		assert!(matches!(
			vote,
			Action::Vote {
				motion: 3,
				aye: true,
				..
			}
		));
		let grant = json!({ "call": "grant", "grants": [{ "channel": 7, "kinds": ["purchase"] }] });
		let propose = read(json!({ "action": "propose", "proposal": grant })).unwrap();
		assert!(matches!(propose, Action::Propose { threshold: None, .. }));
		let admit = json!({
			"call": "admit_member", "name": "Bank", "legal_id": "91310000MA1TEXT01W", "contact": "desk", "roles": ["seller", "auditor"],
			"manager": "0x00",
		});
		assert!(read(json!({ "action": "propose", "proposal": admit })).is_ok());
		assert!(read(json!({ "action": "propose", "proposal": { "call": "leave_safe_mode" } })).is_ok());
		for bad in [
			json!({ "action": "vote", "motion": 3, "hash": "0xab" }),
			json!({ "action": "vote", "motion": 3, "hash": "0xab", "aye": true, "more": 1 }),
			json!({ "action": "set_code", "code": "0x00" }),
			json!({ "action": "propose", "proposal": { "call": "grant", "grants": [{ "channel": 7, "limit": 1 }] } }),
			json!({ "motion": 3 }),
		] {
			assert!(read(bad.clone()).is_err(), "{bad}");
		}
	}

	#[test]
	fn every_proposal_takes_what_its_power_takes() {
		let shares = [
			(Proposal::SuspendMember { member: 1 }, Share::OneThird),
			(Proposal::EnterSafeMode {}, Share::OneThird),
			(Proposal::LeaveSafeMode {}, Share::TwoThirds),
			(Proposal::SetFloor { floor: 3 }, Share::TwoThirds),
			(Proposal::ResumeChannel { channel: 1 }, Share::Majority),
			(
				Proposal::PauseCall {
					pallet: "Channels".into(),
					name: "apply".into(),
				},
				Share::Majority,
			),
		];
		for (proposal, share) in shares {
			assert_eq!(proposal.share(), share, "{proposal:?}");
		}
	}

	#[test]
	fn clauses_cover_a_product_or_a_type_or_all() {
		assert!(matches!(scope(None, None), Ok(Scope::All)));
		assert!(matches!(scope(Some("P1".into()), None), Ok(Scope::Product(_))));
		assert!(matches!(
			scope(None, Some("fund.bond".into())),
			Ok(Scope::ProductType(_))
		));
		assert!(scope(Some("P1".into()), Some("fund.bond".into())).is_err());
		assert!(scope(Some("x".repeat(33)), None).is_err());
	}
}
