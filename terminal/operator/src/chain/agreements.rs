// SPDX-License-Identifier: Apache-2.0

//! Agreements as they were ratified one after the other, and how two of them differ.

use super::{
	client::storage_key,
	read::{u32_of, unexpected, Raw},
	ChainClient, ChainError,
};
use codec::{Decode, DecodeAll, Encode};
use sealane_primitives::{
	clauses::{Clause, Clauses},
	directory::Scope,
	ids::*,
};
use serde::Serialize;
use std::collections::HashMap;
use subxt::ext::scale_value::{At, Value};
use utoipa::ToSchema;

/// Most versions that may wait for their first block.
const MAX_WAITING: u32 = 4;

/// The agreement of a channel's parties for one scope: its versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Agreement)]
pub struct AgreementView {
	/// Channel and scope in one: `12:all`, `12:type:fund.bond`, `12:product:P1`.
	pub id: String,
	/// The channel.
	pub channel: ChannelId,
	/// What it covers: `all`, `type fund.bond`, `product P1`.
	pub scope: String,
	/// How many versions there are; they count from 1.
	pub versions: u32,
	/// The version in force; absent where none is yet.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub in_force: Option<u32>,
}

/// A version.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = AgreementVersion)]
pub struct VersionView {
	/// Counts the versions of this agreement, from 1.
	pub number: u32,
	/// The number that orders are stamped with.
	pub agreement: AgreementId,
	/// First block in which it holds.
	pub from: BlockNumber,
	/// Block in which the council ratified it.
	pub ratified_at: BlockNumber,
	/// Whether it takes the scope out of force.
	pub withdraws: bool,
	/// Its clauses; absent where this release does not know one of their kinds.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub clauses: Option<Vec<ClauseView>>,
}

/// A clause: it holds when any of its conditions does.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Clause)]
pub struct ClauseView {
	/// Its code.
	pub code: String,
	/// Its conditions in words.
	pub any_of: Vec<String>,
	/// The clause as it stands in files of clauses.
	pub json: serde_json::Value,
}

/// How a clause differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClauseChange {
	/// It does not.
	Same,
	/// It is new.
	Added,
	/// It is gone.
	Removed,
	/// Its conditions are others.
	Changed,
}

/// A clause beside itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DifferenceRow {
	/// Its code.
	pub code: String,
	/// How it differs.
	pub change: ClauseChange,
	/// Its conditions in the first of the two, in words.
	pub before: Vec<String>,
	/// Its conditions in the second.
	pub after: Vec<String>,
}

/// What clauses are compared: a version, or what is proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
	/// A version by its number.
	Version(u32),
	/// An open proposal by its number.
	Proposal(ProposalId),
}

impl std::str::FromStr for Compared {
	type Err = ChainError;

	/// `3`, or `p7`.
	fn from_str(text: &str) -> Result<Self, ChainError> {
		let (proposal, digits) = match text.strip_prefix('p') {
			Some(digits) => (true, digits),
			None => (false, text),
		};
		let number = digits.parse().map_err(|_| ChainError::Invalid {
			field: "version",
			value: text.into(),
			rule: "a version's number, or p and the number of an open proposal".into(),
		})?;
		Ok(match proposal {
			true => Compared::Proposal(number),
			false => Compared::Version(number),
		})
	}
}

/// The id of an agreement.
pub fn agreement_id(channel: ChannelId, scope: &Scope) -> String {
	match scope {
		Scope::All => format!("{channel}:all"),
		Scope::ProductType(name) => format!("{channel}:type:{}", String::from_utf8_lossy(name)),
		Scope::Product(name) => format!("{channel}:product:{}", String::from_utf8_lossy(name)),
	}
}

/// Channel and scope of an agreement's id.
///
/// # Errors
/// It is none.
pub fn parse_agreement_id(id: &str) -> Result<(ChannelId, Scope), ChainError> {
	let invalid = || ChainError::Invalid {
		field: "id",
		value: id.into(),
		rule: "an agreement's id such as 12:all, 12:type:fund.bond, 12:product:P1".into(),
	};
	let (channel, scope) = id.split_once(':').ok_or_else(invalid)?;
	let channel = channel.parse().map_err(|_| invalid())?;
	let name = |text: &str| Name::try_from(text.as_bytes().to_vec()).map_err(|_| invalid());
	let scope = match scope.split_once(':') {
		None if scope == "all" => Scope::All,
		Some(("type", text)) => Scope::ProductType(name(text)?),
		Some(("product", text)) => Scope::Product(name(text)?),
		_ => return Err(invalid()),
	};
	Ok((channel, scope))
}

/// What a scope covers, in words.
pub fn scope_in_words(scope: &Scope) -> String {
	match scope {
		Scope::All => "all".into(),
		Scope::ProductType(name) => format!("type {}", String::from_utf8_lossy(name)),
		Scope::Product(name) => format!("product {}", String::from_utf8_lossy(name)),
	}
}

/// Clauses for people.
pub fn clauses_view(clauses: &Clauses) -> Vec<ClauseView> {
	let view = |clause: &Clause| ClauseView {
		code: clause.code.as_str().into(),
		any_of: words(clause),
		json: serde_json::to_value(clause).unwrap_or_default(),
	};
	clauses.iter().map(view).collect()
}

fn words(clause: &Clause) -> Vec<String> {
	clause.any_of.iter().map(ToString::to_string).collect()
}

/// Two lists of clauses side by side: those of the first in its order, then those that only the second has.
pub fn difference(before: &Clauses, after: &Clauses) -> Vec<DifferenceRow> {
	let in_after: HashMap<&str, &Clause> = after.iter().map(|clause| (clause.code.as_str(), clause)).collect();
	let mut rows = Vec::new();
	for clause in before {
		let other = in_after.get(clause.code.as_str());
		rows.push(DifferenceRow {
			code: clause.code.as_str().into(),
			change: match other {
				None => ClauseChange::Removed,
				Some(other) if other.any_of == clause.any_of => ClauseChange::Same,
				Some(_) => ClauseChange::Changed,
			},
			before: words(clause),
			after: other.map(|other| words(other)).unwrap_or_default(),
		});
	}
	let is_new = |clause: &&Clause| before.iter().all(|known| known.code != clause.code);
	rows.extend(after.iter().filter(is_new).map(|clause| DifferenceRow {
		code: clause.code.as_str().into(),
		change: ClauseChange::Added,
		before: Vec::new(),
		after: words(clause),
	}));
	rows
}

impl ChainClient {
	/// Some agreements, of one channel or of all, behind a place that an earlier answer gave; and where to go on.
	///
	/// # Errors
	/// The node does not answer, or its runtime does not fit.
	pub async fn agreements(
		&self,
		channel: Option<ChannelId>,
		after: Option<&[u8]>,
		limit: u32,
	) -> Result<(Vec<AgreementView>, Option<Vec<u8>>), ChainError> {
		let of: Vec<Vec<u8>> = channel.iter().map(Encode::encode).collect();
		let keys = self.keys_behind("Agreements", "Scopes", &of, after, limit).await?;
		let (last, count) = (keys.last().cloned(), keys.len());
		let best = self.best_hash().await?;
		let now = self.best_block().await?;
		let mut found = Vec::with_capacity(count);
		for (key, value) in self.raw_values(keys, &best).await? {
			let mismatch = || unexpected("Agreements.Scopes");
			let (channel, scope) = scope_of(&key).ok_or_else(mismatch)?;
			let (versions, periods) = <(u32, u32)>::decode(&mut &value[..]).map_err(|_| mismatch())?;
			let in_force = self.in_force(channel, &scope, periods, now, &best).await?;
			found.push(AgreementView {
				id: agreement_id(channel, &scope),
				channel,
				scope: scope_in_words(&scope),
				versions,
				in_force,
			});
		}
		Ok((found, last.filter(|_| count >= limit as usize)))
	}

	/// The version in force of a scope: its number.
	async fn in_force(
		&self,
		channel: ChannelId,
		scope: &Scope,
		periods: u32,
		now: BlockNumber,
		best: &str,
	) -> Result<Option<u32>, ChainError> {
		let metadata = self.metadata().await?;
		// The newest that holds, and those that wait.
		let numbers = periods.saturating_sub(MAX_WAITING + 1)..periods;
		let keys: Result<Vec<_>, _> = numbers
			.map(|number| {
				let keys = [channel.encode(), scope.encode(), number.encode()];
				storage_key(&metadata, "Agreements", "Timeline", &keys)
			})
			.collect();
		let values = self.raw_values(keys?, best).await?;
		let period = |bytes: &Vec<u8>| <(BlockNumber, AgreementId)>::decode(&mut &bytes[..]).ok();
		let periods: Vec<_> = values.iter().filter_map(|(_, bytes)| period(bytes)).collect();
		let Some((_, agreement)) = periods.into_iter().rfind(|(from, _)| *from <= now) else {
			return Ok(None);
		};
		let head = self.heads(vec![agreement]).await?;
		Ok(head.get(&agreement).and_then(|head| u32_of(head, "number")))
	}

	async fn heads(&self, agreements: Vec<AgreementId>) -> Result<HashMap<AgreementId, Value<u32>>, ChainError> {
		let metadata = self.metadata().await?;
		let key = |id: &AgreementId| storage_key(&metadata, "Agreements", "Versions", &[id.encode()]);
		let keys: Vec<Vec<u8>> = agreements.iter().map(key).collect::<Result<_, _>>()?;
		let values = self.values_of("Agreements", "Versions", keys).await?.into_iter();
		Ok(values
			.filter_map(|(key, value)| Some((super::read::last_u32(&key)?, value)))
			.collect())
	}

	/// Some versions of an agreement, newest first, below a number where one is given.
	///
	/// # Errors
	/// There is no such agreement, the node does not answer, or its runtime does not fit.
	pub async fn agreement_versions(
		&self,
		channel: ChannelId,
		scope: &Scope,
		below: Option<u32>,
		limit: u32,
	) -> Result<Vec<VersionView>, ChainError> {
		let missing = || ChainError::NotFound {
			what: "agreement",
			id: agreement_id(channel, scope),
		};
		let keys = [channel.encode(), scope.encode()];
		let state: Option<(u32, u32)> = self.storage_best("Agreements", "Scopes", &keys).await?;
		let newest = state.filter(|(versions, _)| *versions > 0).ok_or_else(missing)?.0;
		let last = below.map_or(newest, |below| newest.min(below.saturating_sub(1)));
		let numbers = last.saturating_sub(limit) + 1..=last;
		let metadata = self.metadata().await?;
		let mut by_key = HashMap::new();
		for number in numbers {
			let keys = [channel.encode(), scope.encode(), number.encode()];
			by_key.insert(storage_key(&metadata, "Agreements", "ByNumber", &keys)?, number);
		}
		let best = self.best_hash().await?;
		let ids = self.raw_values(by_key.keys().cloned().collect(), &best).await?;
		let ids: Vec<(u32, AgreementId)> = ids
			.iter()
			.filter_map(|(key, value)| Some((*by_key.get(key)?, AgreementId::decode(&mut &value[..]).ok()?)))
			.collect();
		let heads = self.heads(ids.iter().map(|(_, id)| *id).collect()).await?;
		let mut versions = Vec::with_capacity(ids.len());
		for (number, agreement) in ids {
			let head = heads.get(&agreement).ok_or_else(|| unexpected("Agreements.Versions"))?;
			let view = || {
				Some(VersionView {
					number,
					agreement,
					from: u32_of(head, "from")?,
					ratified_at: u32_of(head, "ratified_at")?,
					withdraws: head.at("withdraws")?.as_bool()?,
					clauses: None,
				})
			};
			let mut view = view().ok_or_else(|| unexpected("Agreements.Versions"))?;
			view.clauses = self.agreed_clauses(agreement).await?.as_ref().map(clauses_view);
			versions.push(view);
		}
		versions.sort_by_key(|version| std::cmp::Reverse(version.number));
		Ok(versions)
	}

	/// The clauses of a version; `None` where this release does not know one of their kinds.
	async fn agreed_clauses(&self, agreement: AgreementId) -> Result<Option<Clauses>, ChainError> {
		let keys = [agreement.encode()];
		let found: Option<Raw> = self.storage_best("Agreements", "AgreedClauses", &keys).await?;
		let bytes = found.ok_or(ChainError::NotFound {
			what: "agreement",
			id: agreement.to_string(),
		})?;
		Ok(Clauses::decode_all(&mut &bytes.0[..]).ok())
	}

	/// How two versions of an agreement differ, or a version and what is proposed for its scope.
	///
	/// # Errors
	/// One of them is not there or of another scope, this release cannot read its clauses, or the node does not answer.
	pub async fn agreement_difference(
		&self,
		channel: ChannelId,
		scope: &Scope,
		before: Compared,
		after: Compared,
	) -> Result<Vec<DifferenceRow>, ChainError> {
		let before = self.compared(channel, scope, before).await?;
		let after = self.compared(channel, scope, after).await?;
		Ok(difference(&before, &after))
	}

	async fn compared(&self, channel: ChannelId, scope: &Scope, which: Compared) -> Result<Clauses, ChainError> {
		match which {
			// Before the first version there were no clauses.
			Compared::Version(0) => Ok(Clauses::default()),
			Compared::Version(number) => {
				let keys = [channel.encode(), scope.encode(), number.encode()];
				let agreement: Option<AgreementId> = self.storage_best("Agreements", "ByNumber", &keys).await?;
				let agreement = agreement.ok_or_else(|| ChainError::NotFound {
					what: "version",
					id: format!("{number} of {}", agreement_id(channel, scope)),
				})?;
				let unknown = || {
					ChainError::Mismatch(format!(
						"version {number} has a kind of clause that this release does not know"
					))
				};
				self.agreed_clauses(agreement).await?.ok_or_else(unknown)
			}
			Compared::Proposal(proposal) => {
				let (of, over, clauses) = self.proposed_clauses(proposal).await?;
				if (of, &over) != (channel, scope) {
					return Err(ChainError::Invalid {
						field: "version",
						value: format!("p{proposal}"),
						rule: format!("a proposal for this agreement: it is for {}", agreement_id(of, &over)),
					});
				}
				Ok(clauses)
			}
		}
	}
}

/// Channel and scope in a key of `Agreements.Scopes`: prefixes, Twox64Concat, Blake2_128Concat.
fn scope_of(key: &[u8]) -> Option<(ChannelId, Scope)> {
	let channel = u32::from_le_bytes(key.get(40..44)?.try_into().ok()?);
	let scope = Scope::decode_all(&mut key.get(60..)?).ok()?;
	Some((channel, scope))
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::chain::tests::metadata;
	use sealane_primitives::clauses::json;

	fn clauses(text: &str) -> Clauses {
		json::from_json(text.as_bytes()).unwrap()
	}

	#[test]
	fn ids_come_back_as_they_were() {
		let name = |text: &str| Name::try_from(text.as_bytes().to_vec()).unwrap();
		for scope in [
			Scope::All,
			Scope::ProductType(name("fund.bond")),
			Scope::Product(name("P:1")),
		] {
			let id = agreement_id(12, &scope);
			assert_eq!(parse_agreement_id(&id).unwrap(), (12, scope.clone()), "{id}");
			let keys = [12u32.encode(), scope.encode()];
			let key = storage_key(&metadata(), "Agreements", "Scopes", &keys).unwrap();
			assert_eq!(scope_of(&key), Some((12, scope)));
		}
		for bad in [
			"",
			"12",
			"x:all",
			"12:ALL",
			"12:type",
			"12:kind:x",
			"12:product:123456789012345678901234567890123",
		] {
			assert!(parse_agreement_id(bad).is_err(), "{bad}");
		}
		assert_eq!("p7".parse::<Compared>().unwrap(), Compared::Proposal(7));
		assert_eq!("3".parse::<Compared>().unwrap(), Compared::Version(3));
		assert!("p".parse::<Compared>().is_err() && "-1".parse::<Compared>().is_err());
	}

	#[test]
	fn a_difference_has_a_row_for_each_clause_of_both() {
		let before = clauses(
			r#"[{"code":"adult","any_of":[{"age_at_least":18}]},{"code":"old","any_of":[{"age_at_most":70}]},
			{"code":"same","any_of":[{"age_at_most":90}]}]"#,
		);
		let after = clauses(
			r#"[{"code":"same","any_of":[{"age_at_most":90}]},{"code":"adult","any_of":[{"age_at_least":21}]},
			{"code":"new","any_of":[{"age_at_least":1}]}]"#,
		);
		let rows = difference(&before, &after);
		let told: Vec<_> = rows.iter().map(|row| (row.code.as_str(), row.change)).collect();
		use ClauseChange::*;
		assert_eq!(
			told,
			[("adult", Changed), ("old", Removed), ("same", Same), ("new", Added)]
		);
		assert_eq!(rows[0].before, ["age must be at least 18"]);
		assert_eq!(rows[0].after, ["age must be at least 21"]);
		assert!(rows[1].after.is_empty() && rows[3].before.is_empty());
		assert!(difference(&before, &before).iter().all(|row| row.change == Same));
	}
}
