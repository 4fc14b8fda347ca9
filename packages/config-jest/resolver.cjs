/** zod imports its messages in 63 languages, which Jest would load again for each test file. */
module.exports = (path, options) => {
	const isOfZod = /[\\/]zod[\\/]v4[\\/]/.test(`${options.basedir}/`);
	const wanted = isOfZod && path === '../locales/index.js' ? '../locales/en.js' : path;
	return options.defaultResolver(wanted, options);
};
