// SPDX-License-Identifier: Apache-2.0

//! Encoded calls in words, for people who are to vote on them or to sign them: every argument, and every call that a call carries.
//!
//! Everything is shown as what it is. Bytes are shown as text only where every character of it can be seen; what is too long to
//! read is shown by its beginning, its length and its hash. Read by the chain's metadata, so a runtime with more calls is still
//! understood.

use super::{account_text, ChainError};
use scale_info::{form::PortableForm, PortableRegistry, Type, TypeDef, TypeDefPrimitive};
use sealane_primitives::{
	business::{BusinessKinds, Role, Roles},
	fields::is_shown,
};
use sp_crypto_hashing::blake2_256;
use std::borrow::Cow;
use subxt::{
	ext::scale_value::{scale::decode_as_type, Composite, Primitive, Value, ValueDef, Variant},
	metadata::Metadata,
};

/// Longest run of bytes that is shown whole, in bytes.
const MAX_SHOWN_BYTES: usize = 256;
/// What a carried call or a further argument is moved in by.
const INDENT: &str = "  ";

/// The call in words, a line per argument.
///
/// # Errors
/// The bytes are no call of this runtime, or more than one.
pub fn call_in_words(metadata: &Metadata, call: &[u8]) -> Result<String, ChainError> {
	in_words(metadata.types(), metadata.outer_enums().call_enum_ty(), call)
}

fn in_words(types: &PortableRegistry, call_type: u32, call: &[u8]) -> Result<String, ChainError> {
	let mut rest = call;
	let value = decode_as_type(&mut rest, call_type, types)
		.map_err(|error| ChainError::Mismatch(format!("an encoded call: {error}")))?;
	if !rest.is_empty() {
		return Err(ChainError::Mismatch(format!(
			"an encoded call: {} bytes too many",
			rest.len()
		)));
	}
	let mut words = Words {
		types,
		call_type,
		text: String::new(),
	};
	words.call(&value, 0);
	Ok(words.text.trim_end().into())
}

struct Words<'a> {
	types: &'a PortableRegistry,
	call_type: u32,
	text: String,
}

impl Words<'_> {
	/// `Pallet.call`, and a line for each of its arguments.
	fn call(&mut self, value: &Value<u32>, depth: usize) {
		let ValueDef::Variant(pallet) = &value.value else {
			return self.line(&self.short(value));
		};
		let Some(ValueDef::Variant(call)) = pallet.values.values().next().map(|inner| &inner.value) else {
			return self.line(&identifier(&pallet.name));
		};
		self.line(&format!("{}.{}", identifier(&pallet.name), identifier(&call.name)));
		let Composite::Named(arguments) = &call.values else {
			return;
		};
		for (name, argument) in arguments {
			self.start(depth + 1);
			self.text.push_str(&identifier(name));
			self.text.push(':');
			self.argument(argument, depth + 1);
		}
	}

	fn argument(&mut self, value: &Value<u32>, depth: usize) {
		if value.context == self.call_type {
			self.text.push('\n');
			self.start(depth + 1);
			return self.call(value, depth + 1);
		}
		let calls: Vec<_> = match &value.value {
			ValueDef::Composite(Composite::Unnamed(items)) => items.iter().collect(),
			_ => Vec::new(),
		};
		if calls.is_empty() || calls.iter().any(|call| call.context != self.call_type) {
			self.text.push(' ');
			return self.line(&self.short(value));
		}
		self.text.push('\n');
		for (number, call) in calls.into_iter().enumerate() {
			self.start(depth + 1);
			self.text.push_str(&format!("({}) ", number + 1));
			self.call(call, depth + 1);
		}
	}

	fn start(&mut self, depth: usize) {
		self.text.push_str(&INDENT.repeat(depth));
	}

	fn line(&mut self, text: &str) {
		self.text.push_str(text);
		self.text.push('\n');
	}

	/// A value on one line.
	fn short(&self, value: &Value<u32>) -> String {
		if let Some(named) = self.by_name(value) {
			return named;
		}
		match &value.value {
			ValueDef::Composite(fields) => match self.bytes(value) {
				Some(bytes) => bytes_in_words(&bytes),
				None => self.fields(fields),
			},
			ValueDef::Variant(variant) => self.variant(value, variant),
			ValueDef::Primitive(Primitive::String(text)) => bytes_in_words(text.as_bytes()),
			ValueDef::Primitive(Primitive::U128(number)) => number.to_string(),
			ValueDef::Primitive(Primitive::I128(number)) => number.to_string(),
			ValueDef::Primitive(Primitive::Bool(flag)) => flag.to_string(),
			ValueDef::Primitive(Primitive::Char(letter)) => letter.escape_unicode().to_string(),
			ValueDef::Primitive(Primitive::U256(bytes) | Primitive::I256(bytes)) => format!("0x{}", hex::encode(bytes)),
			ValueDef::BitSequence(bits) => bits.iter().map(|bit| if bit { '1' } else { '0' }).collect(),
		}
	}

	fn variant(&self, value: &Value<u32>, variant: &Variant<u32>) -> String {
		if value.context == self.call_type {
			let mut inner = Words {
				types: self.types,
				call_type: self.call_type,
				text: String::new(),
			};
			inner.call(value, 0);
			return inner.text.trim_end().replace('\n', ";");
		}
		let inner = variant.values.values().next();
		match (variant.name.as_str(), inner, variant.values.len()) {
			("None", None, _) => "none".into(),
			("Some" | "Id", Some(inner), 1) => self.short(inner),
			(name, None, _) => identifier(name).into(),
			(name, ..) => format!("{} {}", identifier(name), self.fields(&variant.values)),
		}
	}

	fn fields(&self, fields: &Composite<u32>) -> String {
		match fields {
			Composite::Unnamed(values) if values.len() == 1 => self.short(&values[0]),
			Composite::Unnamed(values) => {
				let values: Vec<_> = values.iter().map(|value| self.short(value)).collect();
				format!("[{}]", values.join(", "))
			}
			Composite::Named(values) => {
				let values: Vec<_> = values
					.iter()
					.map(|(name, value)| format!("{}: {}", identifier(name), self.short(value)))
					.collect();
				format!("{{ {} }}", values.join(", "))
			}
		}
	}

	/// A value of a type that has a way of its own of being written: an account (SS58), kinds of business, roles.
	fn by_name(&self, value: &Value<u32>) -> Option<String> {
		let name = self.type_of(value)?.path.segments.last()?;
		match name.as_str() {
			"AccountId32" => Some(account_text(&self.bytes(value)?.try_into().ok()?)),
			"BusinessKinds" => {
				let kinds = BusinessKinds(number(value)?.try_into().ok()?);
				kinds.is_valid().then(|| match kinds {
					BusinessKinds::ALL => "all kinds".into(),
					some => list(some.iter().map(|kind| kind.as_str())),
				})
			}
			"Roles" => {
				let roles = Roles(number(value)?.try_into().ok()?);
				let all = [
					(Role::Seller, "seller"),
					(Role::Issuer, "issuer"),
					(Role::Auditor, "auditor"),
					(Role::Operator, "operator"),
				];
				let held = all.into_iter().filter(|(role, _)| roles.contains(*role));
				roles.is_valid().then(|| list(held.map(|(_, name)| name)))
			}
			_ => None,
		}
	}

	fn type_of(&self, value: &Value<u32>) -> Option<&Type<PortableForm>> {
		self.types.resolve(value.context)
	}

	/// The bytes of a list or array of bytes, however many newtypes are around it.
	fn bytes(&self, value: &Value<u32>) -> Option<Vec<u8>> {
		let ValueDef::Composite(fields) = &value.value else {
			return None;
		};
		let of = match &self.type_of(value)?.type_def {
			TypeDef::Sequence(list) => list.type_param.id,
			TypeDef::Array(array) => array.type_param.id,
			TypeDef::Composite(newtype) if newtype.fields.len() == 1 => {
				return self.bytes(fields.values().next()?);
			}
			_ => return None,
		};
		if !matches!(
			self.types.resolve(of)?.type_def,
			TypeDef::Primitive(TypeDefPrimitive::U8)
		) {
			return None;
		}
		fields.values().map(|byte| number(byte)?.try_into().ok()).collect()
	}
}

/// A number, however many newtypes are around it.
fn number(value: &Value<u32>) -> Option<u128> {
	match &value.value {
		ValueDef::Primitive(Primitive::U128(number)) => Some(*number),
		ValueDef::Composite(fields) if fields.len() == 1 => number(fields.values().next()?),
		_ => None,
	}
}

fn list<'a>(words: impl Iterator<Item = &'a str>) -> String {
	let words: Vec<_> = words.collect();
	match words.is_empty() {
		true => "none".into(),
		false => words.join(" + "),
	}
}

/// A name out of the metadata, which a node could make anything of.
fn identifier(name: &str) -> Cow<'_, str> {
	match name
		.chars()
		.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
	{
		true => Cow::Borrowed(name),
		false => Cow::Owned(format!("{name:?}")),
	}
}

fn bytes_in_words(bytes: &[u8]) -> String {
	if bytes.len() > MAX_SHOWN_BYTES {
		let (start, hash) = (hex::encode(&bytes[..32]), hex::encode(blake2_256(bytes)));
		return format!("0x{start}… ({} bytes, blake2-256 0x{hash})", bytes.len());
	}
	match std::str::from_utf8(bytes) {
		// A quotation mark would end what is shown as text.
		Ok(text) if text.chars().all(|letter| is_shown(letter) && letter != '"') => format!("\"{text}\""),
		_ => format!("0x{}", hex::encode(bytes)),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use codec::Encode;
	use scale_info::{meta_type, Registry, TypeInfo};
	use sealane_primitives::business::BusinessKind;

	mod accounts {
		use super::*;

		#[derive(Encode, TypeInfo)]
		pub struct AccountId32(pub [u8; 32]);
	}
	use accounts::AccountId32;

	#[derive(Encode, TypeInfo)]
	enum Address {
		Id(AccountId32),
	}

	#[derive(Encode, TypeInfo)]
	struct Terms {
		kinds: BusinessKinds,
		valid_until: Option<u32>,
	}

	#[derive(Encode, TypeInfo)]
	#[allow(non_camel_case_types)]
	enum Channels {
		revoke { channel: u32, reason: Vec<u8> },
		grant { channel: u32, terms: Terms },
	}

	#[derive(Encode, TypeInfo)]
	#[allow(non_camel_case_types)]
	enum Seats {
		swap_member { remove: Address, add: Address },
		set_roles { roles: Roles },
	}

	#[derive(Encode, TypeInfo)]
	#[allow(non_camel_case_types)]
	enum Utility {
		batch_all { calls: Vec<RuntimeCall> },
		set_code { code: Vec<u8> },
	}

	#[derive(Encode, TypeInfo)]
	enum RuntimeCall {
		Channels(Channels),
		CouncilMembership(Seats),
		Utility(Utility),
	}

	fn shown(bytes: &[u8]) -> Result<String, ChainError> {
		let mut registry = Registry::new();
		let id = registry.register_type(&meta_type::<RuntimeCall>()).id;
		in_words(&registry.into(), id, bytes)
	}

	#[test]
	fn every_argument_is_shown() {
		let call = RuntimeCall::Channels(Channels::revoke {
			channel: 7,
			reason: "查询 7, over".into(),
		});
		assert_eq!(
			shown(&call.encode()).unwrap(),
			"Channels.revoke\n  channel: 7\n  reason: \"查询 7, over\""
		);
		let terms = |kinds| Terms {
			kinds,
			valid_until: None,
		};
		let two = BusinessKinds::of(&[BusinessKind::Purchase, BusinessKind::Redemption]);
		for (kinds, words) in [(BusinessKinds::ALL, "all kinds"), (two, "purchase + redemption")] {
			let terms = terms(kinds);
			let call = RuntimeCall::Channels(Channels::grant { channel: 1, terms });
			assert_eq!(
				shown(&call.encode()).unwrap(),
				format!("Channels.grant\n  channel: 1\n  terms: {{ kinds: {words}, valid_until: none }}")
			);
		}
		let roles = Roles::of(&[Role::Seller, Role::Issuer]);
		let call = RuntimeCall::CouncilMembership(Seats::set_roles { roles });
		assert_eq!(
			shown(&call.encode()).unwrap(),
			"CouncilMembership.set_roles\n  roles: seller + issuer"
		);
	}

	#[test]
	fn carried_calls_are_shown_with_theirs() {
		let account = |byte| Address::Id(AccountId32([byte; 32]));
		let swap = RuntimeCall::CouncilMembership(Seats::swap_member {
			remove: account(1),
			add: account(2),
		});
		let revoke = RuntimeCall::Channels(Channels::revoke {
			channel: 7,
			reason: b"over".to_vec(),
		});
		let call = RuntimeCall::Utility(Utility::batch_all {
			calls: vec![swap, revoke],
		});
		let expected = format!(
			"Utility.batch_all\n  calls:\n    (1) CouncilMembership.swap_member\n      remove: {}\n      add: {}\n    (2) \
			 Channels.revoke\n      channel: 7\n      reason: \"over\"",
			account_text(&[1; 32]),
			account_text(&[2; 32]),
		);
		assert_eq!(shown(&call.encode()).unwrap(), expected);
	}

	#[test]
	fn one_byte_and_none_are_bytes_too() {
		for (reason, shown_as) in [("", "\"\""), ("a", "\"a\"")] {
			let call = RuntimeCall::Channels(Channels::revoke {
				channel: 7,
				reason: reason.into(),
			});
			let expected = format!("Channels.revoke\n  channel: 7\n  reason: {shown_as}");
			assert_eq!(shown(&call.encode()).unwrap(), expected);
		}
	}

	#[test]
	fn text_that_does_not_show_what_it_is_is_shown_as_bytes() {
		for reason in ["a\u{1b}[2Jb", "a\u{202e}b", "say \"yes\"", "a\nb"] {
			let call = RuntimeCall::Channels(Channels::revoke {
				channel: 7,
				reason: reason.into(),
			});
			let expected = format!("Channels.revoke\n  channel: 7\n  reason: 0x{}", hex::encode(reason));
			assert_eq!(shown(&call.encode()).unwrap(), expected);
		}
	}

	#[test]
	fn what_is_too_long_to_read_is_shown_by_its_hash() {
		let code = vec![5; 1_000_000];
		let call = RuntimeCall::Utility(Utility::set_code { code: code.clone() });
		let words = shown(&call.encode()).unwrap();
		assert!(
			words.contains(&hex::encode(blake2_256(&code))) && words.contains("1000000 bytes"),
			"{words}"
		);
		assert!(words.len() < 300, "{words}");
	}

	#[test]
	fn fails_when_the_bytes_are_no_call_or_more_than_one() {
		let mut bytes = RuntimeCall::Channels(Channels::revoke {
			channel: 7,
			reason: Vec::new(),
		})
		.encode();
		assert!(shown(&bytes[..bytes.len() - 1]).is_err());
		bytes.push(0);
		assert!(shown(&bytes).is_err());
		assert!(shown(&[9, 9]).is_err());
	}
}
