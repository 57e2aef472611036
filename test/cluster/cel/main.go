// What an API server makes of CEL: the cost of policies, and the values of single expressions. One question as JSON on
// standard input, one answer on standard output.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	admissionv1 "k8s.io/api/admission/v1"
	policyv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
)

type question struct {
	Policies    []policyv1.ValidatingAdmissionPolicy `json:"policies"`
	Namespaces  []corev1.Namespace                   `json:"namespaces"`
	Requests    []admissionv1.AdmissionRequest       `json:"requests"`
	Expressions []expression                         `json:"expressions"`
	// The version of the API server that every expression is to compile on; empty: none.
	Oldest string `json:"oldest"`
}

type answer struct {
	Limits   limits    `json:"limits"`
	Costs    []cost    `json:"costs"`
	Values   []value   `json:"values"`
	Problems []problem `json:"problems"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var asked question
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		return err
	}
	costs, err := costsOf(asked)
	if err != nil {
		return err
	}
	values, err := valuesOf(asked.Expressions)
	if err != nil {
		return err
	}
	problems, err := problemsOf(asked.Policies, asked.Oldest)
	if err != nil {
		return err
	}
	said := answer{Limits: serverLimits, Costs: costs, Values: values, Problems: problems}
	return json.NewEncoder(os.Stdout).Encode(said)
}
