import type { ParamsOf } from '@creatorr/tool-kit/tool/manifest';
import type { ToolInput } from '@creatorr/tool-kit/tool/tool';
import { ToolError } from '@creatorr/tool-kit/tool/tool-error';
import { z } from 'zod';
import type { manifest } from './manifest.ts';

const failureSchema = z.object({ error: z.string(), detail: z.string().optional() });

/** Response of office/server.py. */
export const responseSchema = z.union([
	failureSchema,
	z.object({ pages: z.int().min(1), missing_fonts: z.array(z.string()) }),
]);
export type OfficeResponse = z.infer<typeof responseSchema>;
type Input = ToolInput<ParamsOf<typeof manifest>>;
type Failure = z.infer<typeof failureSchema>;

export const isFailure = (response: OfficeResponse): response is Failure => 'error' in response;

const TOO_LARGE = 'The resulting PDF is too large. Split the document, or lower params.max_image_dpi.';
const HUGE_PICTURE =
	'An image in the document has more than 150,000,000 pixels. Reduce its resolution (in Word: “Compress Pictures”), or remove it.';
const NOT_CONVERTED = 'The document couldn’t be converted. Open it, save a new copy, and try with that.';

/** Returns the error for a document that LibreOffice refused. */
export function toToolError(failure: Failure, input: Input): ToolError {
	const { params } = input;
	const options = { cause: failure };
	switch (reasonOf(failure, input)) {
		case 'encrypted':
			return new ToolError(
				'encrypted_input',
				'This document is password-protected. Set params.password to its password.',
				options,
			);
		case 'wrong_password':
			return new ToolError(
				'wrong_password',
				'Incorrect password. Check Caps Lock and your keyboard layout, then try again.',
				options,
			);
		case 'corrupt':
			return new ToolError(
				'corrupt_input',
				'The document can’t be opened. Upload it again, or open it and save a new copy.',
				options,
			);
		case 'huge_picture':
			return new ToolError('limit_exceeded', HUGE_PICTURE, options);
		case 'no_pages':
			return new ToolError('unsupported_input', emptyMessage(params.page_ranges), options);
		case 'too_large':
			return new ToolError('limit_exceeded', TOO_LARGE, options);
		default:
			return new ToolError('tool_failed', NOT_CONVERTED, options);
	}
}

/** Returns the reason. LibreOffice does not always report a missing password; the container shows it. */
function reasonOf({ error }: Failure, { encrypted, params }: Input): string {
	if (error !== 'corrupt' || !encrypted) return error;
	return params.password === null ? 'encrypted' : 'wrong_password';
}

function emptyMessage(pageRanges: string | null): string {
	if (pageRanges === null) return 'The document is empty. Check that it has content.';
	const pages = /^\d+$/.test(pageRanges) ? 'page' : 'pages';
	return `The document has no ${pages} ${pageRanges}. Set params.page_ranges to pages that it has.`;
}
