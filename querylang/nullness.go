package querylang

// projection returns what has to be read of each record for the expressions.
//
// A scan can't name the bins to return as freely as a read by key can: the
// server leaves out records that have none of them, which would turn rows
// with NULLs into no rows. So a scan names bins only if the filter takes no such record anyway. A read by key
// that follows the scan can name them in any case.
func projection(s *Source, exprs ...Expr) Projection {
	bins := binsOf(append(exprs, s.Filter)...)
	if s.Access == AccessScan && len(bins) > 0 && !needsBin(s.Filter) {
		return Projection{AllBins: true, Bins: bins}
	}
	return Projection{Bins: bins, UserKey: needsUserKey(s, exprs...)}
}

// needsUserKey reports whether the stored user key has to be asked for: if PK is read of records
// that are found by their digest.
func needsUserKey(s *Source, exprs ...Expr) bool {
	if !s.ByDigest {
		return false
	}
	found := false
	for _, e := range append(exprs, s.Filter) {
		walk(e, func(part Expr) {
			if c, ok := part.(*Column); ok && c.Pseudo == PrimaryKey {
				found = true
			}
		})
	}
	return found
}

// needsBin reports whether a condition can be true only for a record that has at
// least one of the bins which the condition reads. It says no where it can't tell.
func needsBin(e Expr) bool {
	switch e := e.(type) {
	case *Column:
		return e.Pseudo == NoPseudo
	case *Unary:
		return e.Op == OpNot && needsBinToBeFalse(e.X)
	case *Binary:
		switch {
		case e.Op == OpAnd:
			return needsBin(e.X) || needsBin(e.Y)
		case e.Op == OpOr:
			return needsBin(e.X) && needsBin(e.Y)
		}
		return e.Op.isComparison() && (nullWithoutBins(e.X) || nullWithoutBins(e.Y))
	case *In:
		return !e.Not && nullWithoutBins(e.X) // x NOT IN () is true whatever x is
	case *Between:
		return nullWithoutBins(e.X)
	case *Like:
		return nullWithoutBins(e.X) || nullWithoutBins(e.Pattern)
	case *IsNull:
		return e.Not && nullWithoutBins(e.X)
	}
	return false
}

// needsBinToBeFalse is needsBin for the condition NOT e.
func needsBinToBeFalse(e Expr) bool {
	switch e := e.(type) {
	case *Column:
		return e.Pseudo == NoPseudo
	case *Binary:
		switch {
		case e.Op == OpAnd:
			return needsBinToBeFalse(e.X) && needsBinToBeFalse(e.Y)
		case e.Op == OpOr:
			return needsBinToBeFalse(e.X) || needsBinToBeFalse(e.Y)
		}
		return e.Op.isComparison() && (nullWithoutBins(e.X) || nullWithoutBins(e.Y))
	case *Unary:
		return e.Op == OpNot && needsBin(e.X)
	case *Between:
		return nullWithoutBins(e.X)
	case *Like:
		return nullWithoutBins(e.X) || nullWithoutBins(e.Pattern)
	case *IsNull:
		return !e.Not && nullWithoutBins(e.X)
	}
	return false
}

// nullWithoutBins reports whether an operand is NULL if none of its bins is there.
func nullWithoutBins(e Expr) bool {
	switch e := e.(type) {
	case *Column:
		return e.Pseudo == NoPseudo
	case *Unary:
		return nullWithoutBins(e.X)
	case *Binary:
		return e.Op >= OpEqual && (nullWithoutBins(e.X) || nullWithoutBins(e.Y))
	case *Call:
		for _, arg := range e.Args {
			if nullWithoutBins(arg) {
				return true
			}
		}
	}
	return false
}
