import { z } from 'zod';
import { openBalancer } from './balancer.ts';

const config = z
	.object({
		PORT: z.coerce.number().int(),
		REPLICA_PORTS: z.string().transform((list) => list.split(',').map(Number)),
	})
	.parse(process.env);

await openBalancer(config.PORT, config.REPLICA_PORTS);

process.once('SIGTERM', () => process.exit(0));
