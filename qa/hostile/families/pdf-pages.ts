import { type OnePage, onePage, type RawObject } from '@creatorr/tools/testing/builders/pdf';
import { readPayloads } from '../../driver/payloads.ts';
import type { End, Expected } from '../hostile-case.ts';
import type { SecretFile, World } from '../world.ts';
import { type Files, mapValues, SHOWS_MARK } from './case-tables.ts';

/** A page of pdf-pages.yaml, where its fields are described. */
interface Page extends OnePage {
	action?: string;
	annotation?: string;
	drawn?: RawObject;
}

type Families = Record<string, Record<string, Record<string, Page>>>;
const FAMILIES: Families = readPayloads(new URL('./pdf-pages.yaml', import.meta.url));

/** Returns the files of a family in pdf-pages.yaml, with how their jobs must end. */
export function hostilePages(family: string, world: World): [Expected, Files<() => Buffer>][] {
	return Object.entries(FAMILIES[family] ?? {}).map(([end, pages]) => [
		end === 'shows its text' ? SHOWS_MARK : (end as End),
		mapValues(pages, (page) => () => onePage(toOnePage(fillIn(page, world)))),
	]);
}

/** Returns the page with its placeholders replaced. */
function fillIn(page: Page, { files, url }: World): Page {
	const replace = (text: string) =>
		text
			.replaceAll(/\{file (\w+)\}/g, '<< /Type /Filespec /F ({path $1}) /UF ({path $1}) >>')
			.replaceAll('{web file}', '<< /Type /Filespec /FS /URL /F ({url pdf}) >>')
			.replaceAll(/\{path (\w+)\}/g, (_, kind: SecretFile) => files[kind])
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
