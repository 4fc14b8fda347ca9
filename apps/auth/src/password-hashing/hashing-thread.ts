import bcrypt from 'bcrypt';
import type { HashingRequest } from './password-hashing.ts';
import { serveRequests } from './thread-pool.ts';

serveRequests((request: HashingRequest) =>
	request.type === 'hash'
		? bcrypt.hashSync(request.password, request.cost)
		: bcrypt.compareSync(request.password, request.hash),
);
