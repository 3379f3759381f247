// SPDX-License-Identifier: Apache-2.0

//! The Chinese beside the English.

use alloc::{
	format,
	string::{String, ToString},
	vec::Vec,
};

/// The fields of orders and confirmations that people ask for first, in the order in which the page has them, each with its Chinese name.
pub const FIELDS: [(&str, &str); 31] = [
	("id", "编号"),
	("order", "委托编号"),
	("kind", "业务类型"),
	("outcome", "处理结果"),
	("execution", "执行序号"),
	("final", "是否最终"),
	("replaces", "所更正的执行"),
	("product", "产品"),
	("customer", "客户"),
	("account", "账户"),
	("amount", "金额"),
	("units", "份额"),
	("percent", "比例"),
	("currency", "币种"),
	("nav", "单位净值"),
	("fee", "费用"),
	("deal", "成交编号"),
	("placed_at", "委托时间"),
	("valid_until", "有效期至"),
	("trade_date", "交易日"),
	("confirmed_at", "确认时间"),
	("settlement_date", "交收日"),
	("settle_date", "交收日"),
	("target_product", "转入产品"),
	("cancels", "所撤销的委托"),
	("retry_of", "所重试的委托"),
	("reason", "原因"),
	("clause_version", "条款版本"),
	("facts", "适当性事实"),
	("details", "明细"),
	("person", "个人信息"),
];

/// How something is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
	/// In Chinese, where it has a name there.
	pub chinese: Option<&'static str>,
	/// In English, or as its author called it.
	pub english: String,
}

impl Label {
	/// `金额 · amount`.
	pub fn both(&self) -> String {
		match self.chinese {
			Some(chinese) => format!("{chinese} · {}", self.english),
			None => self.english.clone(),
		}
	}
}

/// How a field is called: its names from the outside in. A known one has its Chinese name; what a party made up stands in quotation marks, so
/// that it cannot look like a known one.
pub fn field(path: &[String]) -> Label {
	let is_known = |name: &str| FIELDS.iter().find(|(known, _)| *known == name);
	let names: Vec<String> = path
		.iter()
		.enumerate()
		.map(
			|(depth, name)| match depth == 0 && is_known(name).is_some() || is_plain(name) {
				true => name.clone(),
				false => format!("“{name}”"),
			},
		)
		.collect();
	Label {
		chinese: path
			.first()
			.and_then(|first| is_known(first))
			.map(|(_, chinese)| *chinese),
		english: names.join(" › "),
	}
}

/// Whether a name is a word as programs have them.
fn is_plain(name: &str) -> bool {
	!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The place of a field on the page; those that are not known come after the others.
pub fn place(path: &[String]) -> usize {
	let known = path
		.first()
		.and_then(|first| FIELDS.iter().position(|(known, _)| known == first));
	known.unwrap_or(FIELDS.len())
}

/// A kind of step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepWords {
	/// Its name.
	pub name: Label,
	/// What was checked, in plain Chinese; empty where this release has no words for it.
	pub chinese: &'static str,
}

/// What a step is about, in plain Chinese.
pub fn step(about: &str) -> StepWords {
	let (name, chinese) = match about {
		"record" => (
			Some("记录"),
			"委托与确认的原始字节、盐值、条款版本和通道，共同得出本记录的叶哈希；改动任何一个字节都会得出另一个值。",
		),
		"batch" => (
			Some("批次"),
			"该叶哈希连同所列哈希，逐级得出批次根：本记录确在该批次之中。",
		),
		"signatures" => (Some("签名"), "发行人与销售机构的节点都对该批次作了签名，双方均认可。"),
		"anchor" => (Some("锚定"), "该批次连同所列哈希，得出一方节点写入链上的锚定根。"),
		"genesis" => (Some("创世"), "由链规范算出创世区块；双方签名所指的正是这条链。"),
		"checkpoint" => (
			Some("检查点"),
			"自该区块起跟踪验证人；该区块由所列成员签名担保，这些签名人是否足够，由采信者自行判断。",
		),
		"validators" => (
			Some("验证人"),
			"每次更换验证人，均由更换前超过三分之二的验证人签名确认。",
		),
		"finality" => (
			Some("最终性"),
			"该区块由超过三分之二的验证人投票，成为最终区块，不可再改。",
		),
		"block" => (Some("区块"), "锚定所在区块是该最终区块的祖先或其本身。"),
		"attested" => (
			Some("签名所引区块"),
			"双方的签名各引用一个此前的区块：证据附有通往该区块的区块头时，签名不早于该区块；未附时仅为签名方所述。",
		),
		"later block" => (
			Some("后续区块"),
			"读取链上状态所用的区块，同样由验证人投票成为最终区块。",
		),
		"state" => (Some("链上状态"), "链上状态中确有这一锚定，其根与区块号均一致。"),
		"keys" => (
			Some("公钥"),
			"签名所用公钥在链上登记于这两个节点，且在规则所定的区块有效。",
		),
		"parties" => (Some("当事人"), "两个节点分属两个成员，其名称与法定编号以链上登记为准。"),
		"channel" => (Some("通道"), "该通道正是这两个成员之间的通道，且已获准开通。"),
		"clauses" => (Some("条款"), "记录所指的条款版本已为该通道批准生效，其文本如下。"),
		"product" => (Some("产品"), "委托所指的产品。"),
		"runtime" => (Some("链上程序"), "读取状态时链上运行的程序。"),
		"disclosure" => (
			Some("部分披露"),
			"本证据未披露某些内容；其哈希仍在记录之中，内容无从得知。",
		),
		_ => (None, ""),
	};
	StepWords {
		name: Label {
			chinese: name,
			english: about.to_string(),
		},
		chinese,
	}
}

/// What is not shown, in Chinese; in the order of `NOT_SHOWN`.
pub const NOT_SHOWN: [&str; 4] = [
	"本记录是否为最终结果：之后的更正、撤销或争议是另外的记录。",
	"同一委托、批次或日期是否另有其他记录；可用 sealane evidence audit 比对多份证据。",
	"双方业务系统的后续处理，以及机构内部由谁决定。",
	"合作协议的内容，由双方自行保存。",
];

#[cfg(test)]
mod tests {
	use super::*;

	fn path(names: &[&str]) -> Vec<String> {
		names.iter().map(|name| (*name).to_string()).collect()
	}

	#[test]
	fn a_made_up_name_does_not_look_like_a_known_one() {
		assert_eq!(field(&path(&["amount"])).both(), "金额 · amount");
		assert_eq!(
			field(&path(&["facts", "risk_class"])).both(),
			"适当性事实 · facts › risk_class"
		);
		assert_eq!(field(&path(&["金额 · amount"])).both(), "“金额 · amount”");
		assert_eq!(field(&path(&["facts › risk_class"])).both(), "“facts › risk_class”");
		assert_eq!(field(&path(&["note"])).both(), "note");
		assert!(place(&path(&["note"])) > place(&path(&["facts", "x"])));
	}
}
