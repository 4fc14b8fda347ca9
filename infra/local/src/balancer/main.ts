import { openBalancer } from './balancer.ts';

const { PORT, REPLICA_PORTS = '' } = process.env;
await openBalancer(Number(PORT), REPLICA_PORTS.split(',').map(Number));
process.once('SIGTERM', () => process.exit(0));
