package exec

import (
	"fmt"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/plan"
)

// voidTimeEpoch is the start of void times, 2010-01-01 UTC, in seconds since 1970.
const voidTimeEpoch = 1262304000

// A filler puts records into their relation's part of a frame.
type filler struct {
	relation *bind.Relation
	reads    []plan.Read
	bins     []string
	now      time.Time
	// hints are, for each column, the index that its bin had in the last record.
	hints []int
	// computed are the columns that a read computes.
	computed []bool
	extracts *bind.Relation // of the slots of extracts, nil for none
	// star means that every bin must be a column; another bin is an error.
	star bool
	// digest means that the digest is needed. Its value takes memory. named means that it is needed
	// for records without a stored key, to find the key among those that the block names.
	digest, named bool
}

// newFiller returns a filler for the records of an access.
func newFiller(scan *plan.Scan, access *plan.Access, star bool, now time.Time) filler {
	f := filler{relation: scan.Relation, reads: access.Reads, bins: access.Bins, now: now, star: star, digest: access.Digest}
	f.named = access.UserKey && len(scan.Relation.Named) > 0
	f.hints = make([]int, len(f.relation.Columns))
	if scan.Extracts != nil {
		f.extracts = scan.Extracts.Relation
	}
	for _, read := range access.Reads {
		if read.Extract {
			continue
		}
		if f.computed == nil {
			f.computed = make([]bool, len(f.relation.Columns))
		}
		f.computed[read.Column] = true
	}
	return f
}

// fill puts a record into a frame.
func (f *filler) fill(frame []protocol.Value, record *protocol.Record) error {
	part := frame[f.relation.Base : f.relation.Base+len(f.relation.Columns)]
	for i := range part {
		c := &f.relation.Columns[i]
		switch {
		case f.computed != nil && f.computed[i]:
		case c.Bin != "":
			part[i] = f.bin(i, c.Bin, record)
		default:
			part[i] = f.pseudo(c.Pseudo, record)
		}
	}
	if len(f.reads) > 0 {
		f.fillReads(frame, record)
	}
	if f.star {
		return f.checkStar(record)
	}
	return nil
}

// bin returns the value of a bin, nil if it is missing.
func (f *filler) bin(column int, name string, record *protocol.Record) protocol.Value {
	i := f.hints[column]
	if i >= len(record.Bins) || record.Bins[i].Name != name {
		for i = 0; i < len(record.Bins) && record.Bins[i].Name != name; i++ {
		}
		if i == len(record.Bins) {
			return protocol.Nil()
		}
		f.hints[column] = i
	}
	v := record.Bins[i].Value
	if v.Kind() == protocol.KindInvalid {
		return undecodable(record, fmt.Errorf("bin %q: %w", name, v.Err()))
	}
	return v
}

// fillReads puts the results of operations into their columns and slots. They follow the bins, in
// the order of the operations.
func (f *filler) fillReads(frame []protocol.Value, record *protocol.Record) {
	at := 0
	for _, bin := range f.bins {
		if at < len(record.Bins) && record.Bins[at].Name == bin {
			at++
		}
	}
	if f.extracts != nil {
		clear(frame[f.extracts.Base : f.extracts.Base+len(f.extracts.Columns)])
	}
	for i := range f.reads {
		read := &f.reads[i]
		slot := f.slot(frame, read)
		if !read.Extract {
			*slot = protocol.Nil()
		}
		if at == len(record.Bins) || record.Bins[at].Name != read.Op.Bin {
			continue
		}
		v := record.Bins[at].Value
		at++
		if v.Kind() == protocol.KindInvalid {
			v = undecodable(record, fmt.Errorf("%s: %w", f.name(read), v.Err()))
		} else if read.Element {
			v = onlyElement(v)
		}
		if !v.IsNil() {
			*slot = v
		}
	}
}

// slot returns the place of the result of an operation in a frame.
func (f *filler) slot(frame []protocol.Value, read *plan.Read) *protocol.Value {
	if read.Extract {
		return &frame[f.extracts.Base+read.Column]
	}
	return &frame[f.relation.Base+read.Column]
}

// name returns what an operation reads, for errors.
func (f *filler) name(read *plan.Read) string {
	if read.Extract {
		return f.extracts.Columns[read.Column].Name
	}
	return f.relation.Columns[read.Column].Name
}

// onlyElement returns the element of a list of one, or NULL.
func onlyElement(v protocol.Value) protocol.Value {
	if list, ok := v.List(); ok && len(list) == 1 {
		return list[0]
	}
	return protocol.Nil()
}

// pseudo returns the value of a pseudo column.
func (f *filler) pseudo(p bind.Pseudo, record *protocol.Record) protocol.Value {
	switch p {
	case bind.PrimaryKey:
		v := record.Key.UserKey()
		if v.Kind() == protocol.KindInvalid {
			return undecodable(record, fmt.Errorf("user key: %w", v.Err()))
		}
		return v
	case bind.Digest:
		if !f.digest && !(f.named && record.Key.UserKey().IsNil()) {
			return protocol.Nil()
		}
		digest := record.Key.Digest()
		return protocol.Blob(digest[:])
	case bind.Generation:
		return protocol.Int(int64(record.Generation))
	case bind.TimeToLive:
		ttl := record.TTL(f.now)
		if ttl == protocol.NeverExpires {
			return protocol.Int(-1)
		}
		return protocol.Int(int64(ttl / time.Second))
	case bind.VoidTime:
		return voidTime(record)
	case bind.SetName:
		return protocol.String(record.Key.Set)
	}
	return protocol.Nil()
}

// voidTime returns when a record expires, NULL for never.
func voidTime(record *protocol.Record) protocol.Value {
	if record.VoidTime == 0 {
		return protocol.Nil()
	}
	return protocol.Int((voidTimeEpoch + int64(record.VoidTime)) * int64(time.Second))
}

// undecodable returns a value whose error names the record.
func undecodable(record *protocol.Record, cause error) protocol.Value {
	return protocol.InvalidValue(&protocol.Error{
		Code: protocol.ClientError, Attempts: 1, Err: &cluster.RecordError{Key: record.Key, Err: cause},
	})
}

// A lateBinError means that a row has a bin that * did not name when the statement was bound.
type lateBinError struct {
	err *ast.Error
	bin string
}

func (e *lateBinError) Error() string { return e.err.Error() }

func (e *lateBinError) Unwrap() error { return e.err }

// checkStar returns an error if a record has a bin that is not one of the columns.
func (f *filler) checkStar(record *protocol.Record) error {
	found := 0
	for i, c := range f.relation.Columns {
		if h := f.hints[i]; c.Bin != "" && h < len(record.Bins) && record.Bins[h].Name == c.Bin {
			found++
		}
	}
	if found >= len(record.Bins) {
		return nil
	}
	for _, bin := range record.Bins {
		if !f.names(bin.Name) && bin.Name != bind.MarkerBin {
			return &lateBinError{bin: bin.Name, err: ast.Errorf(ast.ErrUnknownName,
				"the record %v has the bin %q, which * does not name: it is not in the sample of the set; run the statement again, name the bins, or set late_bins=ignore",
				record.Key, bin.Name)}
		}
	}
	return nil
}

// names reports whether a bin is a column.
func (f *filler) names(bin string) bool {
	for i := range f.relation.Columns {
		if f.relation.Columns[i].Bin == bin {
			return true
		}
	}
	return false
}
