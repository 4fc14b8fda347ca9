import { z } from 'zod';
import { createS3Server } from './server.ts';

const text = z.string().min(1);
const config = z
	.object({ PORT: z.coerce.number().int(), DIRECTORY: text, ACCESS_KEY_ID: text, SECRET_ACCESS_KEY: text })
	.parse(process.env);

const { PORT, DIRECTORY: directory, ACCESS_KEY_ID: accessKeyId, SECRET_ACCESS_KEY: secretAccessKey } = config;
const server = await createS3Server({ directory, accessKeyId, secretAccessKey });
server.listen(PORT, '127.0.0.1');

process.once('SIGTERM', () => {
	server.close();
	server.closeAllConnections();
});
