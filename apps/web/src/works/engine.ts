import type { ApiClient } from '../api/client.ts';
import { cancel } from './effects/cancel.ts';
import type { EffectContext } from './effects/context.ts';
import { create } from './effects/create.ts';
import { lookAtOutput } from './effects/look-at-output.ts';
import { upload } from './effects/upload.ts';
import { watch } from './effects/watch.ts';
import type { FileKeeper } from './file-keeper.ts';
import { type Effect, effectFor, type World } from './hold.ts';
import { createJobPoller } from './job-poller.ts';
import { wantLock } from './locks.ts';
import type { Report } from './transitions.ts';
import { isOver, type Work } from './work.ts';

const RUN: Record<Effect, (work: Work, context: EffectContext) => Promise<void>> = {
	upload,
	create,
	watch,
	cancel,
	'look-at-output': lookAtOutput,
};

/** An effect that ended and left the work as it was is not begun again at once. */
const AGAIN_AFTER_MS = 1_000;

interface EngineDeps {
	api: ApiClient;
	works: ReadonlyMap<string, Work>;
	files: FileKeeper;
	world(): World;
	/** Awaited before this tab drives a work whose lock it has got: another may have driven it until then. */
	onLockHeld(id: string): Promise<void>;
	report(id: string, event: Report): void;
	secretsOf: EffectContext['secretsOf'];
}

/** Sees to it that for each work that this tab drives the one thing is done that its stage asks for. */
export interface Engine {
	/** Something changed: works, who is signed in, the network. */
	update(): void;
	/** Whether this tab is the one, of all that are open. */
	drives(id: string): boolean;
	/** Asks for the lock of a work that is over, and that a command is to start again. */
	claim(id: string): void;
}

export function createEngine(deps: EngineDeps): Engine {
	const { api, works, files, world, secretsOf } = deps;
	const poller = createJobPoller(api);
	const wanted = new Map<string, () => void>();
	const claimed = new Set<string>();
	const driven = new Set<string>();
	const running = new Map<string, { effect: Effect; end: AbortController }>();

	async function take(id: string): Promise<void> {
		await deps.onLockHeld(id);
		claimed.delete(id);
		if (!wanted.has(id)) return;
		driven.add(id);
		update();
	}

	function settleLocks(): void {
		for (const work of works.values()) {
			const isActive = claimed.has(work.id) || !isOver(work) || effectFor(work, world()) !== null;
			if (isActive && !wanted.has(work.id)) {
				wanted.set(
					work.id,
					wantLock(`creatorr.work.${work.id}`, () => void take(work.id)),
				);
			}
			if (!isActive) leave(work.id);
		}
		for (const id of wanted.keys()) if (!works.has(id)) leave(id);
	}

	function leave(id: string): void {
		wanted.get(id)?.();
		wanted.delete(id);
		claimed.delete(id);
		driven.delete(id);
	}

	function update(): void {
		settleLocks();
		for (const [id, { effect, end }] of running) {
			const work = works.get(id);
			if (!work || !driven.has(id) || effectFor(work, world()) !== effect) end.abort();
		}
		for (const id of driven) {
			const work = works.get(id);
			const effect = work && effectFor(work, world());
			if (work && effect && !running.has(id)) void run(work, effect);
		}
	}

	async function run(work: Work, effect: Effect): Promise<void> {
		const end = new AbortController();
		running.set(work.id, { effect, end });
		const report: EffectContext['report'] = (event) => {
			// one that was ended may only say so
			if (end.signal.aborted && event.type !== 'upload-interrupted') return;
			deps.report(work.id, event);
		};
		try {
			// whoever asked for it is told first
			await null;
			await RUN[effect](work, { api, files, poller, secretsOf, report, signal: end.signal });
		} catch (error) {
			// a signal's reason is no error of anybody
			if (!end.signal.aborted) reportError(error);
		}
		running.delete(work.id);
		const now = works.get(work.id);
		const isStuck = now !== undefined && !end.signal.aborted && effectFor(now, world()) === effect;
		if (isStuck) setTimeout(update, AGAIN_AFTER_MS);
		else update();
	}

	return {
		update,
		drives: (id) => driven.has(id),
		claim(id) {
			claimed.add(id);
			update();
		},
	};
}
