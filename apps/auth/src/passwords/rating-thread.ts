import { ratePassword } from '@creatorr/password-strength/rate-password';
import type { RatingQuestion } from './password-hashing.ts';
import { answerQuestions } from './thread-pool.ts';

answerQuestions(({ password, email }: RatingQuestion) => ratePassword(password, email));
