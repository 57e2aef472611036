package main

import (
	policyv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/util/version"
	"k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/cel/environment"
)

// An expression that an older API server would refuse.
type problem struct {
	Policy     string `json:"policy"`
	Expression string `json:"expression"`
	Error      string `json:"error"`
}

// What a policy may not be written with on the oldest API server that it is to run on, such as "1.30".
func problemsOf(policies []policyv1.ValidatingAdmissionPolicy, oldest string) ([]problem, error) {
	problems := []problem{}
	if oldest == "" {
		return problems, nil
	}
	server, err := version.ParseGeneric(oldest)
	if err != nil {
		return nil, err
	}
	for _, policy := range policies {
		compiler, err := cel.NewCompositedCompiler(environment.MustBaseEnvSet(server))
		if err != nil {
			return nil, err
		}
		for _, expression := range expressionsOf(policy) {
			declared := cel.OptionalVariableDeclarations{}
			result := compiler.CompileCELExpression(expression, declared, environment.NewExpressions)
			if result.Error != nil {
				problems = append(problems, problem{policy.Name, expression.expression, result.Error.Error()})
			} else if expression.name != "" {
				compiler.CompileAndStoreVariable(expression, declared, environment.NewExpressions)
			}
		}
	}
	return problems, nil
}

// Variables first: only they have names, and the others use them.
func expressionsOf(policy policyv1.ValidatingAdmissionPolicy) []accessor {
	all := []accessor{}
	for _, variable := range policy.Spec.Variables {
		all = append(all, accessor{variable.Name, variable.Expression})
	}
	for _, condition := range policy.Spec.MatchConditions {
		all = append(all, accessor{"", condition.Expression})
	}
	for _, validation := range policy.Spec.Validations {
		all = append(all, accessor{"", validation.Expression})
		if validation.MessageExpression != "" {
			all = append(all, accessor{"", validation.MessageExpression})
		}
	}
	for _, annotation := range policy.Spec.AuditAnnotations {
		all = append(all, accessor{"", annotation.ValueExpression})
	}
	return all
}
