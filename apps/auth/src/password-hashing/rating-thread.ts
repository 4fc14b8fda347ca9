import { ratePassword } from '@creatorr/password-strength/rate-password';
import type { RatingRequest } from './password-hashing.ts';
import { serveRequests } from './thread-pool.ts';

serveRequests(({ password, email }: RatingRequest) => ratePassword(password, email));
