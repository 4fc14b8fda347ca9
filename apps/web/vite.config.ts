import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { PAGES } from './src/paths.ts';
import { compressFiles } from './vite/compress-files.ts';
import { listPages } from './vite/list-pages.ts';
import { pdfDecoders } from './vite/pdf-decoders.ts';

const API = process.env.CREATORR_API ?? 'http://127.0.0.1:8080';

/** `dist/public` is what the gateway serves, `dist/pages.json` says under which paths the page itself is. */
export default defineConfig({
	plugins: [react(), pdfDecoders(), listPages(PAGES), compressFiles()],
	build: {
		outDir: 'dist/public',
		emptyOutDir: true,
		target: 'es2023',
		// a policy without data: for scripts and styles has no use for inlined files
		assetsInlineLimit: 0,
		modulePreload: { polyfill: false },
		manifest: true,
	},
	server: { proxy: { '/v1': API } },
});
