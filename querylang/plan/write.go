package plan

import (
	"github.com/aerosql/aerosql/querylang/bind"
)

// Insert is the plan of an INSERT, UPSERT or REPLACE. The client computes the rows, and writes
// several in batches.
type Insert struct {
	*bind.Insert
	// Source is the plan of the query that gives the rows, nil for VALUES.
	Source *Block
	// SelfRead means that Source reads the set that is written. Its rows are computed before the
	// first one is written.
	SelfRead bool
	// Fill is, for each column of NewRow, the index of the column of the new row, or -1 for NULL.
	Fill []int
	// Change is what happens to a record that exists, nil without a conflict clause. Its Scan reads
	// by the key of the new row.
	Change *Change
	// Answers are what RETURNING reads of a new record that only the server knows.
	Answers []Answer
	// Together means that one command creates the record or changes the existing one: the change of
	// each bin gives the value of the new row if there is no record.
	Together bool
	// Subqueries are the plans of the subqueries in the expressions, by bind.Subquery.ID.
	Subqueries map[int]*Block
}

// MostBins returns the number of bins that a new row has at most.
func (p *Insert) MostBins() int {
	most := len(p.Columns)
	if p.Key >= 0 {
		most--
	}
	if p.Existing.Table != nil {
		most++ // the marker of a row without values
	}
	return most
}

// A Change is what happens to the records that a statement changes: UPDATE, DELETE, or the conflict
// clause of an INSERT.
//
// A record is written in one of three ways. If Direct is true, the values do not depend on the
// record: if the server can check the condition too, one command does it all. Otherwise, or if the
// server can't check the condition, the client reads the record, checks it, and writes it only if
// its generation has not changed.
type Change struct {
	// Scan finds the records, reads what the condition and the values need, and checks the
	// condition.
	Scan *Scan
	// Set are the changes of bins. A DELETE has none.
	Set    []BinChange
	Delete bool
	// Direct means that nothing of the record needs to be read but what the condition reads.
	Direct bool
	// Volatile means that a Direct change computes its values anew for each record.
	Volatile bool
	// Generation is the generation that a Scan of one key requires, nil for any; and Conditions are
	// the other conditions. They are set if Direct is true and Scan.Point is not nil.
	Generation bind.Expr
	Conditions []bind.Expr
	// Keys selects the keys of the records to change if there is an ORDER BY or LIMIT. Its output
	// row is the digest and the user key.
	Keys *Block
	// Checks are the CHECK constraints. They read the changed record.
	Checks    []bind.Check
	Returning *bind.Returning
	// ReadBack means that a Direct change reads what Returning needs with the command that writes.
	ReadBack bool
	// Answers are what RETURNING reads of the answer of the server: everything if ReadBack is true,
	// otherwise what only the server knows. A DELETE that reads the record needs none.
	Answers []Answer
	// Width is the width of the frame.
	Width int
	// Declared means that the table is declared.
	Declared bool
	// Subqueries are the plans of the subqueries in the expressions, by bind.Subquery.ID.
	Subqueries map[int]*Block
}

// Update is the plan of an UPDATE.
type Update struct{ Change }

// Delete is the plan of a DELETE.
type Delete struct{ Change }

// Truncate is the plan of a TRUNCATE.
type Truncate struct{ *bind.Truncate }

func (*Insert) statement()   {}
func (*Update) statement()   {}
func (*Delete) statement()   {}
func (*Truncate) statement() {}

// Writes reports whether a statement changes records. EXPLAIN ANALYZE of such a statement does.
func Writes(s Statement) bool {
	switch s := s.(type) {
	case *Insert, *Update, *Delete, *Truncate:
		return true
	case *Explain:
		return s.Analyze && Writes(s.Statement)
	}
	return false
}

// Returns reports whether a statement that writes has a RETURNING clause.
func Returns(s Statement) bool {
	switch s := s.(type) {
	case *Insert:
		return s.Returning != nil
	case *Update:
		return s.Returning != nil
	case *Delete:
		return s.Returning != nil
	}
	return false
}
