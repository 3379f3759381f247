// SPDX-License-Identifier: Apache-2.0

//! What a motion does when it passes, in a sentence for each call that it carries. The call's own words, with every argument, are what is
//! voted on; the sentence says what they mean for those whose numbers stand in them.

use super::{
	account_text,
	consortium::{role_names, terms_view},
	powers::{share_of, Share},
	read::{account_of, text_of, unwrap_number, variant_of},
	ChainError, ChannelView, MemberView, TermsView,
};
use sealane_primitives::{
	business::Roles,
	fields::is_shown,
	ids::{ChannelId, MemberId, ProposalId},
};
use serde::Serialize;
use std::collections::HashMap;
use subxt::{
	ext::scale_value::{scale::decode_as_type, At, Composite, Value, ValueDef},
	metadata::Metadata,
};
use utoipa::ToSchema;

/// Deepest nesting of calls that is followed; the chain takes no more.
const MAX_DEPTH: usize = 8;
/// Most calls of a motion that are told of.
const MAX_EFFECTS: usize = 256;

/// What a call does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Effect {
	/// Pallet and call, e.g. `Channels.grant`.
	pub call: String,
	/// What it does, in a sentence; absent for a call that this release knows no sentence for: its words are all there is.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub words: Option<String>,
	/// The share of the council that it takes; absent where it is none of the council's powers.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub share: Option<Share>,
	/// What the sentence names, for those who write it in another language.
	pub about: Mentioned,
}

/// What a call is about. Only what the call names is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Mentioned {
	/// The member's number.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub member: Option<MemberId>,
	/// Its name.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub name: Option<String>,
	/// The channel.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub channel: Option<ChannelId>,
	/// The channel's seller.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub seller: Option<String>,
	/// The channel's issuer, or the issuer.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub issuer: Option<String>,
	/// Kinds of business that are granted.
	#[serde(skip_serializing_if = "Vec::is_empty")]
	#[schema(value_type = Vec<String>)]
	pub kinds: Vec<&'static str>,
	/// First block in which it no longer holds, or in which it happens.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub block: Option<u32>,
	/// The proposal for clauses.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub proposal: Option<ProposalId>,
	/// The account, SS58.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub account: Option<String>,
	/// A text: a reason, a prefix, a call that is paused.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub text: Option<String>,
	/// A number: a floor.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub number: Option<u32>,
}

/// Names for the numbers in calls.
#[derive(Clone, Debug, Default)]
pub struct Names {
	members: HashMap<MemberId, String>,
	channels: HashMap<ChannelId, (MemberId, MemberId)>,
}

impl Names {
	/// Of these members and channels.
	pub fn new(members: &[MemberView], channels: &[ChannelView]) -> Self {
		let members = members.iter().map(|member| (member.id, plain(&member.name)));
		let channels = channels
			.iter()
			.map(|channel| (channel.id, (channel.seller, channel.issuer)));
		Names {
			members: members.collect(),
			channels: channels.collect(),
		}
	}

	/// A member by its name, or by its number where it has none.
	pub fn member(&self, id: MemberId) -> String {
		match self.members.get(&id) {
			Some(name) if !name.is_empty() => name.clone(),
			_ => format!("member {id}"),
		}
	}

	/// Seller and issuer of a channel.
	pub fn parties(&self, channel: ChannelId) -> Option<(String, String)> {
		let (seller, issuer) = self.channels.get(&channel)?;
		Some((self.member(*seller), self.member(*issuer)))
	}
}

/// The effects of an encoded call, of those that it carries in their order.
///
/// # Errors
/// The bytes are no call of this runtime.
pub fn effects(metadata: &Metadata, call: &[u8], names: &Names) -> Result<Vec<Effect>, ChainError> {
	let call_type = metadata.outer_enums().call_enum_ty();
	let value = decode_as_type(&mut &call[..], call_type, metadata.types())
		.map_err(|error| ChainError::Mismatch(format!("an encoded call: {error}")))?;
	let mut found = Vec::new();
	follow(&value, call_type, names, None, 0, &mut found);
	Ok(found)
}

/// The share that a call takes: the largest of those that it carries take. `None` where one of them is no power of the council's.
pub fn share_of_effects(effects: &[Effect]) -> Option<Share> {
	let shares: Option<Vec<Share>> = effects.iter().map(|effect| effect.share).collect();
	shares?.into_iter().max()
}

fn follow(
	value: &Value<u32>,
	call_type: u32,
	names: &Names,
	block: Option<u32>,
	depth: usize,
	found: &mut Vec<Effect>,
) {
	let Some((pallet, call, arguments)) = parts(value) else {
		return;
	};
	if found.len() >= MAX_EFFECTS || depth > MAX_DEPTH {
		return;
	}
	let mut inner: Vec<&Value<u32>> = Vec::new();
	for (_, argument) in arguments {
		if argument.context == call_type {
			inner.push(argument);
		} else if let ValueDef::Composite(Composite::Unnamed(items)) = &argument.value {
			inner.extend(items.iter().filter(|item| item.context == call_type));
		}
	}
	let scheduled = match (pallet, call) {
		("Scheduler", "schedule") => argument(arguments, "when")
			.and_then(unwrap_number)
			.map(|when| when as u32),
		_ => None,
	};
	// What only carries others has no effect of its own, but for the time at which it has theirs.
	if inner.is_empty() || pallet != "Utility" {
		let mut effect = effect(pallet, call, arguments, names);
		effect.about.block = effect.about.block.or(block).or(scheduled);
		found.push(effect);
	}
	for call in inner {
		follow(call, call_type, names, scheduled.or(block), depth + 1, found);
	}
}

type Arguments = [(String, Value<u32>)];

/// Pallet, call and arguments of a decoded call.
fn parts(value: &Value<u32>) -> Option<(&str, &str, &Arguments)> {
	let ValueDef::Variant(pallet) = &value.value else {
		return None;
	};
	let ValueDef::Variant(call) = &pallet.values.values().next()?.value else {
		return None;
	};
	let arguments = match &call.values {
		Composite::Named(arguments) => arguments.as_slice(),
		Composite::Unnamed(_) => &[],
	};
	Some((&pallet.name, &call.name, arguments))
}

fn argument<'a>(arguments: &'a Arguments, name: &str) -> Option<&'a Value<u32>> {
	arguments
		.iter()
		.find(|(known, _)| known == name)
		.map(|(_, value)| value)
}

/// A text of the chain, as it may stand in a sentence: what cannot be shown is written as `\u{…}`.
fn plain(text: &str) -> String {
	let mut out = String::with_capacity(text.len());
	for letter in text.chars() {
		match is_shown(letter) {
			true => out.push(letter),
			false => out.extend(letter.escape_unicode()),
		}
	}
	out
}

/// The arguments of a call, by their meaning.
struct Read<'a> {
	arguments: &'a Arguments,
	names: &'a Names,
}

impl Read<'_> {
	fn number(&self, name: &str) -> Option<u32> {
		unwrap_number(argument(self.arguments, name)?)?.try_into().ok()
	}

	fn text(&self, name: &str) -> Option<String> {
		text_of(argument(self.arguments, name)?).map(|text| plain(&text))
	}

	/// An account, by itself or in the address that names it.
	fn account(&self, name: &str) -> Option<String> {
		let value = argument(self.arguments, name)?;
		let account = match variant_of(value) {
			Some("Id") => account_of(value.at(0)?)?,
			_ => account_of(value)?,
		};
		Some(account_text(&account))
	}

	fn member(&self, name: &str, about: &mut Mentioned) -> Option<String> {
		let member = self.number(name)?;
		about.member = Some(member);
		about.name = Some(self.names.member(member));
		about.name.clone()
	}

	/// `12 (Harbour → Northwind)`.
	fn channel(&self, about: &mut Mentioned) -> Option<String> {
		let channel = self.number("channel")?;
		about.channel = Some(channel);
		let Some((seller, issuer)) = self.names.parties(channel) else {
			return Some(channel.to_string());
		};
		let words = format!("{channel} ({seller} → {issuer})");
		(about.seller, about.issuer) = (Some(seller), Some(issuer));
		Some(words)
	}

	fn terms(&self, about: &mut Mentioned) -> Option<String> {
		let terms = terms_view(argument(self.arguments, "terms")?)?;
		about.kinds.clone_from(&terms.kinds);
		about.block = terms.valid_until;
		Some(terms_in_words(&terms))
	}

	fn roles(&self) -> Option<String> {
		let roles = Roles(self.number("roles")?.try_into().ok()?);
		Some(role_names(roles).join(" and "))
	}
}

/// `all kinds, until block 900, at most 60 orders a minute`.
pub fn terms_in_words(terms: &TermsView) -> String {
	let mut words = match terms.all_kinds {
		true => "all kinds".to_string(),
		false => terms.kinds.join(", "),
	};
	if let Some(block) = terms.valid_until {
		words.push_str(&format!(", until block {block}"));
	}
	if let Some(most) = terms.orders_per_minute {
		words.push_str(&format!(", at most {most} orders a minute"));
	}
	words
}

fn effect(pallet: &str, call: &str, arguments: &Arguments, names: &Names) -> Effect {
	let mut about = Mentioned::default();
	let read = Read { arguments, names };
	let words = match pallet {
		"Members" => of_members(call, &read, &mut about),
		"Channels" => of_channels(call, &read, &mut about),
		"Agreements" => of_agreements(call, &read, &mut about),
		"Validators" => of_validators(call, &read, &mut about),
		"CouncilMembership" | "Council" => of_council(call, &read, &mut about),
		_ => of_emergencies(pallet, call, &read, &mut about),
	};
	Effect {
		call: format!("{}.{}", plain(pallet), plain(call)),
		words,
		share: share_of(pallet, call),
		about,
	}
}

fn of_members(call: &str, read: &Read<'_>, about: &mut Mentioned) -> Option<String> {
	Some(match call {
		"admit" => {
			about.name = read.text("name");
			about.account = read.account("manager");
			format!(
				"admits {} as {}; the account {} acts for it",
				about.name.as_deref()?,
				read.roles()?,
				about.account.as_deref()?
			)
		}
		"set_roles" => format!("makes {} {}", read.member("member", about)?, read.roles()?),
		"suspend" => format!(
			"suspends {}: it may neither trade nor transact until more than one half reinstates it",
			read.member("member", about)?
		),
		"reinstate" => format!("ends the suspension of {}", read.member("member", about)?),
		"remove" => format!(
			"removes {} from the consortium for good, with its nodes; its channels end",
			read.member("member", about)?
		),
		"force_set_manager" => {
			about.account = read.account("manager");
			format!(
				"gives {} another manager: {} acts for it from then on",
				read.member("member", about)?,
				about.account.as_deref()?
			)
		}
		"force_remove_node" => {
			about.number = read.number("node");
			format!("removes node {} against its member's will", about.number?)
		}
		"set_connection_policy" => match argument(read.arguments, "restricted")?.as_bool()? {
			true => "lets registered nodes connect only".into(),
			false => "lets every node connect".into(),
		},
		"set_identity" => {
			about.text = read.text("name");
			format!(
				"renames {} to {}",
				read.member("member", about)?,
				about.text.as_deref()?
			)
		}
		_ => return None,
	})
}

fn of_channels(call: &str, read: &Read<'_>, about: &mut Mentioned) -> Option<String> {
	Some(match call {
		"grant" => {
			let channel = read.channel(about)?;
			let terms = read.terms(about)?;
			match (&about.seller, &about.issuer) {
				(Some(seller), Some(issuer)) => {
					format!("opens channel {channel}: {seller} may sell {issuer}'s products; {terms}")
				}
				_ => format!("opens channel {channel}; {terms}"),
			}
		}
		"set_terms" => format!(
			"changes what channel {} may carry to: {}",
			read.channel(about)?,
			read.terms(about)?
		),
		"suspend" => {
			about.text = read.text("reason");
			format!(
				"holds channel {} closed until more than one half resumes it",
				read.channel(about)?
			)
		}
		"resume" => format!("opens channel {} again", read.channel(about)?),
		"revoke" => {
			about.text = read.text("reason");
			format!(
				"ends channel {} for good; answers to what was delivered still drain",
				read.channel(about)?
			)
		}
		"grant_prefix" => {
			about.text = read.text("prefix");
			let issuer = read.member("issuer", about)?;
			format!(
				"lets {issuer} register interfaces and products whose ids begin with {:?}",
				about.text.as_deref()?
			)
		}
		"revoke_prefix" => {
			about.text = read.text("prefix");
			format!("takes the prefix {:?} back", about.text.as_deref()?)
		}
		_ => return None,
	})
}

fn of_agreements(call: &str, read: &Read<'_>, about: &mut Mentioned) -> Option<String> {
	about.proposal = read.number("proposal");
	Some(match call {
		"ratify" => format!(
			"ratifies proposal {}: its clauses hold from their first block on",
			about.proposal?
		),
		"refuse" => {
			about.text = read.text("reason");
			format!("refuses proposal {}", about.proposal?)
		}
		_ => return None,
	})
}

fn of_validators(call: &str, read: &Read<'_>, about: &mut Mentioned) -> Option<String> {
	about.account = read.account("validator");
	Some(match call {
		"add_validator" => format!(
			"adds the validator {}, from the second session on",
			about.account.as_deref()?
		),
		"remove_validator" => format!(
			"removes the validator {}, after the next session",
			about.account.as_deref()?
		),
		"pardon" => format!(
			"lets the validator {} come back after its offence",
			about.account.as_deref()?
		),
		"set_floor" => {
			about.number = read.number("floor");
			format!("lets motions leave no fewer than {} validators", about.number?)
		}
		_ => return None,
	})
}

fn of_council(call: &str, read: &Read<'_>, about: &mut Mentioned) -> Option<String> {
	Some(match call {
		"add_member" => {
			about.account = read.account("who");
			format!("gives the account {} a seat in the council", about.account.as_deref()?)
		}
		"remove_member" => {
			about.account = read.account("who");
			format!("takes the seat of the account {}", about.account.as_deref()?)
		}
		"swap_member" => {
			about.account = read.account("add");
			let (from, to) = (read.account("remove")?, about.account.as_deref()?);
			format!("gives the seat of the account {from} to the account {to}")
		}
		"reset_members" => "replaces all seats of the council by those that are named".into(),
		"kill" | "disapprove_proposal" => "ends another motion without a vote".into(),
		_ => return None,
	})
}

fn of_emergencies(pallet: &str, call: &str, read: &Read<'_>, about: &mut Mentioned) -> Option<String> {
	Some(match (pallet, call) {
		("SafeMode", "force_enter") => {
			"enters safe mode for a day: only consensus, governance, evidence and what takes away go on".into()
		}
		("SafeMode", "force_extend") => "prolongs safe mode by a day".into(),
		("SafeMode", "force_exit") => "ends safe mode".into(),
		("TxPause", "pause") => {
			about.text = paused(argument(read.arguments, "full_name")?);
			format!("pauses the call {}: nobody can make it", about.text.as_deref()?)
		}
		("TxPause", "unpause") => {
			about.text = paused(argument(read.arguments, "ident")?);
			format!("lets the call {} go on", about.text.as_deref()?)
		}
		("Receipts", "force_revoke") => {
			let issuer = read.member("issuer", about)?;
			format!("revokes a registration receipt of {issuer}")
		}
		("Anchors", "resolve_dispute") => {
			about.number = read.number("dispute");
			format!("settles dispute {}", about.number?)
		}
		("Anchors", "set_policy") => {
			"changes when nodes anchor, how long they trade without a new block, and how long answers outlive a channel"
				.into()
		}
		("Scheduler", "schedule") => {
			let block = unwrap_number(argument(read.arguments, "when")?)? as u32;
			about.block = Some(block);
			format!("has what follows run in block {block}")
		}
		("Whitelist", "whitelist_call") => "lets one call be dispatched with root: the one behind the hash".into(),
		("Whitelist", "dispatch_whitelisted_call") => "runs the call behind the hash with root".into(),
		("System", "set_code") => "replaces the runtime: the rules of the chain themselves".into(),
		("System", "authorize_upgrade") => "authorises a new runtime".into(),
		("Grandpa", "note_stalled") => "lets finality go on with the present validators".into(),
		_ => return None,
	})
}

/// `Channels.apply` of a paused call's name.
pub(super) fn paused(name: &Value<u32>) -> Option<String> {
	Some(format!(
		"{}.{}",
		plain(&text_of(name.at(0)?)?),
		plain(&text_of(name.at(1)?)?)
	))
}

#[cfg(test)]
mod tests;
