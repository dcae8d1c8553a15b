package exec

import (
	"fmt"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/plan"
)

// The option generation lets a statement write one record only if it has this generation. Otherwise
// the error is protocol.GenerationError, while __generation = ... in WHERE selects no record.

// expects reports whether a policy has a generation from the option.
func expects(p *cluster.WritePolicy) bool { return p.GenerationPolicy != cluster.IgnoreGeneration }

// checkGeneration returns an error if the option is given for a statement that may write several
// records.
func (w *writer) checkGeneration(access *plan.Access) error {
	if !expects(&w.policy) || access.Method == plan.Nothing || access.Method == plan.OneKey && w.change.Keys == nil ||
		access.Method == plan.Keys && len(access.Keys) <= 1 {
		return nil
	}
	return ast.Errorf(ast.ErrUnsupported, "the option %s needs a statement that writes one record by its key; "+
		"use a condition on __generation", optionGeneration)
}

// checkInsertGeneration returns an error if the option is given for an INSERT that it has no
// meaning for.
func checkInsertGeneration(p *plan.Insert, policy *cluster.WritePolicy) error {
	switch {
	case !expects(policy):
		return nil
	case p.Verb != ast.Upsert && p.Verb != ast.Replace:
		return ast.Errorf(ast.ErrUnsupported, "the option %s has no meaning for an INSERT, which creates records; use UPDATE, UPSERT or REPLACE",
			optionGeneration)
	case p.Insert.Source != nil || len(p.Rows) != 1:
		return ast.Errorf(ast.ErrUnsupported, "the option %s needs a statement that writes one record by its key", optionGeneration)
	}
	return nil
}

// otherGeneration returns the error of a record that has another generation than the option
// requires, or nil.
func (w *writer) otherGeneration(record *protocol.Record) error {
	if !expects(&w.policy) || record.Generation == w.policy.Generation {
		return nil
	}
	return &protocol.Error{
		Code: protocol.GenerationError, Op: "Operate", Key: record.Key,
		Message: fmt.Sprintf("the record has the generation %d, not %d", record.Generation, w.policy.Generation),
	}
}
