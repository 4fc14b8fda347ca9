import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** Decoders that pdf.js requests by these names for JBIG2 and JPEG 2000 images, without those that need wasm. */
const DECODERS = ['jbig2_nowasm_fallback.js', 'openjpeg_nowasm_fallback.js'];

/** Serves pdf.js's decoders under a path with its version, so that they can be cached forever. */
export function pdfDecoders(): Plugin {
	const manifest = createRequire(import.meta.url).resolve('pdfjs-dist/package.json');
	const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
	const read = (name: string) => readFileSync(join(manifest, '..', 'wasm', name));
	const pathOf = (name: string) => `assets/pdfjs-${version}/${name}`;
	return {
		name: 'pdf-decoders',
		buildStart() {
			if (this.meta.watchMode) return;
			for (const name of DECODERS) {
				this.emitFile({ type: 'asset', fileName: pathOf(name), source: read(name) });
			}
		},
		configureServer(server) {
			server.middlewares.use((request, response, next) => {
				const name = DECODERS.find((one) => request.url === `/${pathOf(one)}`);
				if (!name) return next();
				response.setHeader('Content-Type', 'text/javascript');
				response.end(read(name));
			});
		},
	};
}
