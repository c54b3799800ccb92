#!/usr/bin/env bash
# Runs the unit in a real systemd beside a real node on regtest, in a temporary Debian machine
# without network: as shipped, after a restart of the node, and without the node's group.
#
# usage: BITCOIND=/path/to/bitcoind deploy/systemd/try-in-a-machine.sh    (root; debootstrap, systemd-container)
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(cd "$here/../.." && pwd)"
: "${BITCOIND:?name a bitcoind}"
bitcoind="$(readlink -f "$BITCOIND")"
work="$(mktemp -d)"
machine="$work/machine"
nspawn=""
inside=""

cleanup() {
  if [ -n "$nspawn" ] && kill -0 "$nspawn" 2>/dev/null; then
    in_machine systemctl poweroff || true
    wait "$nspawn" || true
  fi
  rm -rf "$work"
}
trap cleanup EXIT

in_machine() { nsenter --target "$inside" --all "$@"; }

# Repeats a command until it succeeds. usage: eventually WHAT COMMAND…
eventually() {
  local what="$1"
  shift
  for _ in $(seq 1 120); do
    if "$@" >/dev/null 2>&1; then
      echo "ok: $what"
      return 0
    fi
    sleep 0.5
  done
  echo "not true within a minute: $what" >&2
  in_machine journalctl --no-pager -o cat -u utxoracle-live | tail -20 >&2
  exit 1
}

answers_200() { in_machine /usr/bin/node -e "fetch('http://127.0.0.1:8000$1').then((a) => process.exit(a.status === 200 ? 0 : 1), () => process.exit(1))"; }
says() { in_machine journalctl --no-pager -o cat -u utxoracle-live | grep -q -- "$1"; }
active() { in_machine systemctl is-active --quiet "$1"; }

# This machine's Debian mirror.
mirror="${DEBIAN_MIRROR:-$(apt-cache policy | grep -om1 'https\?://[^ ]*/debian\b')}"
# Without libnss-systemd the unit's user is not in the user database: the harder case.
debootstrap --variant=minbase --include=systemd,dbus,libstdc++6 bookworm "$machine" "$mirror" >"$work/debootstrap.log"
cp "$(readlink -f "$(command -v node)")" "$machine/usr/bin/node"

pin="$(node -p "require('$root/package.json').packageManager")"
(cd "$root" && npx -y "$pin" --filter utxoracle-live pack --pack-destination "$work" >/dev/null)
npm install --silent --no-audit --no-fund --prefix "$machine/opt/utxoracle-live" "$work"/utxoracle-live-*.tgz

chroot "$machine" groupadd --system bitcoin
chroot "$machine" useradd --system --gid bitcoin --home-dir /var/lib/bitcoind bitcoin
mkdir -p "$machine/etc/bitcoin"
cat >"$machine/etc/bitcoin/bitcoin.conf" <<'CONF'
regtest=1
server=1
rpccookieperms=group
[regtest]
rpcport=8332
zmqpubrawtx=tcp://127.0.0.1:28332
zmqpubrawblock=tcp://127.0.0.1:28333
zmqpubsequence=tcp://127.0.0.1:28334
CONF
cat >"$machine/etc/systemd/system/bitcoind.service" <<UNIT
[Service]
User=bitcoin
Group=bitcoin
ExecStart=$bitcoind -conf=/etc/bitcoin/bitcoin.conf -datadir=/var/lib/bitcoind -rpccookiefile=/var/lib/bitcoind/.cookie
StateDirectory=bitcoind
StateDirectoryMode=0710
[Install]
WantedBy=multi-user.target
UNIT
cp "$here/utxoracle-live.service" "$machine/etc/systemd/system/"
systemctl --root="$machine" enable bitcoind utxoracle-live 2>/dev/null

node_home="$(dirname "$(dirname "$bitcoind")")"
# The node's user must have access to its program.
mkdir -p "$machine$node_home"
cp -a "$node_home/." "$machine$node_home/"
chmod 711 "$machine/root"
systemd-nspawn --quiet --directory="$machine" --private-network --register=no --keep-unit --boot >"$work/boot.log" 2>&1 </dev/null &
nspawn=$!
for _ in $(seq 1 60); do
  inside="$(pgrep --parent "$nspawn" | head -1 || true)"
  [ -n "$inside" ] && [ -S "$machine/run/systemd/private" ] && break
  sleep 0.5
done
[ -n "$inside" ] || { cat "$work/boot.log" >&2; exit 1; }

eventually "the unit is active and its service ready" answers_200 /health/ready
pid="$(in_machine systemctl show utxoracle-live --property MainPID --value)"
in_machine grep -E '^(Uid|Groups|CapEff|NoNewPrivs|Seccomp):' "/proc/$pid/status"
in_machine systemd-analyze security utxoracle-live | tail -1
in_machine systemctl restart bitcoind
eventually "the feed of the restarted node is there" says '"reason":"\(re\)\?connected"'
eventually "it is ready after the node's restart" answers_200 /health/ready
in_machine systemctl stop utxoracle-live
[ "$(in_machine systemctl show utxoracle-live --property Result --value)" = success ] && echo "ok: it stops cleanly"

mkdir -p "$machine/etc/systemd/system/utxoracle-live.service.d"
printf '[Service]\nSupplementaryGroups=\n' >"$machine/etc/systemd/system/utxoracle-live.service.d/no-group.conf"
in_machine systemctl daemon-reload
in_machine systemctl start utxoracle-live
eventually "without the node's group it says that it may not read the cookie" says 'cannot read the cookie file'
active utxoracle-live && echo "ok: and goes on without RPC"
