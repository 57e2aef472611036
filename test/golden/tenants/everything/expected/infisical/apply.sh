#!/bin/sh
# Makes or changes what every tenant has in Infisical: a role of its project, the machine identity's
# membership in it, and how the identity logs in. It may run again at any time.
# INFISICAL_TOKEN is an access token of somebody who may do so; without it, it is read from standard input.
# INFISICAL_ADDRESS names another server. Machine identities and projects have to be there already.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
declared='https://infisical.example.com:8443'
address=${INFISICAL_ADDRESS:-$declared}
token=${INFISICAL_TOKEN:-}
if [ -z "$token" ]; then
  IFS= read -r token
fi
unset INFISICAL_TOKEN
case $token in
'' | *[!A-Za-z0-9._~+/=-]*)
  echo 'INFISICAL_TOKEN is empty, or no token: it has to be letters, digits and . _ ~ + / = -' >&2
  exit 2
  ;;
esac

# ask METHOD PATH [FILE]: the answer, and on a line of its own its status
ask() {
  printf 'header = "Authorization: Bearer %s"\n' "$token" |
    curl --silent --show-error --config - --header 'Content-Type: application/json' \
      --write-out '\n%{http_code}\n' --request "$1" ${3:+--data-binary "@$3"} "$address$2"
}

# status METHOD PATH [FILE]: the status alone, for the answer may hold what nobody is to see
status() {
  ask "$@" | tail -n 1
}

# change METHOD PATH FILE
change() {
  code=$(status "$1" "$2" "$3")
  case $code in
  2??) echo "$1 $2: done" ;;
  *)
    echo "Cannot $1 $2: HTTP $code; look whether the token may do so, and whether project and identity are there" >&2
    exit 1
    ;;
  esac
}

# apply TENANT PATH NAME: changes what is there, and makes what is not
apply() {
  code=$(status GET "$2")
  case $code in
  200) change PATCH "$2" "$here/$1/$3.json" ;;
  400 | 404) change POST "$2" "$here/$1/$3.json" ;;
  *)
    echo "Cannot GET $2: HTTP $code" >&2
    exit 1
    ;;
  esac
}

# apply_role TENANT ROLES ROLE: a role is found by its slug and changed by its id
apply_role() {
  answer=$(ask GET "$3")
  case $answer in
  *'
200')
    id=$(printf '%s' "$answer" | tr -d ' \n' | sed -n 's/^{"role":{[^[{]*"id":"\([0-9a-f-]*\)".*/\1/p')
    if [ -z "$id" ]; then
      echo "Cannot find the id in the answer to GET $3" >&2
      exit 1
    fi
    change PATCH "$2/$id" "$here/$1/role.json"
    ;;
  *'
400' | *'
404') change POST "$2" "$here/$1/role.json" ;;
  *)
    echo "Cannot GET $3: HTTP $(printf '%s' "$answer" | tail -n 1)" >&2
    exit 1
    ;;
  esac
}

apply_role 'vision' '/api/v1/projects/7e2f1c0a-0000-4000-8000-000000000000/roles' '/api/v1/projects/7e2f1c0a-0000-4000-8000-000000000000/roles/slug/sidekey-vision'
apply 'vision' '/api/v1/projects/7e2f1c0a-0000-4000-8000-000000000000/memberships/identities/6b5d3ae0-0000-4000-8000-000000000000' 'membership'
apply 'vision' '/api/v1/auth/kubernetes-auth/identities/6b5d3ae0-0000-4000-8000-000000000000' 'login'
