import { formatBytes } from '@creatorr/client';

/** Formats the change of a size: `4.7 MB → 1.2 MB (−74%)`. */
export function formatChange(before: number, after: number): string {
	const percent = Math.round((after / before - 1) * 100);
	const sign = percent > 0 ? '+' : percent < 0 ? '−' : '±';
	return `${formatBytes(before)} → ${formatBytes(after)} (${sign}${Math.abs(percent)}%)`;
}
