package main

import (
	"context"
	"encoding/json"
	"io"

	policiesv1beta1 "github.com/kyverno/api/api/policies.kyverno.io/v1beta1"
	celengine "github.com/kyverno/kyverno/pkg/cel/engine"
	"github.com/kyverno/kyverno/pkg/cel/libs"
	"github.com/kyverno/kyverno/pkg/cel/matching"
	vpolcompiler "github.com/kyverno/kyverno/pkg/cel/policies/vpol/compiler"
	vpolengine "github.com/kyverno/kyverno/pkg/cel/policies/vpol/engine"
	"github.com/spf13/cobra"
	admissionv1 "k8s.io/api/admission/v1"
	corev1 "k8s.io/api/core/v1"
)

// What is read from standard input.
type question struct {
	Policies   []*policiesv1beta1.ValidatingPolicy `json:"policies"`
	Namespaces []*corev1.Namespace                 `json:"namespaces"`
	Requests   []admissionv1.AdmissionRequest      `json:"requests"`
}

// What one policy makes of one request.
type answer struct {
	UID     string            `json:"uid"`
	Policy  string            `json:"policy"`
	Result  string            `json:"result"`
	Message string            `json:"message"`
	Notes   map[string]string `json:"properties"`
}

// The command line makes the old object of an UPDATE out of the new one and knows no subresources. This asks the same
// engine, as Kyverno's webhook does, with whole requests.
func admissionCommand() *cobra.Command {
	return &cobra.Command{
		Use:          "admission",
		Short:        "Reads policies and AdmissionRequests from standard input and prints what each makes of each, as JSON",
		SilenceUsage: true,
		RunE: func(command *cobra.Command, _ []string) error {
			return judge(command.Context(), command.InOrStdin(), command.OutOrStdout())
		},
	}
}

func judge(ctx context.Context, in io.Reader, out io.Writer) error {
	var asked question
	if err := json.NewDecoder(in).Decode(&asked); err != nil {
		return err
	}
	engine, err := engineFor(asked)
	if err != nil {
		return err
	}
	answers := []answer{}
	for _, request := range asked.Requests {
		response, err := engine.Handle(ctx, celengine.RequestFromAdmission(libs.GetLibsCtx(), request), nil)
		if err != nil {
			return err
		}
		for _, policy := range response.Policies {
			for _, rule := range policy.Rules {
				answers = append(answers, answer{
					UID:     string(request.UID),
					Policy:  policy.Policy.GetName(),
					Result:  string(rule.Status()),
					Message: rule.Message(),
					Notes:   rule.Properties(),
				})
			}
		}
	}
	return json.NewEncoder(out).Encode(answers)
}

func engineFor(asked question) (vpolengine.Engine, error) {
	policies := make([]policiesv1beta1.ValidatingPolicyLike, 0, len(asked.Policies))
	for _, policy := range asked.Policies {
		policies = append(policies, policy)
	}
	provider, err := vpolengine.NewProvider(vpolcompiler.NewCompiler(), policies, nil)
	if err != nil {
		return nil, err
	}
	namespaces := map[string]*corev1.Namespace{}
	for _, namespace := range asked.Namespaces {
		namespaces[namespace.Name] = namespace
	}
	resolve := func(name string) *corev1.Namespace { return namespaces[name] }
	return vpolengine.NewEngine(provider, resolve, matching.NewMatcher()), nil
}
