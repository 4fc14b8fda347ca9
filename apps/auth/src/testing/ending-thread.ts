import { parentPort } from 'node:worker_threads';

// Stands for a control thread that ends while it handles a request.
parentPort?.on('message', () => {
	throw new Error('a bug');
});
parentPort?.postMessage({ listeningOn: 1 });
