import { runService } from '@creatorr/service/define-service';
import { jobs } from './service.ts';

await runService(jobs);
