import { type ErrorCode, errorDocsPath, type JobErrorCode } from '@creatorr/contracts/error-catalog';

/**
 * The public URL of the web app. One for the process, like its logger: errors are rendered where no configuration is at hand, such as
 * on a socket without a request.
 */
let appUrl = '';

/** Sets the public URL of the web app. Without one, links to the docs are relative. */
export function setAppUrl(url: string | undefined): void {
	appUrl = url ?? '';
}

/** Returns the URL of the docs page about an error code. */
export function docsUrlOf(code: ErrorCode | JobErrorCode): string {
	return appUrl + errorDocsPath(code);
}
