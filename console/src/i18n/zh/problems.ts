// SPDX-License-Identifier: Apache-2.0

import type { Words } from '..';

export const problems: Words['problems'] = {
	all_refused: { title: '所有条目均被拒绝。', todo: '查看下列条目，修正后重新提交。' },
	already_confirmed: { title: '该项已有答复。', todo: '重新加载页面查看答复。' },
	body_too_large: { title: '文件超过服务器允许的大小。', todo: '请拆分后再提交。' },
	busy: { title: '服务器繁忙。', todo: '请数秒后重试。' },
	evidence_not_ready: { title: '证据尚未齐备。', todo: '回复后数分钟内双方节点会签署：请稍后再试。' },
	forbidden: { title: '您的用户无权执行此操作。', todo: '请联系管理员授予相应角色。' },
	internal: { title: '服务器内部错误。', todo: '请将代码和时间告知运维人员。' },
	invalid_field: { title: '字段不符合规则。', todo: '请修正该字段后重试。' },
	invalid_parameter: { title: '筛选条件或地址不符合规则。', todo: '请修改筛选条件。' },
	name_taken: { title: '名称已被占用。', todo: '请换一个名称。' },
	not_cancellable: { title: '此类订单不可撤单。', todo: '请与对方线下协商。' },
	not_found: { title: '该地址没有内容。', todo: '可能已不存在，请返回列表。' },
	not_ready: { title: '服务器正在启动或停止。', todo: '请数秒后重试。' },
	order_unknown: { title: '没有该编号的订单。', todo: '请核对编号，注意区分大小写。' },
	second_person: { title: '此步骤须由另一人完成。', todo: '请由未录入该项的同事操作。' },
	store_failed: { title: '数据库或节点日志出错。', todo: '请通知运维人员。' },
	store_full: { title: '磁盘已满，已有数据安全。', todo: '请通知运维人员。' },
	too_many_requests: { title: '请求过多或密码错误次数过多。', todo: '请等待一分钟后重试。' },
	unauthenticated: { title: '用户名与密码不符，或会话已结束。', todo: '请重新登录。' },
	unknown: { title: '出现问题。', todo: '请重试；若仍存在，请通知运维人员。' },
	unreachable: { title: '服务器无响应。', todo: '请检查网络，恢复后页面会自动继续。' },
	wrong_state: { title: '当前状态下不能执行此操作。', todo: '请刷新页面，其状态可能已变化。' },
};
