import { useEffect, useRef, useState } from 'react';
import type { Work } from '../../../works/work.ts';

const SAID: Partial<Record<Work['stage']['kind'], string>> = {
	succeeded: 'is done',
	failed: 'failed',
	canceled: 'is canceled',
	paused: 'is paused',
	'file-missing': 'needs you to choose the file again',
	'secrets-missing': 'needs its password',
};

/**
 * What a screen reader says of the works: what came of them and what they need, not every step on the way. The count tells
 * the same words said twice apart.
 */
export function useAnnouncement(works: readonly Work[]): { text: string; count: number } {
	const before = useRef(new Map<string, Work['stage']['kind']>());
	const [said, setSaid] = useState({ text: '', count: 0 });
	useEffect(() => {
		const news = works.flatMap(({ id, stage, source }) => {
			const last = before.current.get(id);
			const words = SAID[stage.kind];
			return last !== undefined && last !== stage.kind && words ? [`${source.name} ${words}.`] : [];
		});
		before.current = new Map(works.map(({ id, stage }) => [id, stage.kind]));
		if (news.length > 0) setSaid(({ count }) => ({ text: news.join(' '), count: count + 1 }));
	}, [works]);
	return said;
}
