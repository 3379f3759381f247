// SPDX-License-Identifier: Apache-2.0

//! The page's Chinese beside its English.

/// The fields of orders and confirmations that people ask for first, in the order in which the page has them, each with its Chinese name.
pub const FIELDS: [(&str, &str); 30] = [
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

/// How a field is called on the page: its names from the outside in. A known one has its Chinese name before it; what a party made up stands in
/// quotation marks, so that it cannot look like a known one.
pub fn field(path: &[String]) -> String {
	let names: Vec<String> = path
		.iter()
		.enumerate()
		.map(
			|(depth, name)| match FIELDS.iter().any(|(known, _)| depth == 0 && known == name) || is_plain(name) {
				true => name.clone(),
				false => format!("“{name}”"),
			},
		)
		.collect();
	let known = path
		.first()
		.and_then(|first| FIELDS.iter().find(|(known, _)| known == first));
	match known {
		Some((_, chinese)) => format!("{chinese} · {}", names.join(" › ")),
		None => names.join(" › "),
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

/// A step's name, and what was checked, in plain Chinese.
pub fn step(about: &'static str) -> (&'static str, &'static str) {
	match about {
		"record" => (
			"记录 · record",
			"委托与确认的原始字节、盐值、条款版本和通道，共同得出本记录的叶哈希；改动任何一个字节都会得出另一个值。",
		),
		"batch" => (
			"批次 · batch",
			"该叶哈希连同所列哈希，逐级得出批次根：本记录确在该批次之中。",
		),
		"signatures" => (
			"签名 · signatures",
			"发行人与销售机构的节点都对该批次作了签名，双方均认可。",
		),
		"anchor" => ("锚定 · anchor", "该批次连同所列哈希，得出一方节点写入链上的锚定根。"),
		"genesis" => ("创世 · genesis", "由链规范算出创世区块；双方签名所指的正是这条链。"),
		"checkpoint" => (
			"检查点 · checkpoint",
			"自该区块起跟踪验证人；该区块由所列成员签名担保，这些签名人是否足够，由采信者自行判断。",
		),
		"validators" => (
			"验证人 · validators",
			"每次更换验证人，均由更换前超过三分之二的验证人签名确认。",
		),
		"finality" => (
			"最终性 · finality",
			"该区块由超过三分之二的验证人投票，成为最终区块，不可再改。",
		),
		"block" => ("区块 · block", "锚定所在区块是该最终区块的祖先或其本身。"),
		"later block" => (
			"后续区块 · later block",
			"读取链上状态所用的区块，同样由验证人投票成为最终区块。",
		),
		"state" => ("链上状态 · state", "链上状态中确有这一锚定，其根与区块号均一致。"),
		"keys" => (
			"公钥 · keys",
			"签名所用公钥在链上登记于这两个节点，且在规则所定的区块有效。",
		),
		"parties" => (
			"当事人 · parties",
			"两个节点分属两个成员，其名称与法定编号以链上登记为准。",
		),
		"channel" => ("通道 · channel", "该通道正是这两个成员之间的通道，且已获准开通。"),
		"clauses" => ("条款 · clauses", "记录所指的条款版本已为该通道批准生效，其文本如下。"),
		"product" => ("产品 · product", "委托所指的产品。"),
		"runtime" => ("链上程序 · runtime", "读取状态时链上运行的程序。"),
		"disclosure" => (
			"部分披露 · disclosure",
			"本证据未披露某些内容；其哈希仍在记录之中，内容无从得知。",
		),
		other => (other, ""),
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
		assert_eq!(field(&path(&["amount"])), "金额 · amount");
		assert_eq!(
			field(&path(&["facts", "risk_class"])),
			"适当性事实 · facts › risk_class"
		);
		assert_eq!(field(&path(&["金额 · amount"])), "“金额 · amount”");
		assert_eq!(field(&path(&["facts › risk_class"])), "“facts › risk_class”");
		assert_eq!(field(&path(&["note"])), "note");
		assert!(place(&path(&["note"])) > place(&path(&["facts", "x"])));
	}
}
