#!/bin/sh
# Writes the policy and the login role of every tenant. It may run again at any time.
# vault logs in as it always does: by VAULT_TOKEN or what "vault login" left. VAULT names another command.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
if [ -z "${VAULT_ADDR:-}" ]; then
  export VAULT_ADDR='https://vault.example.com'
fi
export VAULT_NAMESPACE='ml/serving'

apply() {
  "${VAULT:-vault}" policy write "$2" "$here/$1/policy.hcl"
  "${VAULT:-vault}" write "$3" "@$here/$1/role.json"
}

apply 'vision' 'sidekey-vision' 'auth/gpu/role/vision_serving'
