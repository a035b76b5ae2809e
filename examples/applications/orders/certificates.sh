#!/bin/sh
# An authority of your own, and a certificate by it for the servers, in ./tls. Needs openssl. Other host names: ./certificates.sh nats.example …
set -eu
cd "$(dirname "$0")"
[ $# -gt 0 ] || set -- nats-1 nats-2 nats-3 localhost
names=$(printf ',DNS:%s' "$@")
umask 077
mkdir tls
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 365 -subj "/CN=orders' authority" \
    -keyout tls/authority-key.pem -out tls/authority.pem
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 365 -subj "/CN=$1" \
    -addext "subjectAltName=${names#,}" -addext 'basicConstraints=critical,CA:FALSE' \
    -CA tls/authority.pem -CAkey tls/authority-key.pem -keyout tls/key.pem -out tls/server.pem
echo "./tls has them; keep authority-key.pem where no server is"
