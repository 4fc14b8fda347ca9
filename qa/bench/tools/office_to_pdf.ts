import { countPages } from '../measure/inspect-pdf.ts';
import { isSuccess } from '../run/trial.ts';
import type { Comparison } from './compare.ts';

/** Each job has its own /tmp, so each document has a new profile. */
const PROFILE = '-env:UserInstallation=file:///tmp/profile';

/** Counts the pages of outputs. */
export const comparison: Comparison<number> = {
	plain: 'a cold soffice',
	commands: () => [(input) => ['soffice', '--headless', PROFILE, '--convert-to', 'pdf', input]],
	inspect: () => (output, scratch) => countPages(scratch, output),
	// Until the process for the next document is warm.
	pauseMs: 3_000,
	maxMedianSeconds: 0.25,
	figures(rows) {
		const converted = rows.filter(({ plain, ours }) => isSuccess(plain) && isSuccess(ours));
		const different = converted.filter(({ plain, ours }) => plain.found !== ours.found);
		return [{ name: 'with another number of pages', value: different.length }];
	},
	cells: ({ plain, ours }) => ({
		pages: ours.found ?? Number.NaN,
		'soffice pages': plain.found ?? Number.NaN,
	}),
};
