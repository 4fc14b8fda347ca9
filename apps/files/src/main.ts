import { runService } from '@creatorr/service/define-service';
import { files } from './service.ts';

await runService(files);
