import { fileURLToPath } from 'node:url';
import { inputPath } from '@creatorr/tool-kit/sandbox/paths';
import type { PrewarmedCommand } from '@creatorr/tool-kit/tool/tool';

/** The Python program that runs in the sandbox. */
export const PROGRAM = { optimiser: fileURLToPath(new URL('./optimiser', import.meta.url)) };
const INTERPRETER = ['-I', inputPath('optimiser')];

/** The optimiser with all of its libraries loaded. */
export const standby: PrewarmedCommand = {
	command: 'python3',
	args: [...INTERPRETER, 'serve'],
	readOnly: PROGRAM,
};

/** Arguments of python3 for the request in a file. */
export const commandArguments = (requestPath: string) => [...INTERPRETER, requestPath];
