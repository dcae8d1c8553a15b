package querylang

// children returns the direct parts of an expression, in the order of the text.
func children(e Expr) []Expr {
	switch e := e.(type) {
	case *Unary:
		return []Expr{e.X}
	case *Binary:
		return []Expr{e.X, e.Y}
	case *In:
		return append([]Expr{e.X}, e.List...)
	case *Between:
		return []Expr{e.X, e.Low, e.High}
	case *Like:
		if e.Escape != nil {
			return []Expr{e.X, e.Pattern, e.Escape}
		}
		return []Expr{e.X, e.Pattern}
	case *IsNull:
		return []Expr{e.X}
	case *Call:
		return e.Args
	}
	return nil
}

// withChildren returns a copy of the expression with other parts. Their number must be that of
// children.
func withChildren(e Expr, parts []Expr) Expr {
	switch e := e.(type) {
	case *Unary:
		return &Unary{Op: e.Op, X: parts[0], Pos: e.Pos}
	case *Binary:
		return &Binary{Op: e.Op, X: parts[0], Y: parts[1], Pos: e.Pos}
	case *In:
		return &In{X: parts[0], List: parts[1:], Not: e.Not}
	case *Between:
		return &Between{X: parts[0], Low: parts[1], High: parts[2], Not: e.Not}
	case *Like:
		like := &Like{X: parts[0], Pattern: parts[1], Not: e.Not}
		if e.Escape != nil {
			like.Escape = parts[2]
		}
		return like
	case *IsNull:
		return &IsNull{X: parts[0], Not: e.Not}
	case *Call:
		return &Call{Name: e.Name, Star: e.Star, Args: parts, Pos: e.Pos}
	}
	return e
}

// walk calls visit for an expression and then for all its parts.
func walk(e Expr, visit func(Expr)) {
	if e == nil {
		return
	}
	visit(e)
	for _, part := range children(e) {
		walk(part, visit)
	}
}

// rewrite returns a copy of an expression. It calls change for every part, innermost first, and
// replaces the part by the result.
func rewrite(e Expr, change func(Expr) (Expr, error)) (Expr, error) {
	if parts := children(e); len(parts) > 0 {
		changed := make([]Expr, len(parts))
		for i, part := range parts {
			var err error
			if changed[i], err = rewrite(part, change); err != nil {
				return nil, err
			}
		}
		e = withChildren(e, changed)
	}
	return change(e)
}

// readsRecord reports whether the expression's value depends on a record.
func readsRecord(e Expr) bool {
	found := false
	walk(e, func(part Expr) {
		if _, ok := part.(*Column); ok {
			found = true
		}
	})
	return found
}
