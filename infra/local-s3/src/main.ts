import { z } from 'zod';
import { createS3Server } from './server.ts';

const config = z
	.object({
		PORT: z.coerce.number().int(),
		DIRECTORY: z.string().min(1),
		ACCESS_KEY_ID: z.string().min(1),
		SECRET_ACCESS_KEY: z.string().min(1),
	})
	.parse(process.env);

const server = await createS3Server({
	directory: config.DIRECTORY,
	accessKeyId: config.ACCESS_KEY_ID,
	secretAccessKey: config.SECRET_ACCESS_KEY,
});
server.listen(config.PORT, '127.0.0.1');

process.once('SIGTERM', () => {
	server.close();
	server.closeAllConnections();
});
