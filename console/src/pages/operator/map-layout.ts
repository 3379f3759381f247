// SPDX-License-Identifier: Apache-2.0

/** Where members, nodes and channels stand in the picture. Numbers are units of the picture, whose width is fixed. */

import type { Schemas } from './queries';

type Network = Schemas['Network'];

export const WIDTH = 960;
const BOX = { width: 280, height: 70 };
/** What a box keeps for its dots, below the name. */
export const DOTS = 32;
const STEP = 88;
const TOP = 40;
/** Left edges of what is side by side. */
const LEFT = 20;
const RIGHT = WIDTH - BOX.width - LEFT;
const MIDDLE = (LEFT + RIGHT) / 2;
const ROW = [LEFT, MIDDLE, RIGHT] as const;
const DOT = 18;

/** Sellers stand on the left and issuers on the right; below them, in rows, who trades nothing. */
export type Column = 'seller' | 'issuer' | 'other';

export interface MemberBox {
	member: Network['members'][number];
	x: number;
	y: number;
	width: number;
	height: number;
	dots: { node: Network['nodes'][number]; x: number; y: number }[];
}

export interface ChannelLine {
	channel: Network['channels'][number];
	path: string;
}

export interface Picture {
	height: number;
	boxes: MemberBox[];
	lines: ChannelLine[];
	/** Where the titles stand, by their middles. */
	titles: { column: Column; x: number; y: number }[];
}

/** Which column a member stands in. One that is both issuer and seller stands with the issuers. */
export function columnOf(roles: readonly string[]): Column {
	if (roles.includes('issuer')) return 'issuer';
	return roles.includes('seller') ? 'seller' : 'other';
}

/** Channels that are over are not in the picture: the table has them. */
const OVER = new Set(['Refused', 'Withdrawn', 'Revoked', 'Left', 'Expired']);
export const isOver = (state: string): boolean => OVER.has(state);

export function pictureOf(network: Network): Picture {
	const here = network.members.filter((member) => member.status !== 'Exited');
	const of = (column: Column) => here.filter((member) => columnOf(member.roles) === column);
	const [sellers, issuers, others] = [of('seller'), of('issuer'), of('other')];
	const below = TOP + STEP * Math.max(sellers.length, issuers.length);
	const box = (x: number, y: number, member: MemberBox['member']): MemberBox => {
		const own = network.nodes.filter((node) => node.member === member.id);
		const dots = own.map((node, place) => ({ node, x: x + 16 + DOT * place, y: y + BOX.height - 14 }));
		return { member, x, y, ...BOX, dots };
	};
	const boxes = [
		...sellers.map((member, place) => box(LEFT, TOP + STEP * place, member)),
		...issuers.map((member, place) => box(RIGHT, TOP + STEP * place, member)),
		...others.map((member, place) => box(ROW[place % 3] ?? LEFT, below + TOP + STEP * Math.floor(place / 3), member)),
	];
	const byMember = new Map(boxes.map((box) => [box.member.id, box]));
	const lines = network.channels.flatMap((channel): ChannelLine[] => {
		const [from, to] = [byMember.get(channel.seller), byMember.get(channel.issuer)];
		if (from === undefined || to === undefined || isOver(channel.state)) return [];
		const isLeft = from.x < to.x;
		const [x1, y1] = [isLeft ? from.x + from.width : from.x, from.y + from.height / 2];
		const [x2, y2] = [to.x, to.y + to.height / 2];
		const bend = isLeft ? (x2 - x1) / 2 : -120;
		return [{ channel, path: `M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - Math.abs(bend)} ${y2} ${x2} ${y2}` }];
	});
	const middle = BOX.width / 2;
	const titles = [
		{ column: 'seller', x: LEFT + middle, y: 22, list: sellers },
		{ column: 'issuer', x: RIGHT + middle, y: 22, list: issuers },
		{ column: 'other', x: LEFT + middle, y: below + 22, list: others },
	] as const;
	return {
		height: others.length > 0 ? below + TOP + STEP * Math.ceil(others.length / 3) : below,
		boxes,
		lines,
		titles: titles.filter(({ list }) => list.length > 0).map(({ column, x, y }) => ({ column, x, y })),
	};
}
