// SPDX-License-Identifier: Apache-2.0

use sealane_terminal_core::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, str::FromStr};
use utoipa::{
	openapi::{schema::ArrayBuilder, RefOr, Schema},
	PartialSchema, ToSchema,
};

macro_rules! roles {
	($( $(#[$doc:meta])* $variant:ident = $name:literal; )*) => {
		/// What somebody may do. Each stands for itself: `trade` does not include `read`.
		#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, clap::ValueEnum)]
		#[serde(rename_all = "snake_case")]
		pub enum Role {
			$( $(#[$doc])* $variant, )*
		}

		impl Role {
			/// Every role.
			pub const ALL: &'static [Role] = &[$( Role::$variant, )*];

			/// The name in the database, in problems and in the OpenAPI document.
			pub const fn as_str(self) -> &'static str {
				match self {
					$( Role::$variant => $name, )*
				}
			}
		}
	};
}

roles! {
	/// Look at what holds no business data: status, metrics.
	Monitor = "monitor";
	/// Look at records, books and events.
	Read = "read";
	/// Hand orders in, ask whether they would pass.
	Trade = "trade";
	/// Cancel, hold, release, retry, decide about what is in quarantine, propose decisions.
	Decide = "decide";
	/// Enter net asset values.
	Price = "price";
	/// Release what another person entered or proposed.
	Approve = "approve";
	/// Prepare what the council or a manager is to sign, submit what was signed.
	Govern = "govern";
	/// Take data out of the house: exports.
	Export = "export";
	/// Users, audit log, webhooks, retention.
	Administer = "administer";
}

/// Some roles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles(u16);

impl Roles {
	/// Every role.
	pub fn all() -> Self {
		Role::ALL.iter().copied().collect()
	}

	/// Whether `role` is among them.
	pub const fn has(self, role: Role) -> bool {
		self.0 & (1 << role as u16) != 0
	}

	/// Whether there are none.
	pub const fn is_empty(self) -> bool {
		self.0 == 0
	}

	fn iter(self) -> impl Iterator<Item = Role> {
		Role::ALL.iter().copied().filter(move |role| self.has(*role))
	}

	/// From the database. What another release knew and this one does not gives no right.
	pub(super) fn read(text: &str) -> Self {
		text.split(' ').filter_map(|name| role(name).ok()).collect()
	}
}

fn role(name: &str) -> Result<Role, Error> {
	let found = Role::ALL.iter().copied().find(|role| role.as_str() == name);
	found.ok_or_else(|| Error::invalid("role", name, format!("one of {}", Roles::all())))
}

impl FromIterator<Role> for Roles {
	fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
		Roles(roles.into_iter().fold(0, |set, role| set | 1 << role as u16))
	}
}

impl FromStr for Role {
	type Err = Error;

	fn from_str(name: &str) -> Result<Self, Error> {
		role(name)
	}
}

impl fmt::Display for Roles {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let names: Vec<&str> = self.iter().map(Role::as_str).collect();
		f.write_str(&names.join(" "))
	}
}

impl Serialize for Roles {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_seq(self.iter())
	}
}

impl<'de> Deserialize<'de> for Roles {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		Ok(Vec::<Role>::deserialize(deserializer)?.into_iter().collect())
	}
}

impl PartialSchema for Roles {
	fn schema() -> RefOr<Schema> {
		ArrayBuilder::new().items(Role::schema()).into()
	}
}

impl ToSchema for Roles {}
