// SPDX-License-Identifier: Apache-2.0

//! What can exist from the start: interfaces and products. Channels cannot: nothing replaces two signatures and a
//! council's decision.

use crate::*;
use alloc::string::String;
use sealane_primitives::{business::Currency, directory::ProductStatus, ids::*};
use serde::{Deserialize, Serialize};

/// A prefix of ids in a chain specification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GenesisPrefix {
	/// The issuer.
	pub issuer: MemberId,
	/// How its ids begin.
	pub prefix: String,
}

/// An interface in a chain specification. The members' genesis must be written first: its issuer and node are looked up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GenesisInterface {
	/// Its id.
	pub id: String,
	/// The issuer.
	pub issuer: MemberId,
	/// The issuer's node that serves it.
	pub node: NodeId,
}

/// A product in a chain specification. Its issuer is that of the interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GenesisProduct {
	/// Its id.
	pub id: String,
	/// Its type.
	pub product_type: String,
	/// Its risk, 1 (R1) to 5 (R5).
	pub risk: u8,
	/// Its currency, e.g. `CNY`.
	pub currency: String,
	/// The interface that takes its orders, one of the genesis interfaces.
	pub interface: String,
	/// Where it stands.
	pub status: ProductStatus,
}

impl<T: Config> Pallet<T> {
	/// Writes the genesis state.
	///
	/// # Panics
	/// Where an entry breaks a rule that a call would enforce: such a chain specification must not make a chain.
	pub(crate) fn build_genesis(
		prefixes: &[GenesisPrefix],
		interfaces: &[GenesisInterface],
		products: &[GenesisProduct],
	) {
		for entry in prefixes {
			Self::do_grant_prefix(entry.issuer, name(&entry.prefix))
				.unwrap_or_else(|error| panic!("genesis prefix {entry:?}: {error:?}"));
		}
		for interface in interfaces {
			Self::ensure_own_node(interface.issuer, interface.node)
				.map_err(Into::into)
				.and_then(|()| Self::add_interface(interface.issuer, name(&interface.id), interface.node))
				.unwrap_or_else(|error| panic!("genesis interface {interface:?}: {error:?}"));
		}
		for product in products {
			let currency: Currency = product.currency.as_bytes().try_into().unwrap_or_else(|_| {
				panic!(
					"genesis product {:?}: currency {:?} is not three letters",
					product.id, product.currency
				)
			});
			let interface = name(&product.interface);
			let issuer = Interfaces::<T>::get(&interface)
				.unwrap_or_else(|| {
					panic!(
						"genesis product {:?}: there is no interface {:?}",
						product.id, product.interface
					)
				})
				.issuer;
			let spec = ProductSpec {
				product_type: name(&product.product_type),
				risk: product.risk,
				currency,
				interface,
				status: product.status,
				offering: None,
			};
			Self::add_product(issuer, name(&product.id), spec)
				.unwrap_or_else(|error| panic!("genesis product {product:?}: {error:?}"));
		}
	}
}

fn name(text: &str) -> Name {
	text.as_bytes()
		.to_vec()
		.try_into()
		.unwrap_or_else(|_| panic!("genesis: {text:?} is longer than {MAX_NAME_LEN} bytes"))
}
