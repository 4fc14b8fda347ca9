import type { Defence } from './defence.ts';
import { SANDBOX } from './sandbox.ts';

/** All that is held against the tests. */
export const DEFENCES: readonly Defence[] = [...SANDBOX];
