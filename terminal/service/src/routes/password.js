// SPDX-License-Identifier: Apache-2.0
const invitation = location.hash.slice(1);
document.getElementById('form').addEventListener('submit', async (event) => {
	event.preventDefault();
	const password = document.getElementById('password').value;
	const said = document.getElementById('said');
	const answer = await fetch('/v1/password', {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ invitation, password }),
	});
	if (answer.ok) {
		const { name } = await answer.json();
		said.textContent = `Done: log in as ${name}. 已完成，请以 ${name} 登录。`;
		history.replaceState(null, '', location.pathname);
	} else {
		const problem = await answer.json();
		said.textContent = `${problem.title}: ${problem.detail}`;
	}
});
