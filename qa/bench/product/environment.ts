import { z } from 'zod';
import { BenchError } from '../say.ts';

/** The product that was started for this bench. */
export interface Product {
	/** Of its first gateway. */
	apiUrl: string;
	/** Where its logs and pid files are. */
	home: string;
	/** The list of the processes that were left for the bench to start. */
	heldFile: string;
}

const environmentSchema = z.object({
	BENCH_API_URL: z.url(),
	CREATORR_HOME: z.string().min(1),
	BENCH_HELD_FILE: z.string().min(1),
});

/** Throws a BenchError where this bench was not started as it should be. */
export function readProduct(env: NodeJS.ProcessEnv = process.env): Product {
	const parsed = environmentSchema.safeParse(env);
	if (!parsed.success) {
		throw new BenchError('This bench measures a product of its own: start it with npm run bench.');
	}
	const { BENCH_API_URL, CREATORR_HOME, BENCH_HELD_FILE } = parsed.data;
	return { apiUrl: BENCH_API_URL, home: CREATORR_HOME, heldFile: BENCH_HELD_FILE };
}
