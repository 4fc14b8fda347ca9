import { createStorage } from '@creatorr/storage/storage';
import { median } from '../measure/statistics.ts';
import type { Section } from '../report/section.ts';
import { runRounds } from '../run/rounds.ts';

/** As in one answer about a file of 10 GiB. */
const URLS = 100;
const ROUNDS = 50;
const WARM_UP_ROUNDS = 5;
const MAX_CPU_MS = 10;

const STORE = {
	...{ endpoint: 'https://store.example', publicEndpoint: 'https://store.example', region: 'auto' },
	...{ bucket: 'bucket', forcePathStyle: true, accessKeyId: 'key-id', secretAccessKey: 'secret' },
};
const PART = {
	...{ key: 'files/fil_01JZZZZZZZZZZZZZZZZZZZZZZZ', uploadId: 'upload', sizeBytes: 103 * 1024 ** 2 },
	expiresInSeconds: 24 * 3_600,
};

/** Measures the CPU time of presigning the parts of an upload, without calling a store. */
export async function* bench(): AsyncGenerator<Section> {
	const storage = createStorage(STORE);
	const { ms } = await runRounds(WARM_UP_ROUNDS + ROUNDS, {
		async ms() {
			const before = process.cpuUsage();
			for (let part = 1; part <= URLS; part += 1)
				await storage.presignPart({ ...PART, audience: 'client', partNumber: part });
			const { user, system } = process.cpuUsage(before);
			return (user + system) / 1_000;
		},
	});
	storage.close();
	const value = median(ms.slice(WARM_UP_ROUNDS));
	yield {
		title: `CPU time of presigning ${URLS} URLs of parts (median of ${ROUNDS} rounds)`,
		figures: [{ name: 'our signer', value, unit: 'ms', bar: { atMost: MAX_CPU_MS } }],
		files: [],
	};
}
