import { JOB_ERROR_CODES } from '@creatorr/contracts/error-catalog';
import { type OnePage, onePage } from '@creatorr/tools/testing/builders/pdf';
import { z } from 'zod';
import { readPayloads } from '../../driver/payloads.ts';
import type { Expected } from '../hostile-case.ts';
import { SECRET_FILE, SECRET_VARIABLE, type World } from '../world.ts';
import { type Files, mapValues, SHOWS_MARK } from './case-tables.ts';

const TEXT = z.string().exactOptional();
const RAW_OBJECT = z.union([z.string(), z.strictObject({ dictionary: z.string(), stream: z.string() })]);

/** A page of pdf-pages.yaml, where its fields are described. */
const PAGE = z.strictObject({
	catalog: TEXT,
	page: TEXT,
	resources: TEXT,
	content: TEXT,
	objects: z.array(RAW_OBJECT).exactOptional(),
	action: TEXT,
	annotation: TEXT,
	drawn: RAW_OBJECT.exactOptional(),
});
type Page = z.infer<typeof PAGE>;

const END = z.enum(['shows its text', 'succeeded', ...JOB_ERROR_CODES]);
const FAMILY = z.enum(['endless PDFs', 'odd structures', 'PDF actions']);
const FAMILIES = readPayloads(
	new URL('./pdf-pages.yaml', import.meta.url),
	z.record(FAMILY, z.partialRecord(END, z.record(z.string(), PAGE))),
);

/** Returns the files of a family in pdf-pages.yaml, with how their jobs must end. */
export function hostilePages(
	family: z.infer<typeof FAMILY>,
	world: World,
): [Expected, Files<() => Buffer>][] {
	return Object.entries(FAMILIES[family]).map(([key, pages]) => {
		const end = END.parse(key);
		const files = mapValues(pages, (page) => () => onePage(toOnePage(fillIn(page, world))));
		return [end === 'shows its text' ? SHOWS_MARK : end, files];
	});
}

function fillIn(page: Page, { files, url }: World): Page {
	const replace = (text: string) =>
		text
			.replaceAll('{secret variable}', SECRET_VARIABLE)
			.replaceAll(/\{file (\w+)\}/g, '<< /Type /Filespec /F ({path $1}) /UF ({path $1}) >>')
			.replaceAll('{web file}', '<< /Type /Filespec /FS /URL /F ({url pdf}) >>')
			.replaceAll(/\{path (\w+)\}/g, (_, kind: string) => files[SECRET_FILE.parse(kind)])
			.replaceAll(/\{url (\w+)\}/g, (_, name: string) => url(name));
	return JSON.parse(JSON.stringify(page), (_, value) => (typeof value === 'string' ? replace(value) : value));
}

function toOnePage({ action, annotation, drawn, ...page }: Page): OnePage {
	if (action) return { catalog: `/OpenAction << /S ${action} >>` };
	if (annotation) return { page: `/Annots [<< /Type /Annot /Rect [10 10 90 90] ${annotation} >>]` };
	if (!drawn) return page;
	const content = 'q 100 0 0 100 0 0 cm /X Do Q';
	return { resources: '/XObject << /X 5 0 R >>', content, objects: [drawn] };
}
