#!/bin/sh
# Usage: build-apps.sh DIRECTORY. Copies each app into its own subdirectory, with its production dependencies and generated code and
# nothing else. Needs Node, pnpm, and all dependencies in pnpm's store.
set -eu

out=$1
cd "$(dirname "$0")/../.."

pnpm install --offline --frozen-lockfile --ignore-scripts
pnpm exec turbo run generate
pnpm exec turbo run build --filter=@creatorr/web

for app in auth files jobs billing webhooks gateway tool-worker; do
	rm -rf "${out:?}/$app"
	pnpm exec turbo prune "@creatorr/$app" --out-dir "$out/$app"
	# turbo leaves it out, because git ignores it.
	if [ -d "apps/$app/src/generated" ]; then cp -r "apps/$app/src/generated" "$out/$app/apps/$app/src/"; fi
	(
		cd "$out/$app"
		# Only tests and the type check need these.
		rm -rf packages/config-jest packages/config-typescript packages/testing
		find apps packages \( -name '*.test.ts' -o -name test -o -path '*/src/testing' -o -name fixtures \) -print0 | xargs -0 rm -rf
		pnpm install --offline --prod --frozen-lockfile --ignore-scripts
	)
	node infra/docker/src/drop-unreachable.ts "$out/$app"
done

mkdir -p "$out/gateway/apps/web"
cp -r apps/web/dist "$out/gateway/apps/web/"
