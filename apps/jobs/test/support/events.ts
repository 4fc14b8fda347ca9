import type { Job } from '@creatorr/contracts/jobs';

export interface EventReader {
	jobs: Job[];
	/** Resolves when the stream has ended well, rejects when it was cut. */
	ended: Promise<void>;
}

/** Reads a stream of events; `jobs` grows as they come. */
export function readEvents(response: Response): EventReader {
	const jobs: Job[] = [];
	async function read(): Promise<void> {
		if (!response.body) throw new Error('the answer has no body');
		let text = '';
		for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
			text += chunk;
			const blocks = text.split('\n\n');
			text = blocks.pop() ?? '';
			for (const block of blocks) {
				const [name, data] = block.split('\n');
				if (name === 'event: job' && data?.startsWith('data: ')) jobs.push(JSON.parse(data.slice(6)));
			}
		}
	}
	return { jobs, ended: read() };
}
