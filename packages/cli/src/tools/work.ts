import type { Tool } from '@creatorr/client';
import type { CommonOptions } from '../commands/common-options.ts';
import type { Board } from '../display/board.ts';
import type { Destination } from '../output/destination.ts';
import type { ToolClient } from '../session/connect.ts';

/** What a person has asked a tool for. */
export interface RunRequest {
	tool: Pick<Tool, 'slug' | 'output'>;
	params: Record<string, unknown>;
	inputs: string[];
	options: CommonOptions & { out?: string; force?: boolean; name?: string };
}

/** What all the inputs of one command have in common. */
export interface Work {
	client: ToolClient;
	request: RunRequest;
	destination: Destination;
	board: Board;
}
