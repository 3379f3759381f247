// SPDX-License-Identifier: Apache-2.0

import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Amount } from '../../ui/amount';
import { Foreign, ForeignBlock, visible } from '../../ui/foreign';
import { Identifier } from '../../ui/identifier';
import { Loaded } from '../../ui/query';
import { EvidenceOfOrder } from '../auditor/of-order';
import { OrderActions } from './order_actions';
import { evidenceOf, orderOf, type OrderView } from './queries';
import { Asked, OrderLink, OutcomeBadge, PlaceBadge } from './words';

const route = getRouteApi('/issuer/orders/$seller/$id');

/** One order: as its seller wrote it, where it is, what is decided, what one can do. */
export function OrderPage() {
	const { t } = useTranslation();
	const { seller, id } = route.useParams();
	const query = useQuery(orderOf(Number(seller), id));
	return (
		<>
			<div className="title">
				<h1>
					{t('issuer.order.title', { seller })} <Identifier id={id} />
				</h1>
			</div>
			<Loaded query={query}>{(view) => <Whole seller={Number(seller)} id={id} view={view} />}</Loaded>
		</>
	);
}

function Whole({ seller, id, view }: { seller: number; id: string; view: OrderView }) {
	const { t } = useTranslation();
	return (
		<>
			<OrderActions seller={seller} id={id} view={view} />
			{view.waiting ? (
				<p className="notice">{t('issuer.order.waiting', { what: visible(view.waiting.waits_for) })}</p>
			) : null}
			{view.cancelled_by ? (
				<p>
					{t('issuer.order.cancelledBy')} <OrderLink seller={seller} id={view.cancelled_by} />
				</p>
			) : null}
			{view.parts.length > 0 ? <Parts parts={view.parts} /> : null}
			{view.confirmation !== undefined && view.confirmation !== null ? (
				<section className="sheet">
					<h2>{t('issuer.order.confirmation')}</h2>
					<ForeignBlock text={JSON.stringify(view.confirmation, null, 2)} />
				</section>
			) : null}
			<section className="sheet">
				<h2>{t('issuer.order.wrote')}</h2>
				<ForeignBlock text={JSON.stringify(view.order, null, 2)} />
			</section>
			{view.confirmation !== undefined && view.confirmation !== null ? (
				<EvidenceOfOrder id={id} command={`sealane evidence get ${id} --seller ${seller}`} load={() => evidenceOf(seller, id)} />
			) : null}
		</>
	);
}

function Parts({ parts }: { parts: OrderView['parts'] }) {
	const { t } = useTranslation();
	return (
		<section className="sheet">
			<h2>{t('issuer.order.parts')}</h2>
			<table className="plain">
				<thead>
					<tr>
						<th>{t('issuer.column.day')}</th>
						<th>{t('issuer.column.state')}</th>
						<th className="end">{t('issuer.column.asked')}</th>
						<th>{t('issuer.column.outcome')}</th>
						<th className="end">{t('issuer.column.units')}</th>
						<th className="end">{t('issuer.column.amount')}</th>
						<th className="end">{t('issuer.column.fee')}</th>
						<th className="end">{t('issuer.column.carry')}</th>
						<th>{t('issuer.column.reason')}</th>
						<th>{t('issuer.column.decidedBy')}</th>
					</tr>
				</thead>
				<tbody>
					{parts.map((part) => (
						<tr key={part.part}>
							<td>
								<Link to="/issuer/days/$product/$day" params={{ product: part.product, day: part.day }}>
									{part.day}
								</Link>
							</td>
							<td>
								<PlaceBadge order={part} />
							</td>
							<td className="end">
								<Asked order={part} />
							</td>
							<td>
								<OutcomeBadge outcome={part.outcome} />
							</td>
							{[part.units, part.amount, part.fee, part.carry].map((value, index) => (
								<td key={index} className="end">
									<Amount value={value} />
								</td>
							))}
							<td>
								<Foreign text={part.reason_code} />
							</td>
							<td>{visible(part.decided_by)}</td>
						</tr>
					))}
				</tbody>
			</table>
		</section>
	);
}
