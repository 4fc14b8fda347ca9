/** The media types that {@link sniff} detects from the bytes. */
export const PDF = 'application/pdf';
export const POSTSCRIPT = 'application/postscript';
export const PNG = 'image/png';
export const JPEG = 'image/jpeg';
export const TIFF = 'image/tiff';
export const WEBP = 'image/webp';
export const RTF = 'application/rtf';
export const DOC = 'application/msword';
export const XLS = 'application/vnd.ms-excel';
export const PPT = 'application/vnd.ms-powerpoint';
export const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
export const PPTX = 'application/vnd.openxmlformats-officedocument.presentationml.presentation';
export const ODT = 'application/vnd.oasis.opendocument.text';
export const ODS = 'application/vnd.oasis.opendocument.spreadsheet';
export const ODP = 'application/vnd.oasis.opendocument.presentation';
export const TEXT = 'text/plain';
export const HTML = 'text/html';
export const CSV = 'text/csv';
export const ZIP = 'application/zip';
export const OLE = 'application/x-ole-storage';
export const UNKNOWN = 'application/octet-stream';

/** Their names in messages for users. */
export const TYPE_NAMES: Readonly<Record<string, string>> = {
	[PDF]: 'PDF',
	[POSTSCRIPT]: 'PostScript',
	[PNG]: 'PNG',
	[JPEG]: 'JPEG',
	[TIFF]: 'TIFF',
	[WEBP]: 'WebP',
	[RTF]: 'RTF',
	[DOC]: 'Word (doc)',
	[XLS]: 'Excel (xls)',
	[PPT]: 'PowerPoint (ppt)',
	[DOCX]: 'Word (docx)',
	[XLSX]: 'Excel (xlsx)',
	[PPTX]: 'PowerPoint (pptx)',
	[ODT]: 'OpenDocument text (odt)',
	[ODS]: 'OpenDocument spreadsheet (ods)',
	[ODP]: 'OpenDocument presentation (odp)',
	[TEXT]: 'plain text',
	[HTML]: 'HTML',
	[CSV]: 'CSV',
	[ZIP]: 'ZIP archive',
};

/** What a file is, as its bytes show. */
export interface FileKind {
	mimeType: string;
	/** True if the container says that a password protects its content. */
	encrypted: boolean;
}
