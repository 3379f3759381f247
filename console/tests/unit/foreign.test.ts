// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { visible } from '../../src/ui/foreign';

test('what cannot be seen or turns a line around is shown as its code', () => {
	assert.equal(visible('A\u202egpj.exe'), 'A⟨202E⟩gpj.exe');
	assert.equal(visible('zero\u200bwidth\u0000'), 'zero⟨200B⟩width⟨0000⟩');
	assert.equal(visible('王芳 <script>\n\tz'), '王芳 <script>\n\tz');
});
