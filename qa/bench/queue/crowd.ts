import { mapConcurrently } from '../../driver/map-concurrently.ts';
import { type Account, openAccount } from '../product/account.ts';
import type { Product } from '../product/environment.ts';
import type { Sample } from '../samples/sample.ts';

/** Requests that make jobs, under way at a time. */
const ENQUEUED_AT_ONCE = 16;

/** People who have uploaded the same file each, as no plan lets one person fill a machine. */
export interface Crowd {
	/** Makes so many jobs, of each person in turn; resolves with their ids once all are accepted. */
	enqueue(jobs: number): Promise<string[]>;
}

interface Member {
	account: Account;
	fileId: string;
}

export async function gatherCrowd({ apiUrl }: Product, sample: Sample, people: number): Promise<Crowd> {
	const members: Member[] = [];
	while (members.length < people) {
		const account = await openAccount(apiUrl);
		members.push({ account, fileId: await account.upload(sample) });
	}
	const enqueueFor = (job: number) => {
		const member = members[job % members.length] as Member;
		return member.account.enqueue(sample, member.fileId);
	};
	return {
		enqueue(jobs) {
			const numbers = Array.from({ length: jobs }, (_, job) => job);
			return mapConcurrently(numbers, ENQUEUED_AT_ONCE, enqueueFor);
		},
	};
}
