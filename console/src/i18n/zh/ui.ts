// SPDX-License-Identifier: Apache-2.0

import type { Words } from '..';

export const ui: Words['ui'] = {
	cancel: '取消',
	chooseDay: '在日历中选择日期',
	code: '代码',
	copied: '已复制',
	copy: '复制{{what}}',
	field: '字段',
	keyClose: '关闭对话框',
	keyDown: '下一行',
	keyFirst: '第一行',
	keyHelp: '显示快捷键',
	keyLast: '已加载的最后一行',
	keyOpen: '打开该行',
	keyUp: '上一行',
	loading: '加载中…',
	more: '更多',
	none: '—',
	rows: '行',
	shortened: '显示 {{shown}} / {{all}} 个字符',
	whole: '显示全文',
};
