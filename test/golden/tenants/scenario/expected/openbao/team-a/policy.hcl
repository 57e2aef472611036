# What the pods of team-a may do. Written by sidekey: what is changed here is lost.

path "secret/data/team-a" {
  capabilities = ["read"]
}

path "secret/data/team-a/*" {
  capabilities = ["read"]
}
