package bind

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// arithmetic binds + - * / % || and the operators on bits.
func (b *binder) arithmetic(s *scope, e *ast.Binary) Expr {
	if i, ok := e.Y.(*ast.Interval); ok && (e.Op == ast.OpAdd || e.Op == ast.OpSubtract) {
		return b.interval(s, e.X, i, e.Op == ast.OpSubtract)
	}
	if i, ok := e.X.(*ast.Interval); ok && e.Op == ast.OpAdd {
		return b.interval(s, e.Y, i, false)
	}
	if e.Op == ast.OpConcat {
		return b.concat(s, e)
	}
	x, y := b.expr(s, e.X), b.expr(s, e.Y)
	kinds := function.Number
	switch e.Op {
	case ast.OpBitAnd, ast.OpBitOr, ast.OpBitXor, ast.OpShiftLeft, ast.OpShiftRight:
		kinds = function.Integer
	}
	b.wants(x, kinds, operatorText(e))
	b.wants(y, kinds, operatorText(e))
	if kinds == function.Integer && (x.Type().Scale > 0 || y.Type().Scale > 0) {
		return b.fail(e.Pos, ast.ErrType, "%s needs integers, not decimals; use CAST", operatorText(e))
	}
	if e.Op == ast.OpAdd || e.Op == ast.OpSubtract {
		if timed := numberAndTime(e.Op, x, y); timed != nil {
			return b.fail(e.Pos, ast.ErrType, "a number has no unit beside %s: write INTERVAL '1' SECOND, or DATE_ADD(%s, 0, nanoseconds)", timed, timed)
		}
	}
	if x.Type().Family == function.Decimals || y.Type().Family == function.Decimals {
		return b.decimal(e.Op, x, y, e.Pos)
	}
	return b.fold(&Arithmetic{Op: e.Op, X: x, Y: y, Of: arithmeticType(e.Op, x, y), Pos: e.Pos})
}

// numberAndTime returns the operand that is a timestamp or a date if the other one is a number in
// the text or is declared as one, otherwise nil. A parameter can be a duration, and a bin without a
// declaration a time.
func numberAndTime(op ast.Operator, x, y Expr) Expr {
	number := func(e Expr) bool {
		switch typeOf(e).Family {
		case function.Integers, function.Floats, function.Decimals:
			return true
		}
		return false
	}
	switch {
	case isTime(typeOf(x)) && number(y):
		return x
	case op == ast.OpAdd && isTime(typeOf(y)) && number(x):
		return y
	}
	return nil
}

func isTime(t function.Type) bool {
	return t.Family == function.Timestamps || t.Family == function.Dates
}

// arithmeticType returns the type of a result: a timestamp and a number is a timestamp, and the
// difference of two is a number.
func arithmeticType(op ast.Operator, x, y Expr) function.Type {
	tx, ty := wholeNumber(typeOf(x)), wholeNumber(typeOf(y))
	timestamp := function.Type{Family: function.Timestamps, Name: "TIMESTAMP"}
	switch {
	case op == ast.OpSubtract && isTime(tx) && isTime(ty):
		return function.Type{Family: function.Integers}
	case op == ast.OpAdd && (isTime(tx) != isTime(ty)), op == ast.OpSubtract && isTime(tx):
		return timestamp
	case tx.Family == function.Integers && ty.Family == function.Integers:
		return function.Type{Family: function.Integers}
	case tx.Family == function.Floats && (ty.Family == function.Floats || ty.Family == function.Integers),
		ty.Family == function.Floats && tx.Family == function.Integers:
		return function.Type{Family: function.Floats}
	}
	return function.Type{}
}

// wholeNumber returns INTEGER for a decimal without digits after the point.
func wholeNumber(t function.Type) function.Type {
	if t.Family == function.Decimals && t.Scale == 0 {
		return function.Type{Family: function.Integers}
	}
	return t
}

func operatorText(e *ast.Binary) string {
	return operatorTexts[e.Op]
}

var operatorTexts = map[ast.Operator]string{
	ast.OpAdd: "+", ast.OpSubtract: "-", ast.OpMultiply: "*", ast.OpDivide: "/", ast.OpRemainder: "%",
	ast.OpBitAnd: "&", ast.OpBitOr: "|", ast.OpBitXor: "BITXOR", ast.OpShiftLeft: "<<", ast.OpShiftRight: ">>",
}

// concat binds ||. Timestamps and decimals are joined as text.
func (b *binder) concat(s *scope, e *ast.Binary) Expr {
	operand := func(e ast.Expr) Expr {
		x := b.value(s, e)
		if needsForm(x.Type()) {
			return b.castTo(x, function.Type{Family: function.Strings}, x.Position())
		}
		if k := x.Kinds(); !k.Has(function.String|function.Blob) && k.Has(function.Number|function.Bool) {
			b.fail(x.Position(), ast.ErrType, "|| needs strings or blobs, not %s; write CAST(%s AS TEXT)", x, x)
		}
		b.wants(x, function.String|function.Blob, "||")
		return x
	}
	x, y := operand(e.X), operand(e.Y)
	of := function.Type{}
	if typeOf(x).Family == function.Strings && typeOf(y).Family == function.Strings {
		of.Family = function.Strings
	}
	return b.fold(&Arithmetic{Op: e.Op, X: x, Y: y, Of: of, Pos: e.Pos})
}

// decimal returns the result of an operator with a decimal. + - and % are exact; * is exact while
// there are digits; other operators, and other operands than decimals and integers, give floats.
func (b *binder) decimal(op ast.Operator, x, y Expr, pos ast.Pos) Expr {
	x, y = b.decimalOperand(x, y), b.decimalOperand(y, x)
	tx, ty := x.Type(), y.Type()
	exact := tx.Family == function.Decimals && ty.Family == function.Decimals
	switch {
	case exact && (op == ast.OpAdd || op == ast.OpSubtract || op == ast.OpRemainder):
		x, y = b.sameScale(x, y)
		of := x.Type()
		of.Name, of.Precision = "", function.MaxPrecision
		return b.fold(&Arithmetic{Op: op, X: x, Y: y, Of: of, Pos: pos})
	case exact && op == ast.OpMultiply && tx.Scale+ty.Scale <= function.MaxPrecision:
		of := function.Type{Family: function.Decimals, Precision: function.MaxPrecision, Scale: tx.Scale + ty.Scale}
		return b.fold(&Arithmetic{Op: op, X: x, Y: y, Of: of, Pos: pos})
	}
	x, y = b.plain(x), b.plain(y)
	return b.fold(&Arithmetic{Op: op, X: x, Y: y, Of: arithmeticType(op, x, y), Pos: pos})
}

// decimalOperand returns an integer beside a decimal as a decimal without digits after the point,
// and another constant as a decimal of the same type if it has no more digits. The literal of a
// shared statement is an error, so that the statement is bound with its own.
func (b *binder) decimalOperand(x, other Expr) Expr {
	t := x.Type()
	if t.Family == function.Decimals || other.Type().Family != function.Decimals {
		return x
	}
	whole := function.Type{Family: function.Decimals, Precision: function.MaxPrecision}
	switch c := x.(type) {
	case *Const:
		if v, err := function.Coerce(c.Value, other.Type()); err == nil && c.Kinds().Has(function.String|1<<protocol.KindFloat) {
			return &Const{Value: v, Of: other.Type(), Pos: c.Pos}
		}
		if _, ok := c.Value.Int(); ok {
			return &Const{Value: c.Value, Of: whole, Pos: c.Pos}
		}
	case *Param:
		if c.Can == 0 {
			return b.typed(c, TypedArg{As: other.Type()})
		}
		return b.fail(c.Pos, ast.ErrUnsupported, "the number of digits of a literal beside a decimal decides the type of the result")
	case *Column:
		if t.Family == function.Integers {
			typed := *c
			return &Cast{X: &typed, From: t, To: whole, Pos: c.Pos}
		}
	}
	return x
}

// interval binds a timestamp plus or minus an interval.
func (b *binder) interval(s *scope, e ast.Expr, i *ast.Interval, minus bool) Expr {
	x := b.expr(s, e)
	timestamp := function.Type{Family: function.Timestamps, Name: "TIMESTAMP"}
	if isFixed(x) && !needsForm(x.Type()) {
		x = b.as(x, timestamp)
	}
	b.wants(x, function.Integer, "INTERVAL")
	c, ok := b.expr(s, i.X).(*Const)
	if !ok {
		return b.fail(i.Pos, ast.ErrUnsupported, "the length of an INTERVAL must be a constant; use DATE_ADD(%s, 0, nanoseconds)", x)
	}
	text, isText := c.Value.Text()
	if !isText {
		text = c.Value.String()
	}
	months, nanoseconds, err := function.ParseInterval(text, i.Unit)
	if err != nil {
		message := err.Error()
		if e, ok := err.(*ast.Error); ok { //nolint:errorlint // it has no cause
			message = e.Message
		}
		return b.fail(i.Pos, ast.ErrSyntax, "%s", message)
	}
	if minus {
		months, nanoseconds = -months, -nanoseconds
	}
	f := function.Lookup("DATE_ADD")
	number := func(n int64) Expr { return &Const{Value: protocol.Int(n), Pos: i.Pos} }
	call := &Call{Function: f, Args: []Expr{x, number(months), number(nanoseconds)}, Pos: i.Pos}
	call.Of, call.Can = f.Result([]function.Type{timestamp, {Family: function.Integers}, {Family: function.Integers}})
	return b.fold(call)
}
