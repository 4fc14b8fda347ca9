import { fileURLToPath } from 'node:url';
import { inputPath } from '@creatorr/tool-kit/sandbox/paths';
import type { PrewarmedCommand } from '@creatorr/tool-kit/tool/tool';

/** The Python programs that run in the sandbox. */
export const PROGRAM = { office: fileURLToPath(new URL('./office', import.meta.url)) };
const INTERPRETER = ['-I', inputPath('office')];

/** LibreOffice, started and warm. */
export const standby: PrewarmedCommand = {
	command: 'python3',
	args: [...INTERPRETER, 'serve'],
	readOnly: PROGRAM,
};

/** Arguments of python3 for the request in a file, by LibreOffice's own command line. */
export const commandArguments = (requestPath: string) => [...INTERPRETER, 'command', requestPath];
