import { parentPort } from 'node:worker_threads';

// Stands for a control thread that fails while it is asked something.
parentPort?.on('message', () => {
	throw new Error('a bug');
});
parentPort?.postMessage({ listeningOn: 1 });
