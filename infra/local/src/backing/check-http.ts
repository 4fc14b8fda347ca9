const TIMEOUT_MS = 2_000;

/**
 * Resolves when the URL answers with the wanted status.
 * @throws when it answers otherwise, or not within 2 s
 */
export async function checkHttp(
	url: string,
	wantedStatus = 200,
	headers: Record<string, string> = {},
): Promise<void> {
	const response = await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
	await response.body?.cancel();
	if (response.status !== wantedStatus) throw new Error(`status ${response.status}`);
}
