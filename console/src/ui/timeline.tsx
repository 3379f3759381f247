// SPDX-License-Identifier: Apache-2.0

import type { ReactNode } from 'react';
import { Moment } from './moment';

export interface Step {
	key: string;
	title: string;
	/** Who did it. */
	by: string;
	/** Unix ms; 0 where it has not happened. */
	at: number;
	/** What came instead. */
	failed?: boolean;
	detail?: ReactNode;
}

/** What happened in its order, who did it, and what is still to come. */
export function Timeline({ steps }: { steps: readonly Step[] }) {
	return (
		<ol className="timeline">
			{steps.map((step) => (
				<li key={step.key} className={step.failed ? 'failed' : step.at > 0 ? 'done' : 'open'}>
					<div className="step">
						<strong>{step.title}</strong>
						<Moment at={step.at} whole />
					</div>
					<div className="quiet">{step.by}</div>
					{step.detail ? <div>{step.detail}</div> : null}
				</li>
			))}
		</ol>
	);
}
