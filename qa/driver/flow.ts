import { call } from './client.ts';
import { createFlow, sendOnce } from './create-flow.ts';

/** Files and jobs of users of the running product. Each request is sent once and its answer checked. */
export const { uploadFile, startJob, finishJob, downloadFile } = createFlow(sendOnce(call));
