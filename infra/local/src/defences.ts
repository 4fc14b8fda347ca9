import { say } from './stack/command.ts';

say('npm run test:defences is deprecated: use npm run test:mutations.');
await import('./mutations.ts');
