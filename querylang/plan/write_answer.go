package plan

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
)

// An Answer is a column that RETURNING reads and that the answer to the command that writes a
// record gives.
type Answer struct {
	// Column is the index of the column of the relation.
	Column int
	// Op reads the column after the operations that write. Its Code is 0 if the head of the answer
	// has the value, or the key.
	Op protocol.Operation
}

// answersOf returns the columns of a relation that RETURNING reads and for which asks returns true.
func answersOf(returning *bind.Returning, r *bind.Relation, asks func(bind.Pseudo) bool) (answers []Answer) {
	if returning == nil {
		return nil
	}
	read := make([]bool, len(r.Columns))
	for _, item := range returning.Items {
		EachColumn(item, func(c *bind.Column) { read[c.Index] = read[c.Index] || c.Relation == r })
	}
	for i := range r.Columns {
		c := &r.Columns[i]
		if !read[i] || !asks(c.Pseudo) {
			continue
		}
		a := Answer{Column: i, Op: metadataRead(c.Pseudo)}
		if c.Bin != "" {
			a.Op = protocol.GetBin(c.Bin)
		}
		answers = append(answers, a)
	}
	return answers
}

func anyColumn(bind.Pseudo) bool { return true }

// isOfWrite reports whether an UPDATE sets a column in a way that only the server knows. In the
// command that writes, an expression already reads the new value.
func isOfWrite(p bind.Pseudo) bool {
	return p == bind.TimeToLive || p == bind.VoidTime || p == bind.LastUpdate
}

// isOfCreation reports whether an INSERT or a REPLACE does so.
func isOfCreation(p bind.Pseudo) bool { return isOfWrite(p) || p == bind.Generation }

// metadataRead returns the operation that reads a pseudo column. Its Code is 0 if there is none.
func metadataRead(p bind.Pseudo) protocol.Operation {
	switch p {
	case bind.TimeToLive:
		return exp.Read("__ttl", exp.TTL(), exp.ReadEvalNoFail)
	case bind.LastUpdate:
		return exp.Read("__last_update", exp.LastUpdate(), exp.ReadEvalNoFail)
	case bind.RecordSize:
		return exp.Read("__size", exp.RecordSize(), exp.ReadEvalNoFail)
	}
	return protocol.Operation{}
}

// checkReturning returns an error if RETURNING of an INSERT or UPDATE has the size of the record.
func checkReturning(returning *bind.Returning, r *bind.Relation) error {
	size := answersOf(returning, r, func(p bind.Pseudo) bool { return p == bind.RecordSize })
	if len(size) == 0 {
		return nil
	}
	return ast.Errorf(ast.ErrUnsupported,
		"__size in RETURNING is supported for DELETE only: a server computes the new size after its answer; read it with SELECT")
}
