import type { Command } from './transitions.ts';
import type { Work } from './work.ts';

/** What goes with a command and is not kept with the work. */
export interface Given {
	file?: File | undefined;
	secrets?: Readonly<Record<string, string>> | undefined;
}

/** What tabs of this browser tell each other. */
export type TabMessage =
	| { type: 'work'; work: Work }
	| { type: 'removed'; id: string }
	/** For the tab that drives the work. */
	| { type: 'command'; id: string; command: Command; given: Given };

export interface Tabs {
	post(message: TabMessage): void;
}

/** The other tabs; nobody hears what they say themselves. */
export function joinTabs(onMessage: (message: TabMessage) => void): Tabs {
	const channel = new BroadcastChannel('creatorr.works');
	channel.onmessage = ({ data }: MessageEvent<TabMessage>) => onMessage(data);
	return { post: (message) => channel.postMessage(message) };
}
