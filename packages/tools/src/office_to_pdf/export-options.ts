import type { ParamsOf } from '@creatorr/tool-kit/tool/manifest';
import type { manifest } from './manifest.ts';

type Params = ParamsOf<typeof manifest>;
/** LibreOffice's options for PDF export, by its names. */
export type ExportOptions = Record<string, boolean | number | string>;

const PDF_VERSIONS = { none: 0, '1b': 1, '2b': 2, '3b': 3 } as const;
const NO_CHANGES = 0;
const HIGH_RESOLUTION_PRINTING = 2;

/** Returns all options except those of {@link protectionOptions}. None is secret. */
export function exportOptions(params: Params): ExportOptions {
	return {
		SelectPdfVersion: PDF_VERSIONS[params.pdfa],
		PDFUACompliance: params.pdfua,
		SinglePageSheets: params.single_page_sheets,
		ExportBookmarks: params.export_bookmarks,
		ExportFormFields: params.export_form_fields,
		ExportNotes: params.export_notes,
		ExportHiddenSlides: params.export_hidden_slides,
		UseLosslessCompression: params.lossless_images,
		Quality: params.image_quality,
		ReduceImageResolution: true,
		MaxImageResolution: params.max_image_dpi,
		...(params.page_ranges !== null && { PageRange: params.page_ranges }),
	};
}

/** Returns the secret options. `protectPdf` has the same effect on a PDF without them. */
export function protectionOptions({ user_password, owner_password }: Params): ExportOptions {
	return {
		...(user_password !== null && { EncryptFile: true, DocumentOpenPassword: user_password }),
		...(owner_password !== null && {
			RestrictPermissions: true,
			PermissionPassword: owner_password,
			Printing: HIGH_RESOLUTION_PRINTING,
			Changes: NO_CHANGES,
			EnableCopyingOfContent: false,
			EnableTextAccessForAccessibilityTools: true,
		}),
	};
}
