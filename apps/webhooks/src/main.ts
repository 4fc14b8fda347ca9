import { runService } from '@creatorr/service/define-service';
import { webhooks } from './service.ts';

await runService(webhooks);
