import type { Tool } from '@creatorr/client';
import type { CommonOptions } from '../commands/common-options.ts';
import type { ProgressDisplay } from '../display/progress.ts';
import type { Destination } from '../output/destination.ts';
import type { ToolClient } from '../session/connect.ts';

/** A request to run a tool. */
export interface RunRequest {
	tool: Pick<Tool, 'slug' | 'output'>;
	params: Record<string, unknown>;
	inputs: string[];
	options: CommonOptions & { out?: string; force?: boolean; name?: string };
}

/** What all inputs of one command share. */
export interface RunSettings {
	client: ToolClient;
	request: RunRequest;
	destination: Destination;
	display: ProgressDisplay;
}
