// SPDX-License-Identifier: Apache-2.0

//! What one of OFD and WDEP says that an item has no field for, in the words of the other: most names are the same, the others differ
//! by a rule. What the other has no place for is named, unless it says nothing.

use super::Item;
use crate::{
	business::Object,
	dictionary::{Dictionary, Format},
	fault::Fault,
};
use serde_json::Value;
use std::collections::BTreeSet;

/// Kinds of files that both have: OFD's, WDEP's.
const KINDS: [(&str, &str); 7] = [
	("01", "001"),
	("02", "003"),
	("03", "005"),
	("04", "008"),
	("05", "013"),
	("06", "017"),
	("07", "020"),
];

/// Puts items into the words of one dictionary.
#[derive(Clone, Debug)]
pub struct Translator {
	dictionary: Dictionary,
	dropped: BTreeSet<String>,
}

impl Translator {
	/// For files with this dictionary; fields that may be left out by name.
	pub fn new(dictionary: Dictionary, dropped: impl IntoIterator<Item = String>) -> Self {
		Translator {
			dictionary,
			dropped: dropped.into_iter().map(|name| name.to_uppercase()).collect(),
		}
	}

	fn is_wdep(&self) -> bool {
		self.dictionary.format() == Format::Wdep10
	}

	/// The item in this dictionary's words.
	///
	/// # Errors
	/// A field that says something and has no place.
	pub fn translate(&self, item: Item) -> Result<Item, Fault> {
		Ok(match item {
			Item::Order(mut order) => {
				self.details(&mut order, if self.is_wdep() { "005" } else { "03" })?;
				Item::Order(order)
			}
			Item::Answer {
				order,
				mut confirmation,
			} => {
				self.details(&mut confirmation, if self.is_wdep() { "008" } else { "04" })?;
				Item::Answer { order, confirmation }
			}
			Item::Fields { kind, fields } => {
				let pair = KINDS.iter().find(|(ofd, wdep)| [*ofd, *wdep].contains(&&*kind));
				let kind = match pair {
					Some((ofd, wdep)) => if self.is_wdep() { wdep } else { ofd }.to_string(),
					None => kind,
				};
				let fields = self.fields(fields, &kind)?;
				Item::Fields { kind, fields }
			}
		})
	}

	/// Moves what stands under the other's name in `details`.
	fn details(&self, object: &mut Object, kind: &str) -> Result<(), Fault> {
		let (own, other) = if self.is_wdep() {
			("wdep", "ofd")
		} else {
			("ofd", "wdep")
		};
		let Some(Value::Object(details)) = object.get_mut("details") else {
			return Ok(());
		};
		if let Some(Value::Object(fields)) = details.remove(other) {
			let fields = self.fields(fields, kind)?;
			if !fields.is_empty() {
				details.insert(own.into(), Value::Object(fields));
			}
		}
		Ok(())
	}

	fn fields(&self, fields: Object, kind: &str) -> Result<Object, Fault> {
		let layout = self.dictionary.layout(kind).ok_or_else(|| {
			let rule = format!("{} has no such kind of file", self.dictionary.format().name());
			Fault::told("kind of file", kind, rule)
		})?;
		let mut translated = Object::new();
		for (name, value) in fields {
			let known = |name: &str| layout.iter().find(|known| known.eq_ignore_ascii_case(name));
			match known(&name).or_else(|| known(&self.other_name(&name))) {
				Some(known) => drop(translated.insert(known.clone(), value)),
				None if says_nothing(&value) || self.dropped.contains(&name.to_uppercase()) => {}
				None => {
					let shown = value.as_str().unwrap_or_default();
					let rule = format!("{} has no such field in kind {kind}", self.dictionary.format().name());
					return Err(Fault::told(name, shown, rule));
				}
			}
		}
		Ok(translated)
	}

	/// The name that the other format has for a field.
	fn other_name(&self, name: &str) -> String {
		let pairs = [("SourceType", "ShareSourceType"), ("OfFMIn", "OfWPMIn"), ("Fund", "WP")];
		pairs
			.iter()
			.fold(name.to_string(), |name, (ofd, wdep)| match self.is_wdep() {
				true if *ofd == "SourceType" && name != *ofd => name,
				true => name.replace(ofd, wdep),
				false => name.replace(wdep, ofd),
			})
	}
}

/// Blanks, or a zero: what an empty field says.
fn says_nothing(value: &Value) -> bool {
	match value {
		Value::Null => true,
		Value::String(text) => text.trim_matches(['0', '.', ' ']).is_empty(),
		_ => false,
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use serde_json::json;

	fn object(value: Value) -> Object {
		value.as_object().expect("an object").clone()
	}

	fn translator(format: Format) -> Translator {
		Translator::new(Dictionary::of(format), ["IMEI".to_string()])
	}

	#[test]
	fn names_are_put_into_the_others_words_and_back() {
		let ofd = json!({"FundCode": "990001", "SourceType": "1", "TotalBackendLoad": "1.00", "AvailableVol": null});
		let item = Item::Fields {
			kind: "05".into(),
			fields: object(ofd.clone()),
		};
		let there = translator(Format::Wdep10)
			.translate(item.clone())
			.expect("every field has a place");
		let wdep =
			json!({"WPCode": "990001", "ShareSourceType": "1", "TotalBackendLoad": "1.00", "AvailableVol": null});
		assert_eq!(
			there,
			Item::Fields {
				kind: "013".into(),
				fields: object(wdep)
			}
		);
		assert_eq!(translator(Format::Ofd21).translate(there).expect("and back"), item);
		let account = Item::Fields {
			kind: "01".into(),
			fields: object(json!({"AcctNoOfFMInClearingAgency": "7"})),
		};
		let there = translator(Format::Wdep10).translate(account).expect("a place");
		assert!(matches!(there, Item::Fields { fields, .. } if fields["AcctNoOfWPMInClearingAgency"] == "7"));
	}

	#[test]
	fn what_has_no_place_is_named_unless_it_says_nothing() {
		let item = |name: &str, value: &str| Item::Fields {
			kind: "04".into(),
			fields: object(json!({name: value})),
		};
		let wdep = translator(Format::Wdep10);
		assert!(wdep.translate(item("StampDuty", "0.00")).is_ok());
		let fault = wdep.translate(item("StampDuty", "1.00")).expect_err("a tax");
		assert_eq!((&*fault.field, &*fault.value), ("StampDuty", "1.00"));
		let order = |details: Value| Item::Order(object(json!({"id": "A", "details": details})));
		let there = wdep
			.translate(order(json!({"ofd": {"RegionCode": "0755"}, "method": "cash"})))
			.expect("a place");
		assert_eq!(there, order(json!({"wdep": {"RegionCode": "0755"}, "method": "cash"})));
		let dropped = translator(Format::Ofd21)
			.translate(order(json!({"wdep": {"IMEI": "7"}})))
			.expect("may be left out");
		assert_eq!(dropped, order(json!({})));
		assert!(translator(Format::Ofd21)
			.translate(order(json!({"wdep": {"UUID": "7"}})))
			.is_err());
		assert!(wdep
			.translate(Item::Fields {
				kind: "99".into(),
				fields: Object::new()
			})
			.is_err());
	}
}
