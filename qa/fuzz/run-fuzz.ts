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
	/** At least this many are sent. */
	requests: number;
	/** Worlds that receive requests at the same time. */
	lanes?: number;
	/** Reproduces a failure that was printed. */
	path?: string | undefined;
	onProgress?(sent: number): void;
}

export interface FuzzFailure {
	seed: number;
	path: string;
	/** What was wrong with the last answer. */
	reason: string;
	/** The shortest sequence of requests found that ends in this failure. */
	plans: Plan[];
}

export interface FuzzResult {
	sent: number;
	/** How often each route answered with each status. */
	tally: Map<string, Map<number, number>>;
	failure?: FuzzFailure;
}

/** The most requests of a sequence, which one world receives, so that they build on earlier answers. */
const SEQUENCE_LENGTH = 60;
const ROUND = { numRuns: 2, interruptAfterTimeLimit: 300_000 };
/** Other routes need ids of these. */
const MAKES_IDS = /^POST \/v1\/(files|jobs)$/;
const LANES = 6;
/** Between the seeds of two lanes, so that no two rounds have the same. */
const LANE_STRIDE = 1_000_000;

/** Sends generated requests to every route of the served document until enough were sent or one answer is wrong. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzResult> {
	const { seed, requests, lanes = LANES, path, onProgress } = options;
	const sequence = await sequences();
	const result: FuzzResult = { sent: 0, tally: new Map() };

	async function play(plans: Plan[]): Promise<void> {
		const world = await newWorld();
		for (const plan of plans) {
			const statuses = result.tally.get(plan.route) ?? new Map<number, number>();
			result.tally.set(plan.route, statuses);
			for (const { status } of await step(world, plan)) {
				result.sent += 1;
				statuses.set(status, (statuses.get(status) ?? 0) + 1);
			}
		}
	}

	async function playRound(roundSeed: number): Promise<void> {
		const parameters = { seed: roundSeed, ...ROUND, ...(path === undefined ? {} : { path }) };
		const details = await fc.check(fc.asyncProperty(sequence, play), parameters);
		// A round that was interrupted has found nothing.
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

async function sequences(): Promise<fc.Arbitrary<Plan[]>> {
	const document = await openApiDocument();
	const schemas = document.components.schemas as Schemas;
	const plans = routesOf(document).map((route) => ({
		weight: MAKES_IDS.test(`${route.method} ${route.path}`) ? 3 : 1,
		arbitrary: plansFor(schemas, route),
	}));
	return fc.array(fc.oneof(...plans), { minLength: 1, maxLength: SEQUENCE_LENGTH, size: 'max' });
}

function failureOf(seed: number, details: fc.RunDetails<[Plan[]]>): FuzzFailure {
	const { counterexample, counterexamplePath, errorInstance: error } = details;
	const reason = error instanceof Error ? error.message : String(error ?? 'interrupted');
	return { seed, path: counterexamplePath ?? '', reason, plans: counterexample?.[0] ?? [] };
}
