#!/bin/sh
# Writes the policy and the login role of every tenant. It may run again at any time.
# bao logs in as it always does: by BAO_TOKEN or what "bao login" left. BAO names another command.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
if [ -z "${BAO_ADDR:-${VAULT_ADDR:-}}" ]; then
  export BAO_ADDR='https://openbao.openbao.svc:8200'
fi

apply() {
  "${BAO:-bao}" policy write "$2" "$here/$1/policy.hcl"
  "${BAO:-bao}" write "$3" "@$here/$1/role.json"
}

apply 'team-a' 'sidekey-team-a' 'auth/jwt/role/team-a'
apply 'team-b' 'sidekey-team-b' 'auth/jwt/role/team-b'
