import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';

interface Order {
	id: string;
	point: string;
	/** Which time that the point is passed; the first is 1. */
	hit: number;
}

/** Where an order may be put at any time; whoever is told of no such file never dies. */
const orderFile = process.env.CRASH_ORDER_FILE;
let [orderId, passes] = ['', 0];

/** Kills this process as `kill -9` does when the order of that moment says so. The order is gone with it: it is obeyed once. */
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

/** Replicas share the file, and one of them obeys. */
function takeOrder({ id }: Order): boolean {
	try {
		unlinkSync(orderFile ?? '');
	} catch {
		return false;
	}
	writeFileSync(`${orderFile}.reached`, id);
	return true;
}
