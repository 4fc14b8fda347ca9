import { runService } from '@creatorr/service/define-service';
import { toolWorker } from './service.ts';

await runService(toolWorker);
