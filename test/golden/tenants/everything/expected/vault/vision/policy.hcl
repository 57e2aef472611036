# What the pods of vision may do. Written by sidekey: what is changed here is lost.

path "kv/vision" {
  capabilities = ["read"]
}

path "kv/vision/*" {
  capabilities = ["read"]
}

path "pki/issue/vision" {
  capabilities = ["create", "update"]
}

path "pki/issue/vision/*" {
  capabilities = ["create", "update"]
}

path "secret/data/vision" {
  capabilities = ["read"]
}

path "secret/data/vision/*" {
  capabilities = ["read"]
}

path "secret/metadata/vision" {
  capabilities = ["list", "read"]
}

path "secret/metadata/vision/*" {
  capabilities = ["list", "read"]
}
