#!/bin/sh
# Makes a password for the node's RPC: what the node gets is a salted hash of it, what the service gets is the password.
# usage: ./make-env.sh > .env
set -eu
salt="$(openssl rand -hex 16)"
password="$(openssl rand -hex 32)"
hash="$(printf '%s' "$password" | openssl dgst -sha256 -hmac "$salt" -r | cut -d ' ' -f 1)"
# Single quotes: Compose replaces nothing in them, and the hash follows a dollar sign.
printf "UTXORACLE_RPCAUTH='utxoracle:%s\$%s'\n" "$salt" "$hash"
printf "UTXORACLE_RPC_PASSWORD='%s'\n" "$password"
