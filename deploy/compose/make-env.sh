#!/bin/sh
# Creates a password for the node's RPC: a salted hash for the node, the password for the service.
# usage: ./make-env.sh > .env
set -eu
salt="$(openssl rand -hex 16)"
password="$(openssl rand -hex 32)"
hash="$(printf '%s' "$password" | openssl dgst -sha256 -hmac "$salt" -r | cut -d ' ' -f 1)"
# Single quotes, because the hash follows a dollar sign and Compose must not substitute it.
printf "UTXORACLE_RPCAUTH='utxoracle:%s\$%s'\n" "$salt" "$hash"
printf "UTXORACLE_RPC_PASSWORD='%s'\n" "$password"
