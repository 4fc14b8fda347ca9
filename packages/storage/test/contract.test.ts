import { afterAll, beforeAll, describe } from '@jest/globals';
import { bucketContract } from './contract/bucket.ts';
import { housekeepingContract } from './contract/housekeeping.ts';
import { multipartEndContract } from './contract/multipart-end.ts';
import { multipartPartsContract } from './contract/multipart-parts.ts';
import { presignedGetContract } from './contract/presigned-get.ts';
import { presignedPutContract } from './contract/presigned-put.ts';
import { type Bench, CONTRACT_SERVERS, closeBench, openBench } from './contract/server.ts';

/** What the product promises about stored files, held against every server that it is tried on. */
describe.each(CONTRACT_SERVERS)('on $name', (server) => {
	let opened: Bench | undefined;

	const bench = (): Bench => {
		if (opened === undefined) {
			throw new Error('The bench is open only while tests run');
		}
		return opened;
	};

	beforeAll(async () => {
		opened = openBench(server);
		await opened.storage.ensureBucket();
	});

	afterAll(() => closeBench(bench()), 60_000);

	presignedPutContract(bench);
	presignedGetContract(server, bench);
	multipartPartsContract(server, bench);
	multipartEndContract(server, bench);
	bucketContract(server, bench);
	housekeepingContract(server, bench);
});
