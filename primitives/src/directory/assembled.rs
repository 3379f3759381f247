// SPDX-License-Identifier: Apache-2.0

//! All that one node must know to trade, put together from the runtime's answers. It never travels.

use super::{AgreementEntry, Authorisation, InterfaceEntry, MemberEntry, ProductEntry, Refusal, Scope};
use crate::ids::*;
use alloc::{sync::Arc, vec::Vec};

/// An agreement in force that this node's software cannot read: made of clauses that came later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadAgreement {
	/// The number that orders are stamped with.
	pub id: AgreementId,
	/// What it covers; `None` where that is not known either, so that it may cover anything.
	pub scope: Option<Scope>,
}

/// A channel of this node's member. What several channels have in common they share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelEntry {
	/// Its number.
	pub id: ChannelId,
	/// The seller.
	pub seller: MemberId,
	/// The issuer.
	pub issuer: MemberId,
	/// What is allowed at this block, by the same function that the off-chain worker calls.
	pub authorisation: Result<Authorisation, Refusal>,
	/// The other party.
	pub partner: Arc<MemberEntry>,
	/// The issuer's interfaces.
	pub interfaces: Arc<Vec<InterfaceEntry>>,
	/// The issuer's products.
	pub products: Arc<Vec<ProductEntry>>,
	/// The clauses in force between the two, one entry per scope.
	pub agreements: Arc<Vec<AgreementEntry>>,
	/// Those among the clauses in force that this node cannot read.
	pub unread: Arc<Vec<UnreadAgreement>>,
}

impl ChannelEntry {
	/// The agreement that holds for a product: its own, else its type's, else that for all.
	///
	/// # Errors
	/// It is, or may be, one that this node cannot read. Nobody may guess what it demands, nor pass to a wider one.
	pub fn agreement_for(&self, product: &ProductEntry) -> Result<Option<&AgreementEntry>, &UnreadAgreement> {
		if let Some(unread) = self.unread.iter().find(|agreement| agreement.scope.is_none()) {
			return Err(unread);
		}
		let find = |covers: &dyn Fn(&Scope) -> bool| {
			let read = self.agreements.iter().find(|agreement| covers(&agreement.scope));
			let unread = || {
				self.unread
					.iter()
					.find(|agreement| agreement.scope.as_ref().is_some_and(covers))
			};
			read.map(Ok).or_else(|| unread().map(Err))
		};
		find(&|scope| matches!(scope, Scope::Product(id) if *id == product.id))
			.or_else(|| find(&|scope| matches!(scope, Scope::ProductType(of) if *of == product.product_type)))
			.or_else(|| find(&|scope| *scope == Scope::All))
			.transpose()
	}
}

/// All that one node must know to trade, at one block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directory {
	/// This node's number.
	pub node: NodeId,
	/// This node's institution, its nodes included.
	pub member: Arc<MemberEntry>,
	/// Its channels in every state that is not over, and those that ended, so that late packets get a reason.
	pub channels: Vec<ChannelEntry>,
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{business::Roles, clauses::Clauses, directory::ProductStatus};
	use alloc::vec;

	fn name(text: &str) -> Name {
		text.as_bytes().to_vec().try_into().expect("within the bound")
	}

	fn product(id: &str, product_type: &str) -> ProductEntry {
		ProductEntry {
			id: name(id),
			product_type: name(product_type),
			risk: 2,
			currency: *b"CNY",
			status: ProductStatus::Open,
			interface: name("issuer.one"),
		}
	}

	fn channel(scopes: &[(AgreementId, Scope)]) -> ChannelEntry {
		let agreement = |(id, scope): &(AgreementId, Scope)| AgreementEntry {
			id: *id,
			scope: scope.clone(),
			version: 1,
			from: 1,
			clauses: Clauses::new(),
		};
		ChannelEntry {
			id: 1,
			seller: 1,
			issuer: 2,
			authorisation: Err(Refusal::NotGranted),
			partner: Arc::new(MemberEntry {
				id: 2,
				name: b"issuer".to_vec(),
				roles: Roles::default(),
				active: true,
				nodes: vec![],
			}),
			interfaces: Default::default(),
			products: Default::default(),
			agreements: Arc::new(scopes.iter().map(agreement).collect()),
			unread: Default::default(),
		}
	}

	#[test]
	fn a_product_precedes_its_type_and_that_precedes_all() {
		// In whatever order the agreements come.
		let all = (1, Scope::All);
		let of_type = (2, Scope::ProductType(name("fund.bond")));
		let own = (3, Scope::Product(name("STEADY-30")));
		for scopes in [
			[all.clone(), of_type.clone(), own.clone()],
			[own.clone(), of_type.clone(), all.clone()],
			[of_type.clone(), own.clone(), all.clone()],
		] {
			let channel = channel(&scopes);
			let found = |product| {
				channel
					.agreement_for(&product)
					.map(|found| found.map(|agreement| agreement.id))
			};
			assert_eq!(found(product("STEADY-30", "fund.bond")), Ok(Some(3)));
			assert_eq!(found(product("STEADY-90", "fund.bond")), Ok(Some(2)));
			assert_eq!(found(product("BOLD-30", "fund.equity")), Ok(Some(1)));
			// A product's name is no type and the other way round.
			assert_eq!(found(product("fund.bond", "STEADY-30")), Ok(Some(1)));
		}
	}

	#[test]
	fn none_where_nothing_was_agreed() {
		let other = channel(&[
			(3, Scope::Product(name("STEADY-30"))),
			(2, Scope::ProductType(name("fund.bond"))),
		]);
		assert_eq!(other.agreement_for(&product("BOLD-30", "fund.equity")), Ok(None));
		assert_eq!(channel(&[]).agreement_for(&product("STEADY-30", "fund.bond")), Ok(None));
	}

	#[test]
	fn nobody_passes_by_what_cannot_be_read() {
		let unread = |id, scope| UnreadAgreement { id, scope };
		let mut channel = channel(&[(1, Scope::All), (3, Scope::Product(name("STEADY-30")))]);
		channel.unread = Arc::new(vec![unread(2, Some(Scope::ProductType(name("fund.bond"))))]);
		let found = |channel: &ChannelEntry, product| {
			let found = channel.agreement_for(&product);
			found
				.map(|read| read.map(|agreement| agreement.id))
				.map_err(|unread| unread.id)
		};
		assert_eq!(
			found(&channel, product("STEADY-30", "fund.bond")),
			Ok(Some(3)),
			"its own precedes it"
		);
		assert_eq!(
			found(&channel, product("STEADY-90", "fund.bond")),
			Err(2),
			"never the wider one instead"
		);
		assert_eq!(
			found(&channel, product("BOLD-30", "fund.equity")),
			Ok(Some(1)),
			"nothing to do with it"
		);
		// Nobody knows what it covers: it may be any of them.
		channel.unread = Arc::new(vec![unread(9, None)]);
		for id in ["STEADY-30", "STEADY-90"] {
			assert_eq!(found(&channel, product(id, "fund.bond")), Err(9));
		}
	}
}
