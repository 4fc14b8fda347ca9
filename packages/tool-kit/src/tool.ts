import type { z } from 'zod';
import type { ToolManifest } from './manifest.ts';
import type { Probe, Run } from './run.ts';
import type { StandbyCommand } from './standby.ts';

/** A tool with its code. */
export interface Tool<P extends z.ZodType = z.ZodType> {
	manifest: ToolManifest<P>;
	run: Run<ToolManifest<P>>;
	standby?: StandbyCommand;
	capabilities?: Probe;
}
