// SPDX-License-Identifier: Apache-2.0

//! Names for invented people.

use super::rng::Rng;

const SURNAMES_ZH: [&str; 32] = [
	"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马",
	"罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "欧阳", "司马",
];
const GIVEN_ZH: [&str; 36] = [
	"伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "秀兰", "霞",
	"平", "刚", "桂英", "建国", "志强", "晓燕", "子涵", "雨桐", "浩然", "欣怡", "梓萱", "嘉怡", "俊杰", "思远", "文博",
	"雪梅", "海燕",
];
const SURNAMES_LATIN: [&str; 20] = [
	"Anders",
	"Brandt",
	"Castillo",
	"D'Souza",
	"Eriksson",
	"Fernandes",
	"García",
	"Hughes",
	"Ivanova",
	"Jensen",
	"Kowalski",
	"Lefèvre",
	"Müller",
	"Nakamura",
	"O'Brien",
	"Petrov",
	"Rossi",
	"Smith",
	"Tan",
	"Øvergård",
];
const GIVEN_LATIN: [&str; 20] = [
	"Anna",
	"Ben",
	"Carla",
	"David",
	"Élodie",
	"Farid",
	"Grace",
	"Henrik",
	"Inês",
	"Jürgen",
	"Katarzyna",
	"Liam",
	"Maria",
	"Noah",
	"Olga",
	"Paulo",
	"Ravi",
	"Sofia",
	"Thomas",
	"Yuki",
];

/// A name, and whether it is a Chinese one.
pub fn name(rng: &mut Rng) -> (String, bool) {
	if rng.chance(800) {
		(format!("{}{}", rng.pick(&SURNAMES_ZH), rng.pick(&GIVEN_ZH)), true)
	} else {
		(
			format!("{} {}", rng.pick(&GIVEN_LATIN), rng.pick(&SURNAMES_LATIN)),
			false,
		)
	}
}
