package plan

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// caseCondition translates a CASE that is a condition: the first WHEN that is true decides.
func (l *lowering) caseCondition(e *bind.Case, w want) test {
	var results, before []test
	for i := range e.Whens {
		decided := l.condition(whenOf(e, i), decidedTrue)
		if decided.state == unpushable {
			return notPushed
		}
		results = append(results, and(append(append([]test(nil), before...), decided, l.condition(e.Whens[i].Then, w))...))
		before = append(before, decided.not())
	}
	if e.Else != nil {
		results = append(results, and(append(before, l.condition(e.Else, w))...))
	}
	return or(results...)
}

// caseValue translates the value of a CASE, with one branch for each kind of its results.
func (l *lowering) caseValue(e *bind.Case, kinds function.Kinds) ([]branch, bool) {
	if !plain(e.Of) {
		return nil, false
	}
	conditions := make([]exp.Node, 0, len(e.Whens))
	results := make([][]branch, 0, len(e.Whens)+1)
	last := e.Else
	for i := range e.Whens {
		t := l.condition(whenOf(e, i), decidedTrue)
		if t.state == never {
			continue
		}
		if t.state == always {
			last = e.Whens[i].Then
			break
		}
		branches, ok := l.branches(e.Whens[i].Then, kinds)
		if !ok || t.state != pushed {
			return nil, false
		}
		conditions, results = append(conditions, t.node), append(results, branches)
	}
	var otherwise []branch
	if last != nil {
		branches, ok := l.branches(last, kinds)
		if !ok {
			return nil, false
		}
		otherwise = branches
	}
	if len(conditions) == 0 {
		return otherwise, true
	}
	return caseBranches(conditions, append(results, otherwise))
}

// whenOf returns the condition of a WHEN. After CASE with an operand it is an equality with it.
func whenOf(e *bind.Case, i int) bind.Expr {
	if e.Operand == nil {
		return e.Whens[i].When
	}
	return &bind.Compare{Op: ast.OpEqual, X: e.Operand, Y: e.Whens[i].When}
}

// caseBranches returns a cond for each kind that occurs in the results.
func caseBranches(conditions []exp.Node, results [][]branch) ([]branch, bool) {
	var all []branch
	done := function.Kinds(0)
	for i := range results {
		for j := range results[i] {
			kind := results[i][j].kind
			if done.Has(function.KindsOf(kind)) {
				continue
			}
			done |= function.KindsOf(kind)
			b := branch{kind: kind}
			var args []exp.Node
			for k, branches := range results {
				if k < len(conditions) {
					args = append(args, conditions[k])
				}
				node, ok := onlyOf(kind, branches)
				if !ok {
					return nil, false
				}
				args = append(args, node)
				all = append(all, foreignBlobs(kind, branches)...)
			}
			b.node = exp.NewNode(exp.OpCond, args...)
			all = append(all, b)
		}
	}
	return all, true
}

// foreignBlobs returns opaque branches for the bins whose blobs are read.
func foreignBlobs(kind protocol.Kind, branches []branch) []branch {
	var result []branch
	for _, b := range branches {
		if kind == protocol.KindBlob && b.kind == kind && b.bin != "" {
			result = append(result, branch{kind: opaque, node: isForeignBlob(b.bin)})
		}
	}
	return result
}

// onlyOf returns the node of the branch of a kind, or unknown. It returns false if there are
// several.
func onlyOf(kind protocol.Kind, branches []branch) (exp.Node, bool) {
	node, found := exp.NewNode(exp.OpUnknown), false
	for i := range branches {
		if branches[i].kind != kind {
			continue
		}
		if found || branches[i].list != nil {
			return node, false
		}
		node, found = branches[i].node, true
	}
	return node, true
}
