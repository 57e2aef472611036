# What the pods of team-b may do. Written by sidekey: what is changed here is lost.

path "secret/data/team-b" {
  capabilities = ["read"]
}

path "secret/data/team-b/*" {
  capabilities = ["read"]
}
