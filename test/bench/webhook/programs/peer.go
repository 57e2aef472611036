//go:build peer

// Package programs keeps the peer that the webhook is measured against among the requirements of this module.
package programs

import _ "github.com/hashicorp/vault-k8s"
