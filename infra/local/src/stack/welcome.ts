import type { Home } from '../supervisor/home.ts';

/** What a person needs to know once everything runs. */
export function welcome(urls: string[], home: Home): string {
	const [url = ''] = urls;
	return `
creatorr runs at ${urls.join(', ')}

  open   ${url}   in a browser
  try    curl -s ${url}/v1/auth/register -H 'Content-Type: application/json' -d '{"email":"you@example.com","password":"correct horse battery"}'
  logs   ${home.logs}/<name>.log
  stop   Ctrl-C here, or npm run stop
`;
}
