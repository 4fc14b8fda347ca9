import { failureReport } from '@creatorr/tool-kit/run/failure-report';
import type { CommandResult } from '@creatorr/tool-kit/tool/tool';
import { ToolError } from '@creatorr/tool-kit/tool/tool-error';
import { TOO_LARGE_UNPACKED, throwOnLimit, toolFailed } from '../command-failure.ts';

type Reason = readonly [code: ConstructorParameters<typeof ToolError>[0], message: string];

const UNREADABLE: Reason = [
	'corrupt_input',
	'The file can’t be read. Upload it again, or open it and save a new copy.',
];

/** Reasons by the name of OCRmyPDF's exception. */
const REASONS_BY_EXCEPTION: Readonly<Record<string, Reason>> = {
	SignedError: [
		'unsupported_input',
		'The PDF is digitally signed, and any change breaks the signature. Set params.signed to invalidate to make it searchable anyway, or params.output to text.',
	],
	EncryptedPdfError: [
		'encrypted_input',
		'The PDF’s password protection couldn’t be removed. Remove it in another program, then add the new file.',
	],
	BombError: ['limit_exceeded', TOO_LARGE_UNPACKED],
	InputFileError: UNREADABLE,
	UnsupportedImageFormatError: UNREADABLE,
};
/** pikepdf's error for an unreadable PDF. The fallback may succeed. */
const UNREADABLE_PDF = /^pikepdf\._core\.PdfError: /m;
const DIGITAL_SIGNATURE = 'DigitalSignatureError';

/** Reasons by OCRmyPDF's message, for exceptions with several reasons. */
const REASONS_BY_MESSAGE: readonly (readonly [RegExp, Reason])[] = [
	[
		/dynamic XFA forms/,
		[
			'unsupported_input',
			'The PDF is a form that only Adobe software can open (XFA). Open it in Adobe Reader, choose Print, then “Save as PDF”, and use the new file.',
		],
	],
	[
		/--redo-ocr is not\s+currently possible/,
		[
			'unsupported_input',
			'The PDF is a form, whose text can’t be replaced. Set params.mode to skip or force.',
		],
	],
];

/** Whether the fallback may succeed: neither the file nor the params are known to be the reason. */
export function isUnexpected(result: CommandResult): boolean {
	return !result.timedOut && reasonOf(result) === undefined;
}

/** Returns the ToolError of a failed recognition. Throws `limit_exceeded` itself. */
export function recognitionError(result: CommandResult): ToolError {
	const reason = reasonOf(result);
	if (reason) return new ToolError(...reason, { cause: failureReport(result) });
	throwOnLimit(result);
	if (UNREADABLE_PDF.test(result.stderrTail))
		return new ToolError(...UNREADABLE, { cause: failureReport(result) });
	return toolFailed(result);
}

function reasonOf(result: CommandResult): Reason | undefined {
	const entry = REASONS_BY_MESSAGE.find(([pattern]) => pattern.test(result.stderrTail));
	if (entry) return entry[1];
	const [, name = ''] = /\{"error": "(\w+)"\}/.exec(result.stdoutTail) ?? [];
	return REASONS_BY_EXCEPTION[name === DIGITAL_SIGNATURE ? 'SignedError' : name];
}
