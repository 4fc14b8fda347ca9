import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';

interface Order {
	id: string;
	point: string;
	/** Number of the pass at which to crash; the first is 1. */
	hit: number;
}

/** Path of the order file. Without it, no process crashes. */
const orderFile = process.env.CRASH_ORDER_FILE;
let [orderId, passes] = ['', 0];

/** Kills this process as `kill -9` does if the order file says so, and removes the file first: an order applies once. */
export function crashPoint(name: string): void {
	const order = readOrder();
	if (order?.point !== name) return;
	if (order.id !== orderId) [orderId, passes] = [order.id, 0];
	passes += 1;
	if (passes === order.hit && takeOrder(order)) process.kill(process.pid, 'SIGKILL');
}

function readOrder(): Order | undefined {
	if (!orderFile) return undefined;
	try {
		return JSON.parse(readFileSync(orderFile, 'utf8')) as Order;
	} catch {
		return undefined;
	}
}

/** Takes the order. Replicas share the file, and one of them takes it. */
function takeOrder({ id }: Order): boolean {
	try {
		unlinkSync(orderFile ?? '');
	} catch {
		return false;
	}
	writeFileSync(`${orderFile}.reached`, id);
	return true;
}
