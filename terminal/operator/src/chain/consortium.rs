// SPDX-License-Identifier: Apache-2.0

//! The consortium as it stands on chain: members, nodes, channels, products.

use super::{
	account_text,
	read::{account_of, bytes_of, last_u32, number, some, text_of, u32_of, unexpected, variant_of},
	ChainClient, ChainError,
};
use codec::{Decode, Encode};
use sealane_primitives::{
	business::{BusinessKinds, Role, Roles},
	ids::*,
};
use serde::Serialize;
use std::collections::HashMap;
use subxt::ext::scale_value::{At, Composite, Value, ValueDef};
use utoipa::ToSchema;

/// Roles and their names.
const ROLES: [(Role, &str); 4] = [
	(Role::Seller, "seller"),
	(Role::Issuer, "issuer"),
	(Role::Auditor, "auditor"),
	(Role::Operator, "operator"),
];

/// The names of roles, in the order of their codes.
pub fn role_names(roles: Roles) -> Vec<&'static str> {
	let held = ROLES.iter().filter(|(role, _)| roles.contains(*role));
	held.map(|(_, name)| *name).collect()
}

/// A member.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Member)]
pub struct MemberView {
	/// Its number.
	pub id: MemberId,
	/// Its name.
	pub name: String,
	/// Its legal number: an LEI (20 characters) or a unified social credit code (18).
	pub legal_id: String,
	/// How to reach its operators.
	pub contact: String,
	/// What it is: `seller`, `issuer`, `auditor`, `operator`.
	#[schema(value_type = Vec<String>)]
	pub roles: Vec<&'static str>,
	/// `Active`, `Suspended`, `Exited`.
	pub status: String,
	/// First block of its suspension, or the block in which it left.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub since: Option<BlockNumber>,
	/// The account that manages it, SS58.
	pub manager: String,
	/// The block of its admission.
	pub admitted_at: BlockNumber,
}

/// A node.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Node)]
pub struct NodeView {
	/// Its number.
	pub id: NodeId,
	/// The member that runs it.
	pub member: MemberId,
	/// Its PeerId, hexadecimal multihash.
	pub peer: String,
	/// Its PeerId as nodes print it.
	pub peer_id: String,
	/// Where it can be dialled.
	pub addresses: Vec<String>,
	/// The account that signs its anchors, SS58.
	pub delegate: String,
}

/// Where a channel stands, by the name that the chain gives it.
pub type ChannelState = String;

/// A channel.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Channel)]
pub struct ChannelView {
	/// Its number.
	pub id: ChannelId,
	/// The seller.
	pub seller: MemberId,
	/// The issuer.
	pub issuer: MemberId,
	/// `Applied`, `Countersigned`, `Granted`, `Suspended`, `Refused`, `Withdrawn`, `Revoked`, `Left`, `Expired`.
	pub state: ChannelState,
	/// Hash of the cooperation agreement.
	#[serde(serialize_with = "as_hex")]
	#[schema(value_type = String)]
	pub agreement_hash: Digest,
	/// From when the credential holds, Unix ms.
	pub valid_from: Moment,
	/// Until when (exclusive), Unix ms.
	pub valid_until: Moment,
	/// What is granted; absent where nothing ever was.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub terms: Option<TermsView>,
	/// The application that named it.
	pub application: ApplicationId,
	/// Block of the application.
	pub applied_at: BlockNumber,
	/// Block of the grant.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub granted_at: Option<BlockNumber>,
	/// Block of the last change of state.
	pub changed_at: BlockNumber,
	/// Why it was refused, suspended or revoked last.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub reason: Option<String>,
	/// First block of the suspension that it is under.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub suspended_since: Option<BlockNumber>,
}

/// What a grant allows.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Terms)]
pub struct TermsView {
	/// Kinds of business by their names in orders.
	#[schema(value_type = Vec<String>)]
	pub kinds: Vec<&'static str>,
	/// Whether these are all that there are.
	pub all_kinds: bool,
	/// First block in which it no longer holds; absent: as long as the credential.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub valid_until: Option<BlockNumber>,
	/// Most orders in a minute; absent: no limit.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub orders_per_minute: Option<u32>,
}

/// A product.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Product)]
pub struct ProductView {
	/// Its id.
	pub id: String,
	/// The issuer.
	pub issuer: MemberId,
	/// Its type.
	pub product_type: String,
	/// Its risk, 1 to 5.
	pub risk: u8,
	/// ISO 4217.
	pub currency: String,
	/// The interface that takes its orders.
	pub interface: String,
	/// `Offering`, `Open`, `Suspended`, `Closed`.
	pub status: String,
	/// Begin of its offering period, Unix ms.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub offering_from: Option<Moment>,
	/// End (exclusive) of its offering period, Unix ms.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub offering_until: Option<Moment>,
}

fn as_hex<S: serde::Serializer>(bytes: &Digest, serializer: S) -> Result<S::Ok, S::Error> {
	serializer.serialize_str(&hex::encode(bytes))
}

/// What is known of a member apart from what is asked all the time.
struct Profile {
	name: String,
	legal_id: String,
	contact: String,
}

impl ChainClient {
	/// All members, by number.
	///
	/// # Errors
	/// The node does not answer, or its runtime does not fit.
	pub async fn members(&self) -> Result<Vec<MemberView>, ChainError> {
		let profiles = self.values("Members", "Profiles", &[]).await?;
		let profile = |(key, value): &(Vec<u8>, Value<u32>)| {
			let profile = Profile {
				name: text_of(value.at("name")?)?,
				legal_id: text_of(value.at("legal_id")?.at(0)?)?,
				contact: text_of(value.at("contact")?)?,
			};
			Some((last_u32(key)?, profile))
		};
		let mut profiles: HashMap<MemberId, Profile> = profiles.iter().filter_map(profile).collect();
		let mut members = Vec::new();
		for (key, value) in self.values("Members", "Members", &[]).await? {
			let id = last_u32(&key).ok_or_else(|| unexpected("Members.Members"))?;
			let view = member_view(id, &value, profiles.remove(&id));
			members.push(view.ok_or_else(|| unexpected("Members.Members"))?);
		}
		members.sort_by_key(|m| m.id);
		Ok(members)
	}

	/// All nodes, by number.
	///
	/// # Errors
	/// The node does not answer, or its runtime does not fit.
	pub async fn nodes(&self) -> Result<Vec<NodeView>, ChainError> {
		let mut nodes = Vec::new();
		for (key, value) in self.values("Members", "Nodes", &[]).await? {
			let view = last_u32(&key).and_then(|id| node_view(id, &value));
			nodes.push(view.ok_or_else(|| unexpected("Members.Nodes"))?);
		}
		nodes.sort_by_key(|n| n.id);
		Ok(nodes)
	}

	/// One channel.
	///
	/// # Errors
	/// There is none, the node does not answer, or its runtime does not fit.
	pub async fn channel(&self, id: ChannelId) -> Result<ChannelView, ChainError> {
		let missing = || ChainError::NotFound {
			what: "channel",
			id: id.to_string(),
		};
		let channel = self.values("Channels", "Channels", &[id.encode()]).await?;
		let details = self.values("Channels", "ChannelDetails", &[id.encode()]).await?;
		let (_, channel) = channel.first().ok_or_else(missing)?;
		let (_, details) = details.first().ok_or_else(missing)?;
		channel_view(id, channel, details).ok_or_else(|| unexpected("Channels.Channels"))
	}

	/// All channels, by number.
	///
	/// # Errors
	/// The node does not answer, or its runtime does not fit.
	pub async fn channels(&self) -> Result<Vec<ChannelView>, ChainError> {
		let details = self.values("Channels", "ChannelDetails", &[]).await?.into_iter();
		let details: HashMap<ChannelId, Value<u32>> = details
			.filter_map(|(key, value)| Some((last_u32(&key)?, value)))
			.collect();
		let mut channels = Vec::new();
		for (key, channel) in self.values("Channels", "Channels", &[]).await? {
			let id = last_u32(&key).ok_or_else(|| unexpected("Channels.Channels"))?;
			// One that was applied for between the two questions.
			let Some(details) = details.get(&id) else { continue };
			let view = channel_view(id, &channel, details);
			channels.push(view.ok_or_else(|| unexpected("Channels.Channels"))?);
		}
		channels.sort_by_key(|channel| channel.id);
		Ok(channels)
	}

	/// Some products, of one issuer those that are not closed, behind a place that an earlier answer gave; and where to go on.
	///
	/// # Errors
	/// The node does not answer, or its runtime does not fit.
	pub async fn products(
		&self,
		issuer: Option<MemberId>,
		after: Option<&[u8]>,
		limit: u32,
	) -> Result<(Vec<ProductView>, Option<Vec<u8>>), ChainError> {
		let found = match issuer {
			Some(issuer) => {
				let keys = self
					.keys_behind("Channels", "ProductsOf", &[issuer.encode()], after, limit)
					.await?;
				let prefix = self.raw_key("Channels", "Products", &[]).await?;
				// The last part of both keys is the product, hashed in the same way.
				let skip = prefix.len() + 8 + 4;
				let products = keys
					.iter()
					.map(|key| [&prefix, key.get(skip..).unwrap_or_default()].concat());
				(products.collect(), keys.last().cloned(), keys.len())
			}
			None => {
				let keys = self.keys_behind("Channels", "Products", &[], after, limit).await?;
				let (last, count) = (keys.last().cloned(), keys.len());
				(keys, last, count)
			}
		};
		let (keys, last, count): (Vec<Vec<u8>>, _, _) = found;
		let mut products = Vec::with_capacity(count);
		for (key, value) in self.values_of("Channels", "Products", keys).await? {
			products.push(product_view(&key, &value).ok_or_else(|| unexpected("Channels.Products"))?);
		}
		Ok((products, last.filter(|_| count >= limit as usize)))
	}
}

fn member_view(id: MemberId, value: &Value<u32>, profile: Option<Profile>) -> Option<MemberView> {
	let status = value.at("status")?;
	let profile = profile.unwrap_or(Profile {
		name: String::new(),
		legal_id: String::new(),
		contact: String::new(),
	});
	Some(MemberView {
		id,
		name: profile.name,
		legal_id: profile.legal_id,
		contact: profile.contact,
		roles: role_names(Roles(number(value, "roles")? as u8)),
		status: variant_of(status)?.into(),
		since: u32_of(status, "since").or_else(|| u32_of(status, "at")),
		manager: account_text(&account_of(value.at("manager")?)?),
		admitted_at: u32_of(value, "admitted_at")?,
	})
}

fn node_view(id: NodeId, value: &Value<u32>) -> Option<NodeView> {
	let peer = bytes_of(value.at("peer")?)?;
	Some(NodeView {
		id,
		member: u32_of(value, "member")?,
		peer_id: super::members::base58_text(&peer),
		peer: hex::encode(&peer),
		addresses: list_of(value.at("addresses")?)
			.into_iter()
			.filter_map(text_of)
			.collect(),
		delegate: account_text(&account_of(value.at("delegate")?)?),
	})
}

/// The items of a bounded list: a newtype around the list.
fn list_of(value: &Value<u32>) -> Vec<&Value<u32>> {
	match value.at(0).map(|list| &list.value) {
		Some(ValueDef::Composite(Composite::Unnamed(items))) => items.iter().collect(),
		_ => Vec::new(),
	}
}

fn channel_view(id: ChannelId, channel: &Value<u32>, details: &Value<u32>) -> Option<ChannelView> {
	let suspension = some(details, "suspension").filter(|suspension| some(suspension, "ended").is_none());
	Some(ChannelView {
		id,
		seller: u32_of(channel, "seller")?,
		issuer: u32_of(channel, "issuer")?,
		state: variant_of(channel.at("state")?)?.into(),
		agreement_hash: bytes_of(details.at("agreement_hash")?)?.try_into().ok()?,
		valid_from: number(details, "valid_from")? as u64,
		valid_until: number(channel, "credential_until")? as u64,
		terms: some(channel, "terms").and_then(terms_view),
		application: u32_of(details, "application")?,
		applied_at: u32_of(details, "applied_at")?,
		granted_at: optional_u32(details, "granted_at"),
		changed_at: u32_of(details, "changed_at")?,
		reason: some(details, "reason").and_then(text_of),
		suspended_since: suspension.and_then(|suspension| u32_of(suspension, "since")),
	})
}

/// What a grant allows, as it stands in a channel or in a call.
pub(super) fn terms_view(terms: &Value<u32>) -> Option<TermsView> {
	let kinds = BusinessKinds(number(terms, "kinds")? as u16);
	Some(TermsView {
		kinds: kinds.iter().map(|kind| kind.as_str()).collect(),
		all_kinds: kinds.contains_all(BusinessKinds::ALL),
		valid_until: optional_u32(terms, "valid_until"),
		orders_per_minute: optional_u32(terms, "orders_per_minute"),
	})
}

fn optional_u32(value: &Value<u32>, field: &str) -> Option<u32> {
	some(value, field)?.as_u128()?.try_into().ok()
}

fn product_view(key: &[u8], product: &Value<u32>) -> Option<ProductView> {
	let spec = product.at("spec")?;
	let offering = some(spec, "offering");
	let moment = |field| number(offering?, field).map(|moment| moment as u64);
	Some(ProductView {
		id: product_of(key)?,
		issuer: u32_of(product, "issuer")?,
		product_type: text_of(spec.at("product_type")?)?,
		risk: number(spec, "risk")? as u8,
		currency: text_of(spec.at("currency")?)?,
		interface: text_of(spec.at("interface")?)?,
		status: variant_of(spec.at("status")?)?.into(),
		offering_from: moment("from"),
		offering_until: moment("until"),
	})
}

/// The product that is the last part of a key, behind its hash (Blake2_128Concat).
fn product_of(key: &[u8]) -> Option<String> {
	// The prefixes of pallet and map, and the hash.
	let name = Name::decode(&mut key.get(32 + 16..)?).ok()?;
	Some(String::from_utf8_lossy(&name).into_owned())
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::chain::tests::storage_value;
	use sealane_primitives::business::BusinessKind;

	#[test]
	fn what_the_chain_stores_is_read_by_name() {
		let kinds = BusinessKinds::of(&[BusinessKind::Purchase]);
		let channel = (1u32, 4u32, 3u8, 99u64, Some((kinds, Some(70u32), None::<u32>))).encode();
		let signed = (&[7u8; 32], 1u8, &[0u8; 64]);
		let details = (
			(5u32, [9u8; 32], 11u64, signed, Some(signed)),
			(
				20u32,
				Some(30u32),
				40u32,
				Some(b"odd".to_vec()),
				2u32,
				Some((41u32, None::<u32>)),
			),
		);
		let channel = storage_value("Channels", "Channels", &channel);
		let details = storage_value("Channels", "ChannelDetails", &details.encode());
		let view = channel_view(6, &channel, &details).unwrap();
		assert_eq!((view.seller, view.issuer, view.state.as_str()), (1, 4, "Suspended"));
		assert_eq!((view.valid_from, view.valid_until), (11, 99));
		assert_eq!((view.granted_at, view.suspended_since), (Some(30), Some(41)));
		assert_eq!(view.reason.as_deref(), Some("odd"));
		let terms = view.terms.unwrap();
		assert_eq!((terms.kinds, terms.all_kinds), (vec!["purchase"], false));
		assert_eq!((terms.valid_until, terms.orders_per_minute), (Some(70), None));
	}

	#[test]
	fn a_node_has_its_addresses_and_its_peer_as_text() {
		let text = "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp";
		let peer = crate::chain::peer_id_bytes(text).unwrap();
		for count in 0..3usize {
			let addresses = vec![b"/dns/a.example/tcp/1".to_vec(); count];
			let node = (3u32, &peer, addresses, Vec::<u8>::new(), 0u32, [7u8; 32]).encode();
			let view = node_view(8, &storage_value("Members", "Nodes", &node)).unwrap();
			assert_eq!(
				(view.member, view.peer_id.as_str(), view.addresses.len()),
				(3, text, count)
			);
			assert!(view.addresses.iter().all(|address| address == "/dns/a.example/tcp/1"));
		}
	}
}
