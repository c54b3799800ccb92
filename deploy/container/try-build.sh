#!/usr/bin/env bash
# Builds the image with buildah and runs it as the image's user, with its health check. Without an
# image registry, a base image is made from Debian (debootstrap) and Node.js (npm's package `node`).
#
# usage: deploy/container/try-build.sh    (root; buildah, debootstrap, curl)
set -euo pipefail
root="$(cd "$(dirname "$0")/../.." && pwd)"
work="$(mktemp -d)"
export STORAGE_DRIVER="${STORAGE_DRIVER:-vfs}"
buildah=(buildah --root "$work/storage" --runroot "$work/run")
port="${PORT:-8177}"
image="$(sed -n 's/^FROM \(node:[^ ]*\).*/\1/p' "$root/Dockerfile")"
IFS=':-' read -r _ major suite _ <<<"$image"
program=""

# shellcheck disable=SC2317 # called by the trap
cleanup() {
  [ -z "$program" ] || kill "$program" 2>/dev/null || true
  "${buildah[@]}" rm --all >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap cleanup EXIT

echo "== base image in place of $image"
base="$("${buildah[@]}" from scratch)"
tree="$("${buildah[@]}" mount "$base")"
mirror="${DEBIAN_MIRROR:-$(apt-cache policy | grep -om1 'https\?://[^ ]*/debian\b')}"
debootstrap --variant=minbase --include=ca-certificates,libstdc++6 "$suite" "$tree" "$mirror" >"$work/debootstrap.log"
cp "$(npx -y -p "node@$major" -c 'node -p process.execPath')" "$tree/usr/local/bin/node"
mkdir -p "$tree/usr/local/lib/node_modules"
cp -aL "$(npm root --global)/npm" "$tree/usr/local/lib/node_modules/npm"
for name in npm npx; do ln -s "../lib/node_modules/npm/bin/$name-cli.js" "$tree/usr/local/bin/$name"; done
chroot "$tree" groupadd --gid 1000 node
chroot "$tree" useradd --uid 1000 --gid node --create-home node
"${buildah[@]}" umount "$base" >/dev/null
"${buildah[@]}" commit --quiet "$base" "docker.io/library/$image" >/dev/null

echo "== the build"
# Only committed files, like a fresh clone.
mkdir "$work/context"
git -C "$root" ls-files --cached --others --exclude-standard -z | tar -C "$root" --null --files-from=- --ignore-failed-read -c | tar -x -C "$work/context"
# The build uses this machine's npm registry.
mounts=(--volume /etc/ssl/certs:/etc/ssl/certs:ro)
npmrc="$(npm config get globalconfig)"
[ ! -f "$npmrc" ] || mounts+=(--volume "$npmrc:/usr/local/etc/npmrc:ro")
[ ! -f "$HOME/.npmrc" ] || mounts+=(--volume "$HOME/.npmrc:/root/.npmrc:ro")
"${buildah[@]}" build --isolation chroot --pull-never --format docker "${mounts[@]}" --tag utxoracle-live "$work/context" >"$work/build.log" 2>&1 ||
  { tail -40 "$work/build.log" >&2; exit 1; }
grep -E '^(\[[0-9/]+\] )?STEP ' "$work/build.log"

echo "== the image"
container="$("${buildah[@]}" from --pull-never localhost/utxoracle-live)"
"${buildah[@]}" inspect --type image --format '{{.Docker.Config.User}} {{.Docker.Config.Entrypoint}} {{.Docker.Config.ExposedPorts}}' localhost/utxoracle-live
du -sh "$("${buildah[@]}" mount "$container")/program" | sed "s#$work.*#/program#"
"${buildah[@]}" run --isolation chroot "$container" -- sh -c "id -un; touch /data/kept && echo 'writes to /data'; UTXORACLE_HOST=127.0.0.1 UTXORACLE_PORT=$port exec node --optimize-for-size /program/dist/main.js demo" >"$work/program.log" 2>&1 &
program=$!
check="fetch(\`http://127.0.0.1:\${Number(process.env.UTXORACLE_PORT) || 8000}/health/live\`)"
grep -qF "$check" "$root/Dockerfile"
for _ in $(seq 1 60); do
  if curl --silent --fail "http://127.0.0.1:$port/health/live"; then
    curl --silent --fail --output /dev/null --write-out '\npage: %{http_code}\n' "http://127.0.0.1:$port/"
    head -2 "$work/program.log"
    grep -q "writes to /data" "$work/program.log"
    UTXORACLE_PORT="$port" node -e "$check.then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))" && echo "healthy"
    exit 0
  fi
  sleep 0.5
done
cat "$work/program.log" >&2
exit 1
