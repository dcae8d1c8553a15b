package querylang

// projection returns the bins to read of each record for the expressions and the filter.
//
// A scan that names bins does not return records that have none of them. Such records can be rows
// of NULLs, so a scan names bins only if its filter rejects these records anyway. Otherwise it
// reads all bins. Bins is set in both cases, because a read by key may follow the scan.
func projection(s *Source, exprs ...Expr) Projection {
	bins := binsOf(append(exprs, s.Filter)...)
	if s.Access == AccessScan && len(bins) > 0 && !needsBin(s.Filter) {
		return Projection{AllBins: true, Bins: bins}
	}
	return Projection{Bins: bins, UserKey: needsUserKey(s, exprs...)}
}

// needsUserKey reports whether the stored user key must be requested: for PK of records that are
// read by their digest.
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

// needsBin reports whether a condition is true only for records that have at least one of the
// condition's bins. It returns false if that is not certain.
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

// needsBinToBeFalse is needsBin for NOT e.
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

// nullWithoutBins reports whether an operand is NULL for a record that has none of the operand's
// bins.
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
