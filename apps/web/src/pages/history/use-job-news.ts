import type { JobStatus } from '@creatorr/client';
import { useEffect, useRef, useState } from 'react';
import { isOver } from '../../api/jobs.ts';
import type { HistoryRow } from './history-rows.ts';

const ENDS: Partial<Record<JobStatus, string>> = {
	succeeded: 'is done',
	failed: 'failed',
	canceled: 'was canceled',
};

/** What a screen reader is told while it is elsewhere on the page: that a job has come to its end, and nothing before. */
export function useJobNews(rows: readonly HistoryRow[]): string {
	const running = useRef<ReadonlySet<string>>(new Set());
	const [news, setNews] = useState('');
	useEffect(() => {
		const ended = rows.filter(({ job }) => isOver(job) && running.current.has(job.id));
		if (ended.length > 0) setNews(ended.map(({ job, name }) => `${name} ${ENDS[job.status]}`).join(', '));
		running.current = new Set(rows.filter(({ job }) => !isOver(job)).map(({ job }) => job.id));
	}, [rows]);
	return news;
}
