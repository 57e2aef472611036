package main

import (
	"encoding/json"
	"reflect"

	"github.com/google/cel-go/common/types/ref"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"
	admissionv1 "k8s.io/api/admission/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apiserver/pkg/admission/plugin/cel"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/cel/environment"
)

type expression struct {
	Expression string          `json:"expression"`
	Object     json.RawMessage `json:"object"`
}

// What an expression gives, or why it gives nothing.
type value struct {
	Value json.RawMessage `json:"value,omitempty"`
	Error string          `json:"error,omitempty"`
}

func valuesOf(expressions []expression) ([]value, error) {
	compiler, err := newCompiler()
	if err != nil {
		return nil, err
	}
	values := []value{}
	for _, asked := range expressions {
		made, err := inputFor(admissionv1.AdmissionRequest{Object: runtime.RawExtension{Raw: asked.Object}}, nil)
		if err != nil {
			return nil, err
		}
		evaluator := compiler.CompileCondition(
			[]cel.ExpressionAccessor{accessor{"", asked.Expression}},
			cel.OptionalVariableDeclarations{}, environment.StoredExpressions)
		results, _, err := made.evaluate(evaluator, celconfig.RuntimeCELCostBudget)
		if err != nil {
			values = append(values, value{Error: err.Error()})
			continue
		}
		text, err := toJSON(results[0].EvalResult)
		if err != nil {
			return nil, err
		}
		values = append(values, value{Value: text})
	}
	return values, nil
}

func toJSON(result ref.Val) (json.RawMessage, error) {
	native, err := result.ConvertToNative(reflect.TypeFor[*structpb.Value]())
	if err != nil {
		return nil, err
	}
	return protojson.Marshal(native.(*structpb.Value))
}
