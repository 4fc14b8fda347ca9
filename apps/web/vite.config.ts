import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { PAGES } from './src/paths.ts';
import { compressFiles } from './vite/compress-files.ts';
import { listPages } from './vite/list-pages.ts';
import { pdfDecoders } from './vite/pdf-decoders.ts';

const API = process.env.CREATORR_API ?? 'http://127.0.0.1:8080';

/** The gateway serves `dist/public`; `dist/pages.json` lists the paths that serve index.html. */
export default defineConfig({
	plugins: [react(), pdfDecoders(), listPages(PAGES), compressFiles()],
	build: {
		outDir: 'dist/public',
		emptyOutDir: true,
		target: 'es2023',
		// the content security policy forbids data: URLs for scripts and styles
		assetsInlineLimit: 0,
		modulePreload: { polyfill: false },
		manifest: true,
	},
	server: { proxy: { '/v1': API } },
});
