import { createService } from '@creatorr/service/create-service';
import type { Dependencies } from './dependencies.ts';
import { checkInputRoute } from './routes/check-input.ts';
import { completeFileRoute } from './routes/complete-file.ts';
import { completeOutputRoute } from './routes/complete-output.ts';
import { createFileRoute } from './routes/create-file.ts';
import { createOutputRoute } from './routes/create-output.ts';
import { deleteFileRoute } from './routes/delete-file.ts';
import { discardOutputsRoute } from './routes/discard-outputs.ts';
import { getFileRoute } from './routes/get-file.ts';
import { getStorageUseRoute } from './routes/get-storage-use.ts';
import { listFilePartsRoute } from './routes/list-file-parts.ts';
import { listFilesRoute } from './routes/list-files.ts';
import { openInputRoute } from './routes/open-input.ts';
import { publishOutputRoute } from './routes/publish-output.ts';

/** Everything that this service answers. */
export function createApp(dependencies: Dependencies) {
	return createService({
		logger: dependencies.logger,
		verifyIdentity: dependencies.verifyIdentity,
		checks: dependencies.checks,
		reports: { retention: dependencies.readRetention },
		routes: [
			createFileRoute(dependencies),
			listFilesRoute(dependencies),
			getFileRoute(dependencies),
			deleteFileRoute(dependencies),
			completeFileRoute(dependencies),
			listFilePartsRoute(dependencies),
			checkInputRoute(dependencies),
			openInputRoute(dependencies),
			createOutputRoute(dependencies),
			completeOutputRoute(dependencies),
			publishOutputRoute(dependencies),
			discardOutputsRoute(dependencies),
			getStorageUseRoute(dependencies),
		],
	});
}
