/**
 * ETags have one form everywhere in the product: a strong entity tag with its double quotes (`"9a03…-3"`), as S3
 * sends it and `If-Match` wants it. Clients hand back part ETags with or without quotes, and some stores list
 * them bare, so everything that comes in passes here.
 */
export function canonicalEtag(etag: string): string {
	return `"${etag.replaceAll('"', '')}"`;
}
