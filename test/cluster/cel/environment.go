package main

import (
	"context"
	"fmt"

	celgo "github.com/google/cel-go/cel"
	admissionv1 "k8s.io/api/admission/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/cel/environment"
)

// An expression or a variable of a policy, whatever it gives.
type accessor struct{ name, expression string }

func (a accessor) GetName() string            { return a.name }
func (a accessor) GetExpression() string      { return a.expression }
func (a accessor) ReturnTypes() []*celgo.Type { return []*celgo.Type{celgo.AnyType} }

func newCompiler() (*cel.CompositedCompiler, error) {
	return cel.NewCompositedCompiler(environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()))
}

// One request as the plugins of the API server see it.
type input struct {
	attributes *admission.VersionedAttributes
	request    *admissionv1.AdmissionRequest
	namespace  *corev1.Namespace
}

// Results that may be errors, and what they cost together.
func (i input) attempt(evaluator cel.ConditionEvaluator, budget int64) ([]cel.EvaluationResult, int64, error) {
	results, left, err := evaluator.ForInput(
		context.Background(), i.attributes, i.request, cel.OptionalVariableBindings{}, i.namespace, budget)
	return results, budget - left, err
}

func (i input) evaluate(evaluator cel.ConditionEvaluator, budget int64) ([]cel.EvaluationResult, int64, error) {
	results, spent, err := i.attempt(evaluator, budget)
	if err != nil {
		return nil, 0, err
	}
	for _, result := range results {
		if result.Error != nil {
			return nil, 0, fmt.Errorf("%s: %w", result.ExpressionAccessor.GetExpression(), result.Error)
		}
	}
	return results, spent, nil
}

func inputFor(asked admissionv1.AdmissionRequest, namespaces []corev1.Namespace) (input, error) {
	object, err := objectOf(asked.Object)
	if err != nil {
		return input{}, err
	}
	old, err := objectOf(asked.OldObject)
	if err != nil {
		return input{}, err
	}
	kind := schema.GroupVersionKind(asked.Kind)
	attributes := admission.NewAttributesRecord(
		object, old, kind, asked.Namespace, asked.Name, schema.GroupVersionResource(asked.Resource), asked.SubResource,
		admission.Operation(asked.Operation), nil, false,
		&user.DefaultInfo{Name: asked.UserInfo.Username, Groups: asked.UserInfo.Groups})
	versioned := &admission.VersionedAttributes{
		Attributes: attributes, VersionedObject: object, VersionedOldObject: old, VersionedKind: kind}
	made := input{attributes: versioned, request: cel.CreateAdmissionRequest(attributes, asked.Resource, asked.Kind)}
	for index := range namespaces {
		if namespaces[index].Name == asked.Namespace {
			made.namespace = cel.CreateNamespaceObject(&namespaces[index])
		}
	}
	return made, nil
}

// Nil without a type if there is none: the plugins compare with nil.
func objectOf(raw runtime.RawExtension) (runtime.Object, error) {
	if len(raw.Raw) == 0 {
		return nil, nil
	}
	object := &unstructured.Unstructured{}
	if err := object.UnmarshalJSON(raw.Raw); err != nil {
		return nil, err
	}
	return object, nil
}
