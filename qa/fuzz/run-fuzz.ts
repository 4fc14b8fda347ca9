import * as fc from 'fast-check';
import { openApiDocument, routesOf } from '../driver/openapi.ts';
import type { Plan } from './plan.ts';
import { plansFor } from './plans.ts';
import type { Schemas } from './schema-values.ts';
import { step } from './step.ts';
import { newWorld } from './world.ts';

interface FuzzOptions {
	/** The same seed makes the same requests. */
	seed: number;
	/** At least so many are sent. */
	requests: number;
	/** Worlds that are played in at the same time. */
	lanes?: number;
	/** Of a failure that is to be seen again, as it was printed. */
	path?: string | undefined;
	/** Called now and then. */
	onProgress?(sent: number): void;
}

/** How often each route was answered with each status. */
export type Tally = Map<string, Map<number, number>>;

export interface FuzzFailure {
	seed: number;
	path: string;
	/** What was wrong with the last answer. */
	reason: string;
	/** The shortest row of requests found that ends so. */
	plans: Plan[];
}

export interface FuzzResult {
	sent: number;
	tally: Tally;
	failure?: FuzzFailure;
}

/** The most that are sent one after the other to one world, so that they build on what was answered before. */
const ROW_LENGTH = 60;
const ROWS_PER_ROUND = 2;
/** What others need ids of. */
const MAKES_IDS = /^POST \/v1\/(files|jobs)$/;
/** Making a failure smaller takes no longer. */
const ROUND_MS = 300_000;
const LANES = 6;
/** Between the seeds of two lanes, so that no two rounds have the same. */
const LANE_STRIDE = 1_000_000;

function count(tally: Tally, route: string, status: number): void {
	const statuses = tally.get(route) ?? new Map<number, number>();
	tally.set(route, statuses.set(status, (statuses.get(status) ?? 0) + 1));
}

/** Sends made-up requests for every route of the served document until enough were sent or one answer is wrong. */
export async function runFuzz({
	seed,
	requests,
	lanes = LANES,
	path,
	onProgress,
}: FuzzOptions): Promise<FuzzResult> {
	const document = await openApiDocument();
	const schemas = document.components.schemas as Schemas;
	const plan = fc.oneof(
		...routesOf(document).map((route) => ({
			weight: MAKES_IDS.test(`${route.method} ${route.path}`) ? 3 : 1,
			arbitrary: plansFor(schemas, route),
		})),
	);
	const row = fc.array(plan, { minLength: 1, maxLength: ROW_LENGTH, size: 'max' });
	const result: FuzzResult = { sent: 0, tally: new Map() };

	async function play(plans: Plan[]): Promise<void> {
		const world = await newWorld();
		for (const one of plans) {
			const answers = await step(world, one);
			result.sent += answers.length;
			for (const { status } of answers) count(result.tally, one.route, status);
		}
	}

	async function playRound(roundSeed: number): Promise<void> {
		const details = await fc.check(fc.asyncProperty(row, play), {
			seed: roundSeed,
			numRuns: ROWS_PER_ROUND,
			interruptAfterTimeLimit: ROUND_MS,
			...(path === undefined ? {} : { path }),
		});
		// A round that was only too slow has found nothing.
		if (details.counterexample) result.failure ??= failureOf(roundSeed, details);
		onProgress?.(result.sent);
	}

	async function runLane(firstSeed: number): Promise<void> {
		for (let round = 0; result.sent < requests && !result.failure; round += 1)
			await playRound(firstSeed + round);
	}

	if (path !== undefined) await playRound(seed);
	else await Promise.all(Array.from({ length: lanes }, (_, lane) => runLane(seed + lane * LANE_STRIDE)));
	return result;
}

function failureOf(seed: number, details: fc.RunDetails<[Plan[]]>): FuzzFailure {
	const { counterexample, counterexamplePath, errorInstance } = details;
	return {
		seed,
		path: counterexamplePath ?? '',
		reason: errorInstance instanceof Error ? errorInstance.message : String(errorInstance ?? 'interrupted'),
		plans: counterexample?.[0] ?? [],
	};
}
