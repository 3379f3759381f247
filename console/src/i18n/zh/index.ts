// SPDX-License-Identifier: Apache-2.0

import type { Words } from '..';
import { app } from './app';
import { auditor } from './auditor';
import { business } from './business';
import { house } from './house';
import { issuer } from './issuer';
import { operator } from './operator';
import { problems } from './problems';
import { seller } from './seller';
import { ui } from './ui';

const zh: Words = { app, auditor, business, house, issuer, operator, problems, seller, ui };
export default zh;
