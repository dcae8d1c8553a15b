package ast

import (
	"encoding/hex"
	"math"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// A precedence orders operators. Higher ones bind tighter.
type precedence uint8

const (
	precedenceOr precedence = iota
	precedenceAnd
	precedenceNot
	precedencePredicate // comparisons, IS, IN, BETWEEN, LIKE and their like, which don't chain
	precedenceBits      // || & | << >>
	precedenceSum
	precedenceProduct
	precedenceSign
	precedencePrimary
	precedenceNone // in parentheses always
)

var operators = [...]struct {
	text       string
	precedence precedence
}{
	OpOr: {"OR", precedenceOr}, OpAnd: {"AND", precedenceAnd}, OpNot: {"NOT", precedenceNot},
	OpEqual: {"=", precedencePredicate}, OpNotEqual: {"<>", precedencePredicate},
	OpLess: {"<", precedencePredicate}, OpLessEqual: {"<=", precedencePredicate},
	OpGreater: {">", precedencePredicate}, OpGreaterEqual: {">=", precedencePredicate},
	OpDistinctFrom:    {"IS DISTINCT FROM", precedencePredicate},
	OpNotDistinctFrom: {"IS NOT DISTINCT FROM", precedencePredicate},
	OpContains:        {"CONTAINS", precedencePredicate},
	OpConcat:          {"||", precedenceBits}, OpBitAnd: {"&", precedenceBits}, OpBitOr: {"|", precedenceBits},
	OpShiftLeft: {"<<", precedenceBits}, OpShiftRight: {">>", precedenceBits},
	OpAdd: {"+", precedenceSum}, OpSubtract: {"-", precedenceSum},
	OpMultiply: {"*", precedenceProduct}, OpDivide: {"/", precedenceProduct}, OpRemainder: {"%", precedenceProduct},
	OpNegate: {"-", precedenceSign}, OpBitNot: {"~", precedenceSign},
	OpBitXor: {"BITXOR", precedencePrimary}, // a function, because ^ and # mean other things elsewhere
}

// String returns the operator as SQL.
func (o Operator) String() string { return operators[o].text }

// IsComparison reports whether the operator is =, <>, <, <=, > or >=.
func (o Operator) IsComparison() bool { return o >= OpEqual && o <= OpGreaterEqual }

func precedenceOf(e Expr) precedence {
	switch e := e.(type) {
	case *Unary:
		return operators[e.Op].precedence
	case *Binary:
		return operators[e.Op].precedence
	case *In, *Between, *Match, *Is:
		return precedencePredicate
	}
	return precedencePrimary
}

// expr writes an expression.
func (p *printer) expr(e Expr) {
	switch e := e.(type) {
	case *Literal:
		p.text(literalText(e.Value))
	case *Param:
		p.text(e.Text)
	case *Column:
		for i, part := range e.Parts {
			if i > 0 {
				p.text(".")
			}
			p.text(part.String())
		}
	case *Path:
		p.path(e)
	case *Unary:
		p.unary(e)
	case *Binary:
		p.binary(e)
	case *In, *Between, *Match, *Is:
		p.predicate(e)
	case *Call:
		p.call(e)
	default:
		p.form(e)
	}
}

// form writes an expression that begins with a word or a parenthesis of its own.
func (p *printer) form(e Expr) {
	switch e := e.(type) {
	case *Case:
		p.caseWhen(e)
	case *Cast:
		if e.Literal {
			p.text(e.Type.String(), " ")
			p.expr(e.X)
			break
		}
		p.text("CAST(")
		p.expr(e.X)
		p.text(" AS ", e.Type.String(), ")")
	case *Exists:
		p.text("EXISTS (")
		p.query(e.Query)
		p.text(")")
	case *Subquery:
		p.text("(")
		p.query(e.Query)
		p.text(")")
	case *Row:
		p.text("(")
		p.exprs(e.Elements)
		p.text(")")
	case *Array:
		p.text("ARRAY[")
		p.exprs(e.Elements)
		p.text("]")
	case *Map:
		p.text("MAP{")
		for i, k := range e.Keys {
			p.comma(i)
			p.expr(k)
			p.text(": ")
			p.expr(e.Values[i])
		}
		p.text("}")
	case *Interval:
		p.text("INTERVAL ")
		p.expr(e.X)
		if e.Unit != "" {
			p.text(" ", e.Unit)
		}
	case *Default:
		p.text("DEFAULT")
	}
}

// operand writes an expression, in parentheses if its precedence is below need.
func (p *printer) operand(e Expr, need precedence) {
	if precedenceOf(e) >= need {
		p.expr(e)
		return
	}
	p.text("(")
	p.expr(e)
	p.text(")")
}

func (p *printer) not(not bool) {
	if not {
		p.text(" NOT")
	}
}

func (p *printer) unary(e *Unary) {
	if e.Op == OpNot {
		p.text("NOT ")
		p.operand(e.X, precedenceNot)
		return
	}
	need := precedencePrimary
	if _, ok := e.X.(*Literal); ok && e.Op == OpNegate {
		need = precedenceNone // without parentheses it would be parsed as a negative literal
	}
	p.text(e.Op.String())
	p.operand(e.X, need)
}

func (p *printer) binary(e *Binary) {
	if e.Op == OpBitXor {
		p.text("BITXOR(")
		p.exprs([]Expr{e.X, e.Y})
		p.text(")")
		return
	}
	left := precedenceOf(e)
	right := left + 1
	if left == precedencePredicate {
		left++
	}
	p.operand(e.X, left)
	p.text(" ", e.Op.String(), " ")
	p.operand(e.Y, right)
}

var matchOps = [...]string{Like: "LIKE", ILike: "ILIKE", Regexp: "REGEXP"}

// String returns the operator as SQL.
func (o MatchOp) String() string { return matchOps[o] }

var tests = [...]string{IsNull: "NULL", IsTrue: "TRUE", IsFalse: "FALSE"}

// String returns the word after IS.
func (t Test) String() string { return tests[t] }

// predicate writes x IN ..., x BETWEEN ..., x LIKE ... and x IS ....
func (p *printer) predicate(e Expr) {
	switch e := e.(type) {
	case *In:
		p.operand(e.X, precedenceBits)
		p.not(e.Not)
		p.text(" IN (")
		if e.Query != nil {
			p.query(e.Query)
		}
		p.exprs(e.List)
		p.text(")")
	case *Between:
		p.operand(e.X, precedenceBits)
		p.not(e.Not)
		p.text(" BETWEEN ")
		p.operand(e.Low, precedenceBits)
		p.text(" AND ")
		p.operand(e.High, precedenceBits)
	case *Match:
		p.operand(e.X, precedenceBits)
		p.not(e.Not)
		p.text(" ", e.Op.String(), " ")
		p.operand(e.Pattern, precedenceBits)
		if e.Escape != nil {
			p.text(" ESCAPE ")
			p.operand(e.Escape, precedenceBits)
		}
	case *Is:
		p.operand(e.X, precedenceBits)
		p.text(" IS")
		p.not(e.Not)
		p.text(" ", e.Test.String())
	}
}

func (p *printer) call(e *Call) {
	p.text(e.Name.Text)
	if len(e.Args) == 0 && !e.Star && IsNiladic(e.Name.Text) {
		return
	}
	p.text("(")
	if e.Star {
		p.text("*")
	}
	if e.Distinct {
		p.text("DISTINCT ")
	}
	if unit, ok := extractUnit(e); ok {
		p.text(unit, " FROM ")
		p.expr(e.Args[1])
	} else {
		p.args(e)
	}
	p.order(e.Order)
	if e.Separator != nil {
		p.clause("SEPARATOR", e.Separator)
	}
	p.text(")")
	if e.Filter != nil {
		p.text(" FILTER (WHERE ")
		p.expr(e.Filter)
		p.text(")")
	}
}

// args writes the arguments of a call. POSITION(a IN b) has a form of its own, so that IN as its
// first argument needs parentheses.
func (p *printer) args(e *Call) {
	if len(e.Args) == 0 || !strings.EqualFold(e.Name.Text, "POSITION") {
		p.exprs(e.Args)
		return
	}
	p.operand(e.Args[0], precedenceBits)
	for _, arg := range e.Args[1:] {
		p.text(", ")
		p.expr(arg)
	}
}

// extractUnit returns the unit of EXTRACT('YEAR', x), which is written as EXTRACT(YEAR FROM x).
func extractUnit(e *Call) (unit string, ok bool) {
	if len(e.Args) != 2 || e.Distinct || !strings.EqualFold(e.Name.Text, "EXTRACT") {
		return "", false
	}
	literal, ok := e.Args[0].(*Literal)
	if !ok {
		return "", false
	}
	unit, ok = literal.Value.Text()
	return unit, ok && literal.Value.Kind() == protocol.KindString && unit != "" && WordLength(unit) == len(unit) &&
		strings.ToUpper(unit) == unit
}

func (p *printer) caseWhen(e *Case) {
	p.text("CASE")
	if e.Operand != nil {
		p.text(" ")
		p.expr(e.Operand)
	}
	for _, w := range e.Whens {
		p.text(" WHEN ")
		p.expr(w.When)
		p.text(" THEN ")
		p.expr(w.Then)
	}
	p.clause("ELSE", e.Else)
	p.text(" END")
}

// path writes x[0].name. Its x is in parentheses if the steps would be parsed differently without
// them.
func (p *printer) path(e *Path) {
	bare := false
	switch x := e.X.(type) {
	case *Column:
		bare = len(e.Steps) > 0 && e.Steps[0].Index != nil && !x.Parts[len(x.Parts)-1].Is("ARRAY")
	case *Call:
		bare = x.Filter == nil && !IsNiladic(x.Name.Text)
	case *Cast:
		bare = !x.Literal
	case *Param, *Array, *Map, *Subquery:
		bare = true
	}
	if bare {
		p.expr(e.X)
	} else {
		p.text("(")
		p.expr(e.X)
		p.text(")")
	}
	for _, s := range e.Steps {
		if s.Index == nil {
			p.text(".", s.Name.String())
			continue
		}
		p.text("[")
		p.expr(s.Index)
		p.text("]")
	}
}

// literalText returns a constant as SQL.
func literalText(v protocol.Value) string {
	switch v.Kind() {
	case protocol.KindFloat:
		f, _ := v.Float()
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return "CAST('" + strconv.FormatFloat(f, 'g', -1, 64) + "' AS DOUBLE)"
		}
		s := strconv.FormatFloat(f, 'g', -1, 64)
		if !strings.ContainsAny(s, ".e") {
			s += ".0"
		}
		return s
	case protocol.KindString:
		s, _ := v.Text()
		return quoted(s, '\'')
	case protocol.KindBlob:
		b, _ := v.Bytes()
		return "X'" + strings.ToUpper(hex.EncodeToString(b)) + "'"
	case protocol.KindBool:
		b, _ := v.Bool()
		return strings.ToUpper(strconv.FormatBool(b))
	case protocol.KindNil:
		return "NULL"
	case protocol.KindGeoJSON:
		s, _ := v.Text()
		return "CAST(" + quoted(s, '\'') + " AS GEOJSON)"
	case protocol.KindList, protocol.KindMap:
		return collectionText(v)
	}
	return v.String()
}

// collectionText returns a list or a map as SQL.
func collectionText(v protocol.Value) string {
	var texts []string
	if pairs, ok := v.Map(); ok {
		for _, pair := range pairs {
			texts = append(texts, literalText(pair.Key)+": "+literalText(pair.Value))
		}
		return "MAP{" + strings.Join(texts, ", ") + "}"
	}
	elements, _ := v.List()
	for _, e := range elements {
		texts = append(texts, literalText(e))
	}
	return "ARRAY[" + strings.Join(texts, ", ") + "]"
}
