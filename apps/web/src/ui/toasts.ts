/** Something that happened, said in passing. */
export interface Toast {
	id: number;
	text: string;
}

const SHOWN_MS = 10_000;

let toasts: readonly Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function set(next: readonly Toast[]): void {
	toasts = next;
	for (const listener of listeners) listener();
}

export function dismissToast(id: number): void {
	set(toasts.filter((one) => one.id !== id));
}

/** Says it in a corner; it goes by itself, unless it is important enough to stay until somebody closes it. */
export function toast({ stays = false, ...given }: Omit<Toast, 'id'> & { stays?: boolean }): void {
	lastId += 1;
	const id = lastId;
	set([...toasts, { ...given, id }]);
	if (!stays) setTimeout(() => dismissToast(id), SHOWN_MS);
}

export const toastStore = {
	get: () => toasts,
	subscribe(listener: () => void): () => void {
		listeners.add(listener);
		return () => listeners.delete(listener);
	},
};
