package bind

import (
	"fmt"
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// maxFolded is the size in bytes up to which a string is joined with others at binding. The strings
// of a long chain are joined at once when it is evaluated.
const maxFolded = 4096

// fold computes an expression whose operands are all constants. Its type remains.
func (b *binder) fold(e Expr) Expr {
	if a, ok := e.(*Arithmetic); ok {
		a.Can = a.Kinds() // once for a long chain of operators
		if c, ok := a.X.(*Const); ok && a.Op == ast.OpConcat && c.Value.Size() > maxFolded {
			return e
		}
	}
	if b.err != nil || !foldable(e) {
		return e
	}
	run := &Run{}
	v := e.Eval(&Env{Run: run})
	if run.Err != nil {
		b.failWith(e.Position(), ast.ErrArguments, run.Err)
		return e
	}
	return &Const{Value: v, Of: e.Type(), Pos: e.Position()}
}

// foldable reports whether all operands are constants and the value is the same in all runs.
func foldable(e Expr) bool {
	if c, ok := e.(*Call); ok && (c.Function.Volatile || c.Function.Stable) {
		return false
	}
	constant := true
	Operands(e, func(x Expr) {
		_, ok := x.(*Const)
		constant = constant && ok
	})
	switch e.(type) {
	case *InQuery, *Scalar, *Exists, *Column, *Param:
		return false
	}
	return constant
}

// isConstant reports whether an expression has one value in a run.
func isConstant(e Expr) bool {
	constant := true
	Walk(e, func(x Expr) {
		switch x := x.(type) {
		case *Column, *InQuery, *Scalar, *Exists:
			constant = false
		case *Call:
			constant = constant && !x.Function.Volatile
		}
	})
	return constant
}

// isVolatile reports whether two evaluations of an expression can differ.
func isVolatile(e Expr) bool {
	if e == nil {
		return false
	}
	volatile := false
	Walk(e, func(x Expr) {
		if c, ok := x.(*Call); ok && c.Function.Volatile {
			volatile = true
		}
	})
	return volatile
}

// identity returns a text that is equal for expressions that are the same.
func identity(e Expr) string {
	var text strings.Builder
	text.WriteString(e.String())
	Walk(e, func(x Expr) {
		switch x := x.(type) {
		case *Column:
			fmt.Fprintf(&text, "|%p.%d.%d.%s", x.Relation, x.Index, x.Depth, x.Name)
		case *Param:
			fmt.Fprintf(&text, "|?%d", x.Index)
		case *Path:
			fmt.Fprintf(&text, "|%v", x.Through)
		case *Const:
			if x.Value.Kind() == protocol.KindFloat {
				text.WriteString("|f")
			}
		}
	})
	return text.String()
}

// identityOf is identity for an expression that may be nil.
func identityOf(e Expr) string {
	if e == nil {
		return ""
	}
	return identity(e)
}
