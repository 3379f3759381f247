// SPDX-License-Identifier: Apache-2.0

import type { ReactNode } from 'react';

/** A list without entries: what that means, and what to do next. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
	return (
		<div className="empty">
			<p>
				<strong>{title}</strong>
			</p>
			{children}
		</div>
	);
}
