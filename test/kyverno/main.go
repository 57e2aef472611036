// Kyverno's command line, and one command more: "admission" puts requests to its policies that the others cannot make.
package main

import (
	"flag"
	"os"

	"github.com/kyverno/kyverno/cmd/cli/kubectl-kyverno/commands"
	"github.com/kyverno/kyverno/cmd/cli/kubectl-kyverno/log"
)

func main() {
	command := commands.RootCommand(false)
	if err := log.Configure(); err != nil {
		panic(err)
	}
	command.PersistentFlags().AddGoFlagSet(flag.CommandLine)
	command.AddCommand(admissionCommand())
	if command.Execute() != nil {
		os.Exit(1)
	}
}
