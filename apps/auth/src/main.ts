import { runService } from '@creatorr/service/define-service';
import { auth } from './service.ts';

await runService(auth);
