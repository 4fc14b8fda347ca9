#!/bin/sh
# Makes of the repository what runs of it: build-apps.sh DIRECTORY puts every app into a directory of its own there, with its
# production dependencies, generated code and nothing else. Needs Node, pnpm, and all dependencies in pnpm's store.
set -eu

out=$1
cd "$(dirname "$0")/../.."

pnpm install --offline --frozen-lockfile --ignore-scripts
pnpm exec turbo run generate
pnpm exec turbo run build --filter=@creatorr/web

for app in auth files jobs billing webhooks gateway tool-worker; do
	rm -rf "${out:?}/$app"
	pnpm exec turbo prune "@creatorr/$app" --out-dir "$out/$app"
	# git does not know it, so turbo leaves it out
	if [ -d "apps/$app/src/generated" ]; then cp -r "apps/$app/src/generated" "$out/$app/apps/$app/src/"; fi
	(
		cd "$out/$app"
		# what only tests and types need
		rm -rf packages/config-jest packages/config-typescript packages/testing
		find apps packages \( -name '*.test.ts' -o -name test -o -path '*/src/testing' -o -name fixtures \) -print0 | xargs -0 rm -rf
		pnpm install --offline --prod --frozen-lockfile --ignore-scripts
	)
	node infra/docker/src/drop-unreachable.ts "$out/$app"
done

mkdir -p "$out/gateway/apps/web"
cp -r apps/web/dist "$out/gateway/apps/web/"
