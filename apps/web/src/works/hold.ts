import type { Work } from './work.ts';

/** What decides, besides the work itself, whether it can go on. */
export interface World {
	/** Who is signed in now; null also while a session has expired. */
	userId: string | null;
	isOnline: boolean;
}

/** What a work waits for that is not its own; null where nothing holds it up. */
export type Hold = 'sign-in' | 'network' | null;

const NEEDS_API: readonly string[] = ['waiting', 'uploading', 'creating', 'queued', 'running', 'canceling'];

export function holdOf(work: Work, world: World): Hold {
	if (!NEEDS_API.includes(work.stage.kind)) return null;
	if (world.userId === null || work.userId !== world.userId) return 'sign-in';
	return world.isOnline ? null : 'network';
}

/** What has to be done for a work now. */
export type Effect = 'upload' | 'create' | 'watch' | 'cancel' | 'look-at-output';

const EFFECTS: Partial<Record<Work['stage']['kind'], Effect>> = {
	waiting: 'upload',
	uploading: 'upload',
	creating: 'create',
	queued: 'watch',
	running: 'watch',
	canceling: 'cancel',
};

export function effectFor(work: Work, world: World): Effect | null {
	if (holdOf(work, world) !== null) return null;
	if (work.stage.kind === 'succeeded') {
		const canLook = work.userId === world.userId && world.isOnline;
		return work.stage.output === null && canLook ? 'look-at-output' : null;
	}
	return EFFECTS[work.stage.kind] ?? null;
}
