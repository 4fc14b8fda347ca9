interface Toast {
	id: number;
	text: string;
	/** Adds a link to the plans. */
	offersPro?: boolean;
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

/** Shows a toast for 10 s, or until it is closed if it `stays`. */
export function toast({ stays = false, ...content }: Omit<Toast, 'id'> & { stays?: boolean }): void {
	lastId += 1;
	const id = lastId;
	set([...toasts, { ...content, id }]);
	if (!stays) setTimeout(() => dismissToast(id), SHOWN_MS);
}

export const toastStore = {
	get: () => toasts,
	subscribe(listener: () => void): () => void {
		listeners.add(listener);
		return () => listeners.delete(listener);
	},
};
