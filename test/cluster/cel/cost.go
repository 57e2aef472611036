package main

import (
	policyv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apiserver/pkg/admission/plugin/cel"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/cel/environment"
)

// What the API server lets expressions cost.
type limits struct {
	Expression int64 `json:"expression"`
	Policy     int64 `json:"policy"`
	Conditions int64 `json:"conditions"`
}

var serverLimits = limits{
	Expression: celconfig.PerCallLimit,
	Policy:     celconfig.RuntimeCELCostBudget,
	Conditions: celconfig.RuntimeCELCostBudgetMatchConditions,
}

// What one request cost one policy.
type cost struct {
	UID    string `json:"uid"`
	Policy string `json:"policy"`
	// All validations, with the variables that they use.
	Validations int64 `json:"validations"`
	// All messages, which are made whether they are needed or not, and the variables anew. They share a budget with the validations.
	Messages    int64 `json:"messages"`
	Conditions  int64 `json:"conditions"`
	Annotations int64 `json:"annotations"`
}

func costsOf(asked question) ([]cost, error) {
	costs := []cost{}
	for _, policy := range asked.Policies {
		compiled, err := compile(policy)
		if err != nil {
			return nil, err
		}
		for _, request := range asked.Requests {
			made, err := inputFor(request, asked.Namespaces)
			if err != nil {
				return nil, err
			}
			spent, err := compiled.costOf(made)
			if err != nil {
				return nil, err
			}
			spent.UID, spent.Policy = string(request.UID), policy.Name
			costs = append(costs, spent)
		}
	}
	return costs, nil
}

type program struct {
	conditions, validations, messages, annotations cel.ConditionEvaluator
}

func compile(policy policyv1.ValidatingAdmissionPolicy) (program, error) {
	compiler, err := newCompiler()
	if err != nil {
		return program{}, err
	}
	variables := []cel.NamedExpressionAccessor{}
	for _, variable := range policy.Spec.Variables {
		variables = append(variables, accessor{variable.Name, variable.Expression})
	}
	declared := cel.OptionalVariableDeclarations{HasAuthorizer: false}
	compiler.CompileAndStoreVariables(variables, declared, environment.StoredExpressions)
	condition := func(expressions ...cel.ExpressionAccessor) cel.ConditionEvaluator {
		return compiler.CompileCondition(expressions, declared, environment.StoredExpressions)
	}
	compiled := program{}
	var conditions, validations, messages, annotations []cel.ExpressionAccessor
	for _, match := range policy.Spec.MatchConditions {
		conditions = append(conditions, accessor{match.Name, match.Expression})
	}
	for _, validation := range policy.Spec.Validations {
		validations = append(validations, accessor{"", validation.Expression})
		if validation.MessageExpression != "" {
			messages = append(messages, accessor{"", validation.MessageExpression})
		}
	}
	for _, annotation := range policy.Spec.AuditAnnotations {
		annotations = append(annotations, accessor{annotation.Key, annotation.ValueExpression})
	}
	compiled.conditions, compiled.annotations = condition(conditions...), condition(annotations...)
	compiled.validations, compiled.messages = condition(validations...), condition(messages...)
	return compiled, nil
}

func (p program) costOf(made input) (cost, error) {
	bare := made
	bare.namespace = nil
	results, conditions, err := bare.evaluate(p.conditions, serverLimits.Conditions)
	if err != nil {
		return cost{}, err
	}
	spent := cost{Conditions: conditions}
	for _, result := range results {
		if result.EvalResult.Value() != true {
			return spent, nil
		}
	}
	if _, spent.Validations, err = made.evaluate(p.validations, serverLimits.Policy); err != nil {
		return cost{}, err
	}
	// A message about what is well may fail; nobody hears of it.
	if _, spent.Messages, err = made.attempt(p.messages, serverLimits.Policy-spent.Validations); err != nil {
		return cost{}, err
	}
	if _, spent.Annotations, err = made.evaluate(p.annotations, serverLimits.Policy); err != nil {
		return cost{}, err
	}
	return spent, nil
}
