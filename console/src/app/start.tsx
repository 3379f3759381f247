// SPDX-License-Identifier: Apache-2.0

import { Navigate } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { aboutQuery } from './about';
import { AREAS } from './nav';

/** The address without a path: the first page of this server. */
export function Start() {
	const about = useQuery(aboutQuery);
	const first = about.data && AREAS[about.data.terminal].pages[0];
	return first ? <Navigate to={first.to} replace /> : null;
}
