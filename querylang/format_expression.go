package querylang

import (
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// textOf returns an expression as SQL.
func textOf(e Expr) string {
	var b strings.Builder
	e.write(&b)
	return b.String()
}

// writeOperand writes an expression, in parentheses if its precedence is below need.
func writeOperand(b *strings.Builder, e Expr, need precedence) {
	if e.precedence() >= need {
		e.write(b)
		return
	}
	b.WriteByte('(')
	e.write(b)
	b.WriteByte(')')
}

// writeList writes expressions in parentheses.
func writeList(b *strings.Builder, exprs []Expr) {
	b.WriteByte('(')
	for i, e := range exprs {
		if i > 0 {
			b.WriteString(", ")
		}
		e.write(b)
	}
	b.WriteByte(')')
}

func writeNot(b *strings.Builder, not bool) {
	if not {
		b.WriteString(" NOT")
	}
}

// String returns the literal as SQL.
func (e *Literal) String() string {
	switch e.Value.Kind() {
	case protocol.KindFloat:
		f, _ := e.Value.Float()
		s := strconv.FormatFloat(f, 'g', -1, 64)
		if !strings.ContainsAny(s, ".eIN") {
			s += ".0"
		}
		return s
	case protocol.KindString:
		s, _ := e.Value.Text()
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	case protocol.KindBlob:
		b, _ := e.Value.Bytes()
		return "X'" + strings.ToUpper(hex.EncodeToString(b)) + "'"
	case protocol.KindBool:
		b, _ := e.Value.Bool()
		return strings.ToUpper(strconv.FormatBool(b))
	case protocol.KindNil:
		return "NULL"
	}
	return e.Value.String()
}

// String returns the parameter as it was written.
func (e *Param) String() string { return e.Text }

// String returns the column as SQL.
func (e *Column) String() string { return quoteNames(e.Qualifier, e.Name) }

// String returns the expression as SQL.
func (e *Unary) String() string { return textOf(e) }

// String returns the expression as SQL.
func (e *Binary) String() string { return textOf(e) }

// String returns the expression as SQL.
func (e *In) String() string { return textOf(e) }

// String returns the expression as SQL.
func (e *Between) String() string { return textOf(e) }

// String returns the expression as SQL.
func (e *Like) String() string { return textOf(e) }

// String returns the expression as SQL.
func (e *IsNull) String() string { return textOf(e) }

// String returns the call as SQL.
func (e *Call) String() string { return textOf(e) }

func (e *Literal) write(b *strings.Builder) { b.WriteString(e.String()) }
func (e *Param) write(b *strings.Builder)   { b.WriteString(e.Text) }
func (e *Column) write(b *strings.Builder)  { b.WriteString(e.String()) }

func (e *Unary) write(b *strings.Builder) {
	if e.Op == OpNot {
		b.WriteString("NOT ")
		writeOperand(b, e.X, precedenceNot)
		return
	}
	b.WriteByte('-')
	need := precedencePrimary
	if _, ok := e.X.(*Literal); ok {
		need++ // without parentheses it would be parsed as a negative literal
	}
	writeOperand(b, e.X, need)
}

func (e *Binary) write(b *strings.Builder) {
	left, right := e.precedence(), e.precedence()+1
	if e.Op.isComparison() {
		left++
	}
	writeOperand(b, e.X, left)
	b.WriteString(" " + e.Op.String() + " ")
	writeOperand(b, e.Y, right)
}

func (e *In) write(b *strings.Builder) {
	writeOperand(b, e.X, precedenceConcat)
	writeNot(b, e.Not)
	b.WriteString(" IN ")
	writeList(b, e.List)
}

func (e *Between) write(b *strings.Builder) {
	writeOperand(b, e.X, precedenceConcat)
	writeNot(b, e.Not)
	b.WriteString(" BETWEEN ")
	writeOperand(b, e.Low, precedenceConcat)
	b.WriteString(" AND ")
	writeOperand(b, e.High, precedenceConcat)
}

func (e *Like) write(b *strings.Builder) {
	writeOperand(b, e.X, precedenceConcat)
	writeNot(b, e.Not)
	b.WriteString(" LIKE ")
	writeOperand(b, e.Pattern, precedenceConcat)
	if e.Escape != nil {
		b.WriteString(" ESCAPE ")
		writeOperand(b, e.Escape, precedenceConcat)
	}
}

func (e *IsNull) write(b *strings.Builder) {
	writeOperand(b, e.X, precedenceConcat)
	b.WriteString(" IS")
	writeNot(b, e.Not)
	b.WriteString(" NULL")
}

func (e *Call) write(b *strings.Builder) {
	b.WriteString(quoteName(e.Name))
	if e.Star {
		b.WriteString("(*)")
		return
	}
	writeList(b, e.Args)
}
