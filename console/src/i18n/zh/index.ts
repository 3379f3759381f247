// SPDX-License-Identifier: Apache-2.0

import type { Words } from '..';
import { app } from './app';
import { auditor } from './auditor';
import { issuer } from './issuer';
import { operator } from './operator';
import { problems } from './problems';
import { seller } from './seller';
import { ui } from './ui';

const zh: Words = { app, auditor, issuer, operator, problems, seller, ui };
export default zh;
