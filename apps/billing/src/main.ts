import { runService } from '@creatorr/service/define-service';
import { billing } from './service.ts';

await runService(billing);
