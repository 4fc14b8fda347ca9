import { runService } from '@creatorr/service/define-service';
import { gateway } from './service.ts';

await runService(gateway);
